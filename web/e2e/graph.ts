// A tenant's graph of any size, answered for as the server does: as a whole as far as there is room, or around a node nearest
// first, with what is left out counted; searched by name. So a page meets what a large tenant would show it, without thousands
// of sources being read first.
import type { Page, Route } from "playwright-core";

type Node = { id: string; type: string; layer: string; label: string; rows: number; parentId?: string };
type Edge = { source: string; target: string; edgeType: "hierarchy" | "dataflow"; rows: number; fields: number };
export type Whole = { nodes: Node[]; edges: Edge[] };
type Seen = { node: Node; distance: number };

const NODES = 300;
const EDGES_A_NODE = 5;
const FINE = new Set(["column", "field"]);
const ORDER = ["source_parent", "ontology", "agent", "connection", "source", "column", "field"];

/** Entities fed by sources of one stream each, whose columns feed the entities' fields, and read by agents. */
export function tenant(of: { entities: number; sources: number; agents: number; columns?: number }): Whole {
  const nodes: Node[] = [{ id: "aam", type: "source_parent", layer: "L0", label: "from AAM", rows: 0 }];
  const edges: Edge[] = [];
  const part = (source: string, target: string) =>
    edges.push({ source, target, edgeType: "hierarchy", rows: 9, fields: 0 });
  const flow = (source: string, target: string) =>
    edges.push({ source, target, edgeType: "dataflow", rows: 9, fields: 3 });
  const columns = of.columns ?? 0;
  for (let at = 0; at < of.entities; at += 1) {
    nodes.push({ id: `dcl_entity_${at}`, type: "ontology", layer: "L2", label: `entity_${at}`, rows: 900 + at });
    for (let n = 0; n < columns; n += 1) {
      const id = `fld_${at}_${n}`;
      nodes.push({
        id,
        type: "field",
        layer: "L2",
        label: `entity_${at}.field_${n}`,
        rows: 9,
        parentId: `dcl_entity_${at}`,
      });
      part(`dcl_entity_${at}`, id);
    }
  }
  for (let at = 0; at < of.sources; at += 1) {
    const entity = at % of.entities;
    nodes.push({ id: `conn_${at}`, type: "connection", layer: "L0", label: `source ${at}`, rows: 9 });
    nodes.push({
      id: `src_${at}`,
      type: "source",
      layer: "L1",
      label: `source ${at} - stream`,
      rows: 9,
      parentId: `conn_${at}`,
    });
    part("aam", `conn_${at}`);
    part(`conn_${at}`, `src_${at}`);
    flow(`src_${at}`, `dcl_entity_${entity}`);
    for (let n = 0; n < columns; n += 1) {
      const id = `col_${at}_${n}`;
      nodes.push({
        id,
        type: "column",
        layer: "L1",
        label: `stream ${at}.column_${n}`,
        rows: 9,
        parentId: `src_${at}`,
      });
      part(`src_${at}`, id);
      flow(id, `fld_${entity}_${n}`);
    }
  }
  for (let at = 0; at < of.agents; at += 1) {
    nodes.push({ id: `agent_${at}`, type: "agent", layer: "L3", label: `agent ${at}`, rows: 0 });
    flow(`dcl_entity_${at % of.entities}`, `agent_${at}`);
  }
  return { nodes, edges };
}

const [SELF, UP, DOWN, BESIDE] = [1, 2, 4, 8];

/** What a node comes from and what is made of it; a whole stands for its parts, and the wholes of what is met stand beside. */
function near(of: Index, id: string, depth: number, way: string, fine: boolean): Seen[] {
  const how = new Map([[id, SELF]]);
  const found: Seen[] = [{ node: of.byId.get(id) as Node, distance: 0 }];
  const queue: [string, number, number][] = [[id, SELF, 0]];
  const step = (to: string, come: number, distance: number) => {
    const node = of.byId.get(to) as Node;
    const known = how.get(to) ?? 0;
    if (known & come || (FINE.has(node.type) && !fine)) return;
    if (known === 0) found.push({ node, distance });
    how.set(to, known | come);
    queue.push([to, come, distance]);
  };
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [at, come, distance] = next;
    if (distance === depth) continue;
    for (const edge of of.out.get(at) ?? []) {
      if (edge.edgeType === "hierarchy" && come === SELF) step(edge.target, SELF, distance + 1);
      if (edge.edgeType === "dataflow" && way !== "up" && come & (SELF | DOWN)) step(edge.target, DOWN, distance + 1);
    }
    for (const edge of of.into.get(at) ?? []) {
      if (edge.edgeType === "hierarchy") step(edge.source, BESIDE, distance + 1);
      else if (way !== "down" && come & (SELF | UP)) step(edge.source, UP, distance + 1);
    }
  }
  return found;
}

