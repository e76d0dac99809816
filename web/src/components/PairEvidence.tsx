// Why two records are held to be one, or may be: each comparison with its level and what it weighs, for and against.
import type { PairEvidence as Pair } from "@/client/types";
import { cx } from "@/ui/cx";
import { plain, words } from "@/ui/format";

/** Bits that fill the bar. */
const MOST = 16;

export function PairEvidence({ of, left, right }: { of: Pair; left: string; right: string }) {
  const telling = of.comparisons.filter((one) => one.level !== "missing");
  const missing = of.comparisons.filter((one) => one.level === "missing").map((one) => words(one.comparison));
  return (
    <div className="@container grid gap-2">
      <div
        className="hidden grid-cols-[6rem_1fr_1fr_10rem] gap-4 px-3 text-sm font-bold text-ink-3 @xl:grid"
        aria-hidden
      >
        <span>Compared</span>
        <span className="truncate">{left}</span>
        <span className="truncate">{right}</span>
        <span>Weighs</span>
      </div>
      <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
        {telling.map((one) => (
          <li
            key={one.comparison}
            className="grid grid-cols-2 items-center gap-x-4 gap-y-0.5 bg-surface px-3 py-2 @xl:grid-cols-[6rem_1fr_1fr_10rem]"
          >
            <span className="font-bold @max-xl:col-span-1">{words(one.comparison)}</span>
            <bdi className="min-w-0 wrap-anywhere @max-xl:order-3">{plain(one.a) || "–"}</bdi>
            <bdi className={cx("min-w-0 wrap-anywhere @max-xl:order-4", one.level === "equal" && "text-green")}>
              {plain(one.b) || "–"}
            </bdi>
            <Weight bits={one.bits} level={one.level} />
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <p className="text-sm text-ink-3">Says nothing, because one side lacks it: {missing.join(", ")}.</p>
      )}
      <p className="text-sm text-ink-2">
        Together <b className="num">{signed(of.bits)} bits</b>, which is a probability of{" "}
        <b className="num">{of.probability.toFixed(3)}</b> that they are one. A bit doubles the odds.
      </p>
    </div>
  );
}

function Weight({ bits, level }: { bits: number; level: string }) {
  const share = Math.min(1, Math.abs(bits) / MOST) * 50;
  return (
    <span
      className="flex items-center gap-2 @max-xl:order-2 @max-xl:justify-end"
      title={`${level}: ${signed(bits)} bits`}
    >
      <span className="relative h-1.5 w-14 shrink-0 rounded-full bg-line" aria-hidden>
        <span
          className={cx("absolute h-full rounded-full", bits >= 0 ? "bg-solid-green" : "bg-solid-red")}
          style={{ width: `${share}%`, left: bits >= 0 ? "50%" : `${50 - share}%` }}
        />
      </span>
      <span className={cx("num text-sm font-bold whitespace-nowrap", bits >= 0 ? "text-green" : "text-red")}>
        {signed(bits)} <span className="font-semibold text-ink-2">{level}</span>
      </span>
    </span>
  );
}

const signed = (bits: number): string => `${bits >= 0 ? "+" : "−"}${Math.abs(bits).toFixed(1)}`;
