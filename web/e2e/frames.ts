// How smooth it is, measured by Chromium's own trace over ten seconds each: a table of ten thousand rows that is scrolled
// all the time, and the flow monitor while two hundred events arrive a second. Prints one JSON line a scenario; fails when
// frames were dropped. Apart from the tests, because it says something only on a machine that does nothing else.
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { open, settled, signIn } from "./browser";
import { mount, type Relay } from "./proxy";

const url = inject("url");
const SECONDS = 10;
let proxy: Relay;
let context: Awaited<ReturnType<typeof open>>;
let page: Page;

beforeAll(async () => {
  proxy = await mount(url, "/aos");
  context = await open();
  await signIn(context, `${proxy.url}/aos`);
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await proxy?.stop();
});

type Traced = { name: string; ph: string; dur?: number; cat: string; args?: { data?: { frameSeqId?: number } } };

/** What the trace of these seconds says. */
async function traced(work: () => Promise<void>) {
  const session: CDPSession = await context.newCDPSession(page);
  const events: Traced[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as Traced[])));
  const ended = new Promise((done) => session.once("Tracing.tracingComplete", done));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: [
        "devtools.timeline",
        "disabled-by-default-devtools.timeline",
        "disabled-by-default-devtools.timeline.frame",
        "devtools.timeline.frame",
      ],
    },
  });
  await work();
  await session.send("Tracing.end");
  await ended;
  const named = (name: string) => events.filter((event) => event.name === name);
  const tasks = named("RunTask").map((event) => (event.dur ?? 0) / 1000);
  return {
    seconds: SECONDS,
    frames: named("DrawFrame").length,
    dropped: named("DroppedFrame").length,
    longest_task_ms: Math.round(Math.max(0, ...tasks) * 10) / 10,
    tasks_over_50_ms: tasks.filter((ms) => ms > 50).length,
  };
}

test("a table of 10,000 rows is scrolled", async () => {
  const fields = ["name", "industry", "billing_city"].map((name) => ({ name, type: "string", description: "" }));
  const items = Array.from({ length: 10_000 }, (_, at) => ({
    id: String(at),
    name: `Firm ${at}`,
    industry: "Energy",
    billing_city: `City ${at % 97}`,
  }));
  await page.route("**/api/v1/dcl/views", (route) =>
    route.fulfill({ json: { items: [{ view: "accounts", entity: "account", rows: 10_000, fields }], position: 1 } }),
  );
  await page.route("**/api/v1/dcl/views/accounts?*", (route) =>
    route.fulfill({ json: { items, total: 10_000, position: 1, next_cursor: null } }),
  );
  await page.goto(`${proxy.url}/aos/views/accounts`);
  await settled(page);
  const said = await traced(() =>
    page.evaluate(
      (ms) =>
        new Promise<void>((done) => {
          const scroller = document.querySelector<HTMLElement>('[role=region][aria-label^="Rows of"]');
          const until = performance.now() + ms;
          const step = () => {
            if (scroller) scroller.scrollTop += 90;
            if (performance.now() < until) requestAnimationFrame(step);
            else done();
          };
          requestAnimationFrame(step);
        }),
      SECONDS * 1000,
    ),
  );
  console.log(JSON.stringify({ scenario: "table_10000_rows", ...said }));
  expect(said.frames).toBeGreaterThan(0);
  expect(said.dropped).toBe(0);
  await page.unrouteAll();
});

test("200 events arrive a second", async () => {
  await page.goto(`${proxy.url}/aos/flow-monitor`);
  await settled(page);
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  await expect.poll(() => proxy.streams(), { timeout: 10_000 }).toBe(1);
  let seq = 8e15;
  const topics = ["flow.aam.fetched", "flow.aam.mapped", "flow.dcl.stored", "flow.agent.completed"];
  const sent = { events: 0 };
  const said = await traced(async () => {
    const timer = setInterval(() => {
      let text = "";
      for (let at = 0; at < 10; at += 1) {
        seq += 1;
        const topic = topics[seq % topics.length];
        const data = { stream: "Account", view: "accounts", rows: 3, ms: 4, agent: "revops" };
        text += `id: ${seq}\nevent: ${topic}\ndata: ${JSON.stringify({ seq, at: new Date().toISOString(), topic, id: "x", data })}\n\n`;
      }
      proxy.say(text);
      sent.events += 10;
    }, 50);
    await new Promise((done) => setTimeout(done, SECONDS * 1000));
    clearInterval(timer);
  });
  console.log(JSON.stringify({ scenario: "events_200_a_second", sent: sent.events, ...said }));
  expect(await page.getByRole("log").first().getByRole("button").count()).toBeGreaterThan(0);
  expect(said.frames).toBeGreaterThan(0);
  expect(said.dropped).toBe(0);
});
