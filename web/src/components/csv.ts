// The first rows of a file before it is sent: only for showing columns and samples, so that a mapping can be proposed. The
// server reads the file itself, whole, with its own reader.

export type Peek = { columns: string[]; rows: string[][] };

/** How much of a file is looked at. */
const BYTES = 256 * 1024;
const ROWS = 50;

export async function peek(file: File): Promise<Peek | null> {
  const name = file.name.toLowerCase();
  if (name.endsWith(".parquet")) return null;
  const text = (await file.slice(0, BYTES).text()).replace(/^\uFEFF/, "");
  const whole = file.size <= BYTES;
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return fromLines(text, whole);
  return fromDelimited(text, whole);
}

function fromLines(text: string, whole: boolean): Peek {
  const lines = text.split("\n").slice(0, ROWS);
  if (!whole) lines.pop();
  const records = lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const write = (value: unknown) => (typeof value === "string" ? value : value == null ? "" : JSON.stringify(value));
  return { columns, rows: records.map((record) => columns.map((column) => write(record[column]))) };
}

export function fromDelimited(text: string, whole: boolean): Peek {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const count = (mark: string) => first.split(mark).length;
  const delimiter = [",", ";", "\t", "|"].sort((a, b) => count(b) - count(a))[0] ?? ",";
  const rows = split(text, delimiter, ROWS + 1);
  if (!whole && rows.length <= ROWS) rows.pop();
  const [columns = [], ...rest] = rows;
  return { columns: columns.map((column) => column.trim()), rows: rest.slice(0, ROWS) };
}

/** Rows of cells, quotes and line breaks inside them respected. */
function split(text: string, delimiter: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== "") rows.push(row);
    row = [];
    cell = "";
  };
  for (let at = 0; at < text.length && rows.length < most; at += 1) {
    const one = text[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (one === '"' && cell === "") quoted = true;
    else if (one === delimiter) {
      row.push(cell);
      cell = "";
    } else if (one === "\n") endRow();
    else if (one !== "\r") cell += one;
  }
  if (rows.length < most && (cell !== "" || row.length > 0)) endRow();
  return rows;
}

/** A few different values of each column. */
export function samples(seen: Peek, most = 5): { name: string; samples: string[] }[] {
  return seen.columns.map((name, at) => ({
    name,
    samples: [...new Set(seen.rows.map((row) => row[at] ?? "").filter((value) => value !== ""))].slice(0, most),
  }));
}
