// Work as it is shown: progress that is known and that is not, a wrong line that is announced and gone to, boxes that are
// ticked, and what a mapping job may add to the rules in force.
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { BulkProposal, MappingRow, Task } from "@/client/types";
import { Code } from "@/ui/Code";
import { Checks } from "@/ui/Field";
import { Progress } from "@/ui/Progress";
import { missing } from "./Held";
import { Wrong } from "./Wrong";
import { aboutOf, cameTo, farOf, tookOf } from "./words";

afterEach(cleanup);

test("progress says how far, or only that it is under way", () => {
  const { rerender } = render(<Progress label="How far" done={30} total={120} />);
  const bar = screen.getByRole("progressbar", { name: "How far" });
  expect(bar.getAttribute("aria-valuenow")).toBe("25");
  expect(screen.getByText("30 of 120")).toBeTruthy();
  rerender(<Progress label="How far" done={null} total={null} />);
  expect(bar.getAttribute("aria-valuenow")).toBeNull();
  expect(bar.getAttribute("aria-valuetext")).toBe("under way");
});

test("more done than there was to do is no more than all", () => {
  render(<Progress label="How far" done={9} total={3} />);
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("100");
});

test("a wrong line is said, marked and gone to", () => {
  const text = "one\ntwo two\nthree";
  const { rerender } = render(<Code label="Text" value={text} onChange={() => undefined} />);
  const box = screen.getByLabelText("Text") as HTMLTextAreaElement;
  expect(box.getAttribute("aria-invalid")).toBeNull();
  rerender(<Code label="Text" value={text} onChange={() => undefined} wrong={{ line: 2, text: "two is too much" }} />);
  expect(screen.getByRole("alert").textContent).toBe("Line 2: two is too much");
  expect(document.activeElement).toBe(box);
  expect(box.value.slice(box.selectionStart, box.selectionEnd)).toBe("two two");
  rerender(<Code label="Text" value={text} onChange={() => undefined} wrong={{ line: 1, text: "so is one" }} />);
  expect(box.value.slice(box.selectionStart, box.selectionEnd)).toBe("one");
});

test("boxes are ticked one by one", () => {
  const change = vi.fn();
  render(
    <Checks label="Sources" options={["crm", "billing"]} chosen={["crm"]} onChange={change} fault="no such source" />,
  );
  fireEvent.click(screen.getByLabelText("billing"));
  expect(change).toHaveBeenLastCalledWith(["crm", "billing"]);
  fireEvent.click(screen.getByLabelText("crm"));
  expect(change).toHaveBeenLastCalledWith([]);
  expect(screen.getByText("no such source")).toBeTruthy();
});

test("a failure says what to do", () => {
  render(<Wrong of={{ code: "a.b", message: "it is away", remedy: "Wait for it." }} title="It failed" />);
  expect(screen.getByRole("alert").textContent).toContain("it is awayWait for it.");
});

const proposal = (
  field: string,
  canonical_field: string | null,
  confidence: number,
  entity = "account",
): BulkProposal => ({
  field,
  entity,
  canonical_field,
  confidence,
});
const rule = (source_path: string, field: string) => ({ source_path, field, entity: "account" }) as MappingRow;

test("only what stands against no rule is added, and the surer of two", () => {
  const rules = [rule("Id", "account_id"), rule("Name", "name")];
  const found = missing(
    [
      proposal("Id", "account_id", 0.9),
      proposal("Title", "name", 0.9),
      proposal("City", "billing_city", 0.6),
      proposal("BillingCity", "billing_city", 0.9),
      proposal("Owner", "first_name", 0.9, "contact"),
      proposal("Note", null, 0.1),
    ],
    rules,
  );
  expect(found).toEqual([{ source_path: "BillingCity", field: "billing_city" }]);
  expect(missing([proposal("Id", "account_id", 0.9)], [])).toEqual([]);
});

test("a task in words", () => {
  const task = {
    connection_id: "c1",
    payload: { connection_id: "c1" },
    progress: { done: 3, total: 9 },
    result: null,
    error: null,
    started_at: "2026-01-01T00:00:00Z",
    finished_at: "2026-01-01T00:00:02Z",
  } as unknown as Task;
  expect(aboutOf(task, new Map([["c1", "crm"]]))).toBe("crm");
  expect(aboutOf(task, new Map())).toBe("a source that is gone");
  expect(aboutOf({ payload: { agent: "revops" } } as Task, new Map())).toBe("revops");
  expect(farOf(task)).toEqual({ done: 3, total: 9 });
  expect(cameTo(task)).toBe("done 3, total 9");
  expect(cameTo({ ...task, error: { message: "it is away" } })).toBe("it is away");
  expect(tookOf(task)).toBe(2_000);
  expect(tookOf({ started_at: null })).toBeNull();
});
