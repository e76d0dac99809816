// How far something is: a bar with its numbers, or one that only says that it moves.
import { cx } from "./cx";
import { count, percent } from "./format";

type Props = { label: string; done: number | null; total: number | null; className?: string };

export function Progress({ label, done, total, className }: Props) {
  const share = done !== null && total ? Math.min(1, done / total) : null;
  return (
    <span className={cx("flex min-w-0 items-center gap-3", className)}>
      <span
        role="progressbar"
        aria-label={label}
        aria-valuemin={share === null ? undefined : 0}
        aria-valuemax={share === null ? undefined : 100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        aria-valuetext={share === null ? "under way" : undefined}
        className="h-2 min-w-16 grow overflow-hidden rounded-full bg-line"
      >
        <span
          className={cx(
            "block h-full rounded-full bg-solid-blue transition-[width] duration-300",
            share === null && "skeleton w-full",
          )}
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </span>
      {share !== null && (
        <span className="num shrink-0 text-sm text-ink-2" title={percent(share)}>
          {count(done ?? 0)} of {count(total ?? 0)}
        </span>
      )}
    </span>
  );
}
