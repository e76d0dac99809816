// Columns with samples and what each is proposed to feed. Any of them can be changed before the source starts.
import type { ProposedMapping, ViewField } from "@/client/types";
import { Card } from "@/ui/Card";
import { Select } from "@/ui/Field";
import { Confidence } from "@/ui/Spark";
import { type Peek, samples } from "../csv";

type Props = {
  seen: Peek;
  proposal: ProposedMapping[];
  entity: string;
  fields: ViewField[];
  onChange: (proposal: ProposedMapping[]) => void;
};

export function Proposed({ seen, proposal, entity, fields, onChange }: Props) {
  const columns = samples(seen, 3);
  const choose = (field: string, target: string) =>
    onChange(
      proposal.map((one) => {
        if (one.field === field)
          return {
            ...one,
            entity: target ? entity : null,
            canonical_field: target || null,
            confidence: 1,
            reasons: ["chosen by you"],
          };
        // A canonical field is fed by one column only.
        return target && one.canonical_field === target ? { ...one, canonical_field: null } : one;
      }),
    );
  const mapped = proposal.filter((one) => one.entity === entity && one.canonical_field).length;
  return (
    <Card
      title="Proposed mapping"
      hint={
        entity
          ? `${mapped} of ${columns.length} columns feed ${entity}; the rest is kept in extras`
          : "no entity fits well enough; choose one above, or let the server decide"
      }
    >
      <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
        {columns.map((column) => {
          const one = proposal.find((each) => each.field === column.name);
          const value = one?.entity === entity ? (one?.canonical_field ?? "") : "";
          return (
            <li
              key={column.name}
              className="grid items-center gap-x-4 gap-y-2 bg-surface px-4 py-2.5 md:grid-cols-[1.1fr_1.4fr_1.3fr_9rem]"
            >
              <code className="font-bold wrap-anywhere">{column.name}</code>
              <span className="truncate text-sm text-ink-2" title={column.samples.join("\n")}>
                {column.samples.join(" · ") || <span className="text-ink-3">empty</span>}
              </span>
              <Select
                label={`${column.name} feeds`}
                hideLabel
                value={value}
                disabled={!entity}
                onChange={(event) => choose(column.name, event.target.value)}
                title={one?.reasons.join("; ")}
                options={[
                  { value: "", label: "extras" },
                  ...fields.map((field) => ({ value: field.name, label: field.name })),
                ]}
              />
              {value && one ? (
                <Confidence value={one.confidence} />
              ) : (
                <span className="text-sm text-ink-3">not mapped</span>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
