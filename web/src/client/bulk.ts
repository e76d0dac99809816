// Bulk mapping: many objects held against the canonical model at once.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { BulkJob, BulkObject, Page } from "./types";

const touched = () => cache.invalidateQueries({ queryKey: ["bulk-mappings"] });
const path = (id: string) => ({ params: { path: { id } } });

export const bulkJobs = () =>
  queryOptions({
    queryKey: ["bulk-mappings", "list"],
    queryFn: ({ signal }) =>
      body<Page<BulkJob>>(api.GET("/api/v1/bulk-mappings", { params: { query: { limit: 100 } }, signal })),
  });

export const bulkJob = (id: string) =>
  queryOptions({
    queryKey: ["bulk-mappings", "one", id],
    queryFn: ({ signal }) => body<BulkJob>(api.GET("/api/v1/bulk-mappings/{id}", { ...path(id), signal })),
  });

/** What its objects are held to be, from one page to the next. */
export const bulkResults = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["bulk-mappings", "results", id],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<BulkObject>) => page.next_cursor ?? undefined,
    queryFn: async ({ signal, pageParam }) =>
      (await body(
        api.GET("/api/v1/bulk-mappings/{id}/results", {
          params: { path: { id }, query: { limit: 200, cursor: pageParam } },
          signal,
        }),
      )) as unknown as Page<BulkObject>,
  });

/** Over these connections by name, or over all. */
export const startBulk = (connections: string[] | undefined) =>
  body<BulkJob>(api.POST("/api/v1/bulk-mappings", { body: { connections } })).finally(touched);

export const cancelBulk = (id: string) =>
  body<BulkJob>(api.DELETE("/api/v1/bulk-mappings/{id}", path(id))).finally(touched);
