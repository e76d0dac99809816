// A state in one word. The colour follows from the word, and the shape of the mark too, so that nothing hangs on colour.
import { cx } from "./cx";
import { words } from "./format";

export type Hue = "green" | "blue" | "purple" | "amber" | "red" | "grey";

const HUES: Record<string, Hue> = {
  active: "green",
  healthy: "green",
  running: "green",
  success: "green",
  healed: "green",
  approved: "green",
  ready: "green",
  accepted: "green",
  ok: "green",
  resolved: "green",
  edited: "green",
  live: "green",
  observe: "green",
  info: "blue",
  syncing: "blue",
  in_progress: "blue",
  queued: "blue",
  pending: "blue",
  starting: "blue",
  detected: "blue",
  open: "blue",
  drifted: "amber",
  review: "amber",
  warning: "amber",
  stuck: "amber",
  retry_wait: "amber",
  recovering: "amber",
  propose: "amber",
  backing_off: "amber",
  snoozed: "amber",
  medium: "amber",
  stopping: "amber",
  reverted: "amber",
  draining: "amber",
  act: "red",
  failed: "red",
  quarantined: "red",
  critical: "red",
  down: "red",
  breaking: "red",
  suspended: "red",
  rejected: "red",
  high: "red",
  paused: "grey",
  cancelled: "grey",
  dismissed: "grey",
  ignored: "grey",
  expired: "grey",
  replayed: "grey",
  low: "grey",
};

export const hueOf = (word: string): Hue => HUES[word] ?? "grey";

const SOFT: Record<Hue, string> = {
  green: "bg-green-soft text-green",
  blue: "bg-blue-soft text-blue",
  purple: "bg-purple-soft text-purple",
  amber: "bg-amber-soft text-amber",
  red: "bg-red-soft text-red",
  grey: "bg-sunken text-ink-2",
};

const MARKS: Record<Hue, string> = {
  green: "rounded-full bg-current",
  blue: "rounded-full border-2 border-current",
  purple: "rounded-full bg-current",
  amber: "rotate-45 rounded-[1px] bg-current",
  red: "rounded-[2px] bg-current",
  grey: "rounded-full border-[1.5px] border-dashed border-current",
};

export function Badge({ word, hue, label }: { word: string; hue?: Hue; label?: string }) {
  const colour = hue ?? hueOf(word);
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[0.8rem] font-bold whitespace-nowrap",
        SOFT[colour],
      )}
    >
      <span className={cx("size-[0.45rem] shrink-0", MARKS[colour])} aria-hidden />
      {label ?? words(word)}
    </span>
  );
}

/** A word in a soft box, without a mark: a type, a name, a topic. */
export function Chip({ children, hue = "grey" }: { children: React.ReactNode; hue?: Hue }) {
  return (
    <span className={cx("inline-block rounded-lg px-2 py-0.5 text-[0.8rem] font-semibold wrap-anywhere", SOFT[hue])}>
      {children}
    </span>
  );
}
