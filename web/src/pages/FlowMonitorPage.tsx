// Three layers side by side: rate, latency, errors and events of each. An event that is chosen lights up everything about
// the same entity in all of them, with the way it took.

import { useQuery } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { LiveEvent } from "@/client/types";
import { flow } from "@/client/views";
import { useAddress } from "@/components/address";
import { failed, sentence, subjectOf } from "@/components/events";
import { FlowColumn } from "@/components/FlowColumn";
import { Journey } from "@/components/Journey";
import { useEntities, useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { LAYERS, type Layer, useLive } from "@/live/store";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import Chart from "@/ui/Chart";
import { Dot } from "@/ui/Dot";
import { Raw } from "@/ui/Facts";
import { Segmented, Select } from "@/ui/Field";
import { Fault } from "@/ui/States";

const TITLES: Record<Layer, string> = { aam: "AAM · reads", dcl: "DCL · unifies", agent: "Agents · look" };

const UNITS: Record<Layer, string> = { aam: "rows read", dcl: "rows unified", agent: "steps of agents" };
const HUES = { aam: "green", dcl: "blue", agent: "purple" } as const;
const total = (rates: number[]): number => rates.reduce((sum, one) => sum + one, 0);

/** The seconds that the rates stand for, up to now. */
function seconds(length: number): number[] {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length }, (_, at) => now - length + at);
}

export default function FlowMonitorPage() {
  const live = useLive();
  const snapshot = useQuery(flow());
  const truth = useTruth(snapshot);
  const names = useSourceNames();
  const entities = useEntities();
  const [address, change] = useAddress();
  const [frozen, setFrozen] = useState<Record<Layer, LiveEvent[]> | null>(null);
  const [chosen, setChosen] = useState<LiveEvent | null>(null);
  const layer = (LAYERS as string[]).includes(address.layer ?? "") ? (address.layer as Layer) : "aam";
  const events = frozen ?? live.events;
  const missed = frozen
    ? LAYERS.reduce(
        (sum, each) => sum + live.events[each].filter((event) => event.seq > (frozen[each][0]?.seq ?? 0)).length,
        0,
      )
    : 0;
  const subjects = useMemo(() => [...new Set(entities.values())].sort(), [entities]);
  const fits = (event: LiveEvent) =>
    (!address.source || event.id === address.source) &&
    (!address.entity || subjectOf(event, entities) === address.entity) &&
    (address.status !== "failed" || failed(event));
  const subject = chosen ? subjectOf(chosen, entities) : null;

  useEffect(() => {
    const press = (event: KeyboardEvent) => event.key === "Escape" && setChosen(null);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);

  return (
    <Page
      title="Flow Monitor"
      mark={<Dot truth={truth} text />}
      wide
      actions={
        <Button
          icon={frozen ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
          onClick={() => setFrozen(frozen ? null : live.events)}
        >
          {frozen ? `Go on (${missed} new)` : "Pause"}
        </Button>
      }
    >
      {snapshot.error && <Fault of={snapshot.error} retry={() => void snapshot.refetch()} className="mb-4" />}
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <Select
          label="Source"
          hideLabel
          value={address.source ?? ""}
          onChange={(event) => change({ source: event.target.value || undefined })}
          options={[{ value: "", label: "Every source" }, ...[...names].map(([value, label]) => ({ value, label }))]}
          className="w-56 max-sm:w-full"
        />
        <Select
          label="Entity"
          hideLabel
          value={address.entity ?? ""}
          onChange={(event) => change({ entity: event.target.value || undefined })}
          options={[{ value: "", label: "Every entity" }, ...subjects]}
          className="w-44 max-sm:w-full"
        />
        <Select
          label="Status"
          hideLabel
          value={address.status ?? ""}
          onChange={(event) => change({ status: event.target.value || undefined })}
          options={[
            { value: "", label: "Every status" },
            { value: "failed", label: "With errors" },
          ]}
          className="w-40 max-sm:w-full"
        />
        <div className="lg:hidden">
          <Segmented
            label="Layer"
            value={layer}
            onChange={(next) => change({ layer: next })}
            options={LAYERS.map((each) => ({ value: each, label: each.toUpperCase() }))}
          />
        </div>
      </div>
      <Card title="Throughput" hint="a second, over the last minute" className="mb-4">
        <Chart
          label={`Throughput of the last minute: ${LAYERS.map((each) => `${TITLES[each]} ${total(live.rates[each])}`).join(", ")}`}
          times={seconds(live.rates.aam.length)}
          series={LAYERS.map((each) => ({ name: UNITS[each], hue: HUES[each], values: live.rates[each] }))}
        />
      </Card>
      <div className="grid gap-4 lg:grid-cols-3">
        {LAYERS.map((each) => (
          <div key={each} className={each === layer ? "min-w-0" : "min-w-0 max-lg:hidden"}>
            <FlowColumn
              layer={each}
              title={TITLES[each]}
              events={events[each].filter(fits)}
              rates={live.rates[each]}
              names={names}
              lit={(event) => subject !== null && subjectOf(event, entities) === subject}
              chosen={chosen?.seq ?? null}
              onChoose={(event) => setChosen(event.seq === chosen?.seq ? null : event)}
            />
          </div>
        ))}
      </div>
      {chosen && subject && (
        <Journey
          subject={subject}
          events={LAYERS.flatMap((each) => events[each]).filter((event) => subjectOf(event, entities) === subject)}
          chosen={chosen}
          names={names}
        />
      )}
      {chosen && !subject && (
        <Card title="About no entity" hint="so it has no journey" className="mt-4">
          <p className="mb-3">{sentence(chosen, names)}</p>
          <Raw value={chosen} label="As the API says it" />
        </Card>
      )}
    </Page>
  );
}
