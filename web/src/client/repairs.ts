// Drifts, the reviews they lead to, and decisions. A decision names the version that was looked at.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Drift, Page, Review } from "./types";

export const reviews = (state?: string) =>
  queryOptions({
    queryKey: ["reviews", "list", state ?? "all"],
    queryFn: ({ signal }) =>
      body<Page<Review>>(api.GET("/api/v1/reviews", { params: { query: { state, limit: 200 } }, signal })),
  });

/** Questions in the order they are put to people: one that holds values back comes before those about who is who. */
export const inOrder = (items: Review[]): Review[] => [...items].sort((a, b) => rank(a) - rank(b));
const rank = (one: Review): number => (one.type === "merge" || one.type === "split" ? 1 : 0);

export const review = (id: string) =>
  queryOptions({
    queryKey: ["reviews", "one", id],
    queryFn: ({ signal }) => body<Review>(api.GET("/api/v1/reviews/{id}", { params: { path: { id } }, signal })),
  });

export const drifts = (connection?: string, state?: string) =>
  queryOptions({
    queryKey: ["drifts", "list", connection ?? "all", state ?? "all"],
    queryFn: ({ signal }) =>
      body<Page<Drift>>(
        api.GET("/api/v1/drifts", { params: { query: { connection_id: connection, state, limit: 200 } }, signal }),
      ),
  });

export const drift = (id: string) =>
  queryOptions({
    queryKey: ["drifts", "one", id],
    queryFn: ({ signal }) => body<Drift>(api.GET("/api/v1/drifts/{id}", { params: { path: { id } }, signal })),
  });

const touched = () =>
  Promise.all(
    ["reviews", "drifts", "connections", "views", "entities"].map((key) =>
      cache.invalidateQueries({ queryKey: [key] }),
    ),
  );

export type Decision = { decision: "approve" | "reject" | "edit"; edit?: Record<string, unknown> };

export const decide = (review: Review, decision: Decision) =>
  body<Review>(
    api.POST("/api/v1/reviews/{id}/decide", {
      params: { path: { id: review.id }, header: { "If-Match": `"${review.version}"` } },
      body: decision,
    }),
  ).finally(touched);

export const revert = (drift: string) =>
  body<Drift>(api.POST("/api/v1/drifts/{id}/revert", { params: { path: { id: drift } } })).finally(touched);
