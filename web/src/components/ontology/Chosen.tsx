// One node of the graph: what it is, what its rows are like, what feeds it and what it feeds, and where to go on from it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Graph, GraphEdge, GraphNode } from "@/client/types";
import { nodeRows, views } from "@/client/views";
import { labelOf } from "@/components/GraphPicture";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { count, many, plain, words } from "@/ui/format";

type ChosenProps = {
  of: Graph | undefined;
  id: string | null;
  onClose: () => void;
  onFrom: (id: string) => void;
  onUnfold?: (id: string) => void;
};

export function Chosen({ of, id, onClose, onFrom, onUnfold }: ChosenProps) {
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
