// Who asks, and how the process is.
import { queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body, get } from "./http";
import type { Actor, Cluster, Me, Page, Role, SourceFile } from "./types";

export const me = () =>
  queryOptions({
    queryKey: ["me"],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => body<Me>(api.GET("/api/v1/auth/me", { signal })),
  });

const RANK: Record<string, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether a role may do what needs another. */
export const may = (role: string | undefined, least: Role): boolean => (RANK[role ?? ""] ?? -1) >= (RANK[least] ?? 9);

export const actors = () =>
  queryOptions({
    queryKey: ["actors"],
    refetchInterval: 5_000,
    queryFn: ({ signal }) => get<Page<Actor>>("/api/v1/actors", signal),
  });

export const cluster = () =>
  queryOptions({
    queryKey: ["cluster"],
    queryFn: ({ signal }) => body<Cluster>(api.GET("/api/v1/admin/cluster", { signal })),
  });

export const sessions = () =>
  queryOptions({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/auth/sessions", { signal })),
  });

export const files = () =>
  queryOptions({
    queryKey: ["files"],
    queryFn: ({ signal }) =>
      body<Page<SourceFile>>(api.GET("/api/v1/files", { params: { query: { prefix: "" } }, signal })),
  });

export type Ready = { status: string; parts: Record<string, string>; degraded: string[] };
export const ready = () =>
  queryOptions({
    queryKey: ["ready"],
    refetchInterval: 15_000,
    queryFn: ({ signal }) => get<Ready>("/readyz", signal),
  });

export const revokeSession = (id: string) =>
  body(api.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } })).finally(() =>
    cache.invalidateQueries({ queryKey: ["sessions"] }),
  );

export const invite = (email: string, role: Role) =>
  body(api.POST("/api/v1/auth/invitations", { body: { email, role } }));

export const changePassword = (current: string, password: string) =>
  body(api.POST("/api/v1/auth/password", { body: { current, password } }));
