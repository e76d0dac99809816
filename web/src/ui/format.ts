// How values are written for people: numbers by locale, times relative with the absolute beside, sizes in binary units.
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const tiny = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const number = (value: number): string => (Number.isInteger(value) ? whole : fine).format(value);
/** An amount of which a small part counts: what is not nothing is not written as 0. */
export const amount = (value: number): string => (Math.abs(value) < 0.1 ? tiny : fine).format(value);
/** 12,345 as is; beyond a million, shortened. */
export const count = (value: number): string => (Math.abs(value) >= 1_000_000 ? short : whole).format(value);
export const percent = (value: number | null | undefined): string =>
  value == null ? "" : `${Math.round(value * 100)} %`;
export const score = (value: number | null | undefined): string => (value == null ? "" : value.toFixed(2));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(at: string | number | Date, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  if (Math.abs(seconds) < 5) return "now";
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

export const absolute = (at: string | number | Date): string => moment.format(new Date(at));
/** Time of day to the millisecond, as the event log writes it. */
export const clock = (at: string): string => {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
};

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  const step = Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${fine.format(value / 1024 ** step)} ${["B", "KiB", "MiB", "GiB", "TiB"][step]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Any JSON value in one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** snake_case as words: "last_sync_at" is "Last sync at". */
export function words(name: string): string {
  const text = name.replaceAll(/[_.]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "1 row", "2 rows". */
export const many = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;
