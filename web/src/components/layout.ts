// The four-column layout of the graph: where a node stands is fixed by its layer, its height follows its rows, and its
// place in the column follows its neighbours, so that few links cross and those there are stay short. The longest column is
// filled from the top; the others stand beside what they are linked to. An empty layer keeps its column.
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
/** A node's least height, what its rows may add, and what is between two. Long columns are set closer. */
const ROOMY = { least: 34, more: 34, gap: 12 };
const CLOSE = { least: 26, more: 14, gap: 6 };
const LONG = 40;
/** Widest a node is drawn, and its share of the picture where that is narrow. */
const NODE = 188;
const SHARE = 0.19;

/** What hangs together the sources is not drawn. */
export const isDrawn = (node: GraphNode): boolean => node.type !== "source_parent";

/** What the width of a link says. */
export type By = "rows" | "fields";

/** Places everything in a box of this width; the height is what it takes. Edges to nodes that are not there are left out. */
export function arrange(graph: Graph, width: number, by: By = "rows"): Layout {
  const nodes = graph.nodes.filter(isDrawn);
  const box = Math.min(NODE, width * SHARE);
  const step = (width - box) / (COLUMNS.length - 1);
  const known = new Set(nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => known.has(edge.source) && known.has(edge.target));
  const ordered = order(nodes, edges);
  const weights = weigh(nodes, edges);
  const most = [...weights.values()].reduce((top, one) => Math.max(top, one), 1);
  const { least, more, gap } = COLUMNS.some((layer) => ordered[layer].length > LONG) ? CLOSE : ROOMY;
  const tall = (node: GraphNode) => least + more * Math.sqrt((weights.get(node.id) ?? 0) / most);
  const heights = COLUMNS.map((layer) => ordered[layer].reduce((sum, node) => sum + tall(node) + gap, 0));
  const height = Math.max(180, ...heights);
  const placed = new Map<string, Placed>();
  const [out, into] = [ends(edges, "source"), ends(edges, "target")];
  const wanted = (node: GraphNode, at: number, of: number): number => {
    const others = [
      ...(out.get(node.id) ?? []).map((edge) => placed.get(edge.target)),
      ...(into.get(node.id) ?? []).map((edge) => placed.get(edge.source)),
    ].filter((end) => end !== undefined);
    if (others.length === 0) return (height * (at + 0.5)) / of;
    return others.reduce((sum, end) => sum + end.y + end.height / 2, 0) / others.length;
  };
  const longest = heights.indexOf(Math.max(...heights));
  const outward = COLUMNS.map((_, column) => column).sort((a, b) => Math.abs(a - longest) - Math.abs(b - longest));
  for (const column of outward) {
    const list = ordered[COLUMNS[column] as GraphNode["layer"]];
    const aims = list.map((node, at) => ({ node, size: tall(node), aim: wanted(node, at, list.length) }));
    if (column !== longest) aims.sort((a, b) => a.aim - b.aim);
    for (const { node, size, y } of settle(aims, height, gap))
      placed.set(node.id, { ...node, x: column * step, y, width: box, height: size });
  }
  return {
    nodes: COLUMNS.flatMap((layer) => [...placed.values()].filter((node) => node.layer === layer)),
    links: link(edges, placed, by),
    width,
    height,
    columns: COLUMNS.map((layer, column) => ({ layer, x: column * step })),
  };
}

type Aim = { node: GraphNode; size: number; aim: number };

/** Each as near to where it would be as there is room, in this order: pushed down by those above, then up by the end. */
function settle(aims: Aim[], height: number, gap: number): (Aim & { y: number })[] {
  let top = gap / 2;
  const down = aims.map((one) => {
    const y = Math.max(top, one.aim - one.size / 2);
    top = y + one.size + gap;
    return { ...one, y };
  });
  let bottom = height - gap / 2;
  for (const one of down.reverse()) {
    one.y = Math.min(one.y, bottom - one.size);
    bottom = one.y - gap;
  }
  return down.reverse();
}

/** Rows through each node; the larger of what comes and what goes, or its own. */
function weigh(nodes: GraphNode[], edges: GraphEdge[]): Map<string, number> {
  const rows = (list: GraphEdge[] | undefined) => (list ?? []).reduce((total, edge) => total + edge.rows, 0);
  const [out, into] = [ends(edges, "source"), ends(edges, "target")];
  return new Map(
    nodes.map((node) => [node.id, Math.max(node.rows ?? 0, rows(out.get(node.id)), rows(into.get(node.id)))]),
  );
}

/** Edges by the node at one of their ends. */
function ends(edges: GraphEdge[], side: "source" | "target"): Map<string, GraphEdge[]> {
  const found = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const list = found.get(edge[side]);
    if (list) list.push(edge);
    else found.set(edge[side], [edge]);
  }
  return found;
}

