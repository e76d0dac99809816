// The four-column layout of the graph: where a node stands is fixed by its layer, its height follows its rows, and its
// place in the column follows its neighbours, so that few links cross. An empty layer keeps its column.
import type { Graph, GraphEdge, GraphNode } from "@/client/types";

export type Placed = GraphNode & { x: number; y: number; width: number; height: number };
export type Link = GraphEdge & { from: Placed; to: Placed; y0: number; y1: number; thickness: number };
export type Layout = {
  nodes: Placed[];
  links: Link[];
  width: number;
  height: number;
  columns: { layer: GraphNode["layer"]; x: number }[];
};

export const COLUMNS: GraphNode["layer"][] = ["L0", "L1", "L2", "L3"];
const GAP = 12;
const LEAST = 34;
/** Widest a node is drawn, and its share of the picture where that is narrow. */
const NODE = 188;
const SHARE = 0.19;

/** Places everything in a box of this width; the height is what it takes. Edges to nodes that are not there are left out. */
export function arrange(graph: Graph, width: number): Layout {
  const nodes = graph.nodes.filter((node) => node.type !== "source_parent");
  const box = Math.min(NODE, width * SHARE);
  const step = (width - box) / (COLUMNS.length - 1);
  const known = new Set(nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => known.has(edge.source) && known.has(edge.target));
  const ordered = order(nodes, edges);
  const most = Math.max(1, ...nodes.map((node) => weight(node, edges)));
  const tall = (node: GraphNode) => LEAST + 34 * Math.sqrt(weight(node, edges) / most);
  const heights = COLUMNS.map((layer) => ordered[layer].reduce((sum, node) => sum + tall(node) + GAP, 0));
  const height = Math.max(180, ...heights);
  const placed = new Map<string, Placed>();
  COLUMNS.forEach((layer, column) => {
    let y = (height - (heights[column] ?? 0)) / 2;
    for (const node of ordered[layer]) {
      placed.set(node.id, { ...node, x: column * step, y, width: box, height: tall(node) });
      y += tall(node) + GAP;
    }
  });
  return {
    nodes: [...placed.values()],
    links: link(edges, placed),
    width,
    height,
    columns: COLUMNS.map((layer, column) => ({ layer, x: column * step })),
  };
}

/** Rows through a node; the larger of what comes and what goes, or its own. */
function weight(node: GraphNode, edges: GraphEdge[]): number {
  const sum = (list: GraphEdge[]) => list.reduce((total, edge) => total + edge.rows, 0);
  return Math.max(
    node.rows ?? 0,
    sum(edges.filter((edge) => edge.source === node.id)),
    sum(edges.filter((edge) => edge.target === node.id)),
  );
}

/** Sources in the order they came; everything behind them by the middle of what feeds it, twice, which settles most. */
function order(nodes: GraphNode[], edges: GraphEdge[]): Record<GraphNode["layer"], GraphNode[]> {
  const layers = Object.fromEntries(
    COLUMNS.map((layer) => [layer, nodes.filter((node) => node.layer === layer)]),
  ) as Record<GraphNode["layer"], GraphNode[]>;
  const place = new Map<string, number>();
  const note = (layer: GraphNode["layer"]) => {
    for (const [at, node] of layers[layer].entries()) place.set(node.id, at);
  };
  const middle = (node: GraphNode, back: boolean) => {
    const near = edges
      .filter((edge) => (back ? edge.source : edge.target) === node.id)
      .map((edge) => place.get(back ? edge.target : edge.source));
    const known = near.filter((at) => at !== undefined);
    return known.length > 0 ? known.reduce((sum, at) => sum + at, 0) / known.length : (place.get(node.id) ?? 0);
  };
  COLUMNS.forEach(note);
  for (let round = 0; round < 2; round += 1) {
    for (const layer of COLUMNS.slice(1)) {
      layers[layer].sort((a, b) => middle(a, false) - middle(b, false));
      note(layer);
    }
    for (const layer of COLUMNS.slice(0, -1).reverse()) {
      layers[layer].sort((a, b) => middle(a, true) - middle(b, true));
      note(layer);
    }
  }
  return layers;
}

function link(edges: GraphEdge[], placed: Map<string, Placed>): Link[] {
  const most = Math.max(1, ...edges.map((edge) => edge.rows));
  const spread = (list: GraphEdge[], edge: GraphEdge, node: Placed) =>
    node.y + (node.height * (list.indexOf(edge) + 1)) / (list.length + 1);
  return edges.map((edge) => {
    const from = placed.get(edge.source) as Placed;
    const to = placed.get(edge.target) as Placed;
    const by = (side: "source" | "target", other: "source" | "target") => (a: GraphEdge, b: GraphEdge) =>
      (placed.get(a[other])?.y ?? 0) - (placed.get(b[other])?.y ?? 0) || a[side].localeCompare(b[side]);
    const out = edges.filter((one) => one.source === edge.source).sort(by("source", "target"));
    const into = edges.filter((one) => one.target === edge.target).sort(by("target", "source"));
    return {
      ...edge,
      from,
      to,
      y0: spread(out, edge, from),
      y1: spread(into, edge, to),
      thickness: 1.5 + 8 * Math.sqrt(edge.rows / most),
    };
  });
}

/** A smooth line from the right edge of one node to the left edge of another. */
export function curve({ from, to, y0, y1 }: Link): string {
  const x0 = from.x + from.width;
  const middle = (x0 + to.x) / 2;
  return `M${x0},${y0} C${middle},${y0} ${middle},${y1} ${to.x},${y1}`;
}

/** Everything up and down the way from a node. */
export function reach(id: string, links: Link[]): Set<string> {
  const seen = new Set([id]);
  const walk = (at: string, forward: boolean) => {
    for (const one of links) {
      const next = forward ? (one.source === at ? one.target : null) : one.target === at ? one.source : null;
      if (next && !seen.has(next)) {
        seen.add(next);
        walk(next, forward);
      }
    }
  };
  walk(id, true);
  walk(id, false);
  return seen;
}
