// A source as it is: what it reads, where it stands, and what is wrong in plain words.
import type { Connection, Stream } from "@/client/types";
import { Badge, Chip } from "@/ui/Badge";
import { Card, Figure } from "@/ui/Card";
import type { Truth } from "@/ui/Dot";
import { Facts } from "@/ui/Facts";
import { count, plain } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

const COLUMNS: Column<Stream>[] = [
  {
    id: "name",
    title: "Stream",
    width: "minmax(11rem,1.6fr)",
    card: "title",
    by: (one) => one.name,
    cell: (one) => <b>{one.name}</b>,
  },
  {
    id: "entity",
    title: "Feeds",
    width: "minmax(8rem,1fr)",
    by: (one) => one.entity,
    cell: (one) => (one.entity ? <Chip hue="blue">{one.entity}</Chip> : <span className="text-ink-3">not mapped</span>),
  },
  { id: "rows", title: "Rows", width: "7rem", align: "right", by: (one) => one.rows, cell: (one) => count(one.rows) },
  {
    id: "rejected",
    title: "Refused",
    width: "7rem",
    align: "right",
    by: (one) => one.rejected,
    cell: (one) => (
      <span className={one.rejected > 0 ? "font-bold text-amber" : "text-ink-3"}>{count(one.rejected)}</span>
    ),
  },
  {
    id: "rules",
    title: "Rules",
    width: "5rem",
    align: "right",
    cell: (one) => (one.mapping_version == null ? "" : `v${one.mapping_version}`),
  },
  {
    id: "cursor",
    title: "Cursor",
    width: "minmax(9rem,1.2fr)",
    cell: (one) => (
      <code className="text-ink-2" title={plain(one.cursor)}>
        {plain(one.cursor) || "start"}
      </code>
    ),
  },
];

export function Status({ of, truth }: { of: Connection; truth: Truth }) {
  const rows = of.streams.reduce((sum, stream) => sum + stream.rows, 0);
  const refused = of.streams.reduce((sum, stream) => sum + stream.rejected, 0);
  return (
    <div className="grid gap-5">
      {of.last_error && (
        <div role="alert" className="rounded-card border border-red/40 bg-red-soft px-5 py-4">
          <p className="font-bold">The last read failed</p>
          <p className="wrap-anywhere">{of.last_error}</p>
        </div>
      )}
      <div className="grid grid-cols-2 gap-4 rounded-card border border-line bg-surface p-5 shadow-card md:grid-cols-4">
        <Figure label="Rows read" value={count(rows)} hue="green" />
        <Figure
          label="Refused"
          value={count(refused)}
          hue={refused > 0 ? "amber" : undefined}
          note={refused > 0 ? "see Refused rows" : "none"}
        />
        <Figure label="Streams" value={count(of.streams.length)} />
        <Figure label="Last read" value={<Ago at={of.last_sync_at} />} />
      </div>
      <Card title="Streams" truth={truth} flush>
        <Table
          label="Streams"
          rows={of.streams}
          columns={COLUMNS}
          rowKey={(one) => one.name}
          empty={<Empty title="Not read yet">Its streams appear with the first read. Press Read now to begin.</Empty>}
        />
      </Card>
      <Card title="About">
        <Facts
          items={[
            ["Type", <Chip key="type">{of.type}</Chip>],
            ["State", <Badge key="state" word={of.state} />],
            ["Made", <Ago key="made" at={of.created_at} />],
            [
              "Version",
              <span key="version" className="num">
                {of.version}
              </span>,
            ],
            ["Id", <code key="id">{of.id}</code>],
          ]}
        />
      </Card>
    </div>
  );
}
