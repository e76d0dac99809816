// What people come to do, done as they would: approve the waiting repair and see history correct itself, bring a CSV, find why
// a value is what it is, follow an entity; and what goes wrong on the way: two people and one decision, a session that ends in
// the middle of a form, a server that goes away and comes back, names that are markup.
import { rm } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { open, SHOTS, settled, signIn, watch } from "./browser";
import { mount } from "./proxy";
import { call, launch, login, people, type Server, until } from "./server";

type Items<T> = { items: T[] };
type Review = { id: string; version: number; state: string; type: string };
type Rows = { items: Record<string, unknown>[]; total: number; position: number };

let server: Server;
let context: BrowserContext;
let page: Page;
let ann: string;

beforeAll(async () => {
  server = await launch();
  const admin = await people(server);
  await until(
    () => call<Items<Review>>(server.url, "/api/v1/reviews?state=pending", admin),
    (reviews) => reviews.items.length > 0,
    "the demo's review",
  );
  ann = await login(server.url, "ann@example.org");
  context = await open();
  await signIn(context, server.url);
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await server?.stop();
  await rm(server.dir, { recursive: true, force: true });
});

let shot = 0;
const show = (name: string) =>
  page.screenshot({ path: `${SHOTS}/journey-${String(++shot).padStart(2, "0")}-${name}.png` });
const goto = async (path: string) => {
  await page.goto(server.url + path);
  await settled(page);
};
/** Questions about drifts; those about who is who are another matter. */
const pending = async () =>
  (await call<Items<Review>>(server.url, "/api/v1/reviews?state=pending", ann)).items.filter(
    (one) => one.type === "drift",
  );
/** Accounts whose renamed column waits in extras, because no rule reads it yet. */
const waitingInExtras = async () =>
  (await call<Rows>(server.url, "/api/v1/dcl/views/accounts?limit=1000", ann)).items.filter(
    (row) => "Segment" in (row.extras as object),
  ).length;

describe("the way in", () => {
  test("behind a proxy, under a path of its own", async () => {
    const proxy = await mount(server.url, "/aos");
    const other = await open();
    const visitor = await other.newPage();
    const seen = watch(visitor, proxy.url);
    await visitor.goto(`${proxy.url}/aos/connect?q=sales`);
    await visitor.getByLabel("E-mail").fill("ann@example.org");
    await visitor.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
    await visitor.getByRole("row", { name: /Salesforce/ }).click();
    await visitor.getByRole("heading", { name: /Salesforce/ }).waitFor();
    expect(new URL(visitor.url()).pathname).toMatch(/^\/aos\/connect\/.+/);
    await visitor.reload();
    await visitor.getByRole("heading", { name: /Salesforce/ }).waitFor();
    await visitor.getByRole("status").filter({ hasText: "Live" }).waitFor();
    // The first look for a session finds none, which the browser logs.
    expect(seen.faults.filter((fault) => !fault.includes("401"))).toEqual([]);
    await other.close();
    await proxy.stop();
  });

  test("a sign-in link that was used says so, and a password works", async () => {
    const other = await open();
    const visitor = await other.newPage();
    await visitor.goto(server.link);
    await visitor.getByText("this link is not valid", { exact: false }).waitFor();
    await visitor.screenshot({ path: `${SHOTS}/sign-in.png` });
    await visitor.getByLabel("E-mail").fill("ann@example.org");
    await visitor.getByLabel("Password", { exact: true }).fill("wrong password");
    await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
    await visitor.getByText("Address or password is wrong.").waitFor();
    await visitor.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await visitor.getByRole("button", { name: "Sign in", exact: true }).click();
    await visitor.getByRole("heading", { name: "Dashboard" }).waitFor();
    await visitor.reload();
    await visitor.getByRole("heading", { name: "Dashboard" }).waitFor();
    await other.close();
  });
});

