// Every stream and the entity it feeds: how much, how much of it lives in views, how fresh.
import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { connections } from "@/client/connections";
import { dclState } from "@/client/views";
import { useAddress, useGo } from "@/components/address";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { count } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

type Line = {
  key: string;
  connection: string;
  name: string;
  state: string;
  stream: string;
  entity: string | null;
  rows: number;
  live: number | null;
  unmapped: number | null;
  fresh: string | null;
};

const COLUMNS: Column<Line>[] = [
  {
    id: "stream",
    title: "Stream",
    width: "minmax(10rem,1.3fr)",
    card: "title",
    by: (one) => one.stream,
    cell: (one) => <b>{one.stream}</b>,
  },
  { id: "source", title: "Source", width: "minmax(11rem,1.5fr)", by: (one) => one.name, cell: (one) => one.name },
  {
    id: "entity",
    title: "Feeds",
    width: "minmax(8rem,1fr)",
    by: (one) => one.entity,
    cell: (one) => (one.entity ? <Chip hue="blue">{one.entity}</Chip> : <span className="text-ink-3">not mapped</span>),
  },
  { id: "rows", title: "Read", width: "5.5rem", align: "right", by: (one) => one.rows, cell: (one) => count(one.rows) },
  {
    id: "live",
    title: "In views",
    width: "5.5rem",
    align: "right",
    by: (one) => one.live,
    cell: (one) => (one.live === null ? "" : count(one.live)),
  },
  {
    id: "unmapped",
    title: "Unmapped",
    width: "5.5rem",
    align: "right",
    by: (one) => one.unmapped,
    card: "hide",
    cell: (one) => (
      <span className={(one.unmapped ?? 0) > 0 ? "font-bold text-amber" : "text-ink-3"}>
        {count(one.unmapped ?? 0)}
      </span>
    ),
  },
  {
    id: "state",
    title: "State",
    width: "8.5rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} />,
  },
  {
    id: "fresh",
    title: "Last read",
    width: "7rem",
    align: "right",
    by: (one) => one.fresh,
    cell: (one) => <Ago at={one.fresh} />,
  },
];

export default function ConnectionsPage() {
  const query = useQuery(connections());
  const state = useQuery(dclState()).data;
  const truth = useTruth(query);
  const go = useGo();
  const [address, change] = useAddress();
  const needle = (address.q ?? "").toLowerCase();
  return (
    <Page title="Connections" lead="Which stream of which source feeds which entity." wide>
      <Card
        title="Streams"
        truth={truth}
        flush
        actions={
          <div data-filter>
            <Input
              label="Filter streams"
              hideLabel
              placeholder="Filter"
              value={address.q ?? ""}
              onChange={(event) => change({ q: event.target.value || undefined })}
              className="w-60"
            />
          </div>
        }
      >
        <Async query={query} className="px-0">
          {(page) => {
            const lines = page.items.flatMap((one) =>
              one.streams.map((stream): Line => {
                const stats = state?.streams.find(
                  (each) => each.connection_id === one.id && each.stream === stream.name,
                );
                return {
                  key: `${one.id}/${stream.name}`,
                  connection: one.id,
                  name: one.name,
                  state: one.state,
                  stream: stream.name,
                  entity: stream.entity ?? null,
                  rows: stream.rows,
                  live: stats?.live ?? null,
                  unmapped: stats?.unmapped ?? null,
                  fresh: one.last_sync_at ?? null,
                };
              }),
            );
            const fits = lines.filter((line) =>
              `${line.stream} ${line.name} ${line.entity}`.toLowerCase().includes(needle),
            );
            return (
              <Table
                label="Streams"
                rows={fits}
                columns={COLUMNS}
                rowKey={(one) => one.key}
                onOpen={(one) => go(`/connect/${one.connection}`, { tab: "mappings" })}
                empty={
                  lines.length === 0 ? (
                    <Empty
                      icon={<Database className="size-6" />}
                      title="No stream yet"
                      action={
                        <LinkButton to="/connect/new" tone="primary">
                          Add a source
                        </LinkButton>
                      }
                    >
                      Streams appear when a source is first read.
                    </Empty>
                  ) : (
                    <Empty title="No stream fits this filter" />
                  )
                }
              />
            );
          }}
        </Async>
      </Card>
    </Page>
  );
}
