// Orchestrated work, done as people do it: a task that fails is understood, called off and tried again; a schedule with a line
// that is none says so at its field, and one that is fine tells its times; a playbook is corrected at its line and watched step
// by step; many objects are mapped at once; what was told outside is read and sent anew.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { axe, open, SHOTS, settled, signIn, small, type Watch, watch } from "./browser";
import { call, login, until } from "./server";

const url = inject("url");
type Task = { id: string; state: string; attempts: number };
let context: BrowserContext;
let page: Page;
let ann: string;
let seen: Watch;

beforeAll(async () => {
  ann = await login(url, "ann@example.org");
  context = await open({ reducedMotion: "reduce" });
  await signIn(context, url);
  page = await context.newPage();
});
afterAll(() => context?.close());
beforeEach(() => {
  seen = watch(page, url);
});
afterEach(() => page.removeAllListeners());
const goto = async (path: string) => {
  await page.goto(url + path);
  await settled(page);
};
const show = (name: string) => page.screenshot({ path: `${SHOTS}/work-${name}.png`, fullPage: true });
const field = (name: string) => page.getByRole("dialog").getByLabel(name);

describe("a task", () => {
  test("that cannot do its work says why and what to do, is tried again, and called off", async () => {
    const connection = await call<{ id: string }>(url, "/api/v1/aam/connections", ann, "POST", {
      name: "nobody answers",
      type: "postgres",
      config: { url: "postgres://nobody@127.0.0.1:1/none" },
    });
    const asked = await call<{ task_id: string }>(url, `/api/v1/aam/connections/${connection.id}/sync`, ann, "POST");
    const path = `/api/v1/tasks/${asked.task_id}`;
    const ended = (state: string) =>
      until(
        () => call<Task>(url, path, ann),
        (one) => one.state === state,
        `it to be ${state}`,
      );
    await ended("failed");
    await goto("/tasks?kind=sync");
    await page.getByRole("row", { name: /nobody answers/ }).click();
    await page.getByRole("heading", { name: "Read a source", level: 1 }).waitFor();
    const why = page.getByRole("alert").filter({ hasText: "It failed" });
    await why.getByText("PostgreSQL cannot be reached.").waitFor();
    await why.getByText(/Check host, port and network/).waitFor();
    await show("task-failed");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("It waits for its turn again").first().waitFor();
    await page.getByRole("button", { name: "Call off" }).click();
    await ended("cancelled");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await call(url, `/api/v1/aam/connections/${connection.id}`, ann, "DELETE");
    expect(seen.faults).toEqual([]);
  });

  test("that runs is followed line by line, and stops when it is called off", async () => {
    const task = await call<Task>(url, "/api/v1/tasks", ann, "POST", { kind: "wait", payload: { ms: 600_000 } });
    await goto(`/tasks/${task.id}`);
    await page.getByRole("progressbar", { name: "How far" }).waitFor();
    const log = page.getByRole("log", { name: "Log of the task" });
    await log.getByRole("listitem").first().waitFor();
    const before = await log.getByRole("listitem").count();
    await show("task-running");
    await page.getByRole("button", { name: "Call off" }).click();
    await page.getByText("Called off", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    // Lines come by themselves: nothing was read again by hand.
    await expect.poll(() => log.getByRole("listitem").count(), { timeout: 10_000 }).toBeGreaterThan(before);
    await show("task-stopped");
    expect(await axe(page)).toEqual([]);
    expect(seen.faults).toEqual([]);
  });

  test("told outside is read with its answer, and sent anew", async () => {
    const heard: string[] = [];
    const receiver: Server = createServer((asked, answer) => {
      heard.push(String(asked.headers["webhook-id"]));
      answer.writeHead(200).end("thanks");
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    const { port } = receiver.address() as AddressInfo;
    const callback_url = `http://127.0.0.1:${port}/told`;
    const task = await call<Task>(url, "/api/v1/tasks", ann, "POST", { kind: "noop", payload: {}, callback_url });
    await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(1);
    await goto(`/tasks/${task.id}`);
    await page.getByRole("row", { name: /delivered/i }).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Answered 200").waitFor();
    await drawer.getByText("thanks").waitFor();
    await show("delivery");
    await drawer.getByRole("button", { name: "Send it anew" }).click();
    await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(2);
    expect(heard[0]).toBe(heard[1]);
    receiver.closeAllConnections();
    receiver.close();
    expect(seen.faults).toEqual([]);
  });
});

describe("a schedule", () => {
  test("with a line that is none says so at its field; put right, it tells its times, waits, and runs at once", async () => {
    await goto("/tasks?tab=schedules");
    await page.getByRole("button", { name: "New schedule" }).click();
    await field("Name").fill("Weekday reading");
    await field("Cron line").fill("0 6 * * MON-FRI");
    await page.getByText("At 06:00 on Monday to Friday", { exact: true }).waitFor();
    await field("Hours of").selectOption("Europe/Berlin");
    await field("Work").selectOption("rebuild");
    await field("Cron line").fill("0 0 30 2 *");
    await page.getByRole("button", { name: "Set it" }).click();
    await page.getByText("This cron line never comes true.").first().waitFor();
    expect(await field("Cron line").getAttribute("aria-invalid")).toBe("true");
    expect(await field("Name").inputValue()).toBe("Weekday reading");
    await show("schedule-wrong");
    await field("Cron line").fill("0 6 * * MON-FRI");
    await page.getByRole("button", { name: "Set it" }).click();
    await page.getByRole("row", { name: /Weekday reading/ }).click();
    const drawer = page.getByRole("dialog");
    expect(await drawer.getByRole("listitem").count()).toBe(5);
    await show("schedule");
    await drawer.getByRole("button", { name: "Pause" }).click();
    await drawer.getByText("None while it is paused.").waitFor();
    await drawer.getByRole("button", { name: "Go on" }).click();
    await drawer.getByRole("button", { name: "Pause" }).waitFor();
    await drawer.getByRole("button", { name: "Run now" }).click();
    await page.getByRole("heading", { name: "Rebuild the views", level: 1 }).waitFor();
    // What was refused on purpose is logged by the browser.
    expect(seen.faults.filter((fault) => !fault.includes("400"))).toEqual([]);
  });
});

describe("a playbook", () => {
  test("is corrected at its line, run, and watched step by step", async () => {
    await goto("/playbooks/new");
    await page.getByLabel("Name").fill("morning round");
    const text = page.getByLabel("Playbook, as YAML");
    const steps = [
      "version: 1",
      "steps:",
      "- {name: rebuild, task: rebuild}",
      "- name: look",
      "  task: agent",
      "  with: {agent: nobody}",
      "- {name: never, task: noop, when: [{step: rebuild, is: failed}]}",
    ];
    await text.fill(steps.join("\n"));
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Line 6: There is no agent nobody.").waitFor();
    await show("playbook-wrong");
    await text.fill(steps.join("\n").replace("nobody", "revops"));
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("heading", { name: "morning round", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("heading", { name: "Run of morning round" }).waitFor();
    await page.getByText("3 of 3 are over").waitFor({ timeout: 30_000 });
    expect(await page.getByRole("listitem").filter({ hasText: "never" }).getByText("Skipped").count()).toBe(1);
    await show("playbook-run");
    expect(seen.faults.filter((fault) => !fault.includes("400"))).toEqual([]);
  });
});

describe("a playbook that two people write", () => {
  test("is written over only by who was told so, and what was typed stays", async () => {
    type Kept = { id: string; version: number };
    const document = "version: 1\nsteps:\n- {name: a, task: noop}\n";
    const book = await call<Kept>(url, "/api/v1/playbooks", ann, "POST", { name: "of two", document });
    await goto(`/playbooks/${book.id}`);
    const text = page.getByLabel("Playbook, as YAML");
    const mine = document.replace("name: a", "name: mine");
    await text.fill(mine);
    const theirs = document.replace("name: a", "name: theirs");
    await call(url, `/api/v1/playbooks/${book.id}`, ann, "PUT", { document: theirs });
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Somebody wrote version 2 meanwhile.").waitFor();
    expect(await text.inputValue()).toBe(mine);
    await show("playbook-two");
    await page.getByRole("button", { name: "Keep mine over it" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Kept as version 3").first().waitFor();
    const kept = await call<{ document: string }>(url, `/api/v1/playbooks/${book.id}`, ann);
    expect(kept.document).toBe(mine);
    expect(seen.faults.filter((fault) => !fault.includes("412"))).toEqual([]);
  });
});

describe("many objects", () => {
  test("are mapped at once, and what each is held to be stands beside the rules in force", async () => {
    await goto("/tasks?tab=mapping");
    await page.getByRole("button", { name: "Some" }).click();
    await page.getByRole("checkbox", { name: /Documents/ }).check();
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "Mapping job", level: 1 }).waitFor();
    await page.getByRole("table", { name: "Results" }).getByRole("row").nth(1).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("link", { name: "Its rules in force" }).waitFor();
    await drawer.getByText("in force").first().waitFor();
    await show("mapping-job");
    expect(seen.faults).toEqual([]);
  });
});

describe("on a phone, in the dark", () => {
  test("what opens beside a page is as wide as it, large enough for a finger, and read well", async () => {
    type One = { id: string };
    const trigger = { after: ["Documents (demo)"] };
    const task = { kind: "agent", payload: { agent: "revops" } };
    const schedule = await call<One>(url, "/api/v1/schedules", ann, "POST", { name: "after documents", trigger, task });
    const job = await call<One>(url, "/api/v1/bulk-mappings", ann, "POST", { connections: ["Documents (demo)"] });
    const phone = await open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      colorScheme: "dark",
      reducedMotion: "reduce",
    });
    await signIn(phone, url);
    const tab = await phone.newPage();
    for (const [name, path] of [
      ["new-schedule", "/tasks?tab=schedules&schedule=new"],
      ["schedule", `/tasks?tab=schedules&schedule=${schedule.id}`],
      ["node", "/ontology?as=table&node=dcl_account"],
      ["held", `/bulk-mappings/${job.id}?object=${encodeURIComponent("Documents (demo)/leads")}`],
    ] as const) {
      await tab.goto(url + path);
      await settled(tab);
      await tab.getByRole("dialog").waitFor();
      await settled(tab);
      await tab.screenshot({ path: `${SHOTS}/work-phone-${name}.png` });
      expect(await axe(tab), name).toEqual([]);
      expect(await small(tab), name).toEqual([]);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
    }
    await phone.close();
  });
});
