// Work that outlives a request: what waits, runs, is done and failed, with its words when it failed.
import { useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { may, me } from "@/client/system";
import type { Task } from "@/client/types";
import { cancelTask, task, tasks } from "@/client/work";
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { Facts, Raw } from "@/ui/Facts";
import { Segmented } from "@/ui/Field";
import { duration, number, plain } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

const GROUPS: Record<string, string[]> = {
  all: [],
  waiting: ["queued", "retry_wait"],
  running: ["in_progress"],
  done: ["success"],
  failed: ["failed", "cancelled"],
};
const LABELS: Record<string, string> = {
  all: "All",
  waiting: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
};
const OPEN = new Set(["queued", "in_progress", "retry_wait"]);

const tookOf = (one: Task) =>
  one.started_at && one.finished_at ? Date.parse(one.finished_at) - Date.parse(one.started_at) : null;
const messageOf = (one: Task) => (one.error as { message?: string } | null)?.message ?? null;

function cameTo(one: Task): string {
  if (messageOf(one)) return messageOf(one) ?? "";
  const facts = Object.entries((one.result ?? one.progress ?? {}) as Record<string, unknown>).filter(
    ([, value]) => typeof value === "number",
  );
  return facts.map(([name, value]) => `${name} ${number(value as number)}`).join(", ");
}

const COLUMNS: Column<Task>[] = [
  {
    id: "kind",
    title: "Kind",
    width: "8rem",
    card: "title",
    by: (one) => one.kind,
    cell: (one) => <Chip>{one.kind}</Chip>,
  },
  {
    id: "state",
    title: "State",
    width: "9rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} />,
  },
  {
    id: "came",
    title: "Came to",
    width: "minmax(16rem,3fr)",
    cell: (one) => (
      <span title={cameTo(one)} className={messageOf(one) ? "text-red" : "num text-ink-2"}>
        {cameTo(one) || "–"}
      </span>
    ),
  },
  {
    id: "attempts",
    title: "Attempts",
    width: "6rem",
    align: "right",
    by: (one) => one.attempts,
    cell: (one) => one.attempts,
  },
  {
    id: "took",
    title: "Took",
    width: "6rem",
    align: "right",
    by: tookOf,
    cell: (one) => (tookOf(one) === null ? <span className="text-ink-3">–</span> : duration(tookOf(one) ?? 0)),
  },
  {
    id: "asked",
    title: "Asked",
    width: "7rem",
    align: "right",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
];

export default function TasksPage() {
  const query = useQuery(tasks());
  const truth = useTruth(query);
  const [address, change] = useAddress();
  const group = address.group && GROUPS[address.group] ? address.group : "all";
  const wanted = GROUPS[group] ?? [];
  const of = (list: Task[], states: string[]) =>
    list.filter((one) => states.length === 0 || states.includes(one.state));
  return (
    <Page
      title="Tasks"
      lead="Reads, rebuilds, agent runs and replays that were asked for."
      actions={
        <Segmented
          label="Which tasks"
          value={group}
          onChange={(next) => change({ group: next === "all" ? undefined : next })}
          options={Object.keys(GROUPS).map((value) => ({
            value,
            label: `${LABELS[value]} ${query.data ? of(query.data.items, GROUPS[value] ?? []).length : ""}`,
          }))}
        />
      }
    >
      <Card title="Tasks" truth={truth} hint="the newest 200" flush>
        <Async query={query} className="px-0">
          {(page) => (
            <Table
              label="Tasks"
              rows={of(page.items, wanted)}
              columns={COLUMNS}
              rowKey={(one) => one.id}
              onOpen={(one) => change({ task: one.id })}
              selected={address.task ?? null}
              empty={
                <Empty
                  icon={<ListChecks className="size-6" />}
                  title={group === "all" ? "No task yet" : `Nothing ${LABELS[group]?.toLowerCase()}`}
                >
                  Reading a source by hand, asking an agent to look or replaying rows makes a task.
                </Empty>
              }
            />
          )}
        </Async>
      </Card>
      <One id={address.task ?? null} onClose={() => change({ task: undefined })} />
    </Page>
  );
}

function One({ id, onClose }: { id: string | null; onClose: () => void }) {
  const query = useQuery({ ...task(id ?? ""), enabled: id !== null });
  const role = useQuery(me()).data?.role;
  return (
    <Dialog kind="drawer" open={id !== null} onClose={onClose} title={query.data ? `Task ${query.data.kind}` : "Task"}>
      <Async query={query}>
        {(one) => (
          <div className="grid gap-6">
            <Facts
              items={[
                ["State", <Badge key="state" word={one.state} />],
                ["Attempts", one.attempts],
                ["Asked", <Ago key="asked" at={one.created_at} />],
                ["Began", <Ago key="began" at={one.started_at} empty="not yet" />],
                ["Ended", <Ago key="ended" at={one.finished_at} empty="not yet" />],
                ["Took", tookOf(one) === null ? "–" : duration(tookOf(one) ?? 0)],
                [
                  "Id",
                  <span key="id" className="inline-flex items-center gap-1">
                    <code>{one.id}</code>
                    <CopyButton text={one.id} label="Copy the id" />
                  </span>,
                ],
              ]}
            />
            {messageOf(one) && (
              <p role="alert" className="rounded-xl bg-red-soft px-4 py-3 font-semibold wrap-anywhere">
                {messageOf(one)}
              </p>
            )}
            <section>
              <h3 className="mb-2 text-sm text-ink-3">{one.result ? "Came to" : "How far"}</h3>
              <Facts
                items={Object.entries((one.result ?? one.progress ?? {}) as Record<string, unknown>).map(
                  ([name, value]) => [
                    name,
                    <span key={name} className="num">
                      {plain(value) || "–"}
                    </span>,
                  ],
                )}
              />
            </section>
            {OPEN.has(one.state) && may(role, "operator") && (
              <Button tone="danger" onClick={() => void act(cancelTask(one.id), "Called off")}>
                Call off
              </Button>
            )}
            <Raw value={one} label="As the API says it" />
          </div>
        )}
      </Async>
    </Dialog>
  );
}
