// How everything is, now: the few numbers that matter, what waits for somebody, what changed, and how fresh each source is.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cable, CircleCheck } from "lucide-react";
import { connections } from "@/client/connections";
import { drifts, inOrder, reviews } from "@/client/repairs";
import { newestTasks } from "@/client/tasks";
import type { Connection, Drift, Review } from "@/client/types";
import { dclState } from "@/client/views";
import { agents, findings } from "@/client/work";
import { ChangeLine, titleOf } from "@/components/drift";
import { Page } from "@/components/Page";
import { Pipeline } from "@/components/Pipeline";
import { Subject, subjectOf, whereOf } from "@/components/subject";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card, Figure } from "@/ui/Card";
import { count, many } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Empty, Skeleton } from "@/ui/States";
import { Ago } from "@/ui/Time";

const UNWELL = ["failed", "quarantined", "drifted"];

export default function DashboardPage() {
  const sources = useQuery(connections());
  const truth = useTruth(sources);
  if (sources.data?.items.length === 0) return <FirstRun />;
  return (
    <Page title="Dashboard" lead="Everything below is read from this instance and kept current as events arrive.">
      <div className="grid gap-5">
        <Figures />
        <Card title="On its way" truth={truth}>
          <Way />
        </Card>
        <div className="grid gap-5 lg:grid-cols-2">
          <NeedsYou />
          <Changes />
          <Freshness />
          <Found />
        </div>
      </div>
    </Page>
  );
}

function FirstRun() {
  return (
    <Page title="Welcome">
      <Card>
        <Empty
          icon={<Cable className="size-6" />}
          title="No source is connected yet"
          action={
            <>
              <LinkButton to="/connect/new" tone="primary">
                Add a source
              </LinkButton>
              <LinkButton to="/guide">How it works</LinkButton>
            </>
          }
        >
          Drop a CSV or type the address of a database. Its columns are read, a mapping is proposed, and its rows flow
          in under a minute.
        </Empty>
      </Card>
    </Page>
  );
}

function Figures() {
  const sources = useQuery(connections()).data?.items;
  const state = useQuery(dclState()).data;
  const waiting = useQuery(reviews("pending")).data?.items.length;
  const open = useQuery(drifts()).data?.items.filter((one) =>
    ["detected", "review", "quarantined"].includes(one.state),
  ).length;
  const found = useQuery(agents()).data?.items.reduce((sum, one) => sum + one.open_findings, 0);
  const running = useQuery(newestTasks()).data?.items.filter((one) =>
    ["queued", "in_progress", "retry_wait"].includes(one.state),
  ).length;
  const unwell = sources?.filter((one) => UNWELL.includes(one.state)).length ?? 0;
  const rows = state?.views.reduce((sum, view) => sum + view.rows, 0);
  const figures = [
    {
      to: "/connect",
      label: "Sources well",
      value: sources && `${sources.length - unwell} of ${sources.length}`,
      note: unwell ? `${many(unwell, "needs", "need")} a look` : "all healthy",
      hue: unwell ? "amber" : "green",
    },
    {
      to: "/views",
      label: "Rows unified",
      value: rows !== undefined && count(rows),
      note: state && (state.lag > 0 ? `${count(state.lag)} entries behind` : "up to date with the log"),
      hue: "blue",
    },
    {
      to: "/review",
      label: "Waiting for you",
      value: waiting,
      note: waiting ? "decisions" : "nothing to decide",
      hue: waiting ? "amber" : undefined,
    },
    { to: "/evaluation", label: "Drifts open", value: open, note: "changes not settled" },
    {
      to: "/agents",
      label: "Findings open",
      value: found !== undefined && count(found),
      note: "by agents",
      hue: "purple",
    },
    { to: "/tasks", label: "Tasks now", value: running, note: running ? "waiting or running" : "queue is empty" },
  ] as const;
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      {figures.map((figure) => (
        <Link
          key={figure.label}
          to={figure.to as never}
          className="rounded-card border border-line bg-surface px-4 py-4 no-underline shadow-card hover:border-line-strong"
        >
          <Figure
            label={figure.label}
            value={known(figure.value) ? figure.value : <span className="text-ink-3">·</span>}
            note={known(figure.value) ? (figure.note ?? BLANK) : BLANK}
            hue={"hue" in figure && known(figure.value) ? figure.hue : undefined}
          />
        </Link>
      ))}
    </div>
  );
}

/** Keeps the line of a note that is not known yet. */
const BLANK = "\u00a0";

/** A number that has not been read yet says nothing about how things are. */
const known = (value: unknown): boolean => value !== undefined && value !== false;

function Way() {
  const sources = useQuery(connections());
  const rows = useQuery(dclState()).data?.views.reduce((sum, view) => sum + view.rows, 0) ?? 0;
  const found = useQuery(agents()).data?.items.reduce((sum, one) => sum + one.open_findings, 0) ?? 0;
  return (
    <Async query={sources} skeleton={<Skeleton lines={4} />}>
      {(page) => (
        <Pipeline
          sources={page.items.length}
          streams={page.items.reduce((sum, one) => sum + one.streams.length, 0)}
          rows={rows}
          findings={found}
        />
      )}
    </Async>
  );
}

