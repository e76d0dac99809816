// Playbooks: sequences of tasks with conditions, and their runs.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Page, Playbook, PlaybookRun } from "./types";

const touched = (key: string) => () => cache.invalidateQueries({ queryKey: [key] });
const path = (id: string) => ({ params: { path: { id } } });

export const playbooks = () =>
  queryOptions({
    queryKey: ["playbooks", "list"],
    queryFn: ({ signal }) =>
      body<Page<Playbook>>(api.GET("/api/v1/playbooks", { params: { query: { limit: 1000 } }, signal })),
  });

export const playbook = (id: string) =>
  queryOptions({
    queryKey: ["playbooks", "one", id],
    queryFn: ({ signal }) => body<Playbook>(api.GET("/api/v1/playbooks/{id}", { ...path(id), signal })),
  });

export const playbookRuns = (name?: string) =>
  queryOptions({
    queryKey: ["playbook-runs", "list", name ?? ""],
    queryFn: ({ signal }) =>
      body<Page<PlaybookRun>>(
        api.GET("/api/v1/playbook-runs", { params: { query: { playbook: name, limit: 100 } }, signal }),
      ),
  });

export const playbookRun = (id: string) =>
  queryOptions({
    queryKey: ["playbook-runs", "one", id],
    queryFn: ({ signal }) => body<PlaybookRun>(api.GET("/api/v1/playbook-runs/{id}", { ...path(id), signal })),
  });

export const createPlaybook = (name: string, document: string) =>
  body<Playbook>(api.POST("/api/v1/playbooks", { body: { name, document } })).finally(touched("playbooks"));

/** A change names the version that was looked at. */
export const writePlaybook = (of: Playbook, document: string) =>
  body<Playbook>(
    api.PUT("/api/v1/playbooks/{id}", {
      params: { path: { id: of.id }, header: { "If-Match": `"${of.version}"` } },
      body: { document },
    }),
  ).finally(touched("playbooks"));

export const removePlaybook = (id: string) =>
  body(api.DELETE("/api/v1/playbooks/{id}", path(id))).finally(touched("playbooks"));

export const runPlaybook = (id: string) =>
  body<PlaybookRun>(api.POST("/api/v1/playbooks/{id}/run", path(id))).finally(touched("playbook-runs"));

export const cancelRun = (id: string) =>
  body<PlaybookRun>(api.DELETE("/api/v1/playbook-runs/{id}", path(id))).finally(touched("playbook-runs"));
