// The browser, and what is watched in it all the time: console errors, refusals by the page's policy, requests elsewhere.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PASSWORD } from "./server";

export const SHOTS = join(import.meta.dirname, "../shots");
mkdirSync(SHOTS, { recursive: true });

const TOOL = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function executable(): string {
  const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error("Chromium is missing: run `.tools/setup test`, or name it in CHROMIUM");
  return found;
}

/** A browser window with a profile of its own, which goes when the window does. */
export async function open(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), "aos-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable(),
    headless: true,
    args: FLAGS,
    viewport: { width: 1366, height: 860 },
    ...options,
  });
  context.on("close", () => void rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined));
  return context;
}

/** Signs a window in; the cookie is the window's own from here on. */
export async function signIn(context: BrowserContext, url: string, email = "ann@example.org"): Promise<void> {
  const answer = await context.request.post(`${url}/api/v1/auth/login`, { data: { email, password: PASSWORD } });
  if (!answer.ok()) throw new Error(await answer.text());
}

export type Watch = { faults: string[] };

/** Notes everything that must not happen. */
export function watch(page: Page, url: string): Watch {
  const seen: Watch = { faults: [] };
  page.on("console", (message) => message.type() === "error" && seen.faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => seen.faults.push(`thrown: ${error.message}`));
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !to.startsWith("data:") && !to.startsWith("blob:")) seen.faults.push(`elsewhere: ${to}`);
  });
  return seen;
}

type Shift = PerformanceEntry & {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[];
};
type Shifts = { total: number; what: string[] };

/** Notes how much a page moves by itself from its first content on; to be asked for before the page is opened. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Shifts = { total: 0, what: [] };
    Object.assign(globalThis, { shifts: noted });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput) continue;
        noted.total += entry.value;
        for (const { node, previousRect, currentRect } of entry.sources) {
          const said = (node?.textContent ?? "").slice(0, 40);
          const from = `${Math.round(previousRect.x)},${Math.round(previousRect.y)}`;
          noted.what.push(
            `${entry.value.toFixed(3)} ${node?.nodeName} "${said}" from ${from} to ${Math.round(currentRect.x)},${Math.round(currentRect.y)}`,
          );
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** What moved, if it was more than a reader bears. */
export async function shifted(page: Page): Promise<string[]> {
  const { total, what } = await page.evaluate(() => (globalThis as unknown as { shifts: Shifts }).shifts);
  return total > 0.1 ? [`${total.toFixed(3)} in all`, ...what] : [];
}

/** What the tab key does wrong: stops that are not seen, or that stand before an earlier one in the page. */
export async function focusFaults(page: Page, stops = 25): Promise<string[]> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    (globalThis as unknown as { before: Element | null }).before = null;
  });
  const faults: string[] = [];
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press("Tab");
    const fault = await page.evaluate(() => {
      const noted = globalThis as unknown as { before: Element | null };
      const one = document.activeElement;
      if (!one || one === document.body) return "end";
      const before = noted.before;
      noted.before = one;
      const name = `${one.tagName} "${(one.getAttribute("aria-label") ?? one.textContent ?? "").slice(0, 30)}"`;
      const box = one.getBoundingClientRect();
      if (box.width < 1 || box.height < 1) return `${name} is not seen`;
      if (getComputedStyle(one).outlineStyle === "none" && one.id !== "content") return `${name} shows no focus`;
      // What is left behind by a page that redrew itself has no place to compare with.
      if (!before?.isConnected) return null;
      return before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING ? `${name} comes too late` : null;
    });
    if (fault === "end") break;
    if (fault) faults.push(fault);
  }
  return faults;
}

/** The page shows its title and nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null, undefined, {
    timeout: 20_000,
  });
}

type Violation = { id: string; impact: string | null; nodes: { target: unknown; failureSummary?: string }[] };

/** Serious and critical findings of axe. Run through the debugger, which the page's policy does not bind. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(TOOL);
  const found = await page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> };
    };
    return (await tool.run(document, { resultTypes: ["violations"] })).violations;
  });
  return found
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map(
      (one) =>
        `${one.id}: ${one.nodes
          .slice(0, 3)
          .map((node) => `${String(node.target)} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`)
          .join("; ")}`,
    );
}

/** Things to press that are smaller than a finger, on a phone. */
export function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        [
          "main button, main select, main input:not([type=file])",
          "[role=dialog] button, [role=dialog] select, [role=dialog] input:not([type=file])",
          "header button, nav[aria-label=Main] a, nav[aria-label=Main] button",
        ].join(),
      ),
    ]
      .filter((one) => one.offsetParent !== null)
      // A box to tick is as large as what is written beside it.
      .map((one) => ({ one, box: (one.closest("label") ?? one).getBoundingClientRect() }))
      .filter(({ box }) => box.width > 2 && (box.height < 43.5 || box.width < 43.5))
      .map(
        ({ one, box }) =>
          `${one.tagName} "${one.textContent?.slice(0, 24) || one.getAttribute("aria-label")}" ${Math.round(box.width)}x${Math.round(box.height)}`,
      ),
  );
}
