// Names for ids: of connections, and of the entity that a stream or a view stands for.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { connections } from "@/client/connections";
import { views } from "@/client/views";

export function useSourceNames(): Map<string, string> {
  const { data } = useQuery(connections());
  return useMemo(() => new Map((data?.items ?? []).map((one) => [one.id, one.name])), [data]);
}

/** "connection/stream" and view names, each to its entity. */
export function useEntities(): Map<string, string> {
  const sources = useQuery(connections()).data;
  const tables = useQuery(views()).data;
  return useMemo(() => {
    const found = new Map<string, string>();
    for (const one of sources?.items ?? []) {
      for (const stream of one.streams) if (stream.entity) found.set(`${one.id}/${stream.name}`, stream.entity);
    }
    for (const view of tables?.items ?? []) found.set(view.view, view.entity);
    return found;
  }, [sources, tables]);
}
