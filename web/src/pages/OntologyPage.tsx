// What feeds what: sources, their streams, unified entities and agents in four columns; as a picture or as a table.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Network } from "lucide-react";
import type { Graph, GraphEdge, GraphNode } from "@/client/types";
import { graph, nodeRows, views } from "@/client/views";
import { useAddress } from "@/components/address";
import { GraphPicture, labelOf } from "@/components/GraphPicture";
import { allOf, type By, isDrawn } from "@/components/layout";
import { useBusiest, useUnfolded } from "@/components/lineage/focus";
import { NodeSearch } from "@/components/lineage/NodeSearch";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { Segmented } from "@/ui/Field";
import { count, many, plain, words } from "@/ui/format";
import { Empty, Fault } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { ONTOLOGY_SHAPES } from "./table";

type Line = GraphEdge & { from: string; to: string };

const COLUMNS: Column<Line>[] = [
  {
    id: "from",
    title: "From",
    width: "minmax(12rem,1.4fr)",
    card: "title",
    by: (one) => one.from,
    cell: (one) => <b>{one.from}</b>,
  },
  { id: "to", title: "To", width: "minmax(12rem,1.4fr)", by: (one) => one.to, cell: (one) => one.to },
  {
    id: "kind",
    title: "Kind",
    width: "8rem",
    card: "mark",
    by: (one) => one.edgeType,
    cell: (one) => <Chip hue={one.edgeType === "dataflow" ? "blue" : "grey"}>{one.edgeType}</Chip>,
  },
  { id: "rows", title: "Rows", width: "7rem", align: "right", by: (one) => one.rows, cell: (one) => count(one.rows) },
  {
    id: "fields",
    title: "Fields",
    width: "6rem",
    align: "right",
    by: (one) => one.fields,
    cell: (one) => (one.fields > 0 ? one.fields : <span className="text-ink-3">–</span>),
  },
];

