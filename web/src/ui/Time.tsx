// A time as people say it, with the exact one on hover. All of them move on together, once in five seconds.
import { useSyncExternalStore } from "react";
import { absolute, ago } from "./format";

let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(tell: () => void): () => void {
  watchers.add(tell);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, 5_000);
  return () => {
    watchers.delete(tell);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

export function Ago({ at, empty = "never" }: { at: string | number | null | undefined; empty?: string }) {
  const current = useNow();
  if (at === null || at === undefined || at === 0) return <span className="text-ink-3">{empty}</span>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={absolute(date)} className="num whitespace-nowrap">
      {ago(date, Math.max(current, Date.now()))}
    </time>
  );
}
