// Agents and what they found.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Agent, Finding, Page } from "./types";

const touch = (key: string) => () => cache.invalidateQueries({ queryKey: [key] });

export const agents = () =>
  queryOptions({
    queryKey: ["agents"],
    queryFn: ({ signal }) => body<Page<Agent>>(api.GET("/api/v1/agents", { signal })),
  });

export const findings = (filter: { agent?: string; state?: string; limit?: number }) =>
  queryOptions({
    queryKey: ["findings", filter],
    queryFn: ({ signal }) =>
      body<Page<Finding>>(api.GET("/api/v1/findings", { params: { query: { limit: 200, ...filter } }, signal })),
  });

export const runAgent = (id: string) =>
  body(api.POST("/api/v1/agents/{id}/run", { params: { path: { id } } })).finally(touch("agents"));

export const decideFinding = (id: string, state: string) =>
  body<Finding>(api.PATCH("/api/v1/findings/{id}", { params: { path: { id } }, body: { state } })).finally(() => {
    void touch("findings")();
    return touch("agents")();
  });

/** What the words of a question name, among what is read or could be. */
export const discover = (words: string) =>
  queryOptions({
    queryKey: ["discover", words],
    queryFn: ({ signal }) =>
      body(api.POST("/api/v1/aoa/discover", { body: { nlp_query: words, min_confidence: 0.3 }, signal })),
  });
