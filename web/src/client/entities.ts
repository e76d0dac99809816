// Entities of a view: their golden records, what they are made of, and making two one or one two.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Entity } from "./types";

export const entity = (view: string, id: string) =>
  queryOptions({
    queryKey: ["entities", view, id],
    queryFn: async ({ signal }) =>
      (await body(
        api.GET("/api/v1/dcl/entities/{view}/{id}", { params: { path: { view, id } }, signal }),
      )) as unknown as Entity,
  });

/** Entities of at least so many records: those worth looking at. */
export const joined = (view: string) =>
  queryOptions({
    queryKey: ["entities", view, "joined"],
    queryFn: async ({ signal }) => {
      const params = { path: { view }, query: { members: 2, limit: 50 } };
      return body(api.GET("/api/v1/dcl/entities/{view}", { params, signal }));
    },
  });

const touched = () =>
  Promise.all(["entities", "views", "reviews"].map((key) => cache.invalidateQueries({ queryKey: [key] })));

export const merge = (view: string, ids: string[], reason?: string) =>
  body(api.POST("/api/v1/dcl/entities/{view}/merge", { params: { path: { view } }, body: { ids, reason } })).finally(
    touched,
  );

export const split = (view: string, id: string, records: string[], reason?: string) =>
  body(
    api.POST("/api/v1/dcl/entities/{view}/{id}/split", { params: { path: { view, id } }, body: { records, reason } }),
  ).finally(touched);
