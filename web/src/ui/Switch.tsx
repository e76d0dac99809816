// A switch: on or off at once. The knob's place says it as well as its colour.
import { cx } from "./cx";

export function Switch({ label, on, onTurn }: { label: string; on: boolean; onTurn: (on: boolean) => void }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      onClick={() => onTurn(!on)}
      className="inline-flex min-h-8 shrink-0 items-center justify-center touch max-sm:min-w-11"
    >
      <span
        className={cx(
          "flex h-6 w-11 items-center rounded-full border px-0.5 transition-colors",
          on ? "border-transparent bg-solid-green" : "border-line-strong bg-sunken",
        )}
      >
        <span
          className={cx(
            "size-[1.1rem] rounded-full transition-transform",
            on ? "translate-x-[1.2rem] bg-on-solid" : "bg-ink-3",
          )}
        />
      </span>
    </button>
  );
}
