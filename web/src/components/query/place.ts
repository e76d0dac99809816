// Where in a statement a fault is: the server says it in front of its message.
import type { Problem } from "@/client/problem";

export type Place = { line: number; text: string };

/** "line 2, column 3: no such column" as a line and the words for it. */
export function placeOf(problem: Problem): Place | null {
  const [, line, column, text] = /^line (\d+), column (\d+): (.*)$/s.exec(problem.message) ?? [];
  return line && text ? { line: Number(line), text: `${text} (column ${column})` } : null;
}
