// A schedule between its form and the API: what is typed, made from what is kept and back again. Pure.
import type { NewSchedule, Schedule, Trigger, Work } from "@/client/types";

export const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
export type Unit = keyof typeof UNITS;
export type Way = "cron" | "every" | "after";

export type Draft = {
  name: string;
  way: Way;
  cron: string;
  zone: string;
  every: string;
  unit: Unit;
  after: string[];
  kind: string;
  about: string;
  connections: string[];
  missed: string;
  /** The work as it was kept: what the form has no field for stays. */
  kept: Work | null;
};

/** What a kind is about, as its payload calls it. */
export const ABOUT: Record<string, string> = { sync: "connection", agent: "agent", playbook: "playbook" };

export function draftOf(one: Schedule | null): Draft {
  const trigger: Trigger = one?.trigger ?? { cron: "0 6 * * *" };
  const seconds = trigger.every_seconds ?? 3_600;
  const unit = (["days", "hours", "minutes"] as const).find((name) => seconds % UNITS[name] === 0) ?? "seconds";
  const given = (one?.task.payload ?? {}) as Record<string, unknown>;
  const kind = one?.task.kind ?? "sync";
  return {
    name: one?.name ?? "",
    way: trigger.after ? "after" : trigger.every_seconds ? "every" : "cron",
    cron: trigger.cron ?? "0 6 * * *",
    zone: trigger.time_zone ?? (one ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone),
    every: String(seconds / UNITS[unit]),
    unit,
    after: trigger.after ?? [],
    kind,
    about: String(given[ABOUT[kind] ?? ""] ?? ""),
    connections: Array.isArray(given.connections) ? (given.connections as string[]) : [],
    missed: one?.missed ?? "once",
    kept: one?.task ?? null,
  };
}

export function asked(of: Draft): NewSchedule {
  const trigger: Trigger =
    of.way === "cron"
      ? { cron: of.cron, ...(of.zone === "UTC" ? {} : { time_zone: of.zone }) }
      : of.way === "every"
        ? { every_seconds: Math.round(Number(of.every) * UNITS[of.unit]) }
        : { after: of.after };
  const same = of.kept?.kind === of.kind ? of.kept : null;
  const attempts = same?.max_attempts ? { max_attempts: same.max_attempts } : {};
  const task: Work = { kind: of.kind, payload: payloadOf(of, same), ...attempts };
  return { name: of.name, trigger, task, missed: of.missed };
}

function payloadOf(of: Draft, same: Work | null): Work["payload"] {
  const named = ABOUT[of.kind];
  if (named) return { [named]: of.about } as Work["payload"];
  if (of.kind !== "bulk_mapping") return same?.payload ?? ({} as Work["payload"]);
  return (of.connections.length > 0 ? { connections: of.connections } : {}) as Work["payload"];
}
