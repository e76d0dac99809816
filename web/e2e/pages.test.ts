// Every page of the route table, in both themes, on a phone, a laptop and a wide screen; in a tenant with nothing in it; for
// somebody who may only look; and with a server that fails. A page that is added is tested without being named here, and so
// is each of its parts.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { PAGES, type PageEntry } from "../src/pages/table";
import { axe, focusFaults, open, SHOTS, settled, shifted, signIn, small, watch, watchShifts } from "./browser";
import { call, login, PASSWORD } from "./server";

const url = inject("url");
const WIDTHS = [
  { name: "phone", width: 390, height: 844, hasTouch: true, isMobile: true },
  { name: "laptop", width: 1366, height: 860, hasTouch: false, isMobile: false },
  { name: "wide", width: 1920, height: 1080, hasTouch: false, isMobile: false },
];
const ann = () => login(url, "ann@example.org");
const ids = async (path: string) =>
  (await call<{ items: { id: string }[] }>(url, path, await ann())).items.map((one) => one.id);
const made = async (path: string, body: unknown) =>
  (await call<{ id: string }>(url, path, await ann(), "POST", body)).id;
let book: Promise<string> | undefined;
/** One playbook for its page and for the page of its run. */
const playbook = () => {
  const document =
    "version: 1\nsteps:\n- {name: read, task: rebuild}\n- {name: skipped, task: noop, when: [{step: read, is: failed}]}\n";
  book ??= made("/api/v1/playbooks", { name: "nightly", document });
  return book;
};
/** Where each kind of sample is found: what stands for the parts of its path. */
const SAMPLES: Record<string, () => Promise<(string | undefined)[]>> = {
  connection: async () => (await ids("/api/v1/aam/connections")).slice(0, 1),
  view: async () => ["accounts"],
  entity: async () => ["contacts", (await ids("/api/v1/dcl/entities/contacts?members=2&limit=1"))[0]],
  task: async () => [await made("/api/v1/tasks", { kind: "noop", payload: { note: "for its page" } })],
  playbook: async () => [await playbook()],
  "playbook run": async () => [await made(`/api/v1/playbooks/${await playbook()}/run`, undefined)],
  "mapping job": async () => [await made("/api/v1/bulk-mappings", {})],
};

/** A page, or one part of it. */
type Place = PageEntry & { name: string; search: string };
const PLACES: Place[] = PAGES.flatMap((page) => {
  const others = Object.keys(page.parts?.of ?? {}).slice(1);
  return [
    { ...page, name: page.id, search: "" },
    ...others.map((id) => ({ ...page, name: `${page.id}-${id}`, search: `?${page.parts?.by}=${id}` })),
  ];
});
const paths = new Map<string, string>();

beforeAll(async () => {
  for (const page of PAGES) {
    const sample = (page.sample && (await SAMPLES[page.sample]?.())) || [];
    const path = page.path.replaceAll(/\$\w+/g, (part) => sample.shift() ?? part);
    if (path.includes("$")) throw new Error(`${page.id} is about one thing and names no sample`);
    paths.set(page.id, path);
  }
  // What is set off by itself stands in its list.
  const trigger = { cron: "0 6 * * MON-FRI", time_zone: "Europe/Berlin" };
  await made("/api/v1/schedules", { name: "Every morning", trigger, task: { kind: "rebuild" } });
});

const go = async (page: Page, place: Place) => {
  await page.goto(url + paths.get(place.id) + place.search, { waitUntil: "domcontentloaded" });
  await settled(page);
};

for (const theme of ["light", "dark"] as const) {
  for (const { name, width, height, hasTouch, isMobile } of WIDTHS) {
    describe(`${theme}, ${name}`, () => {
      let context: BrowserContext;
      let page: Page;
      beforeAll(async () => {
        context = await open({
          viewport: { width, height },
          hasTouch,
          isMobile,
          colorScheme: theme,
          reducedMotion: "reduce",
        });
        await signIn(context, url);
        page = await context.newPage();
        await watchShifts(page);
      });
      afterAll(() => context.close());

      test.each(PLACES)("$name", async (entry) => {
        const seen = watch(page, url);
        await go(page, entry);
        expect(await page.title()).toContain("AutonomOS");
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          "wider than the screen",
        ).toBeLessThanOrEqual(0);
        // Contrast and names do not depend on the width beyond the phone's own layout.
        if (name !== "wide") expect(await axe(page)).toEqual([]);
        if (name === "phone") expect(await small(page)).toEqual([]);
        await page.screenshot({ path: `${SHOTS}/${entry.name}-${theme}-${name}.png` });
        expect(await shifted(page), "moves while it is read").toEqual([]);
        // The order of stops is the page's own, whatever its colours.
        if (name === "laptop" && theme === "light") expect(await focusFaults(page)).toEqual([]);
        expect(seen.faults).toEqual([]);
        page.removeAllListeners();
      });
    });
  }
}

describe("nothing there yet", () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    const email = "new@example.org";
    await call(url, "/api/v1/auth/register", null, "POST", {
      email,
      password: PASSWORD,
      name: "New",
      tenant_name: "Empty",
    });
    context = await open();
    await signIn(context, url, email);
    page = await context.newPage();
  });
  afterAll(() => context.close());

  test.each(PLACES.filter((entry) => !entry.sample || entry.sample === "view"))("$name", async (entry) => {
    const seen = watch(page, url);
    await go(page, entry);
    await page.screenshot({ path: `${SHOTS}/${entry.name}-empty.png` });
    expect(seen.faults).toEqual([]);
    page.removeAllListeners();
  });
});

describe("somebody who may only look", () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await open();
    await signIn(context, url, "vic@example.org");
    page = await context.newPage();
  });
  afterAll(() => context.close());

  test.each(PLACES)("$name", async (entry) => {
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await go(page, entry);
    for (const forbidden of ["Add a source", "Read now", "Look now", "Approve A"]) {
      expect(await page.getByRole("button", { name: forbidden, exact: true }).count(), forbidden).toBe(0);
    }
    expect(thrown).toEqual([]);
    page.removeAllListeners();
  });
});

describe("a server that fails", () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await open();
    await signIn(context, url);
    page = await context.newPage();
    const problem = {
      type: "/docs#errors",
      title: "Internal Server Error",
      status: 500,
      detail: "something went wrong on our side",
      code: "internal",
      trace_id: "t1",
      retryable: false,
      instance: "/",
    };
    await page.route(/\/api\/v1\/(?!auth|events)/, (route) =>
      route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }),
    );
  });
  afterAll(() => context.close());

  test.each(PLACES)("$name", async (entry) => {
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await go(page, entry);
    await page.screenshot({ path: `${SHOTS}/${entry.name}-failing.png` });
    expect(thrown).toEqual([]);
    // Pages of words alone have nothing that could fail.
    if (!["Guide", "Help", "NewSource", "NewPlaybook", "Demo"].includes(entry.id))
      await page
        .getByText(/Something went wrong on our side/)
        .first()
        .waitFor();
    page.removeAllListeners();
  });
});
