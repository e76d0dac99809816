// A fault of a document stands at the line it is about, whichever way it is said.
import { expect, test } from "vitest";
import { Problem } from "@/client/problem";
import { lineOf, placeOf } from "./place";

const TEXT = `version: 1
steps:
  # the first
  - name: read
    task: sync
    with: {connection: crm}
  - {name: look, task: agent,
     with: {agent: revops}, when: [{step: read, is: success}]}
`;

test.each([
  ["/document/version", 1],
  ["/document/steps/0/name", 4],
  ["/document/steps/0/with/connection", 6],
  ["/document/steps/1/with", 8],
  ["/document/steps/1/attempts", 7],
  ["/document/steps/1/when/0", 8],
  ["/document/steps/7", 4],
  ["/document/nothing", null],
  ["/document", null],
])("%s is at line %s", async (pointer, line) => {
  expect(await lineOf(TEXT, pointer)).toBe(line);
});

const problem = (detail: string, pointer?: string) =>
  new Problem({ status: 400, detail, errors: pointer ? [{ pointer, detail }] : [] });

test("a line that is said is taken, a pointer is looked for, and nothing is made up", async () => {
  expect(await placeOf(TEXT, problem("unknown field `nedes`, at line 6 column 3", "/document"))).toMatchObject({
    line: 6,
  });
  expect(await placeOf(TEXT, problem("sync needs a connection", "/document/steps/0/with/connection"))).toEqual({
    line: 6,
    text: "sync needs a connection",
  });
  expect(await placeOf(TEXT, problem("the name is taken", "/name"))).toBeNull();
});
