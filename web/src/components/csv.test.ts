// @vitest-environment node
// What is shown of a file before it is sent: columns and samples, quotes and odd delimiters respected.
import { expect, test } from "vitest";
import { fromDelimited, peek, samples } from "./csv";

test("quotes, doubled quotes and line breaks inside them", () => {
  const seen = fromDelimited('id,name,note\r\n1,"Firm, Ltd","said ""hi""\nand left"\r\n2,B,\r\n', true);
  expect(seen.columns).toEqual(["id", "name", "note"]);
  expect(seen.rows).toEqual([
    ["1", "Firm, Ltd", 'said "hi"\nand left'],
    ["2", "B", ""],
  ]);
});

test("the delimiter that the first line has most of", () => {
  expect(fromDelimited("a;b;c\n1,5;2;3", true)).toEqual({ columns: ["a", "b", "c"], rows: [["1,5", "2", "3"]] });
  expect(fromDelimited("", true).columns).toEqual([]);
});

test("a row cut by the end of the look is left out", () => {
  expect(fromDelimited("a,b\n1,2\n3,", false).rows).toEqual([["1", "2"]]);
});

test("lines of JSON, and samples that differ", async () => {
  const seen = await peek(new File(['{"a":1,"b":"x"}\n{"a":1,"c":[1]}\n'], "x.jsonl"));
  expect(seen?.columns).toEqual(["a", "b", "c"]);
  expect(samples(seen ?? { columns: [], rows: [] })).toEqual([
    { name: "a", samples: ["1"] },
    { name: "b", samples: ["x"] },
    { name: "c", samples: ["[1]"] },
  ]);
});