/** A graph with columns and fields, as four columns: a stream stands aside for its columns and an entity for its fields, and
 * what the source holds hangs on the source. */
export function finely(graph: Graph): Graph {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const parts = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (edge.edgeType !== "hierarchy" || byId.get(edge.source)?.layer !== byId.get(edge.target)?.layer) continue;
    if (byId.get(edge.source)?.type === "source_parent") continue;
    parts.set(edge.source, [...(parts.get(edge.source) ?? []), edge.target]);
  }
  const edges = graph.edges.flatMap((edge) => {
    if (parts.has(edge.source)) return [];
    const stood = parts.get(edge.target);
    if (!stood) return [edge];
    return edge.edgeType === "hierarchy" ? stood.map((target) => ({ ...edge, target, fields: 1 })) : [];
  });
  return { ...graph, nodes: graph.nodes.filter((node) => !parts.has(node.id)), edges };
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
  const [out, into] = [ends(edges, "source"), ends(edges, "target")];
  const middle = (node: GraphNode, back: boolean) => {
    const near = ((back ? out : into).get(node.id) ?? []).map((edge) => place.get(back ? edge.target : edge.source));
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

function link(edges: GraphEdge[], placed: Map<string, Placed>, by: By): Link[] {
  const most = edges.reduce((top, edge) => Math.max(top, edge[by]), 1);
  const above = (side: "source" | "target", other: "source" | "target") => (a: GraphEdge, b: GraphEdge) =>
    (placed.get(a[other])?.y ?? 0) - (placed.get(b[other])?.y ?? 0) || a[side].localeCompare(b[side]);
  const spread = (side: "source" | "target", other: "source" | "target") => {
    const heights = new Map<GraphEdge, number>();
    for (const [id, list] of ends(edges, side)) {
      const node = placed.get(id) as Placed;
      list.sort(above(side, other));
      for (const [at, edge] of list.entries()) heights.set(edge, node.y + (node.height * (at + 1)) / (list.length + 1));
    }
    return heights;
  };
  const [starts, stops] = [spread("source", "target"), spread("target", "source")];
  return edges.map((edge) => {
    const from = placed.get(edge.source) as Placed;
    const to = placed.get(edge.target) as Placed;
    return {
      ...edge,
      from,
      to,
      y0: starts.get(edge) ?? from.y,
      y1: stops.get(edge) ?? to.y,
      thickness: 1.5 + 8 * Math.sqrt(edge[by] / most),
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

export type Way = "left" | "right" | "up" | "down" | "first" | "last";

/** Where a key leads from a node: along its links to the nearest in height, or up and down its column; itself at an end. */
export function beside(layout: Layout, id: string, way: Way): string {
  const at = layout.nodes.find((node) => node.id === id);
  if (!at) return id;
  if (way === "left" || way === "right") {
    const near = layout.links.flatMap((one) =>
      way === "right" ? (one.source === id ? [one.to] : []) : one.target === id ? [one.from] : [],
    );
    const away = (node: Placed) => Math.abs(node.y + node.height / 2 - at.y - at.height / 2);
    return near.reduce((best, node) => (away(node) < away(best) ? node : best), near[0] ?? at).id;
  }
  const column = layout.nodes.filter((node) => node.layer === at.layer).sort((a, b) => a.y - b.y);
  if (way === "first" || way === "last") return column.at(way === "first" ? 0 : -1)?.id ?? id;
  return column[column.indexOf(at) + (way === "down" ? 1 : -1)]?.id ?? id;
}

/** All nodes that are near, drawn or not. */
export const allOf = (graph: Graph): number =>
  Object.entries(graph.counts).reduce((sum, [kind, of]) => sum + (kind === "edges" ? 0 : of), 0);

/** Several neighbourhoods as one graph, no more nodes than fit: the first whole, then what the others bring. */
export function joined(graphs: Graph[], most: number): Graph {
  const nodes = new Map<string, GraphNode>();
  let left = false;
  for (const node of graphs.flatMap((graph) => graph.nodes)) {
    if (nodes.has(node.id)) continue;
    if (nodes.size < most) nodes.set(node.id, node);
    else left = true;
  }
  const edges = new Map<string, GraphEdge>();
  for (const edge of graphs.flatMap((graph) => graph.edges)) {
    if (nodes.has(edge.source) && nodes.has(edge.target)) edges.set(`${edge.source}>${edge.target}`, edge);
  }
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    truncated: left || graphs.some((graph) => graph.truncated),
    counts: graphs[0]?.counts ?? {},
  };
}
