// A source that was just made: its first read as it happens, the rules that were chosen put in force, and the way to its rows.
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, LoaderCircle } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { connection, mappings, putMapping } from "@/client/connections";
import type { Connection, MappingRow } from "@/client/types";
import { dclState, views } from "@/client/views";
import { LinkButton } from "@/ui/Button";
import { Card, Figure } from "@/ui/Card";
import { count } from "@/ui/format";
import { Fault } from "@/ui/States";

export type Wanted = { entity: string; rules: { source_path: string; field: string }[] };

export function Arriving({ id, wanted }: { id: string; wanted: Wanted | null }) {
  const query = useQuery({
    ...connection(id),
    refetchInterval: (state) => (state.state.data?.last_sync_at ? false : 1_000),
  });
  const rules = useQuery({ ...mappings(id), enabled: (query.data?.streams.length ?? 0) > 0 });
  const fault = useCorrection(id, query.data, rules.data?.items, wanted);
  const one = query.data;
  const rows = one?.streams.reduce((sum, stream) => sum + stream.rows, 0) ?? 0;
  const refused = one?.streams.reduce((sum, stream) => sum + stream.rejected, 0) ?? 0;
  const entity = one?.streams.find((stream) => stream.entity)?.entity;
  const view = useQuery(views()).data?.items.find((each) => each.entity === entity)?.view;
  const lag = useQuery(dclState()).data?.lag;
  const done = one?.last_sync_at != null;
  return (
    <Card>
      <div className="grid gap-6">
        <div className="flex items-center gap-3" role="status">
          {done ? (
            <CircleCheck className="size-7 text-green" aria-hidden />
          ) : (
            <LoaderCircle className="size-7 animate-spin text-blue" aria-hidden />
          )}
          <div>
            <p className="text-lg font-bold">{done ? `${one.name} is connected` : "Reading for the first time"}</p>
            <p className="text-ink-2">
              {done ? "It is read again by itself whenever it changes." : "Rows appear here as they are read."}
            </p>
          </div>
        </div>
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <Figure label="Rows read" value={count(rows)} hue="green" />
          <Figure label="Refused" value={count(refused)} hue={refused > 0 ? "amber" : undefined} />
          <Figure label="Feeds" value={entity ?? "·"} hue="blue" />
          <Figure label="Entries to fold" value={lag === undefined ? "·" : count(lag)} />
        </div>
        {one?.last_error && <Fault of={new Error(one.last_error)} />}
        {fault !== null && <Fault of={fault} />}
        <div className="flex flex-wrap gap-2">
          {view && (
            <LinkButton to={`/views/${view}`} search={{ from: id }} tone="primary">
              See its rows
            </LinkButton>
          )}
          <LinkButton to={`/connect/${id}`}>Open the source</LinkButton>
          <LinkButton to="/connect">All sources</LinkButton>
        </div>
      </div>
    </Card>
  );
}

/** Puts the chosen rules in force where the server's own differ from them; once, and only when the stream has rules. */
function useCorrection(
  id: string,
  one: Connection | undefined,
  rules: MappingRow[] | undefined,
  wanted: Wanted | null,
): unknown {
  const [fault, setFault] = useState<unknown>(null);
  const settled = useRef(false);
  useEffect(() => {
    const stream = one?.streams[0];
    if (settled.current || !wanted || !one?.last_sync_at || !stream || !rules) return;
    settled.current = true;
    const text = (list: { source_path: string; field: string }[]) =>
      JSON.stringify(list.map((rule) => `${rule.source_path}>${rule.field}`).sort());
    const same = stream.entity === wanted.entity && text(rules) === text(wanted.rules);
    if (same || wanted.rules.length === 0) return;
    putMapping(id, {
      stream: stream.name,
      entity: wanted.entity,
      rules: wanted.rules,
      version: rules[0]?.version,
    }).catch(setFault);
  }, [id, one, rules, wanted]);
  return fault;
}
