// One layer of the flow monitor: its minute as a line, its latency, and its events, of which only those in sight are drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import type { LiveEvent } from "@/client/types";
import type { Layer } from "@/live/store";
import type { Hue } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { clock, count, duration } from "@/ui/format";
import { Spark } from "@/ui/Spark";
import { Empty } from "@/ui/States";
import { failed, milliseconds, quantile, sentence } from "./events";

const HUES: Record<Layer, Hue> = { aam: "green", dcl: "blue", agent: "purple" };
const LIT: Record<Layer, string> = { aam: "bg-green-soft", dcl: "bg-blue-soft", agent: "bg-purple-soft" };
const NONE: Record<Layer, string> = {
  aam: "No source was read yet.",
  dcl: "No row was stored yet.",
  agent: "No agent has looked yet.",
};

type Props = {
  layer: Layer;
  title: string;
  events: LiveEvent[];
  rates: number[];
  names: Map<string, string>;
  lit: (event: LiveEvent) => boolean;
  chosen: number | null;
  onChoose: (event: LiveEvent) => void;
};

export function FlowColumn({ layer, title, events: all, rates, names, lit, chosen, onChoose }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  // What is pointed at holds still: pressed and let go of is the same row, however fast others arrive.
  const [held, setHeld] = useState<LiveEvent[] | null>(null);
  const events = held ?? all;
  const late = held ? all.filter((event) => event.seq > (held[0]?.seq ?? 0)).length : 0;
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 54,
    overscan: 8,
    getItemKey: (index) => events[index]?.seq ?? index,
  });
  const times = events.map(milliseconds).filter((ms) => ms !== null);
  const errors = events.filter(failed).length;
  const total = rates.reduce((sum, value) => sum + value, 0);
  const [half, most] = [quantile(times, 0.5), quantile(times, 0.95)];
  return (
    <Card
      title={title}
      flush
      hint={`${count(total)} ${layer === "agent" ? "steps" : "rows"} a minute${late > 0 ? `, ${count(late)} new` : ""}`}
    >
      <div className="px-5">
        <Spark values={rates} hue={HUES[layer]} label={`${title}: ${total} in the last minute`} />
        <dl className="mt-1 mb-3 flex flex-wrap gap-x-5 text-sm text-ink-2">
          <Stat name="p50" value={half === null ? "–" : duration(half)} />
          <Stat name="p95" value={most === null ? "–" : duration(most)} />
          <Stat name="errors" value={count(errors)} bad={errors > 0} />
        </dl>
      </div>
      {events.length === 0 ? (
        <Empty title="Nothing yet">{NONE[layer]}</Empty>
      ) : (
        <div
          ref={scroller}
          role="log"
          aria-label={`${title}, events`}
          aria-live="off"
          className="h-[46dvh] overflow-y-auto border-t border-line"
          onPointerEnter={() => setHeld(all)}
          onPointerLeave={() => setHeld(null)}
          onPointerCancel={() => setHeld(null)}
        >
          <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const event = events[item.index] as LiveEvent;
              return (
                <li
                  key={item.key}
                  className="absolute inset-x-0"
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  <button
                    type="button"
                    onClick={() => onChoose(event)}
                    aria-pressed={event.seq === chosen}
                    className={cx(
                      "grid h-full w-full content-center border-b border-line px-5 text-left hover:bg-sunken focus-visible:-outline-offset-2",
                      lit(event) && LIT[layer],
                      event.seq === chosen && "font-bold",
                    )}
                  >
                    <span className={cx("truncate", failed(event) && "text-red")}>{sentence(event, names)}</span>
                    <span className="num flex gap-2 text-xs text-ink-2">
                      {clock(event.at)} <span>{event.topic.split(".").at(-1)?.replaceAll("_", " ")}</span>
                      {milliseconds(event) !== null && (
                        <span className="ml-auto">{duration(milliseconds(event) ?? 0)}</span>
                      )}
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        </div>
      )}
    </Card>
  );
}

function Stat({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div className="flex gap-1.5">
      <dt>{name}</dt>
      <dd className={cx("num font-bold", bad ? "text-red" : "text-ink")}>{value}</dd>
    </div>
  );
}
