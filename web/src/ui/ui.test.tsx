// The pieces behave: the table sorts, is driven by keys and draws only what is seen; failures say what to do; forms are made
// from schemas.
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Problem } from "@/client/problem";
import { SchemaForm } from "@/components/SchemaForm";
import { Fault } from "./States";
import { type Column, Table } from "./Table";

beforeAll(() => {
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
});
afterEach(cleanup);

type Thing = { id: string; size: number };
const COLUMNS: Column<Thing>[] = [
  { id: "id", title: "Name", cell: (one) => one.id, by: (one) => one.id },
  { id: "size", title: "Size", cell: (one) => one.size, by: (one) => one.size },
];
const names = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[0]?.textContent?.replace("Name", ""));

test("a table sorts by numbers as numbers, both ways", () => {
  const rows = [
    { id: "a", size: 9 },
    { id: "b", size: 100 },
    { id: "c", size: 20 },
  ];
  render(<Table label="Things" rows={rows} columns={COLUMNS} rowKey={(one) => one.id} />);
  const size = screen.getByRole("button", { name: "Size" });
  fireEvent.click(size);
  expect(names()).toEqual(["a", "c", "b"]);
  fireEvent.click(size);
  expect(names()).toEqual(["b", "c", "a"]);
});

test("keys walk the rows and Enter opens one", () => {
  const open = vi.fn();
  render(
    <Table
      label="Things"
      rows={[
        { id: "a", size: 1 },
        { id: "b", size: 2 },
      ]}
      columns={COLUMNS}
      rowKey={(one) => one.id}
      onOpen={open}
    />,
  );
  const [, first, second] = screen.getAllByRole("row");
  first?.focus();
  fireEvent.keyDown(first as Element, { key: "j" });
  expect(document.activeElement).toBe(second);
  fireEvent.keyDown(second as Element, { key: "Enter" });
  expect(open).toHaveBeenCalledWith({ id: "b", size: 2 });
});

test("ten thousand rows are not ten thousand elements", () => {
  const rows = Array.from({ length: 10_000 }, (_, at) => ({ id: `n${at}`, size: at }));
  render(<Table label="Things" rows={rows} columns={COLUMNS} rowKey={(one) => one.id} />);
  expect(screen.queryAllByRole("row").length).toBeLessThan(100);
});

test("a failure says what, what to do, and its trace", () => {
  const retry = vi.fn();
  render(
    <Fault
      of={
        new Problem({
          status: 503,
          detail: "the store is away",
          remedy: "Try again soon.",
          code: "store.away",
          trace_id: "ab12",
        })
      }
      retry={retry}
    />,
  );
  expect(screen.getByRole("alert").textContent).toContain("The store is away.");
  expect(screen.getByText("Try again soon.")).toBeTruthy();
  expect(screen.getByText("ab12")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("what is forbidden offers no second try", () => {
  render(
    <Fault
      of={new Problem({ status: 403, detail: "this needs the role admin", code: "auth.role" })}
      retry={() => undefined}
    />,
  );
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("a form is made from a schema; what is emptied is left out", () => {
  const change = vi.fn();
  const spec = {
    type: "object" as const,
    required: ["path"],
    properties: {
      path: { type: "string" as const },
      format: { enum: ["csv", "tsv"] },
      seed: { type: "integer" as const },
      key: { type: "array" as const, items: { type: "string" as const } },
    },
  };
  render(
    <SchemaForm
      spec={spec}
      values={{ path: "a.csv", format: "csv" }}
      onChange={change}
      faults={{ "/config/path": "no such file" }}
    />,
  );
  expect(screen.getByText("no such file")).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Format (optional)"), { target: { value: "" } });
  expect(change).toHaveBeenLastCalledWith({ path: "a.csv" });
  fireEvent.change(screen.getByLabelText("Seed (optional)"), { target: { value: "7" } });
  expect(change).toHaveBeenLastCalledWith({ path: "a.csv", format: "csv", seed: 7 });
  fireEvent.change(screen.getByLabelText("Key (optional)"), { target: { value: "a, b," } });
  expect(change).toHaveBeenLastCalledWith({ path: "a.csv", format: "csv", key: ["a", "b"] });
});
