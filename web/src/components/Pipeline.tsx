// Sources → AAM → DCL → agents, with what each holds and how much passed in the last minute.

import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { type Layer, useLive } from "@/live/store";
import type { Hue } from "@/ui/Badge";
import { count } from "@/ui/format";
import { Spark } from "@/ui/Spark";

type Stage = { layer: Layer; name: string; to: string; hue: Hue; unit: string; stock: string };

export function Pipeline({
  sources,
  streams,
  rows,
  findings,
}: {
  sources: number;
  streams: number;
  rows: number;
  findings: number;
}) {
  const live = useLive();
  const stages: Stage[] = [
    {
      layer: "aam",
      name: "AAM reads",
      to: "/connect",
      hue: "green",
      unit: "rows",
      stock: `${count(streams)} streams of ${count(sources)} sources`,
    },
    {
      layer: "dcl",
      name: "DCL unifies",
      to: "/views",
      hue: "blue",
      unit: "rows",
      stock: `${count(rows)} rows in views`,
    },
    {
      layer: "agent",
      name: "Agents look",
      to: "/agents",
      hue: "purple",
      unit: "steps",
      stock: `${count(findings)} open findings`,
    },
  ];
  return (
    <ol className="grid gap-3 md:grid-cols-[1fr_auto_1fr_auto_1fr]">
      {stages.map((stage, index) => {
        const rate = live.rates[stage.layer].reduce((sum, value) => sum + value, 0);
        return (
          <li key={stage.layer} className="contents">
            {index > 0 && <ChevronRight className="my-auto size-5 text-ink-3 max-md:hidden" aria-hidden />}
            <Link
              to={stage.to as never}
              className="block rounded-2xl border border-line bg-sunken p-4 no-underline hover:border-line-strong"
            >
              <span className="flex items-baseline justify-between gap-2">
                <span className="font-bold text-ink">{stage.name}</span>
                <span className="num text-sm font-semibold text-ink-2">
                  {count(rate)} {stage.unit} a minute
                </span>
              </span>
              <Spark
                values={live.rates[stage.layer]}
                hue={stage.hue}
                label={`${stage.name}: ${rate} ${stage.unit} in the last minute`}
                className="my-2"
              />
              <span className="text-sm text-ink-2">{stage.stock}</span>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