export default function OntologyPage() {
  const whole = useQuery(graph());
  const [address, change] = useAddress();
  // Where there is more than the server draws at once, or somebody asked for it, it is seen from one node.
  const busiest = useBusiest(whole.data?.truncated === true && address.from === undefined);
  const focus = address.from ?? (whole.data?.truncated ? busiest.id : undefined);
  const near = useQuery({ ...graph(focus), enabled: focus !== undefined });
  const query = focus === undefined ? whole : near;
  const around = useUnfolded(query.data, focus, (id) => graph(id, 1));
  const truth = useTruth(query);
  // A phone begins with the table; a picture of four columns needs room.
  const table = address.as === undefined ? matchMedia("(max-width: 40rem)").matches : address.as === "table";
  const seeFrom = (from: string) => change({ from, node: undefined }, true);
  const by: By = address.by === "fields" ? "fields" : "rows";
  const drawn = around.drawn;
  return (
    <Page
      title="Ontology"
      lead="Sources, their streams, the entities they feed, and the agents that read them."
      wide
      actions={
        <Segmented
          label="Shown as"
          value={table ? "table" : "graph"}
          onChange={(as) => change({ as })}
          options={Object.entries(ONTOLOGY_SHAPES).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      <Card
        title="What feeds what"
        truth={truth}
        hint={drawn && `${many(drawn.nodes.filter(isDrawn).length, "node")}, ${many(drawn.edges.length, "edge")}`}
        flush={table}
        beneath
        actions={
          <>
            {address.from && !whole.data?.truncated && (
              <Button size="sm" onClick={() => change({ from: undefined })}>
                The whole
              </Button>
            )}
            {!table && (
              <Segmented
                label="Width of the links"
                value={by}
                onChange={(next) => change({ by: next === "rows" ? undefined : next })}
                options={[
                  { value: "rows", label: "By rows" },
                  { value: "fields", label: "By fields" },
                ]}
              />
            )}
            <NodeSearch onChoose={seeFrom} />
          </>
        }
      >
        <Async query={query}>
          {(data) => {
            const shown = drawn ?? data;
            return shown.edges.length === 0 ? (
              <Empty
                icon={<Network className="size-6" />}
                title="Nothing feeds anything yet"
                action={
                  <LinkButton to="/connect/new" tone="primary">
                    Add a source
                  </LinkButton>
                }
              >
                The agents are ready; they need rows to look at.
              </Empty>
            ) : table ? (
              <Edges of={shown} />
            ) : (
              <>
                <GraphPicture
                  graph={shown}
                  chosen={address.node ?? null}
                  middle={focus}
                  by={by}
                  onChoose={(node) => change({ node: node ?? undefined })}
                />
                {around.failed !== null && <Fault of={around.failed} className="mt-3" />}
                {focus !== undefined && (
                  <p className="mt-3 text-sm text-ink-2">
                    This is what <b>{shown.nodes.find((node) => node.id === focus)?.label}</b> comes from and goes to
                    {data.truncated ? `, the nearest of ${many(allOf(data), "node")}` : ""}. Choose a node to unfold
                    what is near it, or to see from there.
                  </p>
                )}
              </>
            );
          }}
        </Async>
      </Card>
      <Chosen
        of={drawn}
        id={address.node ?? null}
        onClose={() => change({ node: undefined })}
        onFrom={seeFrom}
        onUnfold={
          focus === undefined || (address.node && around.unfolded.includes(address.node))
            ? undefined
            : (id) => {
                around.unfold(id);
                change({ node: undefined });
              }
        }
      />
    </Page>
  );
}

function Edges({ of }: { of: Graph }) {
  const name = (id: string) => {
    const node = of.nodes.find((one) => one.id === id);
    return node ? labelOf(node) : id;
  };
  const lines = of.edges.map((edge) => ({ ...edge, from: name(edge.source), to: name(edge.target) }));
  return <Table label="Edges" rows={lines} columns={COLUMNS} rowKey={(one) => `${one.source}>${one.target}`} />;
}

type ChosenProps = {
  of: Graph | undefined;
  id: string | null;
  onClose: () => void;
  onFrom: (id: string) => void;
  onUnfold?: (id: string) => void;
};

function Chosen({ of, id, onClose, onFrom, onUnfold }: ChosenProps) {
  const node = of?.nodes.find((one) => one.id === id);
  const view = useQuery(views()).data?.items.find((one) => node?.layer === "L2" && one.entity === node.label);
  if (!of || !node) return null;
  const neighbours = (side: "source" | "target", other: "source" | "target") =>
    of.edges
      .filter((edge) => edge[side] === node.id)
      .flatMap((edge) =>
        of.nodes.filter((one) => one.id === edge[other] && one.type !== "source_parent").map((one) => ({ one, edge })),
      );
  return (
    <Dialog
      kind="drawer"
      open
      onClose={onClose}
      title={labelOf(node)}
      description={node.type === "ontology" ? "Unified entity" : node.type}
    >
      <div className="grid gap-6">
        <Facts
          items={[
            ...(node.rows !== undefined
              ? ([
                  [
                    "Rows",
                    <span key="rows" className="num">
                      {count(node.rows)}
                    </span>,
                  ],
                ] as [string, React.ReactNode][])
              : []),
            ...(node.state
              ? ([["State", <Badge key="state" word={node.state} />]] as [string, React.ReactNode][])
              : []),
            ...(node.findings !== undefined
              ? ([
                  [
                    "Open findings",
                    <span key="findings" className="num">
                      {count(node.findings)}
                    </span>,
                  ],
                ] as [string, React.ReactNode][])
              : []),
            ...(view ? ([["Fields", view.fields.length]] as [string, React.ReactNode][]) : []),
          ]}
        />
        <div className="flex flex-wrap gap-2">
          {onUnfold && <Button onClick={() => onUnfold(node.id)}>Unfold what is near it</Button>}
          <Button onClick={() => onFrom(node.id)}>See from here</Button>
        </div>
        {(node.type === "ontology" || node.type === "source") && <Sample node={node.id} />}
        <Near title="Fed by" items={neighbours("target", "source")} />
        <Near title="Feeds" items={neighbours("source", "target")} />
        <Where node={node} view={view?.view} />
      </div>
    </Dialog>
  );
}

const SYSTEM = new Set(["id", "external_ids", "extras", "source", "sources", "provenance"]);

/** What its rows are like. */
function Sample({ node }: { node: string }) {
  const query = useQuery(nodeRows(node));
  return (
    <section>
      <h3 className="mb-2 text-sm text-ink-3">
        {query.data ? `Some of its ${many(query.data.total, "row")}` : "Some of its rows"}
      </h3>
      <Async query={query}>
        {({ rows }) => {
          const names = Object.keys(rows[0] ?? {}).filter((name) => !SYSTEM.has(name) && !name.endsWith("_id"));
          const shown = names.filter((name) => rows.some((row) => plain(row[name]) !== "")).slice(0, 3);
          return rows.length === 0 ? (
            <p className="text-ink-2">None is in a view yet.</p>
          ) : (
            <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
              {rows.map((row) => (
                <li key={String(row.id)} className="flex flex-wrap gap-x-4 gap-y-0.5 bg-surface px-4 py-2">
                  {shown.map((name, at) => (
                    <span
                      key={name}
                      className={at === 0 ? "basis-full font-bold wrap-anywhere" : "text-sm wrap-anywhere"}
                    >
                      {at > 0 && <span className="text-ink-3">{words(name)} </span>}
                      <bdi className="num">{plain(row[name]) || "–"}</bdi>
                    </span>
                  ))}
                </li>
              ))}
            </ul>
          );
        }}
      </Async>
    </section>
  );
}

function Near({ title, items }: { title: string; items: { one: GraphNode; edge: GraphEdge }[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 text-sm text-ink-3">{title}</h3>
      <ul className="grid gap-1.5">
        {items.map(({ one, edge }) => (
          <li key={one.id} className="flex justify-between gap-4">
            <Link
              to={"/ontology" as never}
              search={((old: object) => ({ ...old, node: one.id })) as never}
              className="font-semibold text-blue wrap-anywhere"
            >
              {one.label}
            </Link>
            <span className="num text-ink-2">{many(edge.rows, "row")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Where({ node, view }: { node: GraphNode; view?: string }) {
  if (view)
    return (
      <LinkButton to={`/views/${view}`} tone="primary">
        See its rows
      </LinkButton>
    );
  if (node.type === "agent")
    return (
      <LinkButton to="/agents" search={{ agent: node.id.replace("agent_", "") }} tone="primary">
        See its findings
      </LinkButton>
    );
  const connection = node.type === "connection" ? node.id.replace("conn_", "") : node.parentId?.replace("conn_", "");
  return connection ? (
    <LinkButton to={`/connect/${connection}`} tone="primary">
      Open the source
    </LinkButton>
  ) : null;
}
