// From where a graph is seen that is larger than a picture: a node somebody named, or the entity most rows are of; and what
// was unfolded around it since.
import { type QueryKey, type UseQueryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Graph } from "@/client/types";
import { views } from "@/client/views";
import { joined } from "../layout";

/** Nodes of one picture at most. */
const MOST = 300;

/** The entity that most rows are of, as the graph names it; none where there is no row. */
export function useBusiest(enabled: boolean) {
  const query = useQuery({ ...views(), enabled });
  const tables = (query.data?.items ?? []).filter((view) => view.rows > 0);
  const top = tables.reduce(
    (most, view) => (view.rows > most.rows ? view : most),
    tables[0] ?? { rows: 0, entity: "" },
  );
  return { query, id: top.entity ? `dcl_${top.entity}` : undefined };
}

type Ask = (id: string) => { queryKey: QueryKey; queryFn?: unknown };
type Unfolded = { of: string | undefined; ids: string[] };

/** A graph with what was unfolded around some of its nodes; `ask` is how such a neighbourhood is asked for. Another focus begins
 * anew. */
export function useUnfolded(first: Graph | undefined, focus: string | undefined, ask: Ask) {
  const [kept, setKept] = useState<Unfolded>({ of: focus, ids: [] });
  const ids = kept.of === focus ? kept.ids : [];
  const { graphs, failed } = useQueries({
    queries: ids.map((id) => ask(id) as UseQueryOptions<Graph>),
    combine: (all) => ({
      graphs: all.flatMap((one) => one.data ?? []),
      failed: all.find((one) => one.error)?.error ?? null,
    }),
  });
  const drawn = useMemo(
    () => first && (graphs.length === 0 ? first : joined([first, ...graphs], MOST)),
    [first, graphs],
  );
  const unfold = useCallback(
    (id: string) =>
      setKept((old) => {
        const before = old.of === focus ? old.ids : [];
        return { of: focus, ids: before.includes(id) ? before : [...before, id] };
      }),
    [focus],
  );
  return { drawn, unfold, unfolded: ids, failed };
}
