// Playbooks and their runs: what is kept, what runs now, how each run ended.
import { useQuery } from "@tanstack/react-query";
import { BookMarked, Play } from "lucide-react";
import { playbookRuns, playbooks, runPlaybook } from "@/client/playbooks";
import { may, me } from "@/client/system";
import type { Playbook, PlaybookRun } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useGo } from "../address";
import { By } from "../By";
import { useTruth } from "../truth";
import { stateOf, tookOf, tookWords } from "./words";

const columns = (run: ((of: Playbook) => void) | null): Column<Playbook>[] => [
  {
    id: "name",
    title: "Name",
    width: "minmax(12rem,2fr)",
    card: "title",
    by: (one) => one.name,
    cell: (one) => <b title={one.name}>{one.name}</b>,
  },
  {
    id: "version",
    title: "Version",
    width: "6rem",
    align: "right",
    by: (one) => one.version,
    cell: (one) => `v${one.version}`,
  },
  {
    id: "at",
    title: "Edited",
    width: "8rem",
    align: "right",
    by: (one) => one.updated_at,
    cell: (one) => <Ago at={one.updated_at} />,
  },
  ...(run
    ? [
        {
          id: "run",
          title: "",
          width: "7rem",
          align: "right",
          card: "mark",
          cell: (one: Playbook) => (
            <Button
              size="sm"
              icon={<Play className="size-4" aria-hidden />}
              onClick={(event) => {
                event.stopPropagation();
                run(one);
              }}
            >
              Run
            </Button>
          ),
        } satisfies Column<Playbook>,
      ]
    : []),
];

const RUNS: Column<PlaybookRun>[] = [
  {
    id: "playbook",
    title: "Playbook",
    width: "minmax(10rem,1.5fr)",
    card: "title",
    by: (one) => one.playbook,
    cell: (one) => <b title={one.playbook}>{one.playbook}</b>,
  },
  {
    id: "state",
    title: "State",
    width: "8.5rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} label={stateOf(one.state)} />,
  },
  {
    id: "why",
    title: "Came to",
    width: "minmax(10rem,2fr)",
    cell: (one) =>
      one.error ? (
        <span className="text-red" title={one.error}>
          {one.error}
        </span>
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    id: "took",
    title: "Took",
    width: "6.5rem",
    align: "right",
    by: (one) => tookOf({ ...one, started_at: one.created_at }),
    cell: (one) => tookWords({ ...one, started_at: one.created_at }) ?? <span className="text-ink-3">–</span>,
  },
  { id: "by", title: "Asked by", width: "minmax(7rem,1fr)", card: "hide", cell: (one) => <By of={one.created_by} /> },
  {
    id: "at",
    title: "Began",
    width: "7rem",
    align: "right",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
];

export function Playbooks() {
  const query = useQuery(playbooks());
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const go = useGo();
  const operates = may(role, "operator");
  const run = async (of: Playbook) => {
    const begun = await act(runPlaybook(of.id), `${of.name} has begun`);
    if (begun) go(`/playbook-runs/${begun.id}`);
  };
  return (
    <div className="grid items-start gap-5">
      <Card
        title="Playbooks"
        truth={truth}
        flush
        actions={
          operates && (
            <LinkButton to="/playbooks/new" tone="primary">
              New playbook
            </LinkButton>
          )
        }
      >
        <Async query={query} className="px-0">
          {(page) => (
            <Table
              label="Playbooks"
              rows={page.items}
              columns={columns(operates ? (of) => void run(of) : null)}
              rowKey={(one) => one.id}
              onOpen={(one) => go(`/playbooks/${one.id}`)}
              empty={
                <Empty icon={<BookMarked className="size-6" />} title="No playbook yet">
                  A playbook is a named sequence of tasks with conditions, in YAML: read the sources, rebuild, and let
                  the agents look only if something came in.
                </Empty>
              }
            />
          )}
        </Async>
      </Card>
      <Runs />
    </div>
  );
}

/** Runs of one playbook by name, or of all. */
export function Runs({ playbook }: { playbook?: string }) {
  const query = useQuery(playbookRuns(playbook));
  const truth = useTruth(query);
  const go = useGo();
  return (
    <Card title="Runs" truth={truth} flush>
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Runs"
            rows={page.items}
            columns={RUNS}
            rowKey={(one) => one.id}
            onOpen={(one) => go(`/playbook-runs/${one.id}`)}
            empty={
              <Empty title="Nothing was run yet">A run stands here from its beginning, and moves step by step.</Empty>
            }
          />
        )}
      </Async>
    </Card>
  );
}
