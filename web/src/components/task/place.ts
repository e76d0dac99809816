// Where in a YAML text a fault is: said by line and column for what cannot be read, by a pointer for what can be read and not
// be meant. The reader of YAML is loaded when a fault is first placed.
import type { Problem } from "@/client/problem";

/** From 1; the words of the fault beside it. */
export type Fault = { line: number; text: string };

/** The line of a place such as `/document/steps/1/name`: of the value itself, or of the nearest that is there. */
export async function lineOf(text: string, pointer: string): Promise<number | null> {
  const { isNode, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const path = pointer.split("/").slice(2).map(stepOf);
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** A number where a list is gone into; names as a pointer escapes them. */
function stepOf(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Where the server's fault with a document is, if it says so. */
export async function placeOf(text: string, problem: Problem): Promise<Fault | null> {
  const said = /\bline (\d+)/.exec(problem.message)?.[1];
  if (said) return { line: Number(said), text: problem.message };
  const pointer = Object.keys(problem.fields).find((field) => field.startsWith("/document/"));
  const line = pointer && (await lineOf(text, pointer));
  return line ? { line, text: problem.fields[pointer ?? ""] ?? problem.message } : null;
}
