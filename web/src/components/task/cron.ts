// Cron lines in words. Pure: what a line that the server takes means, for people; null where words would be longer than
// the line, which then stands for itself beside the times it comes to.
import type { Trigger } from "@/client/types";
import { many } from "@/ui/format";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** One field: everything, every so many, or a list of values and spans. */
type Field = { kind: "all" } | { kind: "step"; step: number } | { kind: "list"; parts: { from: number; to: number }[] };

type Shape = { least: number; most: number; names?: string[] };
const SHAPES: Record<"second" | "minute" | "hour" | "day" | "month" | "weekday", Shape> = {
  second: { least: 0, most: 59 },
  minute: { least: 0, most: 59 },
  hour: { least: 0, most: 23 },
  day: { least: 1, most: 31 },
  month: { least: 1, most: 12, names: MONTHS },
  weekday: { least: 0, most: 7, names: DAYS },
};

function meant(text: string, shape: Shape): number | null {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value >= shape.least && value <= shape.most ? value : null;
  }
  const at = shape.names?.findIndex((name) => name.slice(0, 3).toUpperCase() === text.toUpperCase()) ?? -1;
  return at < 0 ? null : at + (shape.names === MONTHS ? 1 : 0);
}

function read(text: string, shape: Shape): Field | null {
  if (text === "*" || text === "?") return { kind: "all" };
  const step = /^\*\/(\d+)$/.exec(text)?.[1];
  if (step) return Number(step) > 1 ? { kind: "step", step: Number(step) } : { kind: "all" };
  const parts = text.split(",").map((part) => {
    const [from, to, more] = part.split("-").map((end) => meant(end, shape));
    if (from === null || from === undefined || to === null || more !== undefined) return null;
    return { from, to: to ?? from };
  });
  return parts.every((part) => part !== null) ? { kind: "list", parts } : null;
}

const two = (value: number): string => String(value).padStart(2, "0");
const list = (items: string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
const spans = (field: Field, word: (value: number) => string): string =>
  field.kind === "list"
    ? list(field.parts.map(({ from, to }) => (from === to ? word(from) : `${word(from)} to ${word(to)}`)))
    : "";
const singles = (field: Field): number[] | null =>
  field.kind === "list" && field.parts.every(({ from, to }) => from === to)
    ? field.parts.map(({ from }) => from)
    : null;
const every = (step: number, unit: string): string => (step === 1 ? `Every ${unit}` : `Every ${step} ${unit}s`);

/** What a day is like: which days of the month, which weekdays, which months. */
function days(day: Field, month: Field, weekday: Field): string {
  const said: string[] = [];
  if (day.kind === "step") said.push(`every ${day.step} days of the month`);
  if (day.kind === "list") said.push(`on day ${spans(day, String)} of the month`);
  const named = (value: number) => DAYS[value % 7] as string;
  if (weekday.kind === "list") said.push(`${said.length > 0 ? "and " : ""}on ${spans(weekday, named)}`);
  if (weekday.kind === "step") said.push(`every ${weekday.step} days of the week`);
  if (month.kind === "list") said.push(`in ${spans(month, (value) => MONTHS[value - 1] as string)}`);
  if (month.kind === "step") said.push(`every ${month.step} months`);
  return said.join(" ");
}

/** When within a day. */
function times(second: Field, minute: Field, hour: Field): string | null {
  const [s, m, h] = [singles(second), singles(minute), singles(hour)];
  const [only] = s?.length === 1 ? s : [];
  if (only !== undefined && m?.length === 1 && h) {
    const end = only === 0 ? "" : `:${two(only)}`;
    return `At ${list(h.map((one) => `${two(one)}:${two(m[0] as number)}${end}`))}`;
  }
  if (minute.kind === "all" && hour.kind === "all") {
    if (second.kind === "step") return every(second.step, "second");
    if (second.kind === "all") return every(1, "second");
  }
  if (only !== 0) return null;
  if (minute.kind === "all") return `${every(1, "minute")}${hours(hour)}`;
  if (minute.kind === "step") return `${every(minute.step, "minute")}${hours(hour)}`;
  if (!m) return null;
  const past = m.length === 1 && m[0] === 0 ? "on the hour" : `at ${list(m.map((one) => `:${two(one)}`))}`;
  return hour.kind === "step" ? `${every(hour.step, "hour")}, ${past}` : `Every hour${hours(hour)}, ${past}`;
}

/** In which hours, where it is not all of them. */
function hours(hour: Field): string {
  if (hour.kind === "all") return "";
  if (hour.kind === "step") return ` in every ${nth(hour.step)} hour`;
  return ` from ${spans(hour, two)} o'clock`;
}

const nth = (value: number): string => `${value}${{ 1: "st", 2: "nd", 3: "rd" }[value] ?? "th"}`;

/** A cron line of five fields, or six with seconds before them, in words. */
export function explain(line: string): string | null {
  const parts = line.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) return null;
  const given = parts.length === 6 ? parts : ["0", ...parts];
  const names = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
  const fields = names.map((name, at) => read(given[at] ?? "", SHAPES[name]));
  if (fields.some((field) => field === null)) return null;
  const [second, minute, hour, day, month, weekday] = fields as [Field, Field, Field, Field, Field, Field];
  const when = times(second, minute, hour);
  if (when === null) return null;
  return [when, days(day, month, weekday)].filter(Boolean).join(" ");
}

const UNITS: [number, string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** Seconds in the largest unit they are whole in. */
export function pause(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, "second"];
  return seconds === size ? unit : many(seconds / size, unit);
}

/** What sets a schedule off, in words. */
export function triggerWords(of: Trigger): string {
  if (of.cron) {
    const said = explain(of.cron);
    const zone = of.time_zone && of.time_zone !== "UTC" ? ` (${of.time_zone})` : "";
    return `${said ?? `By ${of.cron}`}${zone}`;
  }
  if (of.every_seconds) return `Every ${pause(of.every_seconds)}`;
  if (of.after) return `After ${list(of.after)} ${of.after.length === 1 ? "was" : "were"} read`;
  return "By nothing";
}
