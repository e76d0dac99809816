// The one live connection of a browser. The tab that holds the lock reads the stream and tells the others; when it goes,
// the next one reads on from the last number that was seen. A cut resumes by Last-Event-ID; what is gone for good is
// said as a gap, and whoever shows data reads it again.
import { at } from "@/client/base";
import { accessToken, phase, renew } from "@/client/session";
import type { LiveEvent } from "@/client/types";
import { EventParser, type ServerEvent } from "./events";

export type Line = "live" | "delayed" | "offline";
export type Told = { kind: "events"; events: LiveEvent[] } | { kind: "gap" } | { kind: "line"; line: Line };

/** A stream that said nothing for so long, not even its heartbeat of 15 s, is dead. */
const SILENCE = 40_000;
/** Failing for so long is being offline. */
const PATIENCE = 12_000;

type Listener = (told: Told) => void;

export function follow(listener: Listener, lastSeen: () => number | null): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("aos-live");
  if (channel) channel.onmessage = (message: MessageEvent<Told>) => listener(message.data);
  const tell: Listener = (told) => {
    listener(told);
    channel?.postMessage(told);
  };
  const lead = () => read(tell, lastSeen, stop.signal);
  if (navigator.locks && channel) {
    listener({ kind: "line", line: "live" });
    void taking(lead, stop.signal);
  } else {
    void forever(lead, stop.signal);
  }
  return () => {
    stop.abort();
    channel?.close();
  };
}

/** Leads whenever it is this tab's turn. A tab that cannot get through gives the others a try. */
async function taking(lead: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) await navigator.locks.request("aos-live", { signal: stop }, lead).catch(() => undefined);
}

async function forever(lead: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) await lead();
}

/** Reads until told to stop, or until it has failed for too long. */
async function read(tell: Listener, lastSeen: () => number | null, stop: AbortSignal): Promise<void> {
  let failures = 0;
  let since: number | null = null;
  while (!stop.aborted) {
    try {
      await once(tell, lastSeen(), stop, () => {
        failures = 0;
        since = null;
        tell({ kind: "line", line: "live" });
      });
    } catch {
      // The line broke; come back below.
    }
    if (stop.aborted) return;
    since ??= Date.now();
    failures += 1;
    const patient = Date.now() - since <= PATIENCE;
    tell({ kind: "line", line: patient ? "delayed" : "offline" });
    if (!patient) return pause(1_000, stop);
    await pause(Math.min(500 * 2 ** failures, 8_000), stop);
  }
}

async function once(tell: Listener, after: number | null, stop: AbortSignal, opened: () => void): Promise<void> {
  if (phase() !== "in") return;
  const silence = new AbortController();
  const signal = AbortSignal.any([stop, silence.signal]);
  const headers: Record<string, string> = { authorization: `Bearer ${accessToken() ?? ""}` };
  if (after !== null) headers["last-event-id"] = String(after);
  const answer = await fetch(at("/api/v1/events/stream"), { headers, signal });
  if (answer.status === 401) {
    await renew();
    return;
  }
  if (!answer.ok || !answer.body) throw new Error(answer.statusText);
  opened();
  const parser = new EventParser();
  const reader = answer.body.getReader();
  for (;;) {
    const watchdog = setTimeout(() => silence.abort(), SILENCE);
    const { value, done } = await reader.read().finally(() => clearTimeout(watchdog));
    if (done) return;
    hear(parser.push(value), tell);
  }
}

function hear(heard: ServerEvent[], tell: Listener): void {
  const events: LiveEvent[] = [];
  let gap = false;
  for (const one of heard) {
    if (one.event === "reset" || one.event === "missed") gap = true;
    else if (one.id !== null) events.push(JSON.parse(one.data) as LiveEvent);
    // In its place among the others: what happened right before it may never have been told.
    if (one.event === "stream.gap") gap = true;
  }
  if (gap) tell({ kind: "gap" });
  if (events.length > 0) tell({ kind: "events", events });
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
    // Coming back online, or to the foreground, is worth a try at once.
    addEventListener("online", () => done(), { once: true, signal: stop });
  });
}
