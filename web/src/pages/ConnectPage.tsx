// AAM Connect: every source, how it is and how fresh. Filters live in the address.
import { useQuery } from "@tanstack/react-query";
import { Cable, Plus } from "lucide-react";
import { connections } from "@/client/connections";
import { may, me } from "@/client/system";
import type { Connection } from "@/client/types";
import { useAddress, useGo } from "@/components/address";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input, Select } from "@/ui/Field";
import { count } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

const rowsOf = (one: Connection) => one.streams.reduce((sum, stream) => sum + stream.rows, 0);
const refusedOf = (one: Connection) => one.streams.reduce((sum, stream) => sum + stream.rejected, 0);
const feedsOf = (one: Connection) => [
  ...new Set(one.streams.map((stream) => stream.entity).filter((entity) => entity != null)),
];

const COLUMNS: Column<Connection>[] = [
  {
    id: "name",
    title: "Source",
    width: "minmax(13rem,2fr)",
    card: "title",
    by: (one) => one.name,
    cell: (one) => <b>{one.name}</b>,
  },
  {
    id: "state",
    title: "State",
    width: "9rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} />,
  },
  { id: "type", title: "Type", width: "7rem", by: (one) => one.type, cell: (one) => <Chip>{one.type}</Chip> },
  {
    id: "feeds",
    title: "Feeds",
    width: "minmax(10rem,1.6fr)",
    card: "hide",
    cell: (one) => feedsOf(one).join(", ") || <span className="text-ink-3">nothing yet</span>,
  },
  { id: "rows", title: "Rows", width: "6.5rem", align: "right", by: rowsOf, cell: (one) => count(rowsOf(one)) },
  {
    id: "refused",
    title: "Refused",
    width: "6rem",
    align: "right",
    by: refusedOf,
    cell: (one) => (
      <span className={refusedOf(one) > 0 ? "font-bold text-amber" : "text-ink-3"}>{count(refusedOf(one))}</span>
    ),
  },
  {
    id: "fresh",
    title: "Last read",
    width: "8rem",
    align: "right",
    by: (one) => one.last_sync_at ?? "",
    cell: (one) => <Ago at={one.last_sync_at} />,
  },
];

export default function ConnectPage() {
  const query = useQuery(connections());
  const truth = useTruth(query);
  const [address, change] = useAddress();
  const role = useQuery(me()).data?.role;
  const go = useGo();
  const needle = (address.q ?? "").toLowerCase();
  const fits = (one: Connection) =>
    (!address.state || one.state === address.state) &&
    (!needle ||
      one.name.toLowerCase().includes(needle) ||
      feedsOf(one).some((entity) => entity.includes(needle)) ||
      one.streams.some((stream) => stream.name.toLowerCase().includes(needle)));
  return (
    <Page
      title="Connect"
      lead="Sources that are read, watched for changes and repaired."
      actions={
        may(role, "operator") && (
          <LinkButton to="/connect/new" tone="primary">
            <Plus className="size-4" aria-hidden /> Add a source
          </LinkButton>
        )
      }
    >
      <Card
        title="Sources"
        truth={truth}
        flush
        actions={<Filters query={query.data?.items ?? []} address={address} change={change} />}
      >
        <Async query={query} className="min-h-24">
          {(page) => {
            const rows = page.items.filter(fits);
            return (
              <Table
                label="Sources"
                rows={rows}
                columns={COLUMNS}
                rowKey={(one) => one.id}
                onOpen={(one) => go(`/connect/${one.id}`)}
                empty={
                  page.items.length === 0 ? (
                    <None />
                  ) : (
                    <Empty title="No source fits these filters">Clear them to see all {page.items.length}.</Empty>
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

type FilterProps = {
  query: Connection[];
  address: Record<string, string | undefined>;
  change: (next: Record<string, string | undefined>) => void;
};

function Filters({ query, address, change }: FilterProps) {
  const states = [...new Set(query.map((one) => one.state))].sort();
  return (
    <div data-filter className="flex flex-wrap items-center gap-2">
      <Input
        label="Filter sources"
        hideLabel
        placeholder="Filter by name, stream, entity"
        value={address.q ?? ""}
        onChange={(event) => change({ q: event.target.value || undefined })}
        className="w-60 max-sm:w-full"
      />
      <Select
        label="State"
        hideLabel
        value={address.state ?? ""}
        onChange={(event) => change({ state: event.target.value || undefined })}
        options={[{ value: "", label: "Every state" }, ...states]}
      />
    </div>
  );
}

function None() {
  return (
    <Empty
      icon={<Cable className="size-6" />}
      title="No source is connected yet"
      action={
        <LinkButton to="/connect/new" tone="primary">
          Add a source
        </LinkButton>
      }
    >
      A file you drop here, or a PostgreSQL database, is a source. It is read again whenever it changes.
    </Empty>
  );
}