type Index = { byId: Map<string, Node>; out: Map<string, Edge[]>; into: Map<string, Edge[]> };
function indexed(whole: Whole): Index {
  const by = (side: "source" | "target") => {
    const found = new Map<string, Edge[]>();
    for (const edge of whole.edges) found.set(edge[side], [...(found.get(edge[side]) ?? []), edge]);
    return found;
  };
  return { byId: new Map(whole.nodes.map((node) => [node.id, node])), out: by("source"), into: by("target") };
}

/** The first of what was found, the edges between them as far as there is room, and all of it counted. */
function cut(whole: Whole, found: Seen[], limit: number, around: boolean) {
  const shown = found.slice(0, limit);
  const ids = new Set(shown.map(({ node }) => node.id));
  const between = whole.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const edges = between.slice(0, limit * EDGES_A_NODE);
  const counts: Record<string, number> = { edges: whole.edges.length };
  for (const { node } of found) counts[node.type] = (counts[node.type] ?? 0) + 1;
  return {
    nodes: shown.map(({ node, distance }) => (around ? { ...node, distance } : node)),
    edges,
    truncated: shown.length < found.length || edges.length < between.length,
    counts,
    position: 1,
  };
}

/** Answers a page's questions about lineage from this graph; all else goes to the server. */
export async function serve(page: Page, whole: Whole): Promise<void> {
  const index = indexed(whole);
  const answer = (finely: boolean) => (route: Route) => {
    const asked = new URL(route.request().url()).searchParams;
    const id = asked.get("node");
    const limit = Number(asked.get("limit") ?? NODES);
    if (id === null) {
      const coarse = whole.nodes.filter((node) => !FINE.has(node.type));
      const ordered = coarse.sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || b.rows - a.rows);
      return route.fulfill({
        json: cut(
          whole,
          ordered.map((node) => ({ node, distance: 0 })),
          limit,
          false,
        ),
      });
    }
    if (!index.byId.has(id)) {
      const problem = {
        type: "/docs#errors",
        title: "Not Found",
        status: 404,
        detail: `there is no node "${id}"`,
        code: "lineage.unknown_node",
      };
      return route.fulfill({ status: 404, contentType: "application/problem+json", body: JSON.stringify(problem) });
    }
    const found = near(index, id, Number(asked.get("depth") ?? 5), asked.get("direction") ?? "both", finely);
    return route.fulfill({ json: cut(whole, found, limit, true) });
  };
  await page.route("**/api/v1/dcl/graph*", answer(false));
  await page.route("**/api/v1/lineage/neighbourhood*", answer(true));
  await page.route("**/api/v1/lineage/search*", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const words = (asked.get("q") ?? "").toLowerCase().split(/\s+/);
    const fit = whole.nodes.filter((node) => words.every((word) => node.label.toLowerCase().includes(word)));
    const rank = (node: Node) => (node.label.toLowerCase() === words.join(" ") ? 0 : 1);
    fit.sort((a, b) => rank(a) - rank(b) || b.rows - a.rows);
    return route.fulfill({
      json: { items: fit.slice(0, Number(asked.get("limit") ?? 20)), total: fit.length, nearest: false },
    });
  });
  await page.route("**/api/v1/dcl/views", (route) => {
    const entities = whole.nodes.filter((node) => node.type === "ontology");
    const items = entities.map((node) => ({ view: `${node.label}s`, entity: node.label, rows: node.rows, fields: [] }));
    return route.fulfill({ json: { items, position: 1 } });
  });
}
