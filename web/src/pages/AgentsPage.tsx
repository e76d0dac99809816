// Agents and what they found: each finding with the rows it rests on, what it is worth, and what to do about it.
import { useQuery } from "@tanstack/react-query";
import { Bot, Play } from "lucide-react";
import { may, me } from "@/client/system";
import type { Agent, Finding } from "@/client/types";
import { agents, findings, runAgent } from "@/client/work";
import { useAddress } from "@/components/address";
import { FindingDetail, worth } from "@/components/FindingDetail";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card, Figure } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Field";
import { count, words } from "@/ui/format";
import { Empty, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

const SEVERITY = ["critical", "warning", "info"];
const STATES = ["open", "accepted", "dismissed", "resolved"];

const COLUMNS: Column<Finding>[] = [
  {
    id: "title",
    title: "Finding",
    width: "minmax(18rem,3fr)",
    card: "title",
    by: (one) => one.title,
    cell: (one) => <b title={one.title}>{one.title}</b>,
  },
  {
    id: "severity",
    title: "Severity",
    width: "8.5rem",
    card: "mark",
    by: (one) => SEVERITY.indexOf(one.severity),
    cell: (one) => <Badge word={one.severity} />,
  },
  { id: "check", title: "Check", width: "minmax(9rem,1fr)", by: (one) => one.check, cell: (one) => words(one.check) },
  {
    id: "impact",
    title: "Impact",
    width: "9rem",
    align: "right",
    by: (one) => Number((one.impact as { amount?: number } | null)?.amount ?? 0),
    cell: (one) => worth(one) || <span className="text-ink-3">–</span>,
  },
  {
    id: "seen",
    title: "Seen",
    width: "5rem",
    align: "right",
    by: (one) => one.times_seen,
    card: "hide",
    cell: (one) => `${one.times_seen}×`,
  },
  {
    id: "at",
    title: "Last seen",
    width: "7rem",
    align: "right",
    by: (one) => one.updated_at,
    cell: (one) => <Ago at={one.updated_at} />,
  },
];

export default function AgentsPage() {
  const query = useQuery(agents());
  const truth = useTruth(query);
  const [address, change] = useAddress();
  return (
    <Page
      title="Agents"
      lead="They look at the views whenever those move on, and keep what they find with the rows it rests on."
    >
      <div className="grid gap-5">
        <Async
          query={query}
          skeleton={<Skeleton lines={10} className="min-h-[130dvh] content-start md:min-h-[30rem]" />}
        >
          {(page) => (
            <div className="grid gap-4 md:grid-cols-2">
              {page.items.map((one) => (
                <One
                  key={one.id}
                  of={one}
                  chosen={address.agent === one.id}
                  onChoose={() => change({ agent: address.agent === one.id ? undefined : one.id })}
                />
              ))}
            </div>
          )}
        </Async>
        <Findings truth={truth} />
      </div>
    </Page>
  );
}

function One({ of, chosen, onChoose }: { of: Agent; chosen: boolean; onChoose: () => void }) {
  const role = useQuery(me()).data?.role;
  return (
    <section
      className={cx("rounded-card border bg-surface p-5 shadow-card", chosen ? "border-solid-purple" : "border-line")}
    >
      <div className="flex items-start gap-3">
        <span className="grid size-11 shrink-0 place-items-center rounded-2xl bg-purple-soft text-purple">
          <Bot className="size-5" aria-hidden />
        </span>
        <div className="min-w-0 grow">
          {/* One line each, whatever the last run came to and however long ago it was: below it is read. */}
          <div className="flex items-center justify-between gap-3">
            <h2 className="truncate text-lg" title={of.name}>
              {of.name}
            </h2>
            {of.last_run_state && <Badge word={of.last_run_state} />}
          </div>
          <p className="truncate text-sm text-ink-3">
            looked <Ago at={of.last_run_at} /> · may {of.autonomy}
          </p>
        </div>
      </div>
      <p className="mt-3 text-ink-2">{of.purpose}</p>
      <div className="mt-3 flex flex-wrap gap-1.5">
        {of.entities.map((entity) => (
          <Chip key={entity} hue="blue">
            {entity}
          </Chip>
        ))}
      </div>
      <div className="mt-4 flex flex-wrap items-end justify-between gap-3">
        <Figure label="Open findings" value={count(of.open_findings)} hue="purple" />
        <div className="flex gap-2">
          <Button size="sm" aria-pressed={chosen} onClick={onChoose}>
            {chosen ? "Every agent" : "Only its findings"}
          </Button>
          {may(role, "operator") && (
            <Button
              size="sm"
              icon={<Play className="size-4" aria-hidden />}
              onClick={() => void act(runAgent(of.id), `${of.name} is looking`)}
            >
              Look now
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}

function Findings({ truth }: { truth: ReturnType<typeof useTruth> }) {
  const [address, change] = useAddress();
  const state = address.state ?? "open";
  const query = useQuery(findings({ agent: address.agent, state, limit: 1000 }));
  const severity = address.severity;
  const open = query.data?.items.find((one) => one.id === address.finding) ?? null;
  return (
    <Card
      title="Findings"
      truth={truth}
      flush
      actions={
        <>
          <Select
            label="Severity"
            hideLabel
            value={severity ?? ""}
            onChange={(event) => change({ severity: event.target.value || undefined })}
            options={[{ value: "", label: "Every severity" }, ...SEVERITY]}
          />
          <Select
            label="State"
            hideLabel
            value={state}
            onChange={(event) => change({ state: event.target.value === "open" ? undefined : event.target.value })}
            options={STATES}
          />
        </>
      }
    >
      <Async query={query} className="px-0">
        {(page) => {
          const rows = page.items
            .filter((one) => !severity || one.severity === severity)
            .sort((a, b) => SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity));
          return (
            <>
              <Table
                label="Findings"
                rows={rows}
                columns={COLUMNS}
                rowKey={(one) => one.id}
                onOpen={(one) => change({ finding: one.id })}
                selected={address.finding ?? null}
                empty={
                  <Empty icon={<Bot className="size-6" />} title={`No ${state} finding`}>
                    {state === "open"
                      ? "Either all is well, or the views these agents read have no rows yet."
                      : "Findings you decide on are kept here."}
                  </Empty>
                }
              />
              {page.next_cursor && (
                <p className="px-5 py-3 text-sm text-ink-2">
                  The newest {count(page.items.length)} are shown; choose an agent or a severity to see others.
                </p>
              )}
            </>
          );
        }}
      </Async>
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => change({ finding: undefined })}
        title={open?.title ?? ""}
        description={open ? `${open.agent} · ${words(open.check)}` : undefined}
      >
        {open && <FindingDetail of={open} />}
      </Dialog>
    </Card>
  );
}
