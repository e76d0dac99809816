// Questions to the views: asked in SQL, and those that were saved.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Page, Question, TableAnswer } from "./types";

const touched = () => cache.invalidateQueries({ queryKey: ["questions"] });
const path = (id: string) => ({ params: { path: { id } } });

export const questions = () =>
  queryOptions({
    queryKey: ["questions", "list"],
    queryFn: ({ signal }) =>
      body<Page<Question>>(api.GET("/api/v1/dcl/questions", { params: { query: { limit: 1000 } }, signal })),
  });

/** Runs a statement; giving it up ends it on the server as well. */
export const askSql = (sql: string, signal: AbortSignal) =>
  body(api.POST("/api/v1/dcl/sql", { body: { sql }, signal })) as Promise<TableAnswer>;

export const askSaved = (id: string, signal: AbortSignal) =>
  body(api.POST("/api/v1/dcl/questions/{id}/run", { ...path(id), signal })) as Promise<TableAnswer>;

export const saveQuestion = (name: string, sql: string) =>
  body<Question>(api.POST("/api/v1/dcl/questions", { body: { name, sql } })).finally(touched);

/** A change names the version that was looked at. */
export const changeQuestion = (of: Question, sql: string) =>
  body<Question>(
    api.PATCH("/api/v1/dcl/questions/{id}", {
      params: { path: { id: of.id }, header: { "If-Match": `"${of.version}"` } },
      body: { sql },
    }),
  ).finally(touched);

export const removeQuestion = (id: string) => body(api.DELETE("/api/v1/dcl/questions/{id}", path(id))).finally(touched);
