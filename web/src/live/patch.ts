// From an event to the cache: what the event says is written at once, what it only hints at is asked again, and nothing
// is asked more often than every two seconds however many events there are.
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Connection, LiveEvent, Page, Task } from "@/client/types";

const EVERY = 2_000;

/** Which queries a topic makes stale. */
const TOUCHES: [string, QueryKey[]][] = [
  ["connector", [["connections", "list"], ["connections", "one"], ["graph"]]],
  ["drift", [["drifts"], ["reviews"]]],
  ["repair", [["drifts"], ["reviews"], ["connections", "one"], ["graph"]]],
  ["review", [["reviews"], ["drifts"]]],
  ["flow.aam.quarantined", [["connections", "one"]]],
  ["flow.aam.mapped", [["connections", "one"], ["connections", "list"], ["graph"]]],
  ["flow.dcl", [["views"], ["entities"], ["connections", "list"], ["connections", "one"], ["graph"]]],
  ["flow.agent.completed", [["agents"], ["findings"]]],
  ["flow.agent.finding", [["findings"], ["agents"]]],
  ["flow.agent.failed", [["agents"]]],
  ["task.state", [["tasks"], ["bulk-mappings"]]],
  ["task", [["task-log"]]],
  ["playbook", [["playbook-runs"]]],
  ["schedule", [["schedules"]]],
  ["delivery", [["deliveries"]]],
  ["actor", [["actors"]]],
];

export function touchedBy(topic: string): QueryKey[] {
  return TOUCHES.filter(([prefix]) => topic === prefix || topic.startsWith(`${prefix}.`)).flatMap(([, keys]) => keys);
}

/** Writes what an event says outright. */
export function write(cache: QueryClient, event: LiveEvent): void {
  const state = event.data.state;
  if (event.topic === "connector.state" && typeof state === "string" && event.id) {
    const id = event.id;
    cache.setQueryData<Connection>(["connections", "one", id], (one) => one && { ...one, state });
    cache.setQueryData<Page<Connection>>(
      ["connections", "list"],
      (page) => page && { ...page, items: page.items.map((one) => (one.id === id ? { ...one, state } : one)) },
    );
  }
  if (event.topic === "task.state" && typeof state === "string" && event.id) {
    const id = event.id;
    const moved = (page: Page<Task>): Page<Task> => ({
      ...page,
      items: page.items.map((one) => (one.id === id ? { ...one, state } : one)),
    });
    cache.setQueryData<Task>(["tasks", "one", id], (one) => one && { ...one, state });
    cache.setQueryData<Page<Task>>(["tasks", "newest"], (page) => page && moved(page));
    cache.setQueriesData<InfiniteData<Page<Task>>>(
      { queryKey: ["tasks", "list"] },
      (list) => list && { ...list, pages: list.pages.map(moved) },
    );
  }
}

/** Collects what is stale and asks again in bundles. */
export class Refresher {
  #cache: QueryClient;
  #due = new Map<string, QueryKey>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  constructor(cache: QueryClient) {
    this.#cache = cache;
  }

  note(events: LiveEvent[]): void {
    for (const event of events) {
      write(this.#cache, event);
      for (const key of touchedBy(event.topic)) this.#due.set(JSON.stringify(key), key);
    }
    if (this.#due.size > 0) this.#plan();
  }

  /** Something was missed: everything on screen is asked again. */
  all(): void {
    void this.#cache.invalidateQueries();
  }

  #plan(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(60, this.#last + EVERY - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = Date.now();
      const keys = [...this.#due.values()];
      this.#due.clear();
      // A query that is being asked already is left alone: the next bundle brings what came meanwhile.
      for (const queryKey of keys) void this.#cache.invalidateQueries({ queryKey }, { cancelRefetch: false });
    }, wait);
  }
}
