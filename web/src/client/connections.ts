// Connections: asked, made, run.
import { queryOptions } from "@tanstack/react-query";
import { at } from "./base";
import { cache } from "./cache";
import { api, body, call } from "./http";
import type { Connection, DeadLetter, Discovered, MappingRow, Page, Preview, SourceFile } from "./types";

const path = (id: string) => ({ params: { path: { id } } });

export const connections = () =>
  queryOptions({
    queryKey: ["connections", "list"],
    queryFn: ({ signal }) =>
      body<Page<Connection>>(api.GET("/api/v1/aam/connections", { params: { query: { limit: 500 } }, signal })),
  });

export const connection = (id: string) =>
  queryOptions({
    queryKey: ["connections", "one", id],
    queryFn: ({ signal }) => body<Connection>(api.GET("/api/v1/aam/connections/{id}", { ...path(id), signal })),
  });

export const mappings = (id: string) =>
  queryOptions({
    queryKey: ["connections", "one", id, "mappings"],
    queryFn: ({ signal }) =>
      body<Page<MappingRow>>(api.GET("/api/v1/aam/connections/{id}/mappings", { ...path(id), signal })),
  });

export const discovered = (id: string) =>
  queryOptions({
    queryKey: ["connections", "source", id, "discover"],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      body<Page<Discovered>>(api.GET("/api/v1/aam/connections/{id}/discover", { ...path(id), signal })),
  });

export const preview = (id: string, stream: string) =>
  queryOptions({
    queryKey: ["connections", "source", id, "preview", stream],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      body<Preview>(
        api.GET("/api/v1/aam/connections/{id}/preview", {
          params: { path: { id }, query: { stream, limit: 10 } },
          signal,
        }),
      ),
  });

export const deadLetters = (id: string) =>
  queryOptions({
    queryKey: ["connections", "one", id, "dead-letters"],
    queryFn: ({ signal }) =>
      body<Page<DeadLetter>>(
        api.GET("/api/v1/aam/connections/{id}/dead-letters", {
          params: { path: { id }, query: { limit: 200 } },
          signal,
        }),
      ),
  });

const touched = () => cache.invalidateQueries({ queryKey: ["connections"] });

export const createConnection = (name: string, type: string, config: Record<string, unknown>) =>
  body<Connection>(api.POST("/api/v1/aam/connections", { body: { name, type, config } })).finally(touched);

export const checkSettings = (type: string, config: Record<string, unknown>) =>
  body(api.POST("/api/v1/aam/connections/check", { body: { type, config } }));

export const checkConnection = (id: string) => body(api.POST("/api/v1/aam/connections/{id}/check", path(id)));
export const syncNow = (id: string) => body(api.POST("/api/v1/aam/connections/{id}/sync", path(id))).finally(touched);
export const pause = (id: string) => body(api.POST("/api/v1/aam/connections/{id}/pause", path(id))).finally(touched);
export const resume = (id: string) => body(api.POST("/api/v1/aam/connections/{id}/resume", path(id))).finally(touched);
export const remove = (id: string) => body(api.DELETE("/api/v1/aam/connections/{id}", path(id))).finally(touched);

export const replay = (id: string, ids?: string[]) =>
  body(
    api.POST("/api/v1/aam/connections/{id}/dead-letters/replay", { ...path(id), body: ids ? { ids } : null }),
  ).finally(touched);

type Patch = { name?: string; config?: Record<string, unknown>; policy?: Record<string, unknown> };
export const update = (id: string, patch: Patch) =>
  body<Connection>(api.PATCH("/api/v1/aam/connections/{id}", { ...path(id), body: patch })).finally(touched);

type Edit = { stream: string; entity: string; rules: { source_path: string; field: string }[]; version?: number };
export const putMapping = (id: string, edit: Edit) =>
  body<Page<MappingRow>>(api.PUT("/api/v1/aam/connections/{id}/mappings", { ...path(id), body: edit })).finally(
    touched,
  );

export const causeDrift = (id: string, drift: { stream?: string; rename?: Record<string, string> }) =>
  body(api.POST("/api/v1/aam/connections/{id}/demo/drift", { ...path(id), body: drift as never }));

/** Puts a file into the tenant's folder. */
export async function upload(name: string, file: Blob): Promise<SourceFile> {
  const safe = name.split("/").map(encodeURIComponent).join("/");
  const request = new Request(location.origin + at(`/api/v1/files/${safe}`), {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });
  return (await (await call(request)).json()) as SourceFile;
}
