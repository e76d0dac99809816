// Events come out whole and in order, however the bytes were cut.
import { expect, test } from "vitest";
import { EventParser } from "./events";

const TEXT =
  'retry: 2000\n: position 7\n\nid: 8\nevent: flow.aam.fetched\ndata: {"a":"é"}\n\n: beat\n\nevent: reset\ndata: {"floor":3}\n\nid: 9\nevent: x\ndata: un';

test("whatever the chunks, the same events", () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (const size of [1, 3, 7, bytes.length]) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < bytes.length; at += size) events.push(...parser.push(bytes.slice(at, at + size)));
    expect(events).toEqual([
      { id: "8", event: "flow.aam.fetched", data: '{"a":"é"}' },
      { id: null, event: "reset", data: '{"floor":3}' },
    ]);
  }
});
