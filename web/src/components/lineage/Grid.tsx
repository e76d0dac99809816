// Every rule in force as a line: column, what it goes through, field, view, readers. Searched and sorted by the server, a part
// at a time; only the lines in sight are drawn.
import { useInfiniteQuery } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { lines } from "@/client/lineage";
import type { LineageLine } from "@/client/types";
import { useAddress } from "@/components/address";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { count, many, number } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Empty, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";

const COLUMNS: Column<LineageLine>[] = [
  { id: "source", title: "Source", width: "minmax(9rem,1.1fr)", cell: (one) => one.source },
  { id: "stream", title: "Stream", width: "minmax(8rem,1fr)", cell: (one) => one.stream },
  {
    id: "column",
    title: "Column",
    width: "minmax(9rem,1fr)",
    card: "title",
    cell: (one) => (one.column ? <code className="font-bold">{one.column}</code> : <i>a constant</i>),
  },
  {
    id: "transform",
    title: "Transform",
    width: "minmax(6rem,0.7fr)",
    card: "hide",
    cell: (one) => (one.transform ? <code>{one.transform}</code> : <span className="text-ink-3">–</span>),
  },
  {
    id: "field",
    title: "Canonical field",
    width: "minmax(11rem,1.3fr)",
    cell: (one) => (
      <code className="text-blue">
        {one.entity}.{one.field}
      </code>
    ),
  },
  { id: "view", title: "View", width: "minmax(7rem,0.8fr)", card: "hide", cell: (one) => one.view },
  { id: "rows", title: "Rows", width: "6rem", align: "right", cell: (one) => count(one.rows) },
  { id: "confidence", title: "Confidence", width: "9rem", cell: (one) => <Confidence value={one.confidence} /> },
  {
    id: "origin",
    title: "Origin",
    width: "7rem",
    card: "mark",
    cell: (one) => <Badge word={one.origin} hue={one.origin === "human" ? "purple" : "grey"} />,
  },
  {
    id: "agent",
    title: "Read by",
    width: "minmax(8rem,1fr)",
    card: "hide",
    cell: (one) => <span className="text-purple">{one.agents.join(", ")}</span>,
  },
];
const SORTS = new Set(COLUMNS.map((column) => column.id).filter((id) => id !== "transform"));

/** As tall as the table that follows, so that nothing moves when it comes. */
export const waiting = <Skeleton lines={12} className="min-h-[65dvh] content-start px-5" />;

export function Grid() {
  const [address, change] = useAddress();
  const query = useInfiniteQuery(lines(address.q, address.sort));
  const truth = useTruth(query);
  const sort = address.sort ? { id: address.sort.replace(/^-/, ""), desc: address.sort.startsWith("-") } : null;
  const first = query.data?.pages[0];
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card
      title={first ? many(first.total, "field") : "Fields"}
      truth={truth}
      hint={first && `as of position ${number(first.position)}`}
      flush
      beneath
      actions={
        <div data-filter>
          <Input
            label="Search lineage"
            hideLabel
            placeholder="Any name: column, field, source"
            value={address.q ?? ""}
            onChange={(event) => change({ q: event.target.value || undefined })}
            className="w-72 max-sm:w-full"
          />
        </div>
      }
    >
      <Async query={query} className="px-0" skeleton={waiting}>
        {() => (
          <>
            <Table
              label="Lineage by field"
              rows={rows}
              columns={COLUMNS}
              rowKey={(one) => `${one.node}>${one.target}`}
              onOpen={(one) => change({ node: one.column ? one.node : one.target, open: "yes" })}
              sorting={sort}
              onSort={(id, desc) => change({ sort: desc ? `-${id}` : id })}
              sortable={(id) => SORTS.has(id)}
              empty={
                address.q ? (
                  <Empty title="No field by that name">Try a part of it: a column, a field, a source.</Empty>
                ) : (
                  <Empty
                    icon={<GitBranch className="size-6" />}
                    title="No rule yet"
                    action={
                      <LinkButton to="/connect/new" tone="primary">
                        Add a source
                      </LinkButton>
                    }
                  >
                    Rules are proposed when a source is first read.
                  </Empty>
                )
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
