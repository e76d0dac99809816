// Small drawings out of numbers: a line of rates, a bar of shares, a row of confidence. Plain SVG, sized by its box.

import type { Hue } from "./Badge";
import { cx } from "./cx";

const STROKE: Record<Hue, string> = {
  green: "stroke-solid-green fill-solid-green",
  blue: "stroke-solid-blue fill-solid-blue",
  purple: "stroke-solid-purple fill-solid-purple",
  amber: "stroke-solid-amber fill-solid-amber",
  red: "stroke-solid-red fill-solid-red",
  grey: "stroke-ink-3 fill-ink-3",
};
const FILL: Record<Hue, string> = {
  green: "bg-solid-green",
  blue: "bg-solid-blue",
  purple: "bg-solid-purple",
  amber: "bg-solid-amber",
  red: "bg-solid-red",
  grey: "bg-ink-3",
};

export function Spark({
  values,
  hue = "green",
  label,
  className,
}: {
  values: number[];
  hue?: Hue;
  label: string;
  className?: string;
}) {
  const top = Math.max(1, ...values);
  const step = 100 / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(2)},${(30 - (value / top) * 27).toFixed(2)}`);
  return (
    <svg
      viewBox="0 0 100 31"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={cx("h-10 w-full", className)}
    >
      <polygon points={`0,31 ${points.join(" ")} 100,31`} className={STROKE[hue]} strokeWidth={0} fillOpacity={0.12} />
      <polyline
        points={points.join(" ")}
        className={STROKE[hue]}
        fill="none"
        fillOpacity={0}
        strokeWidth={1.6}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** How sure, as a bar with its number. */
export function Confidence({ value }: { value: number | null | undefined }) {
  if (value == null) return <span className="text-ink-3">not scored</span>;
  const hue: Hue = value >= 0.85 ? "green" : value >= 0.6 ? "amber" : "red";
  return (
    <span className="inline-flex items-center gap-2">
      <span className="h-1.5 w-14 overflow-hidden rounded-full bg-line" aria-hidden>
        <span className={cx("block h-full rounded-full", FILL[hue])} style={{ width: `${Math.round(value * 100)}%` }} />
      </span>
      <span className="num">{value.toFixed(2)}</span>
    </span>
  );
}

/** Parts of a whole. */
export function Shares({ parts, label }: { parts: { name: string; value: number; hue: Hue }[]; label: string }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <div>
      <div className="flex h-3 gap-0.5 overflow-hidden rounded-full bg-line" role="img" aria-label={label}>
        {total > 0 &&
          parts
            .filter((part) => part.value > 0)
            .map((part) => (
              <span key={part.name} className={FILL[part.hue]} style={{ width: `${(part.value / total) * 100}%` }} />
            ))}
      </div>
      <ul className="mt-2.5 flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
        {parts.map((part) => (
          <li key={part.name} className="inline-flex items-center gap-2">
            <span className={cx("size-2 rounded-full", FILL[part.hue])} aria-hidden />
            {part.name} <b className="num text-ink">{part.value}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
