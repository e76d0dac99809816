// What goes wrong around a page: the stream is cut, or cannot go on where it was; two tabs decide the same question; a
// graph of ten thousand nodes, one with an empty layer; answers that lack fields or hold absurd numbers; a server that is
// slow, or refuses.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { open, SHOTS, settled, signIn } from "./browser";
import { serve, tenant, type Whole } from "./graph";
import { mount, type Relay } from "./proxy";
import { call, login } from "./server";

const url = inject("url");
let proxy: Relay;
let context: BrowserContext;
let page: Page;
let thrown: string[];

beforeAll(async () => {
  proxy = await mount(url, "/aos");
  context = await open({ reducedMotion: "reduce" });
  await signIn(context, `${proxy.url}/aos`);
});
afterAll(async () => {
  await context?.close();
  await proxy?.stop();
});
beforeEach(async () => {
  await page?.close();
  page = await context.newPage();
  thrown = [];
  page.on("pageerror", (error) => thrown.push(error.message));
});
const goto = async (path: string) => {
  await page.goto(`${proxy.url}/aos${path}`);
  await settled(page);
};
const line = (text: string | RegExp) => page.getByRole("status").filter({ hasText: text });

describe("the live stream", () => {
  test("is cut, and resumes by itself with nothing missed", async () => {
    await goto("/flow-monitor");
    await line("Live").waitFor();
    await expect.poll(() => proxy.streams(), { timeout: 10_000 }).toBe(1);
    proxy.cut();
    await line(/Reconnecting|Delayed/).waitFor();
    await line("Live").waitFor();
    expect(await page.getByText(/gaps?, each read again/).count()).toBe(0);
    expect(thrown).toEqual([]);
  });

  test("cannot go on where it was: that is said, and everything is read again", async () => {
    await goto("/connect");
    await line("Live").waitFor();
    await expect.poll(() => proxy.streams(), { timeout: 10_000 }).toBe(1);
    const again = page.waitForRequest((asked) => asked.url().includes("/api/v1/aam/connections"));
    proxy.say('event: reset\ndata: {"floor": 1}\n\n');
    await again;
    await page.getByText(/1 gaps?, each read again/).waitFor();
    expect(thrown).toEqual([]);
  });
});

describe("two tabs", () => {
  test("decide the same question: the second is told, and both show one decision", async () => {
    type Review = { id: string; type: string };
    const ann = await login(url, "ann@example.org");
    const { items } = await call<{ items: Review[] }>(url, "/api/v1/reviews?state=pending", ann);
    const asked = items.find((one) => one.type === "merge") as Review;
    const other = await context.newPage();
    // Neither hears of the other before it decides.
    for (const tab of [page, other]) {
      await tab.route("**/api/v1/events/stream", (route) => route.abort());
      await tab.goto(`${proxy.url}/aos/review?id=${asked.id}`);
      await settled(tab);
      await tab.getByRole("button", { name: /They are two/ }).waitFor();
    }
    await page.keyboard.press("r");
    await page.getByText("They stay two").waitFor();
    await other.keyboard.press("r");
    await other.getByRole("alert").first().waitFor();
    await other.getByText("Rejected", { exact: true }).first().waitFor();
    await other.screenshot({ path: `${SHOTS}/trouble-two-tabs.png` });
    await other.close();
  });
});

