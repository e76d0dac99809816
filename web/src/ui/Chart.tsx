// Lines over time, drawn by uPlot on a canvas. It takes its colours from the theme and its size from its box; what it shows
// is said in words as its label.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Hue } from "./Badge";
import { cx } from "./cx";
import { count } from "./format";

export type Series = { name: string; hue: Hue; values: number[] };
type Props = {
  label: string /** Seconds since 1970, one a value. */;
  times: number[];
  series: Series[];
  className?: string;
};

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(series: Series[], width: number, height: number): uPlot.Options {
  const ink = token("--ink-3");
  const grid = { stroke: token("--line"), width: 1 };
  const font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  return {
    width,
    height,
    padding: [10, 24, 0, 0],
    cursor: { y: false, points: { size: 7 } },
    legend: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      {
        stroke: ink,
        grid: { show: false },
        ticks: { show: false },
        font,
        size: 28,
        values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toTimeString().slice(0, 8)),
      },
      {
        stroke: ink,
        grid,
        ticks: { show: false },
        font,
        size: 52,
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? count(tick) : "")),
      },
    ],
    series: [
      {},
      ...series.map((one) => {
        const stroke = token(`--solid-${one.hue}`);
        return { label: one.name, stroke, width: 2, fill: `${stroke}1f`, points: { show: false } };
      }),
    ],
  };
}

export default function Chart({ label, times, series, className }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef<uPlot.AlignedData>([]);
  latest.current = [times, ...series.map((one) => one.values)];
  const kinds = series.map((one) => `${one.name} ${one.hue}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: new values are set below; only other lines need another plot
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(series, element.clientWidth, element.clientHeight), latest.current, element);
    };
    draw();
    const sized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    sized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
    return () => {
      sized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [kinds]);
  useEffect(() => plot.current?.setData(latest.current));
  return (
    <figure>
      <div ref={box} role="img" aria-label={label} className={cx("h-44 overflow-hidden", className)} />
      <figcaption className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
        {series.map((one) => (
          <span key={one.name} className="inline-flex items-center gap-2">
            <span className={cx("h-1 w-4 rounded-full", LINE[one.hue])} aria-hidden />
            {one.name} <b className="num text-ink">{count(one.values.at(-1) ?? 0)}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const LINE: Record<Hue, string> = {
  green: "bg-solid-green",
  blue: "bg-solid-blue",
  purple: "bg-solid-purple",
  amber: "bg-solid-amber",
  red: "bg-solid-red",
  grey: "bg-ink-3",
};
