// A panel: its title, its truth dot, what can be done there, and its content.
import type { ReactNode } from "react";
import { cx } from "./cx";
import { Dot, type Truth } from "./Dot";

type Props = {
  title?: ReactNode;
  hint?: ReactNode;
  truth?: Truth;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Content goes to the edges, for tables and lists. */
  flush?: boolean;
  /** On a phone the actions stand beneath the title, however short that is before its numbers are read. */
  beneath?: boolean;
  level?: 2 | 3;
};

export function Card({
  title,
  hint,
  truth,
  actions,
  children,
  className,
  flush = false,
  beneath = false,
  level = 2,
}: Props) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={cx("rounded-card border border-line bg-surface shadow-card min-w-0", className)}>
      {(title || actions) && (
        <header className="flex min-h-15 flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-4 pb-3">
          {title && <Heading className="text-base">{title}</Heading>}
          {truth && <Dot truth={truth} />}
          {hint && <p className="text-sm text-ink-3">{hint}</p>}
          {actions && (
            <div className={cx("ml-auto flex flex-wrap items-center gap-2", beneath && "max-sm:w-full")}>{actions}</div>
          )}
        </header>
      )}
      <div
        className={cx(
          flush ? "pb-1 [&>[role=alert]]:mx-5 [&>[role=alert]]:mb-4 [&>[aria-busy]]:px-5" : "px-5 pb-5",
          !title && !actions && !flush && "pt-5",
        )}
      >
        {children}
      </div>
    </section>
  );
}

/** One number with its name, and where it leads. */
export function Figure({
  label,
  value,
  note,
  hue,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  hue?: "green" | "blue" | "purple" | "amber" | "red";
}) {
  const colour = {
    green: "text-green",
    blue: "text-blue",
    purple: "text-purple",
    amber: "text-amber",
    red: "text-red",
  };
  return (
    <div className="min-w-0">
      <div className="text-sm font-semibold text-ink-3">{label}</div>
      <div className={cx("num text-[1.7rem] leading-tight font-bold tracking-tight", hue && colour[hue])}>{value}</div>
      {note && <div className="mt-0.5 text-sm text-ink-3 truncate">{note}</div>}
    </div>
  );
}