describe("a graph", () => {
  const picture = () => page.getByRole("group", { name: "What feeds what" });
  const nodes = () => picture().getByRole("button");
  const drawn = async (of: Whole, path = "/ontology?as=graph") => {
    await serve(page, of);
    const began = Date.now();
    await goto(path);
    await picture().waitFor();
    return Date.now() - began;
  };
  /** Until what a pointer or a key did is on the screen, at the middle of several. */
  const answered = (kind: string) =>
    page.evaluate(async (event) => {
      const all = [...document.querySelectorAll<SVGGElement>("svg[role=group] g[role=button]")].slice(0, 15);
      const took: number[] = [];
      for (const one of all) {
        const began = performance.now();
        one.dispatchEvent(new MouseEvent(event, { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        took.push(performance.now() - began);
      }
      return took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;
    }, kind);

  test("of 10,000 nodes is seen from one of them; others are found, seen from and unfolded", async () => {
    const ms = await drawn(tenant({ entities: 20, sources: 4_988, agents: 4 }));
    expect(ms, "until it is drawn").toBeLessThan(6_000);
    await page.getByText(/This is what entity_19 comes from and goes to, the nearest of/).waitFor();
    expect(await nodes().count()).toBeLessThanOrEqual(200);
    expect(await answered("mouseover"), "until a pointer shows").toBeLessThan(250);
    await page.screenshot({ path: `${SHOTS}/trouble-graph-10000.png` });
    await page.getByLabel("Find a node").fill("source 4711 - stream");
    await page.getByRole("button", { name: /source 4711/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText(/This is what source 4711 - stream comes from/).waitFor();
    // The stream, its source, its entity, and the agents of that.
    const before = await nodes().count();
    expect(before).toBeLessThan(10);
    await nodes().filter({ hasText: "entity_" }).click();
    await page.getByRole("button", { name: "Unfold what is near it" }).click();
    await expect.poll(() => nodes().count()).toBeGreaterThan(before + 50);
    expect(await nodes().count()).toBeLessThanOrEqual(300);
    await page.screenshot({ path: `${SHOTS}/trouble-graph-unfolded.png` });
    expect(thrown).toEqual([]);
  });

  test("of 10,000 columns and fields is seen around one of them", async () => {
    await drawn(tenant({ entities: 10, sources: 400, agents: 4, columns: 24 }), "/lineage?as=graph");
    await page.getByText(/are this near; the nearest 200 are drawn/).waitFor();
    expect(await nodes().count()).toBeLessThanOrEqual(200);
    await page.getByLabel("Find a node").fill("stream 222.column_7");
    await page.getByRole("button", { name: /column_7/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Around stream 222.column_7" }).waitFor();
    await expect.poll(() => nodes().count()).toBeLessThan(20);
    await page.screenshot({ path: `${SHOTS}/trouble-lineage-10000.png` });
    expect(thrown).toEqual([]);
  });

  test("with an empty layer keeps its columns", async () => {
    await drawn(tenant({ entities: 20, sources: 75, agents: 0 }));
    for (const name of ["Sources", "Streams", "Unified entities", "Agents"])
      await page.getByText(name, { exact: true }).first().waitFor();
    await page.screenshot({ path: `${SHOTS}/trouble-graph-empty-layer.png` });
    expect(thrown).toEqual([]);
  });
});

describe("answers", () => {
  test("with absurd numbers, right-to-left names and missing fields are shown as they are", async () => {
    const view = { view: "accounts", entity: "account", rows: 9e15, fields: [{ name: "name", type: "string" }] };
    const items = [
      { id: "1", name: "<b>אבג</b> ".repeat(40), source: null },
      { id: "2" },
      { id: "3", name: -1.7976931348623157e308, extras: null },
    ];
    await page.route("**/api/v1/dcl/views", (route) => route.fulfill({ json: { items: [view], position: 1 } }));
    await page.route("**/api/v1/dcl/views/accounts?*", (route) =>
      route.fulfill({ json: { items, total: 9e15, position: 9e15, next_cursor: null } }),
    );
    await goto("/views/accounts");
    await page.getByRole("row", { name: /אבג/ }).click();
    await page.getByRole("dialog").waitFor();
    expect(await page.locator("main b", { hasText: /^אבג$/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${SHOTS}/trouble-absurd.png` });
    expect(thrown).toEqual([]);
  });

  test.each([403, 409, 412, 429, 500])("of %i say what the server said and leave the page usable", async (status) => {
    const problem = { type: "/docs#errors", title: "No", status, detail: `refused with ${status}`, code: "x.y" };
    await page.route("**/api/v1/tasks?*", (route) =>
      route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(problem) }),
    );
    await goto("/tasks");
    await page.getByText(`Refused with ${status}`, { exact: false }).first().waitFor();
    await page.getByRole("link", { name: "Views" }).first().click();
    await page.getByRole("heading", { name: "Views", level: 1 }).waitFor();
    expect(thrown).toEqual([]);
  });

  test("that are slow show that they are awaited", async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>((done) => {
      go = done;
    });
    await page.route("**/api/v1/tasks?*", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${proxy.url}/aos/tasks`);
    await page.locator("[aria-busy=true]").first().waitFor();
    go();
    await settled(page);
    expect(thrown).toEqual([]);
  });
});
