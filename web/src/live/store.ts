// What pages see of the live connection: its state, the last events, and a minute of rates a layer. Watchers are told at
// most ten times a second, whatever comes in.
import { useSyncExternalStore } from "react";
import { cache } from "@/client/cache";
import type { FlowSnapshot, LiveEvent } from "@/client/types";
import { Refresher } from "./patch";
import { follow, type Line, type Told } from "./stream";

export type Layer = "aam" | "dcl" | "agent";
export const LAYERS: Layer[] = ["aam", "dcl", "agent"];
/** Events kept a layer. */
const KEPT = 500;
/** Seconds of rates. */
export const SECONDS = 60;

export type Live = {
  line: Line;
  seq: number | null;
  /** Newest first. */
  events: Record<Layer, LiveEvent[]>;
  /** Rows (or steps, for agents) by second, oldest first. */
  rates: Record<Layer, number[]>;
  gaps: number;
  heardAt: number | null;
};

const empty = (): Live => ({
  line: "delayed",
  seq: null,
  events: { aam: [], dcl: [], agent: [] },
  rates: { aam: zeros(), dcl: zeros(), agent: zeros() },
  gaps: 0,
  heardAt: null,
});
const zeros = (): number[] => new Array<number>(SECONDS).fill(0);

let live: Live = empty();
/** What watchers were told last. */
let shown: Live = live;
let timer: ReturnType<typeof setTimeout> | undefined;
let stop: (() => void) | null = null;
let ticker: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();
const counts: Record<Layer, Map<number, number>> = { aam: new Map(), dcl: new Map(), agent: new Map() };
const refresher = new Refresher(cache);

export const layerOf = (topic: string): Layer | null => {
  const layer = topic.startsWith("flow.") ? topic.split(".")[1] : null;
  return layer === "aam" || layer === "dcl" || layer === "agent" ? layer : null;
};

export function useLive(): Live {
  return useSyncExternalStore(watch, () => shown);
}

/** One part of it, so that a component is only told when that part changes. */
export function useLivePart<T extends string | number | boolean | null>(pick: (live: Live) => T): T {
  return useSyncExternalStore(watch, () => pick(shown));
}

function watch(tell: () => void): () => void {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

/** Begins to follow; a snapshot gives the events of before and where to read on. */
export function connect(snapshot: FlowSnapshot | null): void {
  if (stop) return;
  if (snapshot) {
    const told = (layer: Layer) => snapshot[`${layer}_events`];
    for (const layer of LAYERS) live.events[layer] = [...told(layer)].reverse().slice(0, KEPT);
    const newest = LAYERS.flatMap((layer) => told(layer).map((event) => Date.parse(event.at)));
    live = { ...live, seq: snapshot.seq, heardAt: newest.length > 0 ? Math.max(...newest) : null };
    for (const layer of LAYERS) for (const event of told(layer)) count(layer, event);
  }
  stop = follow(hear, () => live.seq);
  ticker = setInterval(roll, 1_000);
  roll();
}

export function disconnect(): void {
  stop?.();
  stop = null;
  clearInterval(ticker);
  live = empty();
  for (const layer of LAYERS) counts[layer].clear();
  publish();
}

function hear(told: Told): void {
  if (told.kind === "line") live = { ...live, line: told.line };
  if (told.kind === "gap") {
    live = { ...live, gaps: live.gaps + 1 };
    refresher.all();
  }
  if (told.kind === "events") take(told.events);
  timer ??= setTimeout(atFrame, 100);
}

function take(told: LiveEvent[]): void {
  const fresh = told.filter((event) => live.seq === null || event.seq > live.seq);
  if (fresh.length === 0) return;
  const events = { ...live.events };
  for (const layer of LAYERS) {
    const mine = fresh.filter((event) => layerOf(event.topic) === layer);
    if (mine.length === 0) continue;
    for (const event of mine) count(layer, event);
    events[layer] = [...mine.reverse(), ...events[layer]].slice(0, KEPT);
  }
  live = { ...live, events, seq: fresh.at(-1)?.seq ?? live.seq, heardAt: Date.now() };
  refresher.note(fresh);
}

function count(layer: Layer, event: LiveEvent): void {
  const wanted = { aam: "flow.aam.fetched", dcl: "flow.dcl.stored", agent: "flow.agent." }[layer];
  if (!event.topic.startsWith(wanted)) return;
  const second = Math.floor(Date.parse(event.at) / 1000);
  const rows = layer === "agent" ? 1 : Number(event.data.rows ?? 0);
  counts[layer].set(second, (counts[layer].get(second) ?? 0) + rows);
}

/** Moves the minute on. */
function roll(): void {
  const now = Math.floor(Date.now() / 1000);
  const rates = { ...live.rates };
  for (const layer of LAYERS) {
    for (const second of counts[layer].keys()) if (second < now - SECONDS) counts[layer].delete(second);
    rates[layer] = zeros().map((_, index) => counts[layer].get(now - SECONDS + index) ?? 0);
  }
  live = { ...live, rates };
  publish();
}

/** At the beginning of a frame, so that drawing has the whole of it; a page that is not seen has no frames. */
function atFrame(): void {
  if (document.hidden) publish();
  else requestAnimationFrame(publish);
}

function publish(): void {
  clearTimeout(timer);
  timer = undefined;
  shown = live;
  for (const tell of watchers) tell();
}
