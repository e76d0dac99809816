// What admins keep: people, keys, the audit log, the tenant and its switches.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Flag, Page, Person, Role, Task, Tenant } from "./types";

const touch = (key: string) => () => cache.invalidateQueries({ queryKey: [key] });

export const users = () =>
  queryOptions({
    queryKey: ["users"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/users", { params: { query: { limit: 1000 } }, signal })),
  });

export const changeUser = (one: Person, change: { role?: Role; state?: string }) =>
  body(
    api.PATCH("/api/v1/users/{id}", {
      params: { path: { id: one.id }, header: { "If-Match": `"${one.version}"` } },
      body: change,
    }),
  ).finally(touch("users"));

export const keys = () =>
  queryOptions({
    queryKey: ["api-keys"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/api-keys", { params: { query: { limit: 1000 } }, signal })),
  });

export const makeKey = (name: string, scopes: string[], days: number) =>
  body(api.POST("/api/v1/api-keys", { body: { name, scopes, expires_in_days: days } })).finally(touch("api-keys"));

export const endKey = (id: string) =>
  body(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } })).finally(touch("api-keys"));

export type AuditAsk = { action?: string; text?: string; cursor?: string };

export const audit = (ask: AuditAsk) =>
  queryOptions({
    queryKey: ["audit", "list", ask],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => body(api.GET("/api/v1/audit", { params: { query: { limit: 100, ...ask } }, signal })),
  });

export const chain = () =>
  queryOptions({
    queryKey: ["audit", "chain"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/audit/verify", { signal })),
  });

export const tenant = () =>
  queryOptions({ queryKey: ["tenant"], queryFn: ({ signal }) => body(api.GET("/api/v1/admin/tenant", { signal })) });

export const renameTenant = (one: Tenant, name: string) =>
  body(
    api.PATCH("/api/v1/admin/tenant", { params: { header: { "If-Match": `"${one.version}"` } }, body: { name } }),
  ).finally(() => Promise.all([touch("tenant")(), touch("me")()]));

export const suspendTenant = () => body(api.POST("/api/v1/admin/tenant/suspend")).finally(touch("tenant"));
export const resumeTenant = () => body(api.POST("/api/v1/admin/tenant/resume")).finally(touch("tenant"));
export const exportTenant = () => body(api.POST("/api/v1/admin/tenant/export")).finally(touch("tasks"));

/** Archives that were asked for, the newest first; each is known by its task. */
export const archives = () =>
  queryOptions({
    queryKey: ["tasks", "archives"],
    queryFn: ({ signal }) =>
      body<Page<Task>>(api.GET("/api/v1/tasks", { params: { query: { kind: "tenant_export", limit: 20 } }, signal })),
  });

/** Everything of the tenant, for good. Its name, typed, is what confirms it. */
export const deleteTenant = (one: Tenant, name: string) =>
  body(api.DELETE("/api/v1/admin/tenant", { params: { header: { "If-Match": `"${one.version}"` } }, body: { name } }));

export const flags = () =>
  queryOptions({
    queryKey: ["flags"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/admin/feature-flags", { signal })),
  });

export const turn = (flag: Flag, enabled: boolean) =>
  body(api.POST("/api/v1/admin/feature-flags/toggle", { body: { flag_name: flag.name, enabled } })).finally(
    touch("flags"),
  );

export const accessPolicy = () =>
  queryOptions({
    queryKey: ["access-policy"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/admin/access-policy", { signal })),
  });

export const setAccessPolicy = (four_eyes: boolean) =>
  body(api.PUT("/api/v1/admin/access-policy", { body: { four_eyes } })).finally(touch("access-policy"));

export const applyConfiguration = (document: string, dryRun: boolean) =>
  body(api.POST("/api/v1/config/apply", { params: { query: { dry_run: dryRun } }, body: { document } })).finally(() =>
    cache.invalidateQueries(),
  );

/** Calls of language models, today and so many days before. */
export const modelUse = (days: number) =>
  queryOptions({
    queryKey: ["model-use", days],
    queryFn: ({ signal }) => body(api.GET("/api/v1/admin/model-use", { params: { query: { days } }, signal })),
  });
