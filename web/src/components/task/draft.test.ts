// What a schedule says comes back from its form as it was; a new one begins with something that can be meant.
import { expect, test } from "vitest";
import type { NewSchedule, Schedule } from "@/client/types";
import { asked, draftOf } from "./draft";

const SCHEDULES: NewSchedule[] = [
  {
    name: "a",
    trigger: { cron: "0 6 * * MON-FRI", time_zone: "Europe/Berlin" },
    task: { kind: "sync", payload: { connection: "crm" } },
    missed: "skip",
  },
  {
    name: "b",
    trigger: { cron: "*/20 * * * * *" },
    task: { kind: "agent", payload: { agent: "revops" } },
    missed: "all",
  },
  { name: "c", trigger: { every_seconds: 90 }, task: { kind: "rebuild", payload: {} }, missed: "once" },
  {
    name: "d",
    trigger: { every_seconds: 172_800 },
    task: { kind: "playbook", payload: { playbook: "nightly" } },
    missed: "once",
  },
  {
    name: "e",
    trigger: { after: ["crm", "billing"] },
    task: { kind: "bulk_mapping", payload: { connections: ["crm"] } },
    missed: "once",
  },
  { name: "f", trigger: { after: ["crm"] }, task: { kind: "bulk_mapping", payload: {} }, missed: "once" },
  { name: "g", trigger: { cron: "0 0 1 1 *" }, task: { kind: "noop", payload: {}, max_attempts: 5 }, missed: "once" },
];

test.each(SCHEDULES)("$name comes back as it was", (one) => {
  expect(asked(draftOf(one as unknown as Schedule))).toEqual(one);
});

test("seconds are shown in the largest unit they are whole in", () => {
  const unit = (every_seconds: number) => {
    const draft = draftOf({
      name: "",
      trigger: { every_seconds },
      task: { kind: "rebuild" },
      missed: "once",
    } as unknown as Schedule);
    return `${draft.every} ${draft.unit}`;
  };
  expect([59, 60, 5_400, 7_200, 86_400].map(unit)).toEqual([
    "59 seconds",
    "1 minutes",
    "90 minutes",
    "2 hours",
    "1 days",
  ]);
});

test("a new one is set off at a time, in the hours of whoever makes it", () => {
  const made = asked({ ...draftOf(null), name: "x" });
  expect(made.trigger.cron).toBe("0 6 * * *");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(made.trigger.time_zone).toBe(zone === "UTC" ? undefined : zone);
});
