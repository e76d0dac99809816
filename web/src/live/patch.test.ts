// What an event says is written at once; what it hints at is asked again in bundles.
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveEvent } from "@/client/types";
import { Refresher, touchedBy, write } from "./patch";

const event = (topic: string, more: Partial<LiveEvent> = {}): LiveEvent => ({
  seq: 1,
  at: "2026-01-01T00:00:00Z",
  topic,
  data: {},
  ...more,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a topic touches what shows it, and a longer word does not", () => {
  expect(touchedBy("review.decided").map(([head]) => head)).toEqual(["reviews", "drifts"]);
  expect(touchedBy("taskforce")).toEqual([]);
  expect(touchedBy("flow.dcl.stored").map(([head]) => head)).toContain("views");
});

test("a connection's state is written into the list and the one", () => {
  const cache = new QueryClient();
  cache.setQueryData(["connections", "list"], {
    items: [
      { id: "a", state: "active" },
      { id: "b", state: "active" },
    ],
  });
  write(cache, event("connector.state", { id: "b", data: { state: "syncing" } }));
  expect(cache.getQueryData(["connections", "list"])).toEqual({
    items: [
      { id: "a", state: "active" },
      { id: "b", state: "syncing" },
    ],
  });
});

test("a task's state is written wherever it is listed, and nowhere else", () => {
  const cache = new QueryClient();
  const items = [
    { id: "a", state: "queued" },
    { id: "b", state: "queued" },
  ];
  cache.setQueryData(["tasks", "list", { kind: "sync" }], { pages: [{ items }], pageParams: [undefined] });
  cache.setQueryData(["tasks", "one", "b"], { id: "b", state: "queued" });
  write(cache, event("task.state", { id: "b", data: { state: "in_progress" } }));
  const moved = [
    { id: "a", state: "queued" },
    { id: "b", state: "in_progress" },
  ];
  expect(cache.getQueryData(["tasks", "list", { kind: "sync" }])).toEqual({
    pages: [{ items: moved }],
    pageParams: [undefined],
  });
  expect(cache.getQueryData(["tasks", "one", "b"])).toEqual({ id: "b", state: "in_progress" });
  expect(cache.getQueryData(["tasks", "newest"])).toBeUndefined();
});

test("two hundred events a second ask once in two seconds", () => {
  const cache = new QueryClient();
  const asked = vi.spyOn(cache, "invalidateQueries");
  const refresher = new Refresher(cache);
  for (let tick = 0; tick < 100; tick += 1) {
    refresher.note(Array.from({ length: 20 }, () => event("actor.state")));
    vi.advanceTimersByTime(100);
  }
  expect(asked.mock.calls.length).toBeGreaterThan(2);
  expect(asked.mock.calls.length).toBeLessThanOrEqual(7);
});
