// Answers become files that a spreadsheet reads and does not run; faults stand at their lines.
import { expect, test } from "vitest";
import { Problem } from "@/client/problem";
import { placeOf } from "./place";
import { asCsv } from "./written";

test("cells are quoted and formulas are text, while numbers stay numbers", () => {
  const columns = ["name", "n", "more"].map((name) => ({ name, type: "string" }));
  const rows = [
    ["=1+1", -5, null],
    ['say "x", twice', 1.5, { a: [1, 2] }],
    ["two\nlines", true, "plain"],
  ];
  expect(asCsv({ columns, rows, truncated: false, position: 1, ms: 1 })).toBe(
    'name,n,more\r\n"\'=1+1",-5,\r\n"say ""x"", twice",1.5,"{""a"":[1,2]}"\r\n"two\nlines",true,plain\r\n',
  );
});

test("a fault stands at its line", () => {
  const said = (detail: string) => placeOf(new Problem({ status: 422, detail }));
  expect(said("line 2, column 3: no\nsuch column")).toEqual({ line: 2, text: "no\nsuch column (column 3)" });
  expect(said("only SELECT is run here")).toBeNull();
});
