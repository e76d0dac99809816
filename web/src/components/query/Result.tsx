// What a question came to: its rows, whether there are more, and as of when.
import { Download, Rows3, SearchX } from "lucide-react";
import { useMemo } from "react";
import { handOver } from "@/client/file";
import type { TableAnswer } from "@/client/types";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { absolute, duration, many, number, plain } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { asCsv } from "./written";

type Line = { at: number; cells: unknown[] };

const RIGHT = new Set(["integer", "number", "money"]);

export function Result({ of, name, waiting }: { of: TableAnswer | null; name: string; waiting: boolean }) {
  const columns = useMemo(() => (of?.columns ?? []).map(columnOf), [of]);
  const rows = useMemo(() => (of?.rows ?? []).map((cells, at) => ({ at, cells })), [of]);
  if (!of) {
    return (
      <Card title="Answer">
        <Empty icon={<Rows3 className="size-6" />} title={waiting ? "It is being asked" : "Nothing was asked yet"}>
          {waiting ? "A query has a few seconds." : "Write one SELECT over the views and run it."}
        </Empty>
      </Card>
    );
  }
  return (
    <Card
      title={of.truncated ? `The first ${many(rows.length, "row")}` : many(rows.length, "row")}
      hint={`as of position ${number(of.position)}, in ${duration(of.ms)}`}
      flush
      beneath
      actions={
        <Button
          size="sm"
          icon={<Download className="size-4" aria-hidden />}
          onClick={() => handOver(new Blob([asCsv(of)], { type: "text/csv;charset=utf-8" }), `${name || "query"}.csv`)}
        >
          CSV
        </Button>
      }
    >
      {of.truncated && (
        <p role="status" className="mx-5 mb-3 rounded-xl bg-amber-soft px-4 py-2.5 font-semibold">
          There are more. Ask for groups of them, or export the whole view.
        </p>
      )}
      <Table
        label="Answer"
        rows={rows}
        columns={columns}
        rowKey={(line: Line) => String(line.at)}
        empty={<Empty icon={<SearchX className="size-6" />} title="No row" />}
      />
    </Card>
  );
}

function columnOf({ name, type }: TableAnswer["columns"][number], at: number): Column<Line> {
  return {
    id: String(at),
    title: name,
    width: type === "string" ? "minmax(11rem,2fr)" : "minmax(8.5rem,1fr)",
    align: RIGHT.has(type) ? "right" : undefined,
    card: at === 0 ? "title" : undefined,
    by: (line) => sortable(line.cells[at]),
    cell: (line) => <Cell of={line.cells[at]} type={type} />,
  };
}

const sortable = (value: unknown) =>
  typeof value === "number" || typeof value === "string" ? value : value == null ? null : plain(value);

function Cell({ of, type }: { of: unknown; type: string }) {
  if (of === null || of === undefined) return <span className="text-ink-3">–</span>;
  if (type === "datetime" && typeof of === "string") {
    return (
      <span className="num" title={of}>
        {absolute(of)}
      </span>
    );
  }
  const text = plain(of);
  return <span title={text}>{text}</span>;
}
