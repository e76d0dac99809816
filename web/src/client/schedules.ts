// Schedules: what sets work off by itself.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { NewSchedule, Page, Schedule } from "./types";

const touched = () => cache.invalidateQueries({ queryKey: ["schedules"] });

export const schedules = () =>
  queryOptions({
    queryKey: ["schedules"],
    queryFn: ({ signal }) =>
      body<Page<Schedule>>(api.GET("/api/v1/schedules", { params: { query: { limit: 1000 } }, signal })),
  });

export const createSchedule = (one: NewSchedule) =>
  body<Schedule>(api.POST("/api/v1/schedules", { body: one })).finally(touched);

/** A change names the version that was looked at. */
export const changeSchedule = (of: Schedule, change: Partial<NewSchedule>) =>
  body<Schedule>(
    api.PATCH("/api/v1/schedules/{id}", {
      params: { path: { id: of.id }, header: { "If-Match": `"${of.version}"` } },
      body: change,
    }),
  ).finally(touched);

export const removeSchedule = (id: string) =>
  body(api.DELETE("/api/v1/schedules/{id}", { params: { path: { id } } })).finally(touched);

export const fireSchedule = (id: string) =>
  body(api.POST("/api/v1/schedules/{id}/run", { params: { path: { id } } })).finally(touched);
