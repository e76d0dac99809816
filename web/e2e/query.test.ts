// Questions in SQL, asked as people do: answered, wrong at a line, cut and told so, saved, changed and taken up again.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { axe, open, SHOTS, settled, signIn, small, type Watch, watch } from "./browser";

const url = inject("url");
let context: BrowserContext;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  context = await open({ reducedMotion: "reduce" });
  await signIn(context, url);
  page = await context.newPage();
});
afterAll(() => context?.close());
beforeEach(async () => {
  await page.goto(`${url}/query`);
  await settled(page);
  seen = watch(page, url);
});
afterEach(() => page.removeAllListeners());
const editor = () => page.getByLabel("SQL", { exact: true });
const answer = () => page.getByRole("table", { name: "Answer" });
const run = async (sql: string) => {
  await editor().fill(sql);
  await editor().press("Control+Enter");
};

test("a question is answered, and an answer that was cut says so", async () => {
  await run("SELECT name, 1 AS one FROM accounts ORDER BY name LIMIT 3");
  await page.getByRole("heading", { name: "3 rows" }).waitFor();
  expect(await answer().getByRole("row").count()).toBe(4);
  await page.getByText(/as of position \d/).waitFor();
  await run("SELECT * FROM range(5000)");
  await page.getByRole("heading", { name: "The first 1,000 rows" }).waitFor();
  await page.getByRole("status").filter({ hasText: "There are more" }).waitFor();
  // Only what is in sight is drawn.
  expect(await answer().getByRole("row").count()).toBeLessThan(100);
  await page.screenshot({ path: `${SHOTS}/query-answer.png`, fullPage: true });
  expect(await axe(page)).toEqual([]);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV", exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("query.csv");
  expect(seen.faults).toEqual([]);
});

test("a fault stands at its line, with what would be right", async () => {
  await run("SELECT name,\n  nmae\nFROM accounts");
  const said = page.getByRole("alert").filter({ hasText: "Line 2" }).first();
  await said.waitFor();
  expect(await said.textContent()).toContain("column 3");
  await page.screenshot({ path: `${SHOTS}/query-wrong.png`, fullPage: true });
  await run("DELETE FROM accounts");
  await page.getByText("Only SELECT is run here.").waitFor();
  expect(await axe(page)).toEqual([]);
});

test("a question is saved, changed, taken up and deleted", async () => {
  const saved = page.getByRole("button", { name: /^Every account/ });
  await editor().fill("SELECT count(*) AS n FROM accounts");
  await page.getByRole("button", { name: "Save as" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Every account");
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await saved.waitFor();
  await editor().fill("SELECT count(*) AS many FROM accounts");
  await page.getByRole("button", { name: "Save over Every account" }).click();
  await page.getByText("Kept as version 2").first().waitFor();
  await page.goto(`${url}/query`);
  await saved.click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await answer().getByRole("columnheader", { name: "many" }).waitFor();
  await page.getByRole("button", { name: "Delete Every account" }).click();
  await page.getByRole("button", { name: "Really" }).click();
  await saved.waitFor({ state: "detached" });
  expect(seen.faults).toEqual([]);
});

test("names of views and fields are written with a click, on a phone as well", async () => {
  const phone = await open({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
  });
  await signIn(phone, url);
  const handheld = await phone.newPage();
  await handheld.goto(`${url}/query`);
  await settled(handheld);
  await handheld.getByLabel("SQL", { exact: true }).fill("SELECT");
  await handheld.locator("summary", { hasText: "accounts" }).first().click();
  await handheld
    .getByRole("button", { name: /^industry\b/ })
    .first()
    .click();
  expect(await handheld.getByLabel("SQL", { exact: true }).inputValue()).toBe("SELECT industry ");
  expect(await small(handheld)).toEqual([]);
  await handheld.screenshot({ path: `${SHOTS}/query-phone.png`, fullPage: true });
  await phone.close();
});
