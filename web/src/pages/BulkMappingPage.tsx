// One bulk mapping job: how far it is, live, and what each object's fields are held to be; what is missing among the rules in
// force is added to them from here.
import { type UseQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { useMemo } from "react";
import { bulkJob, bulkResults, cancelBulk } from "@/client/bulk";
import { may, me } from "@/client/system";
import type { BulkJob, BulkObject } from "@/client/types";
import { useAddress, usePathPart } from "@/components/address";
import { Page } from "@/components/Page";
import { Held } from "@/components/task/Held";
import { Wrong } from "@/components/task/Wrong";
import { isOpen, saidOf, stateOf } from "@/components/task/words";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card, Figure } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { count } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

export default function BulkMappingPage() {
  const query = useQuery(bulkJob(usePathPart("id")));
  const role = useQuery(me()).data?.role;
  const one = query.data;
  return (
    <Page
      title="Mapping job"
      mark={one && <Badge word={one.state} label={stateOf(one.state)} />}
      lead={
        one && (
          <>
            Asked for <Ago at={one.created_at} />
          </>
        )
      }
      actions={
        <>
          <LinkButton to="/tasks" search={{ tab: "mapping" }} tone="quiet">
            All jobs
          </LinkButton>
          {one && isOpen(one.state) && may(role, "operator") && (
            <Button
              tone="danger"
              icon={<Square className="size-4" aria-hidden />}
              onClick={() => void act(cancelBulk(one.id), "Called off; what is done stays")}
            >
              Call off
            </Button>
          )}
        </>
      }
    >
      <Async query={query}>{(of) => <Whole of={of} query={query} />}</Async>
    </Page>
  );
}

function Whole({ of, query }: { of: BulkJob; query: UseQueryResult<BulkJob> }) {
  const truth = useTruth(query);
  const said = saidOf(of);
  return (
    <div className="grid gap-5">
      {said && <Wrong of={said} title={isOpen(of.state) ? "The last attempt failed" : "It failed"} />}
      <div className="grid gap-4 rounded-card border border-line bg-surface p-5 shadow-card">
        <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
          <Figure label="Objects" value={count(of.objects)} note={`${count(of.objects_done)} done`} />
          <Figure label="Fields" value={count(of.fields)} note={`${count(of.fields_done)} done`} />
          <Figure label="Held to be something" value={count(of.mapped)} hue="green" />
          <Figure label="Ended" value={<Ago at={of.finished_at} empty="not yet" />} />
        </div>
        {isOpen(of.state) && <Progress label="Objects done" done={of.objects_done} total={of.objects} />}
      </div>
      <Results id={of.id} truth={truth} />
    </div>
  );
}

const entitiesOf = (one: BulkObject): string[] => [
  ...new Set((one.proposals ?? []).flatMap((proposal) => proposal.entity ?? [])),
];
const keyOf = (one: BulkObject): string => `${one.source}/${one.object}`;

const COLUMNS: Column<BulkObject>[] = [
  {
    id: "object",
    title: "Object",
    width: "minmax(11rem,1.4fr)",
    card: "title",
    by: (one) => one.object,
    cell: (one) => <b title={one.object}>{one.object}</b>,
  },
  {
    id: "source",
    title: "Source",
    width: "minmax(11rem,1.4fr)",
    by: (one) => one.source,
    cell: (one) => <span title={one.source}>{one.source}</span>,
  },
  {
    id: "is",
    title: "Held to be",
    width: "minmax(10rem,1.4fr)",
    cell: (one) => (
      <span className="inline-flex flex-wrap gap-1">
        {entitiesOf(one).map((entity) => (
          <Chip key={entity} hue="blue">
            {entity}
          </Chip>
        ))}
      </span>
    ),
  },
  {
    id: "fields",
    title: "Fields mapped",
    width: "minmax(10rem,1.2fr)",
    card: "mark",
    by: (one) => (one.mapped ?? -1) / Math.max(1, one.field_count),
    cell: (one) =>
      one.mapped == null ? (
        <span className="text-ink-3">not done</span>
      ) : (
        <Progress label="Fields mapped" done={one.mapped} total={one.field_count} />
      ),
  },
];

function Results({ id, truth }: { id: string; truth: ReturnType<typeof useTruth> }) {
  const query = useInfiniteQuery(bulkResults(id));
  const [address, change] = useAddress();
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const open = rows.find((one) => keyOf(one) === address.object) ?? null;
  return (
    <Card title="Results" truth={truth} flush>
      <Async query={query} className="px-0">
        {() => (
          <>
            <Table
              label="Results"
              rows={rows}
              columns={COLUMNS}
              rowKey={keyOf}
              onOpen={(one) => change({ object: keyOf(one) }, true)}
              selected={address.object ?? null}
              empty={<Empty title="Nothing to show yet" />}
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
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => change({ object: undefined })}
        title={open?.object ?? ""}
        description={open?.source}
      >
        {open && <Held of={open} />}
      </Dialog>
    </Card>
  );
}