function NeedsYou() {
  const waiting = useQuery(reviews("pending"));
  const unwell = useQuery(connections()).data?.items.filter((one) => UNWELL.includes(one.state)) ?? [];
  const truth = useTruth(waiting);
  return (
    <Card
      title="Needs you"
      truth={truth}
      flush
      actions={
        (waiting.data?.items.length ?? 0) > 4 && (
          <LinkButton to="/review" size="sm" tone="quiet">
            All {waiting.data?.items.length}
          </LinkButton>
        )
      }
    >
      <Async query={waiting} className="px-0" skeleton={<Skeleton lines={9} className="px-5" />}>
        {(page) =>
          page.items.length + unwell.length === 0 ? (
            <Empty icon={<CircleCheck className="size-6" />} title="Nothing waits for you">
              What AutonomOS is sure about it repairs by itself; what it is not sure about would stand here.
            </Empty>
          ) : (
            <ul>
              {inOrder(page.items)
                .slice(0, 4)
                .map((one) => (
                  <Waiting key={one.id} of={one} />
                ))}
              {unwell.slice(0, 4).map((one) => (
                <Unwell key={one.id} of={one} />
              ))}
            </ul>
          )
        }
      </Async>
    </Card>
  );
}

const ROW =
  "flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-5 py-3 no-underline text-ink hover:bg-sunken";

function Waiting({ of }: { of: Review }) {
  const subject = subjectOf(of);
  return (
    <li>
      <Link to={"/review" as never} search={{ id: of.id } as never} className={ROW}>
        <span className="grow basis-56">
          <span className="flex flex-wrap items-center gap-2 font-bold">
            <Subject of={of} />
          </span>
          <span className="text-sm text-ink-3">
            {whereOf(subject)} · <Ago at={of.created_at} />
          </span>
        </span>
        <Confidence value={of.confidence} />
      </Link>
    </li>
  );
}

function Unwell({ of }: { of: Connection }) {
  return (
    <li>
      <Link to={`/connect/${of.id}` as never} className={ROW}>
        <span className="grow basis-56">
          <span className="font-bold">{of.name}</span>
          <span className="block text-sm text-ink-3 wrap-anywhere">
            {of.last_error ?? "Its schema changed; see the timeline."}
          </span>
        </span>
        <Badge word={of.state} />
      </Link>
    </li>
  );
}

function Changes() {
  const changed = useQuery(drifts());
  const truth = useTruth(changed);
  return (
    <Card
      title="Recent changes"
      truth={truth}
      flush
      actions={
        <LinkButton to="/evaluation" size="sm" tone="quiet">
          All
        </LinkButton>
      }
    >
      <Async query={changed} skeleton={<Skeleton lines={9} className="px-5" />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No schema has changed yet">
              When a source renames, drops or adds a field, it is noticed at the next read and stands here.
            </Empty>
          ) : (
            <ul>
              {page.items.slice(0, 5).map((one) => (
                <Change key={one.id} of={one} />
              ))}
            </ul>
          )
        }
      </Async>
    </Card>
  );
}

function Change({ of }: { of: Drift }) {
  return (
    <li>
      <Link to={`/connect/${of.connection_id}` as never} search={{ tab: "timeline" } as never} className={ROW}>
        <span className="grow basis-56">
          <span className="flex flex-wrap items-center gap-2 font-bold">
            {titleOf(of.kind)} <ChangeLine of={of} />
          </span>
          <span className="text-sm text-ink-3">
            {of.stream} · <Ago at={of.detected_at} />
          </span>
        </span>
        <Badge word={of.state} />
      </Link>
    </li>
  );
}

function Freshness() {
  const sources = useQuery(connections());
  const truth = useTruth(sources);
  return (
    <Card title="Freshness" truth={truth} flush>
      <Async query={sources} skeleton={<Skeleton lines={9} className="px-5" />}>
        {(page) => (
          <ul>
            {page.items.slice(0, 6).map((one) => (
              <li key={one.id}>
                <Link to={`/connect/${one.id}` as never} className={ROW}>
                  <span className="grow basis-40 font-bold wrap-anywhere">{one.name}</span>
                  <span className="text-sm text-ink-3">
                    read <Ago at={one.last_sync_at} />
                  </span>
                  <Badge word={one.state} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}

function Found() {
  const found = useQuery(findings({ state: "open", limit: 100 }));
  const truth = useTruth(found);
  const order = ["critical", "warning", "info"];
  return (
    <Card
      title="What agents found"
      truth={truth}
      flush
      actions={
        <LinkButton to="/agents" size="sm" tone="quiet">
          All
        </LinkButton>
      }
    >
      <Async query={found} skeleton={<Skeleton lines={9} className="px-5" />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No open finding">Agents look at the views whenever they move on.</Empty>
          ) : (
            <ul>
              {[...page.items]
                .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
                .slice(0, 5)
                .map((one) => (
                  <li key={one.id}>
                    <Link to={"/agents" as never} search={{ finding: one.id } as never} className={ROW}>
                      <span className="grow basis-56">
                        <span className="font-bold wrap-anywhere">{one.title}</span>
                        <span className="block text-sm text-ink-3">
                          {one.agent} · seen {many(one.times_seen, "time")}
                        </span>
                      </span>
                      <Badge word={one.severity} />
                    </Link>
                  </li>
                ))}
            </ul>
          )
        }
      </Async>
    </Card>
  );
}
