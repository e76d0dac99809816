// What is told outside: messages and their sendings, what they are signed with, and who is alerted.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, body } from "./http";
import type { Delivery, Page } from "./types";

const touch = (key: string) => () => cache.invalidateQueries({ queryKey: [key] });

export type DeliveryAsk = { state?: string; subject?: string };

export const deliveries = (ask: DeliveryAsk) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", "list", ask],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Delivery>) => page.next_cursor ?? undefined,
    queryFn: async ({ signal, pageParam }) =>
      (await body(
        api.GET("/api/v1/webhooks/deliveries", {
          params: { query: { ...ask, limit: 100, cursor: pageParam } },
          signal,
        }),
      )) as unknown as Page<Delivery>,
  });

export const replayDelivery = (id: string) =>
  body(api.POST("/api/v1/webhooks/deliveries/{id}/replay", { params: { path: { id } } })).finally(touch("deliveries"));

/** What signs now. Kept nowhere longer than it is shown. */
export const signingSecrets = () =>
  queryOptions({
    queryKey: ["signing-secrets"],
    gcTime: 0,
    queryFn: ({ signal }) => body(api.GET("/api/v1/webhooks/secrets", { signal })),
  });

export const rotateSecret = (overlap_hours: number) =>
  body(api.POST("/api/v1/webhooks/secrets/rotate", { body: { overlap_hours } })).finally(touch("signing-secrets"));

export const alerts = () =>
  queryOptions({
    queryKey: ["alerts"],
    queryFn: ({ signal }) => body(api.GET("/api/v1/admin/alerts", { signal })),
  });

export const setAlerts = (slack_url: string | null, kinds: string[]) =>
  body(api.PUT("/api/v1/admin/alerts", { body: { slack_url, kinds } })).finally(touch("alerts"));

export const tryAlerts = () => body(api.POST("/api/v1/admin/alerts/test"));
