// The truth dot: whether what a panel shows is live, delayed, demo data or offline. Shape differs as well as colour.
import { cx } from "./cx";

export type Truth = "live" | "delayed" | "demo" | "offline";

const LOOKS: Record<Truth, { mark: string; text: string; says: string }> = {
  live: { mark: "rounded-full bg-solid-green", text: "live", says: "Live: events keep this current" },
  delayed: {
    mark: "rounded-full border-2 border-solid-amber",
    text: "delayed",
    says: "Delayed: the live line is being restored; this is the last known state",
  },
  demo: {
    mark: "rotate-45 rounded-[1px] bg-solid-purple",
    text: "demo",
    says: "Live, but the data comes from simulated sources",
  },
  offline: {
    mark: "rounded-[1px] bg-solid-red",
    text: "offline",
    says: "Offline: the server does not answer; this is the last known state",
  },
};

export function Dot({ truth, text = false }: { truth: Truth; text?: boolean }) {
  const look = LOOKS[truth];
  return (
    <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-ink-3" title={look.says}>
      <span className={cx("size-2 shrink-0", look.mark)} aria-hidden />
      <span className={text ? "" : "sr-only"}>{look.text}</span>
    </span>
  );
}
