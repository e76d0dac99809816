// What the fields of one object are held to be, beside the rules in force of its stream; what no rule reads yet is added to
// them at one press. A rule that is there is never changed from here.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { connections, mappings, putMapping } from "@/client/connections";
import { may, me } from "@/client/system";
import type { BulkObject, BulkProposal, MappingRow } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { many } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Fault } from "@/ui/States";
import { toast } from "@/ui/toasts";

export function Held({ of }: { of: BulkObject }) {
  const source = useQuery(connections()).data?.items.find((one) => one.name === of.source);
  const rules = useQuery({ ...mappings(source?.id ?? ""), enabled: source !== undefined });
  if (of.proposals === null) return <p className="text-ink-2">It is not done yet.</p>;
  if (!source) return <Fields of={of.proposals} rules={[]} />;
  return (
    <Async query={rules}>
      {(page) => {
        const mine = page.items.filter((rule) => rule.stream === of.object);
        return (
          <div className="grid gap-5">
            <Add connection={source.id} stream={of.object} rules={mine} proposals={of.proposals ?? []} />
            <Fields of={of.proposals ?? []} rules={mine} />
          </div>
        );
      }}
    </Async>
  );
}

/** Proposals that no rule of the stream stands against: their field feeds nothing, and what it would feed is free. */
export function missing(proposals: BulkProposal[], rules: MappingRow[]): { source_path: string; field: string }[] {
  const entity = rules[0]?.entity;
  const taken = new Set(rules.map((rule) => rule.field));
  const read = new Set(rules.map((rule) => rule.source_path));
  const found: { source_path: string; field: string }[] = [];
  for (const one of [...proposals].sort((a, b) => b.confidence - a.confidence)) {
    if (!one.canonical_field || one.entity !== entity || taken.has(one.canonical_field) || read.has(one.field))
      continue;
    taken.add(one.canonical_field);
    found.push({ source_path: one.field, field: one.canonical_field });
  }
  return found;
}

type Adding = { connection: string; stream: string; rules: MappingRow[]; proposals: BulkProposal[] };

function Add({ connection, stream, rules, proposals }: Adding) {
  const role = useQuery(me()).data?.role;
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const more = missing(proposals, rules);
  const add = async () => {
    setBusy(true);
    setFault(null);
    try {
      const kept = rules.map(({ source_path, field }) => ({ source_path, field }));
      const [first] = rules;
      await putMapping(connection, {
        stream,
        entity: first?.entity ?? "",
        rules: [...kept, ...more],
        version: first?.version,
      });
      toast.good(`${many(more.length, "rule")} more in force; history is mapped again`);
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };
  return (
    <div className="grid gap-3">
      <p className="text-ink-2">
        {rules.length === 0
          ? "This stream has no rules in force."
          : more.length === 0
            ? `All of it that can be is among the ${many(rules.length, "rule")} in force.`
            : `${many(more.length, "field")} could be read that no rule reads yet.`}
      </p>
      <div className="flex flex-wrap gap-2">
        {more.length > 0 && may(role, "operator") && (
          <Button tone="primary" busy={busy} onClick={() => void add()}>
            Add {many(more.length, "rule")}
          </Button>
        )}
        <LinkButton to={`/connect/${connection}`} search={{ tab: "mappings" }}>
          Its rules in force
        </LinkButton>
      </div>
      {fault !== null && <Fault of={fault} />}
    </div>
  );
}

function Fields({ of, rules }: { of: BulkProposal[]; rules: MappingRow[] }) {
  const inForce = new Set(rules.map((rule) => `${rule.source_path}>${rule.field}`));
  return (
    <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
      {of.map((one) => (
        <li key={one.field} className="grid gap-1 bg-surface px-4 py-2.5">
          <span className="flex flex-wrap items-baseline gap-x-3">
            <code className="font-bold wrap-anywhere">{one.field}</code>
            <span className="text-ink-3" aria-hidden>
              →
            </span>
            {one.canonical_field ? (
              <code className="text-blue wrap-anywhere">
                {one.entity}.{one.canonical_field}
              </code>
            ) : (
              <span className="text-ink-3">nothing it is like</span>
            )}
          </span>
          <span className="flex flex-wrap items-center gap-3 text-sm">
            <Confidence value={one.canonical_field ? one.confidence : null} />
            {inForce.has(`${one.field}>${one.canonical_field}`) && <Badge word="active" label="in force" />}
          </span>
        </li>
      ))}
    </ul>
  );
}
