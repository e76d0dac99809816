// Who is signed in. The access token lives in memory only; the refresh token in a cookie no script can read. A refresh
// token works once, so tabs take turns (a lock), or the second would look like a thief and end the session.
import { useSyncExternalStore } from "react";
import { at } from "./base";
import { Problem, read, unreachable } from "./problem";

export type Phase = "starting" | "in" | "out" | "expired" | "unreachable";
type State = { phase: Phase; fault: Problem | null };

let state: State = { phase: "starting", fault: null };
let token: string | null = null;
let renewal: Promise<boolean> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();
/** Other tabs of this browser: when one learns that the session has ended, or was gone on with, all find out. */
const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("aos-session");
if (others)
  others.onmessage = ({ data }) =>
    (data === "ended" ? state.phase === "in" : state.phase === "expired" || state.phase === "out") &&
    void renew().catch(() => undefined);

function become(phase: Phase, fault: Problem | null = null): void {
  state = { phase, fault };
  for (const tell of watchers) tell();
}

export function useSession(): State {
  return useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => state,
  );
}

export const phase = (): Phase => state.phase;
export const accessToken = (): string | null => token;

/** A call about the session itself: no token, no renewal. */
async function post(path: string, body?: unknown, bearer?: string | null): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const sent = fetch(at(path), {
    method: "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return sent.catch(() => Promise.reject(unreachable()));
}

function accept(grant: { access_token: string; expires_in: number }): void {
  token = grant.access_token;
  clearTimeout(timer);
  timer = setTimeout(() => void renew(), Math.max(5, grant.expires_in - 60) * 1000);
  if (state.phase === "in") return;
  const back = state.phase !== "starting";
  become("in");
  if (back) others?.postMessage("begun");
}

/** Takes the next access token; false when the session has ended. Many callers share one attempt. */
export function renew(): Promise<boolean> {
  renewal ??= inTurn(async () => {
    const answer = await post("/api/v1/auth/refresh");
    if (answer.ok) {
      accept(await answer.json());
      return true;
    }
    if (answer.status !== 401 && answer.status !== 403) throw await read(answer);
    token = null;
    clearTimeout(timer);
    const was = state.phase;
    become(was === "in" || was === "expired" ? "expired" : "out");
    if (was === "in") others?.postMessage("ended");
    return false;
  }).finally(() => {
    renewal = null;
  });
  return renewal;
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request("aos-session", work) as Promise<T>) : work();
}

/** Goes on with the session of before, or takes the one-time link of the address. */
export async function start(): Promise<void> {
  const link = new URLSearchParams(location.hash.slice(1)).get("link");
  try {
    if (link) {
      history.replaceState(null, "", location.pathname + location.search);
      const answer = await post("/api/v1/auth/link", { token: link });
      if (answer.ok) return accept(await answer.json());
      const fault = await read(answer);
      if (!(await renew())) become("out", fault);
      return;
    }
    await renew();
  } catch (thrown) {
    const fault = thrown instanceof Problem ? thrown : unreachable();
    become("unreachable", fault);
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const answer = await post("/api/v1/auth/login", { email, password });
  if (!answer.ok) throw await read(answer);
  accept(await answer.json());
}

export type Registration = { email: string; password: string; name: string; tenant_name?: string; invitation?: string };

export async function register(who: Registration): Promise<void> {
  const answer = await post("/api/v1/auth/register", who);
  if (!answer.ok) throw await read(answer);
  await signIn(who.email, who.password);
}

export async function signOut(): Promise<void> {
  await post("/api/v1/auth/logout", undefined, token).catch(() => undefined);
  token = null;
  clearTimeout(timer);
  become("out");
  others?.postMessage("ended");
}
