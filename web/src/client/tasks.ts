// Tasks: what waits, runs and ran; called off, tried again.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Page, Task, TaskLine } from "./types";

export type TaskAsk = { state?: string; kind?: string; connection_id?: string };
const PAGE = 200;

const touched = () =>
  Promise.all(["tasks", "bulk-mappings"].map((key) => cache.invalidateQueries({ queryKey: [key] })));

/** Those that match, from one page to the next. */
export const tasks = (ask: TaskAsk) =>
  infiniteQueryOptions({
    queryKey: ["tasks", "list", ask],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Task>) => page.next_cursor ?? undefined,
    queryFn: ({ signal, pageParam }) =>
      body<Page<Task>>(
        api.GET("/api/v1/tasks", { params: { query: { ...ask, limit: PAGE, cursor: pageParam } }, signal }),
      ),
  });

/** The newest few. */
export const newestTasks = () =>
  queryOptions({
    queryKey: ["tasks", "newest"],
    queryFn: ({ signal }) => body<Page<Task>>(api.GET("/api/v1/tasks", { params: { query: { limit: PAGE } }, signal })),
  });

export const task = (id: string) =>
  queryOptions({
    queryKey: ["tasks", "one", id],
    queryFn: ({ signal }) => body<Task>(api.GET("/api/v1/tasks/{id}", { params: { path: { id } }, signal })),
  });

/** What happened to it: as much as is kept, the oldest line first. */
export const taskLog = (id: string) =>
  queryOptions({
    queryKey: ["task-log", id],
    queryFn: ({ signal }) =>
      body<Page<TaskLine>>(
        api.GET("/api/v1/tasks/{id}/log", { params: { path: { id }, query: { limit: 1000 } }, signal }),
      ),
  });

export const cancelTask = (id: string) =>
  body<Task>(api.DELETE("/api/v1/tasks/{id}", { params: { path: { id } } })).finally(touched);

export const retryTask = (id: string) =>
  body<Task>(api.POST("/api/v1/tasks/{id}/retry", { params: { path: { id } } })).finally(touched);
