// Lineage: the lines of all rules, trees and neighbourhoods of nodes, what a change touches, and why one value is what it is.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, body } from "./http";
import type { Graph, LineageFound, LineageGrid, LineageImpact, LineageTree, RecordWhy } from "./types";

const LINES = 500;

/** Lines that have the words, from one page to the next. */
export const lines = (q: string | undefined, sort: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["graph", "lines", q ?? "", sort ?? ""],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: LineageGrid) => page.next_cursor ?? undefined,
    queryFn: ({ signal, pageParam }) =>
      body<LineageGrid>(
        api.GET("/api/v1/lineage/grid", { params: { query: { q, sort, limit: LINES, cursor: pageParam } }, signal }),
      ),
  });

export type Way = "up" | "down" | "both";

export const tree = (node: string | undefined, direction: Way, depth: number) =>
  queryOptions({
    queryKey: ["graph", "tree", node ?? "", direction, depth],
    queryFn: ({ signal }) =>
      body<LineageTree>(
        api.GET("/api/v1/lineage/tree", { params: { query: { node, direction, depth, limit: 500 } }, signal }),
      ),
  });

export const neighbourhood = (node: string, direction: Way, depth: number) =>
  queryOptions({
    queryKey: ["graph", "near", node, direction, depth],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await body(
        api.GET("/api/v1/lineage/neighbourhood", { params: { query: { node, direction, depth, limit: 200 } }, signal }),
      )) as unknown as Graph,
  });

export const impact = (node: string) =>
  queryOptions({
    queryKey: ["graph", "impact", node],
    queryFn: ({ signal }) =>
      body<LineageImpact>(api.GET("/api/v1/lineage/impact", { params: { query: { node } }, signal })),
  });

export const nodesNamed = (q: string) =>
  queryOptions({
    queryKey: ["graph", "named", q],
    placeholderData: keepPreviousData,
    enabled: q.trim() !== "",
    queryFn: ({ signal }) =>
      body<LineageFound>(api.GET("/api/v1/lineage/search", { params: { query: { q, limit: 12 } }, signal })),
  });

export const why = (view: string, id: string, alone: boolean) =>
  queryOptions({
    queryKey: ["entities", "why", view, id, alone],
    queryFn: async ({ signal }) =>
      (await body(
        api.GET("/api/v1/lineage/records/{view}/{id}", { params: { path: { view, id }, query: { alone } }, signal }),
      )) as unknown as RecordWhy,
  });
