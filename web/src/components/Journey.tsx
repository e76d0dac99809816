// The way of one entity through the layers around a chosen event: each step with the time since the first.
import type { LiveEvent } from "@/client/types";
import { layerOf } from "@/live/store";
import { Card } from "@/ui/Card";
import { clock, duration } from "@/ui/format";
import { sentence } from "./events";

/** Events of one journey are at most so far apart. */
const WITHIN = 60_000;
const DOT: Record<string, string> = { aam: "bg-solid-green", dcl: "bg-solid-blue", agent: "bg-solid-purple" };

type Props = { subject: string; events: LiveEvent[]; chosen: LiveEvent; names: Map<string, string> };

export function Journey({ subject, events, chosen, names }: Props) {
  const at = Date.parse(chosen.at);
  const steps = events
    .filter((event) => Math.abs(Date.parse(event.at) - at) <= WITHIN / 4)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, 24);
  const first = Date.parse(steps[0]?.at ?? chosen.at);
  const last = Date.parse(steps.at(-1)?.at ?? chosen.at);
  return (
    <Card title={`Journey of ${subject}`} hint={`${steps.length} steps in ${duration(last - first)}`} className="mt-4">
      <ol className="grid gap-2">
        {steps.map((event) => (
          <li key={event.seq} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <span className={`size-2 self-center rounded-full ${DOT[layerOf(event.topic) ?? ""]}`} aria-hidden />
            <span className="num w-24 shrink-0 text-sm text-ink-3">{clock(event.at)}</span>
            <span className="num w-20 shrink-0 text-sm font-bold">+{duration(Date.parse(event.at) - first)}</span>
            <span className={event.seq === chosen.seq ? "font-bold" : ""}>{sentence(event, names)}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