describe("decisions", () => {
  test("the waiting repair is approved by one key, history corrects itself, and it can be taken back", async () => {
    await until(waitingInExtras, (count) => count > 0, "rows that came since the field was renamed");
    await goto("/");
    await show("dashboard");
    // Among forty questions about who is who, the one that holds values back is put first.
    const needs = page.locator("section", { has: page.getByRole("heading", { name: "Needs you" }) });
    await needs.getByRole("link", { name: /Field renamed.*Industry.*Segment/ }).click();
    await page.getByRole("heading", { name: /Values replayed/ }).waitFor();
    await show("review");
    const [waiting] = await pending();
    await page.keyboard.press("a");
    await page.getByText("Approved; history is being mapped again").first().waitFor();
    await until(waitingInExtras, (count) => count === 0, "history to be corrected");
    await show("approved");
    expect((await call<Review>(server.url, `/api/v1/reviews/${waiting?.id}`, ann)).state).toBe("approved");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Taken back, to the row").first().waitFor();
    const drifts = await call<Items<{ state: string; to: string }>>(server.url, "/api/v1/drifts", ann);
    expect(drifts.items.find((one) => one.to === "Segment")?.state).toBe("reverted");
  });

  test("somebody else was quicker: nothing is decided twice, and their decision shows", async () => {
    const sources = await call<Items<{ id: string; name: string }>>(server.url, "/api/v1/aam/connections", ann);
    const crm = sources.items.find((one) => one.name.startsWith("Salesforce"));
    // What was taken back before is asked about again; it is answered, so that the next question is the only one.
    for (const old of await pending()) {
      const version = { "if-match": `"${old.version}"` };
      await call(server.url, `/api/v1/reviews/${old.id}/decide`, ann, "POST", { decision: "reject" }, version);
    }
    // However sure, a rename is asked about here.
    await call(server.url, `/api/v1/aam/connections/${crm?.id}`, ann, "PATCH", { policy: { renamed: "propose" } });
    await call(server.url, `/api/v1/aam/connections/${crm?.id}/demo/drift`, ann, "POST", {
      stream: "Account",
      rename: { BillingCity: "Ort" },
    });
    await call(server.url, `/api/v1/aam/connections/${crm?.id}/sync`, ann, "POST");
    const [waiting] = await until(pending, (list) => list.length > 0, "a review of the new drift");
    const slow = await context.newPage();
    // This window hears nothing of what happens elsewhere, so that it decides on what it saw.
    await slow.route("**/api/v1/events/stream", (route) => route.abort());
    await slow.goto(`${server.url}/review`);
    await settled(slow);
    await slow.getByRole("heading", { name: /Values replayed/ }).waitFor();
    await call(
      server.url,
      `/api/v1/reviews/${waiting?.id}/decide`,
      ann,
      "POST",
      { decision: "reject" },
      { "if-match": `"${waiting?.version}"` },
    );
    await slow.keyboard.press("a");
    await slow.getByRole("alert").first().waitFor();
    await slow.getByText("Rejected", { exact: true }).first().waitFor();
    await slow.screenshot({ path: `${SHOTS}/review-conflict.png` });
    await slow.close();
  });
});

