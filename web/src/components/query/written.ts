// An answer as a CSV file: as the server writes one, a text that a spreadsheet would take for a formula gets an apostrophe.
import type { TableAnswer } from "@/client/types";

const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return quoted(typeof value === "object" ? JSON.stringify(value) : String(value));
  return FORMULA.test(value) ? quoted(`'${value}`, true) : quoted(value);
}

const quoted = (text: string, always = false): string =>
  always || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export function asCsv(answer: TableAnswer): string {
  const lines = [answer.columns.map((column) => column.name), ...answer.rows];
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
