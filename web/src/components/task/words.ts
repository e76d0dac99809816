// Tasks in words: what each kind does, what it is about, how far it is and what it came to.
import type { Said, Task } from "@/client/types";
import { duration, number, words } from "@/ui/format";

const KINDS: Record<string, string> = {
  sync: "Read a source",
  replay: "Replay refused rows",
  rebuild: "Rebuild the views",
  agent: "Let an agent look",
  playbook: "Run a playbook",
  bulk_mapping: "Map many objects",
  connect: "Bring everything in",
  tenant_export: "Write everything out",
  noop: "Nothing, for measuring",
  wait: "Wait, for measuring",
};

export const TASK_KINDS = Object.keys(KINDS);
export const kindOf = (kind: string): string => KINDS[kind] ?? words(kind);

/** `in_progress` is no word for people. */
const STATES: Record<string, string> = {
  queued: "Waiting",
  in_progress: "Running",
  retry_wait: "Waits to retry",
  success: "Done",
  failed: "Failed",
  cancelled: "Called off",
};
export const TASK_STATES = Object.keys(STATES);
export const stateOf = (state: string): string => STATES[state] ?? words(state);

export const isOpen = (state: string): boolean => ["queued", "in_progress", "retry_wait"].includes(state);
export const mayRetry = (state: string): boolean => state === "failed" || state === "cancelled";

export const saidOf = (one: { error?: unknown }): Said | null => (one.error ?? null) as Said | null;

/** What it is about: a source by name, or what its payload names. */
export function aboutOf(one: Pick<Task, "connection_id" | "payload">, names: Map<string, string>): string | null {
  if (one.connection_id) return names.get(one.connection_id) ?? "a source that is gone";
  const given = (one.payload ?? {}) as Record<string, unknown>;
  const named = given.agent ?? given.playbook ?? given.name;
  return typeof named === "string" ? named : null;
}

/** How long the last attempt took, in milliseconds. */
export const tookOf = (one: { started_at?: string | null; finished_at?: string | null }): number | null =>
  one.started_at && one.finished_at ? Math.max(0, Date.parse(one.finished_at) - Date.parse(one.started_at)) : null;

export const tookWords = (one: { started_at?: string | null; finished_at?: string | null }): string | null => {
  const ms = tookOf(one);
  return ms === null ? null : duration(ms);
};

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** Done and in all, where the kind counts. */
export function farOf(one: Pick<Task, "progress">): { done: number | null; total: number | null } {
  const said = (one.progress ?? {}) as Record<string, unknown>;
  return { done: numberOf(said.done), total: numberOf(said.total) };
}

/** What it came to in one line: its failure, or its numbers. */
export function cameTo(one: Task): string {
  const why = saidOf(one)?.message;
  if (why) return why;
  const facts = Object.entries((one.result ?? one.progress ?? {}) as Record<string, unknown>);
  return facts
    .filter((fact): fact is [string, number] => typeof fact[1] === "number")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${number(value)}`)
    .join(", ");
}

/** What becomes of a schedule's times at which nobody was there. */
export const MISSED: Record<string, string> = {
  once: "one run for all of them",
  skip: "left out",
  all: "each made up for",
};
