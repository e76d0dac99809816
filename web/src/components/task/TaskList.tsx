// Work that waits, runs and ran: which of it is in the address, what is running moves by itself, a row opens its page.
import { useInfiniteQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { useMemo } from "react";
import { tasks } from "@/client/tasks";
import type { Task } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Select } from "@/ui/Field";
import { count } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { useAddress, useGo } from "../address";
import { useSourceNames } from "../names";
import { useTruth } from "../truth";
import { aboutOf, cameTo, farOf, kindOf, saidOf, stateOf, TASK_KINDS, TASK_STATES, tookOf, tookWords } from "./words";

const columns = (names: Map<string, string>): Column<Task>[] => [
  {
    id: "what",
    title: "What",
    width: "minmax(16rem,2fr)",
    card: "title",
    by: (one) => kindOf(one.kind),
    cell: (one) => {
      const about = aboutOf(one, names);
      return (
        <span title={about ?? undefined}>
          <b>{kindOf(one.kind)}</b>
          {about && <bdi className="text-ink-2 max-sm:block sm:ml-2">{about}</bdi>}
        </span>
      );
    },
  },
  {
    id: "state",
    title: "State",
    width: "9.5rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} label={stateOf(one.state)} />,
  },
  { id: "came", title: "Came to", width: "minmax(14rem,2fr)", cell: (one) => <CameTo of={one} /> },
  {
    id: "attempts",
    title: "Attempts",
    width: "6rem",
    align: "right",
    card: "hide",
    by: (one) => one.attempts,
    cell: (one) => `${one.attempts} of ${one.max_attempts}`,
  },
  {
    id: "took",
    title: "Took",
    width: "7rem",
    align: "right",
    by: tookOf,
    cell: (one) => tookWords(one) ?? <span className="text-ink-3">–</span>,
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

function CameTo({ of }: { of: Task }) {
  const { done, total } = farOf(of);
  if (of.state === "in_progress" && total) return <Progress label="How far" done={done} total={total} />;
  const said = cameTo(of);
  return (
    <span title={said} className={saidOf(of) ? "text-red" : "num text-ink-2"}>
      {said || "–"}
    </span>
  );
}

export function TaskList() {
  const [address, change] = useAddress();
  const { state, kind, source } = address;
  const query = useInfiniteQuery(tasks({ state, kind, connection_id: source }));
  const truth = useTruth(query);
  const names = useSourceNames();
  const go = useGo();
  const shown = useMemo(() => columns(names), [names]);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = state || kind || source;
  const select = (label: string, name: string, all: string, options: { value: string; label: string }[]) => (
    <Select
      label={label}
      hideLabel
      value={address[name] ?? ""}
      onChange={(event) => change({ [name]: event.target.value || undefined })}
      options={[{ value: "", label: all }, ...options]}
      className="max-sm:w-[calc(50%-0.25rem)]"
    />
  );
  return (
    <Card
      title="Tasks"
      truth={truth}
      hint={query.data && `${count(rows.length)}${query.hasNextPage ? " newest" : ""}`}
      flush
      beneath
      actions={
        <>
          {select(
            "State",
            "state",
            "Every state",
            TASK_STATES.map((value) => ({ value, label: stateOf(value) })),
          )}
          {select(
            "Kind",
            "kind",
            "Every kind",
            TASK_KINDS.map((value) => ({ value, label: kindOf(value) })),
          )}
          {select(
            "Source",
            "source",
            "Every source",
            [...names].map(([value, label]) => ({ value, label })),
          )}
        </>
      }
    >
      <Async query={query} className="px-0">
        {() => (
          <>
            <Table
              label="Tasks"
              rows={rows}
              columns={shown}
              rowKey={(one) => one.id}
              onOpen={(one) => go(`/tasks/${one.id}`)}
              empty={
                <Empty
                  icon={<ListChecks className="size-6" />}
                  title={narrowed ? "No task is like that" : "No task yet"}
                  action={
                    narrowed && (
                      <Button onClick={() => change({ state: undefined, kind: undefined, source: undefined })}>
                        Show every task
                      </Button>
                    )
                  }
                >
                  {narrowed
                    ? "Tasks come and go: this list says so as soon as there is one."
                    : "Reading a source by hand, asking an agent to look or replaying rows makes a task."}
                </Empty>
              }
            />
            {query.hasNextPage && (
              <div className="grid justify-items-center py-3">
                <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {count(rows.length)} are here; read on
                </Button>
              </div>
            )}
          </>
        )}
      </Async>
    </Card>
  );
}
