// A tenant of many sources, really read: its graph of 299 nodes is drawn whole, follows the pointer and is walked by keys alone;
// when it outgrows what is drawn at once it is seen from one entity, and every source is still found.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { axe, open, SHOTS, settled, signIn, type Watch, watch } from "./browser";
import { call, login, PASSWORD, until } from "./server";

const url = inject("url");
const email = "wide@example.org";
/** With a stream each, four entities, two agents and what the sources hang on: as near to the 300 that are drawn as pairs come. */
const SOURCES = 146;
const NODES = 2 * SOURCES + 7;
const MORE = 20;
const FILES: [string, string][] = [
  ["account", "account_id,name,industry\nA#,Firm #,Energy\n"],
  ["contact", "contact_id,first_name,last_name,email\nC#,Ann,Number #,ann#@example.org\n"],
  ["opportunity", "opportunity_id,name,amount,stage\nO#,Deal #,1#,open\n"],
  ["lead", "lead_id,first_name,last_name,company\nL#,Lee,Number #,Firm #\n"],
];
type Items<T> = { items: T[] };
type Drawn = { nodes: unknown[]; truncated: boolean };

let context: BrowserContext;
let page: Page;
let owner: string;
let seen: Watch;
const graph = () => call<Drawn>(url, "/api/v1/dcl/graph", owner);

/** So many more sources, each of a file of its own, read to the end. */
async function grow(from: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => from + at);
  for (const n of numbers) {
    const [, text] = FILES[n % FILES.length] as [string, string];
    const answer = await fetch(`${url}/api/v1/files/wide/${n}.csv`, {
      method: "PUT",
      headers: { authorization: `Bearer ${owner}` },
      body: text.replaceAll("#", String(n)),
    });
    expect(answer.ok).toBe(true);
  }
  const lines = numbers.map((n) => {
    const [entity] = FILES[n % FILES.length] as [string, string];
    return `- {name: source ${n}, type: file, config: {path: wide/${n}.csv, entity: ${entity}}}\n`;
  });
  const document = `version: 1\nconnections:\n${lines.join("")}`;
  await call(url, "/api/v1/config/apply?dry_run=false", owner, "POST", { document });
  type One = { id: string; name: string; state: string };
  const all = () => call<Items<One>>(url, "/api/v1/aam/connections?limit=500", owner);
  for (const one of (await all()).items.filter((each) => each.state === "pending"))
    await call(url, `/api/v1/aam/connections/${one.id}/sync`, owner, "POST");
  await until(all, ({ items }) => items.every((one) => one.state === "active"), "every source to be read");
}

beforeAll(async () => {
  const who = { email, password: PASSWORD, name: "Wide", tenant_name: "Wide" };
  await call(url, "/api/v1/auth/register", null, "POST", who);
  owner = await login(url, email);
  await grow(0, SOURCES);
  await until(graph, (one) => one.nodes.length === NODES, "the whole graph");
  context = await open({ reducedMotion: "reduce" });
  await signIn(context, url, email);
  page = await context.newPage();
  seen = watch(page, url);
});
afterAll(() => context?.close());
const goto = async (path: string) => {
  await page.goto(url + path);
  await settled(page);
};
const picture = () => page.getByRole("group", { name: "What feeds what" });
const nodes = () => picture().getByRole("button");

test("299 nodes are drawn whole, follow the pointer, and are walked by keys alone", async () => {
  expect((await graph()).truncated).toBe(false);
  const began = Date.now();
  await goto("/ontology?as=graph");
  await picture().waitFor();
  expect(Date.now() - began, "until it is drawn").toBeLessThan(6_000);
  // What the sources hang on is not drawn.
  expect(await nodes().count()).toBe(NODES - 1);
  expect(await axe(page)).toEqual([]);
  const took = await page.evaluate(async () => {
    const all = [...document.querySelectorAll<SVGGElement>("svg[role=group] g[role=button]")].slice(0, 15);
    const ms: number[] = [];
    for (const one of all) {
      const start = performance.now();
      one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      ms.push(performance.now() - start);
    }
    return ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] ?? 0;
  });
  expect(took, "until a pointer shows").toBeLessThan(250);
  // One stop for the tab key, however many nodes there are.
  expect(await picture().locator("[tabindex='0']").count()).toBe(1);
  await picture().locator("[tabindex='0']").focus();
  const at = () => page.evaluate(() => document.activeElement?.getAttribute("data-node") ?? "");
  const path: string[] = [];
  for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowRight"]) {
    await page.keyboard.press(key);
    path.push(await at());
  }
  expect(path.map((id) => id.split("_")[0])).toEqual(["conn", "src", "dcl", "agent"]);
  const before = await at();
  await page.keyboard.press("ArrowLeft");
  expect(await at()).not.toBe(before);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Fed by").waitFor();
  await page.keyboard.press("Escape");
  await page.screenshot({ path: `${SHOTS}/wide-graph.png` });
  expect(seen.faults).toEqual([]);
});

test("more than is drawn at once is seen from one entity, and every source is found", async () => {
  await grow(SOURCES, MORE);
  await until(graph, (one) => one.truncated, "the graph to be more than is drawn");
  await goto("/ontology?as=graph");
  await page.getByText(/comes from and goes to/).waitFor();
  expect(await nodes().count()).toBeLessThanOrEqual(200);
  await page.getByLabel("Find a node").fill(`source ${SOURCES + 7}`);
  const found = page
    .getByRole("button", { name: new RegExp(`source ${SOURCES + 7}$|source ${SOURCES + 7} -`) })
    .first();
  await found.waitFor();
  await found.click();
  await page.getByText(new RegExp(`This is what source ${SOURCES + 7}`)).waitFor();
  await expect.poll(() => nodes().count()).toBeLessThan(10);
  await page.screenshot({ path: `${SHOTS}/wide-found.png` });
  await goto("/connections");
  expect(await page.getByRole("table").first().getAttribute("aria-rowcount")).toBe(String(SOURCES + MORE));
  expect(seen.faults).toEqual([]);
});
