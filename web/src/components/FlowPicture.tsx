// The graph with movement on the links along which rows went in the last minute.
import { useMemo, useState } from "react";
import type { Graph, LiveEvent } from "@/client/types";
import type { Layer } from "@/live/store";
import { useNow } from "@/ui/Time";
import { GraphPicture } from "./GraphPicture";

const MINUTE = 60_000;

export function FlowPicture({ of, events }: { of: Graph; events: Record<Layer, LiveEvent[]> }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow();
  const moving = useMemo(() => {
    const ids = new Set<string>();
    const recent = (event: LiveEvent) => now - Date.parse(event.at) < MINUTE;
    for (const event of events.dcl.filter(recent)) {
      if (event.topic !== "flow.dcl.stored") continue;
      ids.add(`conn_${event.id}`);
      ids.add(`src_${event.id}_${event.data.stream}`);
      ids.add(`dcl_${event.data.entity}`);
    }
    for (const event of events.agent.filter(recent)) ids.add(`agent_${event.data.agent}`);
    return ids;
  }, [events, now]);
  return <GraphPicture graph={of} chosen={chosen} onChoose={setChosen} moving={moving} />;
}
