// What admins do to a whole tenant, and to what is told outside: a secret is shown when asked for and put out of force, Slack is
// told of and told no more, everything is written out and downloaded, the tenant is stopped and resumed, and in the end deleted
// by who types its name, and by nobody else.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { axe, open, SHOTS, settled, signIn, type Watch, watch } from "./browser";
import { MODEL } from "./model";
import { call, login, PASSWORD, until } from "./server";

const url = inject("url");
const email = "owner@example.org";
let context: BrowserContext;
let page: Page;
let owner: string;
let seen: Watch;

beforeAll(async () => {
  const who = { email, password: PASSWORD, name: "Owner", tenant_name: "Short-lived" };
  await call(url, "/api/v1/auth/register", null, "POST", who);
  owner = await login(url, email);
  context = await open({ reducedMotion: "reduce", acceptDownloads: true });
  await signIn(context, url, email);
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
const show = (name: string) => page.screenshot({ path: `${SHOTS}/admin-${name}.png`, fullPage: true });
const state = async () => (await call<{ state: string }>(url, "/api/v1/admin/tenant", owner)).state;

test("a secret is shown when it is asked for, and a new one takes its place while both sign", async () => {
  await goto("/admin?tab=outside");
  expect(await page.getByText(/whsec_/).count()).toBe(0);
  await page.getByRole("button", { name: "Show" }).click();
  const first = await page.getByText(/whsec_/).textContent();
  await page.getByRole("button", { name: "Hide" }).click();
  expect(await page.getByText(/whsec_/).count()).toBe(0);
  await page.getByRole("button", { name: "Put a new one in force" }).click();
  await page.getByLabel("Both sign for").selectOption("1");
  await page.getByRole("button", { name: "Put it in force" }).click();
  await page.getByText("signs as well").waitFor();
  const shown = await page.getByText(/whsec_/).allTextContents();
  expect(shown).toHaveLength(2);
  expect(shown[1]).toBe(first);
  expect(await axe(page)).toEqual([]);
  await show("outside");
  expect(seen.faults).toEqual([]);
});

test("Slack is told of, tried, and told no more; an address that may not be is refused at its field", async () => {
  const heard: string[] = [];
  const slack: Server = createServer((asked, answer) => {
    let text = "";
    asked.on("data", (chunk) => {
      text += chunk;
    });
    asked.on("end", () => {
      heard.push(text);
      answer.writeHead(200).end("ok");
    });
  });
  await new Promise<void>((done) => slack.listen(0, "127.0.0.1", done));
  const { port } = slack.address() as AddressInfo;
  await goto("/admin?tab=outside");
  const address = page.getByLabel("Incoming webhook");
  await address.fill("http://10.0.0.7/hook");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.locator("input[type=url][aria-invalid=true]").waitFor();
  expect(await address.inputValue()).toBe("http://10.0.0.7/hook");
  await address.fill(`http://127.0.0.1:${port}/hook`);
  await page.getByLabel("A question waits for an answer").uncheck();
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Send one to try" }).click();
  await page.getByText("Slack took it").first().waitFor();
  expect(heard.join()).toContain("This is how alerts of AutonomOS look.");
  expect(await page.getByLabel("A question waits for an answer").isChecked()).toBe(false);
  // What is kept is not shown to anybody again.
  expect(await address.inputValue()).toBe("");
  await page.getByRole("button", { name: "Tell nobody" }).click();
  await page.getByRole("button", { name: "Send one to try" }).waitFor({ state: "detached" });
  slack.closeAllConnections();
  slack.close();
  expect(seen.faults.filter((fault) => !/400|403|422/.test(fault))).toEqual([]);
});

test("everything is written out and downloaded", async () => {
  await goto("/admin?tab=life");
  await page.getByRole("button", { name: "Write everything out" }).click();
  const archive = page.getByRole("row", { name: /Done/ });
  await archive.waitFor({ timeout: 30_000 });
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    archive.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^tenant-.+\.tar$/);
  expect(await axe(page)).toEqual([]);
  await show("life");
  expect(seen.faults).toEqual([]);
});

test("it is stopped, resumed, and deleted by its name alone", async () => {
  await goto("/admin?tab=life");
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("button", { name: "Suspend it" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  expect(await state()).toBe("suspended");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Suspend" }).waitFor();
  expect(await state()).toBe("active");
  await page.getByRole("button", { name: "Delete the tenant" }).click();
  const sure = page.getByRole("button", { name: "Delete it for good" });
  await page.getByLabel("Name of the tenant").fill("short-lived");
  expect(await sure.isDisabled()).toBe(true);
  await page.getByLabel("Name of the tenant").fill("Short-lived");
  await show("delete");
  await sure.click();
  await page.getByLabel("E-mail").waitFor({ timeout: 20_000 });
  await until(
    () => fetch(`${url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${owner}` } }),
    (answer) => answer.status === 401 || answer.status === 403,
    "the tenant to be gone",
  );
});

test("what a language model was asked for the demo and what it took is shown as the API counts it", async () => {
  const demo = await open({ reducedMotion: "reduce" });
  await signIn(demo, url, "ann@example.org");
  const admin = await demo.newPage();
  const faults = watch(admin, url);
  await admin.goto(`${url}/admin?tab=models`);
  await settled(admin);
  type Use = { tokens_today: number; items: { calls: number; input_tokens: number; output_tokens: number }[] };
  const use = await call<Use>(url, "/api/v1/admin/model-use", await login(url, "ann@example.org"));
  const calls = use.items.reduce((sum, one) => sum + one.calls, 0);
  expect(calls).toBeGreaterThan(0);
  expect(use.tokens_today).toBe(calls * 660);
  const table = admin.getByRole("table", { name: "Use of language models" });
  expect(await table.getByText(MODEL).count()).toBe(1);
  await admin.getByText(`${use.tokens_today.toLocaleString("en")} of 100,000`).waitFor();
  await admin.screenshot({ path: `${SHOTS}/admin-models.png`, fullPage: true });
  expect(await axe(admin)).toEqual([]);
  expect(faults.faults).toEqual([]);
  await demo.close();
});
