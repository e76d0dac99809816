// How the values of a field were spread and how they are: two histograms over the same sizes, so that a shift is seen.
import { count, percent } from "@/ui/format";

export type Spread = { rows: number; empty: number; sizes: { from: number; share: number }[] };

export type Spreads = { before?: Spread; after?: Spread };

export function Histograms({ of }: { of: Spreads }) {
  const { before, after } = of;
  if (!before || !after) return null;
  const froms = [...new Set([...before.sizes, ...after.sizes].map((size) => size.from))].sort((a, b) => a - b);
  const most = Math.max(...[...before.sizes, ...after.sizes].map((size) => size.share), 0.01);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Histogram title="Before" of={before} froms={froms} most={most} />
      <Histogram title="Now" of={after} froms={froms} most={most} />
    </div>
  );
}

function Histogram({ title, of, froms, most }: { title: string; of: Spread; froms: number[]; most: number }) {
  const shares = new Map(of.sizes.map((size) => [size.from, size.share]));
  const label = of.sizes.map((size) => `${percent(size.share)} from ${count(size.from)}`).join(", ");
  return (
    <figure>
      <figcaption className="mb-1 text-sm text-ink-3">
        {title} · {count(of.rows)} rows looked at, {percent(of.empty)} empty
      </figcaption>
      {froms.length > 0 && (
        <div role="img" aria-label={label || "no numbers"} className="flex h-20 items-end gap-px border-b border-line">
          {froms.map((from) => (
            <span
              key={from}
              title={`from ${count(from)}: ${percent(shares.get(from) ?? 0)}`}
              className="min-w-1 flex-1 rounded-t-sm bg-solid-purple"
              style={{ height: `${((shares.get(from) ?? 0) / most) * 100}%` }}
            />
          ))}
        </div>
      )}
      {froms.length > 0 && (
        <div className="flex justify-between text-xs text-ink-3">
          <span>{count(froms[0] ?? 0)}</span>
          <span>{count(froms.at(-1) ?? 0)}</span>
        </div>
      )}
    </figure>
  );
}
