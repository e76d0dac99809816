// What the platform is and how it works, in short chapters; snippets carry this instance's address, and the architecture
// shows the live health of what it names.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bot, Cable, ChevronRight, Database } from "lucide-react";
import type { ReactNode } from "react";
import { BASE } from "@/client/base";
import { actors } from "@/client/system";
import type { Actor } from "@/client/types";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";

const GLOSSARY: [string, string][] = [
  ["Source", "A system data comes from: a file, a database."],
  ["Stream", "One table, or one set of files, of a source."],
  ["Entity", "What a row is about, in words of the platform: account, opportunity, invoice."],
  ["Rule", "Which column of a stream feeds which field of an entity, how sure its author was, and who that was."],
  ["Drift", "A change of a source's schema, noticed at the next read."],
  ["Repair", "New rules that answer a drift, effective from where it began, so that history is corrected too."],
  ["Review", "A repair that is not sure enough to be applied without you."],
  ["View", "All rows of one entity, whatever source they came from."],
  ["Position", "How far in the log a view has come; each page of rows says the one it reflects."],
  ["Finding", "What an agent saw in rows, with those rows."],
];

export default function GuidePage() {
  const url = `${location.origin}${BASE.replace(/\/$/, "")}`;
  return (
    <Page title="Platform Guide" lead="Five minutes from here to your own data, unified and looked after.">
      <div className="grid gap-5">
        <Card title="How it fits together">
          <Architecture />
        </Card>
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <Chapter
            title="1 · Bring a source"
            action={
              <LinkButton to="/connect/new" size="sm">
                Add a source
              </LinkButton>
            }
          >
            Drop a CSV, or type the address of a PostgreSQL database. Columns are read, and each is proposed a field
            with a confidence. Correct what is wrong; start; watch the rows arrive.
            <Snippet
              text={`curl -X PUT ${url}/api/v1/files/crm/accounts.csv \\\n  -H "Authorization: Bearer $TOKEN" --data-binary @accounts.csv`}
            />
          </Chapter>
          <Chapter
            title="2 · Let it live"
            action={
              <LinkButton to="/demo" size="sm">
                Cause a drift
              </LinkButton>
            }
          >
            Sources change. A renamed field is noticed at the next read; if its repair is sure enough and passes every
            gate, it is applied by itself, and history is mapped again.
          </Chapter>
          <Chapter
            title="3 · Decide the rest"
            action={
              <LinkButton to="/review" size="sm">
                Review
              </LinkButton>
            }
          >
            What is not sure enough waits for you with its evidence: what speaks for it, real values replayed, what it
            touches. One key decides, and a decision can be taken back to the row.
          </Chapter>
          <Chapter
            title="4 · Use the views"
            action={
              <LinkButton to="/views" size="sm">
                Views
              </LinkButton>
            }
          >
            One table an entity: filter, sort, page, export. Every value says which column and which rule it came from.
            <Snippet
              text={`curl -G ${url}/api/v1/dcl/views/accounts \\\n  --data-urlencode "filter[industry]=eq:Energy" \\\n  -d sort=-annual_revenue -d limit=10 -H "Authorization: Bearer $TOKEN"`}
            />
          </Chapter>
        </div>
        <Card title="Words">
          <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
            {GLOSSARY.map(([word, meaning]) => (
              <div key={word}>
                <dt className="font-bold">{word}</dt>
                <dd className="text-ink-2">{meaning}</dd>
              </div>
            ))}
          </dl>
        </Card>
      </div>
    </Page>
  );
}

function Chapter({ title, action, children }: { title: string; action: ReactNode; children: ReactNode }) {
  return (
    <Card title={title} actions={action}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 text-ink-2">{children}</div>
    </Card>
  );
}

function Snippet({ text }: { text: string }) {
  return (
    <div className="relative">
      <pre tabIndex={0} className="overflow-x-auto rounded-xl border border-line bg-sunken py-3 pr-14 pl-4 text-ink">
        {text}
      </pre>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton text={text} label="Copy the command" />
      </div>
    </div>
  );
}

function Architecture() {
  const query = useQuery(actors());
  const truth = useTruth(query);
  const worst = (fits: (actor: Actor) => boolean) => {
    const order = ["healthy", "recovering", "stuck", "down"];
    const mine = (query.data?.items ?? []).filter(fits).map((actor) => actor.health);
    return mine.sort((a, b) => order.indexOf(b) - order.indexOf(a))[0];
  };
  const boxes = [
    {
      icon: Cable,
      title: "AAM",
      to: "/connect",
      colour: "bg-green-soft text-green",
      says: "Connectors read sources, notice changes and repair their own rules.",
      health: worst((actor) => actor.key.startsWith("connectors") || actor.kind === "repairer"),
    },
    {
      icon: Database,
      title: "DCL",
      to: "/views",
      colour: "bg-blue-soft text-blue",
      says: "A log of canonical rows, folded into one view an entity.",
      health: worst((actor) => actor.key === "dcl"),
    },
    {
      icon: Bot,
      title: "Agents",
      to: "/agents",
      colour: "bg-purple-soft text-purple",
      says: "They look at the views whenever those move on, and keep findings.",
      health: worst((actor) => actor.key.startsWith("agents")),
    },
  ];
  return (
    <ol className="grid gap-3 lg:grid-cols-[1fr_auto_1fr_auto_1fr]">
      {boxes.map(({ icon: Icon, title, to, colour, says, health }, index) => (
        <li key={title} className="contents">
          {index > 0 && <ChevronRight className="my-auto size-5 text-ink-3 max-lg:hidden" aria-hidden />}
          <Link
            to={to as never}
            className="block rounded-2xl border border-line bg-sunken p-5 text-ink no-underline hover:border-line-strong"
          >
            <span className="flex items-center gap-3">
              <span className={`grid size-10 place-items-center rounded-xl ${colour}`}>
                <Icon className="size-5" aria-hidden />
              </span>
              <b className="text-lg">{title}</b>
              <span className="ml-auto">
                {health && <Badge word={health} label={truth === "offline" ? `${health}, last known` : undefined} />}
              </span>
            </span>
            <span className="mt-3 block text-ink-2">{says}</span>
          </Link>
        </li>
      ))}
    </ol>
  );
}
