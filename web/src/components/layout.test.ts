// The graph is placed whatever it is: with empty layers, cycles, edges to nothing, and by the thousand.
import { expect, test } from "vitest";
import type { Graph, GraphNode } from "@/client/types";
import { arrange, beside, COLUMNS, finely, joined, reach, type Way } from "./layout";

const node = (id: string, layer: GraphNode["layer"], rows = 1): GraphNode => ({
  id,
  layer,
  rows,
  label: id,
  type: "source",
});
const edge = (source: string, target: string, rows = 1) => ({
  source,
  target,
  rows,
  fields: 1,
  edgeType: "dataflow" as const,
});
const graph = (nodes: GraphNode[], edges: Graph["edges"]): Graph => ({ nodes, edges, truncated: false, counts: {} });

test("an empty layer keeps its column, and edges to nothing are left out", () => {
  const made = arrange(graph([node("a", "L0"), node("d", "L3")], [edge("a", "nowhere"), edge("a", "d")]), 1000);
  expect(made.columns.map((column) => column.layer)).toEqual(COLUMNS);
  expect(made.links).toHaveLength(1);
  expect(arrange(graph([], []), 1000).nodes).toEqual([]);
});

test("cycles end, and the way of a node is found both ways", () => {
  const made = arrange(
    graph(
      [node("a", "L0"), node("b", "L1"), node("c", "L2"), node("x", "L2")],
      [edge("a", "b"), edge("b", "c"), edge("c", "a")],
    ),
    900,
  );
  expect(reach("b", made.links)).toEqual(new Set(["a", "b", "c"]));
});

test("nothing overlaps and everything is inside", () => {
  const nodes = Array.from({ length: 300 }, (_, at) => node(`n${at}`, COLUMNS[at % 4] as GraphNode["layer"], at * at));
  const edges = nodes.slice(0, -1).map((one, at) => edge(one.id, `n${at + 1}`, at));
  const made = arrange(graph(nodes, edges), 1200);
  for (const layer of COLUMNS) {
    const column = made.nodes.filter((one) => one.layer === layer).sort((a, b) => a.y - b.y);
    for (const [at, one] of column.entries()) {
      expect(one.y).toBeGreaterThanOrEqual(0);
      expect(one.y + one.height).toBeLessThanOrEqual(made.height);
      expect(one.y).toBeGreaterThanOrEqual((column[at - 1]?.y ?? -100) + (column[at - 1]?.height ?? 0));
    }
  }
});

test("a whole stands aside for its parts, which hang where it hung", () => {
  const part = (source: string, target: string) => ({ ...edge(source, target), edgeType: "hierarchy" as const });
  const of = graph(
    [node("c", "L0"), node("s", "L1"), node("x", "L1"), node("e", "L2"), node("f", "L2"), node("a", "L3")],
    [part("c", "s"), part("s", "x"), edge("s", "e"), part("e", "f"), edge("x", "f"), edge("f", "a"), edge("e", "a")],
  );
  const made = finely(of);
  expect(made.nodes.map((one) => one.id)).toEqual(["c", "x", "f", "a"]);
  expect(made.edges.map((one) => `${one.source}>${one.target}`)).toEqual(["c>x", "x>f", "f>a"]);
});

test("keys lead along links and columns, and stay at the ends", () => {
  const made = arrange(
    graph(
      [node("a", "L0"), node("b", "L1"), node("c", "L1"), node("e", "L2")],
      [edge("a", "b"), edge("a", "c"), edge("b", "e"), edge("c", "e")],
    ),
    1000,
  );
  const from = (id: string, ...ways: Way[]) => ways.reduce((at, way) => beside(made, at, way), id);
  expect(from("a", "right", "right", "left", "left")).toBe("a");
  expect([from("b", "down"), from("b", "down", "down"), from("c", "first"), from("b", "last")]).toEqual([
    "c",
    "c",
    "b",
    "c",
  ]);
  expect([from("a", "left"), from("e", "right"), from("a", "up"), from("nowhere", "down")]).toEqual([
    "a",
    "e",
    "a",
    "nowhere",
  ]);
});

test("neighbourhoods are joined without doubles, and no larger than fits", () => {
  const one = graph([node("a", "L0"), node("b", "L1")], [edge("a", "b")]);
  const two = graph([node("b", "L1"), node("c", "L2"), node("d", "L3")], [edge("b", "c"), edge("c", "d")]);
  const whole = joined([one, two], 10);
  expect(whole.nodes.map((each) => each.id)).toEqual(["a", "b", "c", "d"]);
  expect(whole.edges).toHaveLength(3);
  expect(whole.truncated).toBe(false);
  const part = joined([one, two], 3);
  expect(part.nodes.map((each) => each.id)).toEqual(["a", "b", "c"]);
  expect(part.edges.map((each) => each.target)).toEqual(["b", "c"]);
  expect(part.truncated).toBe(true);
});
