// What feeds what: sources, their streams, unified entities and agents in four columns; as a picture or as a table.
import { useQuery } from "@tanstack/react-query";
import { Network } from "lucide-react";
import type { Graph, GraphEdge } from "@/client/types";
import { graph, graphAround } from "@/client/views";
import { useAddress } from "@/components/address";
import { GraphPicture, labelOf } from "@/components/GraphPicture";
import { allOf, type By, isDrawn } from "@/components/layout";
import { useBusiest, useUnfolded } from "@/components/lineage/focus";
import { NodeSearch } from "@/components/lineage/NodeSearch";
import { Chosen } from "@/components/ontology/Chosen";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Chip } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Segmented } from "@/ui/Field";
import { count, many } from "@/ui/format";
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
  const near = useQuery({ ...graphAround(focus ?? ""), enabled: focus !== undefined });
  // Which one is not known until it is known which entity is the largest: nothing is drawn that would be drawn otherwise next.
  const looking = whole.data?.truncated === true && address.from === undefined && busiest.query.isPending;
  const query = focus === undefined && !looking ? whole : near;
  const around = useUnfolded(query.data, focus, (id) => graphAround(id, 1));
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