describe("who is who", () => {
  test("two are made one by one key, and taken apart again on the entity's page", async () => {
    type Asked = Review & { proposal: { merge: [string, string] } };
    const { items } = await call<Items<Asked>>(server.url, "/api/v1/reviews?state=pending", ann);
    const asked = items.find((one) => one.type === "merge") as Asked;
    await goto(`/review?id=${asked.id}`);
    await page.getByText("What speaks for one, and for two").waitFor();
    await show("one-or-two");
    await page.keyboard.press("a");
    await page.getByText("They are one now").first().waitFor();
    const [id] = asked.proposal.merge;
    const whole = () => call<{ members: { id: string }[] }>(server.url, `/api/v1/dcl/entities/contacts/${id}`, ann);
    await until(whole, (one) => one.members.length > 1, "the two to be one");
    await goto(`/views/contacts/${id}`);
    await page.getByRole("heading", { name: "Why they are one" }).waitFor();
    await show("one");
    await page.getByRole("button", { name: "Take records out" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox").last().check();
    await dialog.getByLabel("Why (optional)").fill("two people of one name");
    await dialog.getByRole("button", { name: "Take out" }).click();
    await dialog.waitFor({ state: "detached" });
    await until(whole, (one) => one.members.length === 1, "them to be two again");
    await page.getByText("Made of 1 record").waitFor();
    await show("two");
  });
});

describe("why one value is what it is", () => {
  test("from the grid to what a change touches, to the picture, to the source's own value and the decision behind it", async () => {
    const seen = watch(page, server.url);
    type Whole = { id: string; record: { last_name: string }; members: unknown[] };
    const joined = await call<Items<Whole>>(server.url, "/api/v1/dcl/entities/contacts?members=2&limit=1", ann);
    const [person] = joined.items;
    await goto("/lineage");
    await page.getByLabel("Search lineage").fill("contact.last_name");
    await page
      .getByRole("row", { name: /contact\.last_name/ })
      .first()
      .click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("What breaks if it changes").waitFor();
    await drawer.getByRole("link", { name: "contacts" }).waitFor();
    await show("lineage-impact");
    await drawer.getByRole("button", { name: "See it in the graph" }).click();
    await page.getByRole("group", { name: "What feeds what" }).waitFor();
    await show("lineage-graph");
    await goto("/ontology?as=graph&node=dcl_account");
    const node = page.getByRole("dialog", { name: "account" });
    await node.getByText(/Some of its \d+ rows/).waitFor();
    await node.getByRole("button", { name: "See from here" }).click();
    await page.getByText(/This is what account comes from and goes to/).waitFor();
    await show("ontology-from-account");
    await goto(`/lineage?as=why&view=contacts&id=${person?.id}&field=last_name`);
    await page.getByRole("heading", { name: /Why last_name is/ }).waitFor();
    await page.getByText("Original value").waitFor();
    await page.getByText("Log position", { exact: true }).waitFor();
    await page
      .getByText(/adopted .* by/)
      .first()
      .waitFor();
    await page.getByRole("heading", { name: "It survived" }).waitFor();
    await page.getByRole("heading", { name: /records are one/ }).waitFor();
    await page
      .getByText(/Decided by/)
      .first()
      .waitFor();
    await show("lineage-why");
    expect(seen.faults).toEqual([]);
    page.removeAllListeners();
  });
});

describe("what admins keep", () => {
  test("a key works until it is ended, a switch turns, and the audit log has both", async () => {
    const seen = watch(page, server.url);
    await goto("/admin?tab=keys");
    await page.getByLabel("What it is for").fill("nightly report");
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText("it is not shown again", { exact: false }).waitFor();
    const key = await page.getByRole("status").locator("code").last().textContent();
    await call(server.url, "/api/v1/dcl/views", key);
    await show("key");
    await page
      .getByRole("row", { name: /nightly report/ })
      .getByRole("button", { name: "End it" })
      .click();
    await page.getByText("nightly report has ended").first().waitFor();
    await expect(call(server.url, "/api/v1/dcl/views", key)).rejects.toThrow("401");
    await goto("/admin?tab=tenant");
    const flag = page.getByRole("switch", { name: "ENABLE_AUTO_REPAIR" });
    for (const on of ["false", "true"]) {
      await flag.click();
      await page.locator(`[role=switch][aria-label=ENABLE_AUTO_REPAIR][aria-checked=${on}]`).waitFor();
    }
    await show("switches");
    await goto("/admin?tab=audit");
    await page.getByText(/entries fit, and none is missing/).waitFor();
    await page.getByRole("searchbox").or(page.getByLabel("Search")).first().fill("api_key");
    await page
      .getByRole("row", { name: /Api key/ })
      .first()
      .click();
    await page.getByRole("dialog").getByText("Trace").waitFor();
    await show("audit");
    expect(seen.faults).toEqual([]);
    page.removeAllListeners();
  });
});

describe("a source by hand", () => {
  const rows = Array.from(
    { length: 300 },
    (_, at) => `A-${at},"Firm ${at}, Ltd",Energy,${1000 + at},2026-01-${String((at % 28) + 1).padStart(2, "0")}`,
  );
  const csv = `account_id,name,industry,annual_revenue,updated_at\n${rows.join("\n")}\n`;

  test("a CSV is dropped, mapped, started, and its rows are there; why a value is what it is", async () => {
    const seen = watch(page, server.url);
    await goto("/connect/new");
    await page
      .getByLabel("File", { exact: true })
      .setInputFiles({ name: "firms.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByText("Proposed mapping").waitFor();
    await page.getByLabel("annual_revenue feeds").waitFor();
    expect(await page.getByLabel("What does it hold?").inputValue()).toBe("account");
    await show("proposed");
    await page.getByRole("button", { name: "Upload and start" }).click();
    await page.getByText("firms is connected").waitFor({ timeout: 30_000 });
    await show("arrived");
    await until(
      () =>
        call<Rows>(server.url, `/api/v1/dcl/views/accounts?filter[name]=${encodeURIComponent("eq:Firm 7, Ltd")}`, ann),
      (answer) => answer.total === 1,
      "the row in the view",
    );
    await page.getByRole("link", { name: "See its rows" }).click();
    await settled(page);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByLabel("Value").fill("Firm 7,");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("1 that match").waitFor();
    await page.getByRole("row", { name: /Firm 7, Ltd/ }).click();
    const why = page.getByRole("dialog");
    await why.getByText("Where its values come from").waitFor();
    await why.getByText("firms", { exact: true }).first().waitFor();
    await why.getByText("annual_revenue").first().waitFor();
    await show("why");
    await why.getByRole("link", { name: /Its entity/ }).click();
    await page.getByRole("heading", { name: "Firm 7, Ltd", level: 1 }).waitFor();
    await page
      .getByText(/from firms/)
      .first()
      .waitFor();
    await show("entity");
    expect(seen.faults).toEqual([]);
    page.removeAllListeners();
  });

  test("names that are markup or run from right to left are names", async () => {
    const name = '<img src=x onerror="document.title=1"> שלום';
    await call(server.url, "/api/v1/aam/connections", ann, "POST", {
      name,
      type: "file",
      config: { path: "uploads/firms.csv" },
    });
    await goto("/connect");
    await page.getByText(name).first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
  });

  test("a database that does not answer says so, and nothing typed is lost", async () => {
    await goto("/connect/new?kind=postgres");
    await page.getByLabel("Name of the source").fill("orders");
    await page.getByLabel("Url").fill("postgres://nobody:secret@127.0.0.1:1/none");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByRole("alert").waitFor({ timeout: 30_000 });
    expect(await page.getByLabel("Url").inputValue()).toContain("nobody");
    await show("no-database");
  });
});

describe("live", () => {
  test("events arrive by themselves, and one entity is followed through the layers", async () => {
    await goto("/flow-monitor");
    const log = page.getByRole("log").first();
    await log.getByRole("button").first().waitFor({ timeout: 30_000 });
    const first = await log.getByRole("button").first().textContent();
    await page.waitForFunction((text) => document.querySelector('[role="log"] button')?.textContent !== text, first, {
      timeout: 30_000,
    });
    await page.getByRole("log").nth(1).getByRole("button").first().click();
    await page.getByText(/Journey of/).waitFor();
    await show("journey");
  });

  test("the keyboard alone goes anywhere", async () => {
    await goto("/");
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("A page, a source, a view").fill("flow mon");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Flow Monitor" }).waitFor();
    // A part of a page is gone to like a page.
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("A page, a source, a view").fill("webhooks");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Webhooks and alerts", selected: true }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("v");
    await page.getByRole("heading", { name: "Views", level: 1 }).waitFor();
    await page.getByRole("row", { name: /accounts/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "accounts" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Views", level: 1 }).waitFor();
  });

  test("a session that ends in the middle of a form is asked for on top of it", async () => {
    await goto("/connect/new?kind=postgres");
    await page.getByLabel("Name of the source").fill("half typed");
    const token = await login(server.url, "ann@example.org");
    const sessions = await call<Items<{ id: string; current: boolean }>>(server.url, "/api/v1/auth/sessions", token);
    for (const one of sessions.items.filter((each) => !each.current))
      await call(server.url, `/api/v1/auth/sessions/${one.id}`, token, "DELETE");
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await dialog.waitFor({ timeout: 30_000 });
    await show("expired");
    await dialog.getByLabel("E-mail").fill("ann@example.org");
    await dialog.getByLabel("Password").fill("correct horse battery");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Name of the source").inputValue()).toBe("half typed");
    ann = await login(server.url, "ann@example.org");
  });

  test("a server that goes away is said, and the line comes back by itself", async () => {
    await goto("/");
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    await server.stop();
    await page
      .getByRole("status")
      .filter({ hasText: /Reconnecting|Offline/ })
      .waitFor({ timeout: 30_000 });
    await show("away");
    server = await launch({ dir: server.dir, port: server.port });
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ timeout: 40_000 });
  });
});
