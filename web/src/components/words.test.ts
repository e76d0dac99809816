// Filters survive the address, patterns cover what the server's do, and times and sizes read well.
import { expect, test } from "vitest";
import { ago, bytes, duration, plain, words } from "@/ui/format";
import { covers } from "./pattern";
import { type Filter, readFilters, describe as say, writeFilters } from "./ViewFilters";

test("filters with colons and bars come back as they were", () => {
  const filters: Filter[] = [
    ["name", "eq:A|B: C"],
    ["amount", "gt:5"],
  ];
  expect(readFilters(writeFilters(filters))).toEqual(filters);
  expect(readFilters(undefined)).toEqual([]);
  expect(writeFilters([])).toBeUndefined();
  expect(say(["amount", "gt:5"])).toBe("amount is above 5");
  expect(say(["name", "is_null:true"])).toBe("name is empty");
});

test("a star stays within its folder", () => {
  expect(covers("crm/*.csv", "crm/accounts.csv")).toBe(true);
  expect(covers("crm/*.csv", "crm/old/accounts.csv")).toBe(false);
  expect(covers("a(b).csv", "a(b).csv")).toBe(true);
});

test("values as people say them", () => {
  expect(duration(12)).toBe("12 ms");
  expect(duration(61_000)).toBe("1 min 1 s");
  expect(bytes(1536)).toBe("1.5 KiB");
  expect(words("last_sync_at")).toBe("Last sync at");
  expect(plain({ a: 1 })).toBe('{"a":1}');
  expect(ago(0, 2_000)).toBe("now");
});
