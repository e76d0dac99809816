// The unified views and the layer they live in.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { save } from "./file";
import { api, body, get } from "./http";
import type { DclState, FlowSnapshot, Graph, ProposedMapping, ViewPage, Views } from "./types";

export const views = () =>
  queryOptions({ queryKey: ["views", "list"], queryFn: ({ signal }) => get<Views>("/api/v1/dcl/views", signal) });

export const dclState = () =>
  queryOptions({ queryKey: ["views", "state"], queryFn: ({ signal }) => get<DclState>("/api/v1/dcl/state", signal) });

/** What feeds what, as far as the server draws it at once. */
export const graph = () =>
  queryOptions({ queryKey: ["graph", "whole"], queryFn: ({ signal }) => get<Graph>("/api/v1/dcl/graph", signal) });

/** What feeds what so many steps around a node; from one node to the next the picture stays. */
export const graphAround = (node: string, depth = 5) =>
  queryOptions({
    queryKey: ["graph", "around", node, depth],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      get<Graph>(`/api/v1/dcl/graph?${new URLSearchParams({ node, depth: String(depth), limit: "200" })}`, signal),
  });

/** A few rows of an entity or a stream. */
export const nodeRows = (node: string) =>
  queryOptions({
    queryKey: ["views", "node", node],
    queryFn: ({ signal }) => body(api.GET("/api/v1/dcl/preview", { params: { query: { node, limit: 5 } }, signal })),
  });

export const flow = () =>
  queryOptions({
    queryKey: ["flow"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get<FlowSnapshot>("/api/v1/flow-monitor", signal),
  });

export type Ask = { sort?: string; select?: string; filters: [string, string][]; limit?: number; cursor?: string };

/** The question as the API spells it. */
export function asking(view: string, ask: Ask): string {
  const query = new URLSearchParams();
  if (ask.limit) query.set("limit", String(ask.limit));
  if (ask.cursor) query.set("cursor", ask.cursor);
  if (ask.sort) query.set("sort", ask.sort);
  if (ask.select) query.set("select", ask.select);
  for (const [field, value] of ask.filters) query.append(`filter[${field}]`, value);
  const text = query.toString();
  return `/api/v1/dcl/views/${encodeURIComponent(view)}${text ? `?${text}` : ""}`;
}

export const rows = (view: string, ask: Ask) =>
  queryOptions({
    queryKey: ["views", "rows", view, ask],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<ViewPage>(asking(view, ask), signal),
  });

/** Everything that matches, as a file. */
export async function download(view: string, ask: Ask, format: "csv" | "parquet" | "json" | "arrow"): Promise<void> {
  const path = asking(view, { ...ask, limit: undefined, cursor: undefined });
  const name = `${view}.${format === "arrow" ? "arrows" : format}`;
  await save(`${path}${path.includes("?") ? "&" : "?"}format=${format}`, name);
}

export const proposeMapping = (
  object: string,
  system: string | undefined,
  fields: { name: string; samples: string[] }[],
) =>
  body<{ items: ProposedMapping[] }>(
    api.POST("/api/v1/mappings/propose", { body: { object, system, fields: fields as never } }),
  );
