// What goes wrong around a page: the stream is cut, or cannot go on where it was; two tabs decide the same question; a
// graph of ten thousand nodes, one with an empty layer; answers that lack fields or hold absurd numbers; a server that is
// slow, or refuses.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { open, SHOTS, settled, signIn } from "./browser";
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

type Node = { id: string; type: string; layer: string; label: string; rows: number; parentId?: string };
function graph(sources: number, agents: number) {
  const nodes: Node[] = [{ id: "top", type: "source_parent", layer: "L0", label: "from AAM", rows: 0 }];
  const edges: object[] = [];
  const flow = (source: string, target: string) =>
    edges.push({ source, target, edgeType: "dataflow", rows: 9, fields: 3 });
  for (let at = 0; at < 20; at += 1)
    nodes.push({ id: `e${at}`, type: "ontology", layer: "L2", label: `entity ${at}`, rows: 900 + at });
  for (let at = 0; at < sources; at += 1) {
    nodes.push({ id: `c${at}`, type: "connection", layer: "L0", label: `source ${at}`, rows: 9 });
    nodes.push({ id: `s${at}`, type: "source", layer: "L1", label: `source ${at} - stream`, rows: 9 });
    edges.push({ source: `c${at}`, target: `s${at}`, edgeType: "hierarchy", rows: 9, fields: 0 });
    flow(`s${at}`, `e${at % 20}`);
  }
  for (let at = 0; at < agents; at += 1) {
    nodes.push({ id: `a${at}`, type: "agent", layer: "L3", label: `agent ${at}`, rows: 0 });
    flow(`e${at % 20}`, `a${at}`);
  }
  return { nodes, edges, truncated: false, counts: {} };
}

describe("a graph", () => {
  const drawn = async (of: ReturnType<typeof graph>) => {
    await page.route("**/api/v1/dcl/graph*", (route) => route.fulfill({ json: of }));
    const began = Date.now();
    await goto("/ontology?as=graph");
    await page.getByRole("group", { name: "What feeds what" }).waitFor();
    return Date.now() - began;
  };

  test("of 10,000 nodes is seen from one of them, and answers at once", async () => {
    const ms = await drawn(graph(4_988, 4));
    expect(ms, "until it is drawn").toBeLessThan(6_000);
    await page.getByText(/too many for one picture/).waitFor();
    expect(await page.locator("svg[role=group] g[role=button]").count()).toBeLessThanOrEqual(200);
    const answered = await page.evaluate(async () => {
      const began = performance.now();
      document
        .querySelector<HTMLElement>("svg[role=group] g[role=button]")
        ?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - began;
    });
    expect(answered, "until a click shows").toBeLessThan(1_000);
    await page.screenshot({ path: `${SHOTS}/trouble-graph-10000.png` });
    expect(thrown).toEqual([]);
  });

  test("of 300 nodes, and one with an empty layer, keep their columns", async () => {
    await drawn(graph(75, 0));
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
