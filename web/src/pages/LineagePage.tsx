// Field by field, from the source's column to the canonical field and on to the agents that read it. Made from the rules in
// force of every source.
import { useQueries, useQuery } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { connections, mappings } from "@/client/connections";
import { agents } from "@/client/work";
import { useAddress, useGo } from "@/components/address";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { count } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Empty, NotYet, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";

type Line = {
  key: string;
  connection: string;
  source: string;
  stream: string;
  column: string;
  entity: string;
  field: string;
  confidence: number;
  origin: string;
  readers: string;
};

const COLUMNS: Column<Line>[] = [
  { id: "source", title: "Source", width: "minmax(10rem,1.2fr)", by: (one) => one.source, cell: (one) => one.source },
  { id: "stream", title: "Stream", width: "minmax(8rem,1fr)", by: (one) => one.stream, cell: (one) => one.stream },
  {
    id: "column",
    title: "Column",
    width: "minmax(9rem,1fr)",
    card: "title",
    by: (one) => one.column,
    cell: (one) => <code className="font-bold">{one.column}</code>,
  },
  {
    id: "field",
    title: "Canonical field",
    width: "minmax(11rem,1.3fr)",
    by: (one) => `${one.entity}.${one.field}`,
    cell: (one) => (
      <code className="text-blue">
        {one.entity}.{one.field}
      </code>
    ),
  },
  {
    id: "sure",
    title: "Confidence",
    width: "9rem",
    by: (one) => one.confidence,
    cell: (one) => <Confidence value={one.confidence} />,
  },
  {
    id: "origin",
    title: "Origin",
    width: "7rem",
    card: "mark",
    by: (one) => one.origin,
    cell: (one) => <Badge word={one.origin} hue={one.origin === "human" ? "purple" : "grey"} />,
  },
  {
    id: "readers",
    title: "Read by",
    width: "minmax(8rem,1fr)",
    card: "hide",
    by: (one) => one.readers,
    cell: (one) => <span className="text-purple">{one.readers}</span>,
  },
];

/** As tall as the table that follows, so that nothing moves when it comes. */
const waiting = <Skeleton lines={12} className="min-h-[65dvh] content-start px-5" />;

export default function LineagePage() {
  const sources = useQuery(connections());
  const readers = useQuery(agents()).data?.items ?? [];
  const rules = useQueries({ queries: (sources.data?.items ?? []).map((one) => mappings(one.id)) });
  const truth = useTruth(sources);
  const go = useGo();
  const [address, change] = useAddress();
  const lines = (sources.data?.items ?? []).flatMap((one, at) =>
    (rules[at]?.data?.items ?? []).map(
      (rule): Line => ({
        key: `${one.id}/${rule.stream}/${rule.source_path}/${rule.field}`,
        connection: one.id,
        source: one.name,
        stream: rule.stream,
        column: rule.source_path,
        entity: rule.entity,
        field: rule.field,
        confidence: rule.confidence,
        origin: rule.origin,
        readers: readers
          .filter((agent) => agent.entities.includes(rule.entity))
          .map((agent) => agent.name)
          .join(", "),
      }),
    ),
  );
  const words = (address.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fits = lines.filter((line) =>
    words.every((word) =>
      `${line.source} ${line.stream} ${line.column} ${line.entity}.${line.field} ${line.readers}`
        .toLowerCase()
        .includes(word),
    ),
  );
  return (
    <Page
      title="Data Lineage"
      lead="Every rule in force: which column feeds which field, how sure its author was, and who reads it."
      wide
    >
      <div className="grid gap-5">
        <Card
          title={`${count(fits.length)} of ${count(lines.length)} fields`}
          truth={truth}
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
          <Async query={sources} className="px-0" skeleton={waiting}>
            {() =>
              rules.some((one) => one.isPending) ? (
                waiting
              ) : (
                <Table
                  label="Lineage by field"
                  rows={fits}
                  columns={COLUMNS}
                  rowKey={(one) => one.key}
                  onOpen={(one) => go(`/connect/${one.connection}`, { tab: "mappings" })}
                  empty={
                    lines.length === 0 ? (
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
                    ) : (
                      <Empty title="No field by that name" />
                    )
                  }
                />
              )
            }
          </Async>
        </Card>
        <NotYet title="Lineage beyond the rules is not served yet">
          Why one value is what it is can be seen today: open a row of a view, and each value says the column and the
          rule it came from. The neighbourhood graph and impact queries wait for their endpoints.
        </NotYet>
      </div>
    </Page>
  );
}
