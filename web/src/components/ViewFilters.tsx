// Filters of a view as chips: a field, an operator, a value. In the address they are one parameter, `field:op:value`,
// joined by a bar.
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { ViewField } from "@/client/types";
import { Button } from "@/ui/Button";
import { Input, Select } from "@/ui/Field";

export type Filter = [field: string, value: string];

const OPERATORS = [
  { value: "eq", label: "is" },
  { value: "ne", label: "is not" },
  { value: "contains", label: "contains" },
  { value: "starts_with", label: "starts with" },
  { value: "gt", label: "is above" },
  { value: "ge", label: "is at least" },
  { value: "lt", label: "is below" },
  { value: "le", label: "is at most" },
  { value: "in", label: "is one of" },
  { value: "is_null", label: "is empty" },
];

export function readFilters(text: string | undefined): Filter[] {
  return (text ?? "").split("|").flatMap((part): Filter[] => {
    const colon = part.indexOf(":");
    return colon > 0 ? [[part.slice(0, colon), part.slice(colon + 1).replaceAll("%7C", "|")]] : [];
  });
}

export const writeFilters = (filters: Filter[]): string | undefined =>
  filters.map(([field, value]) => `${field}:${value.replaceAll("|", "%7C")}`).join("|") || undefined;

export function describe([field, said]: Filter): string {
  const [op = "", ...rest] = said.split(":");
  const value = rest.join(":");
  if (op === "is_null") return `${field} ${value === "false" ? "is not empty" : "is empty"}`;
  return `${field} ${OPERATORS.find((one) => one.value === op)?.label ?? op} ${value}`;
}

type Props = { fields: ViewField[]; filters: Filter[]; onChange: (filters: Filter[]) => void };

export function FilterBar({ fields, filters, onChange }: Props) {
  const [adding, setAdding] = useState(false);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {filters.map((filter) => (
          <span
            key={filter.join(":")}
            className="inline-flex items-center gap-1 rounded-full bg-blue-soft py-0.5 pr-1 pl-3 text-sm font-semibold text-blue"
          >
            {describe(filter)}
            <button
              type="button"
              aria-label={`Remove the filter ${describe(filter)}`}
              onClick={() => onChange(filters.filter((one) => one !== filter))}
              className="grid size-7 place-items-center rounded-full hover:bg-surface"
            >
              <X className="size-3.5" aria-hidden />
            </button>
          </span>
        ))}
        {!adding && (
          <Button size="sm" tone="quiet" icon={<Plus className="size-4" aria-hidden />} onClick={() => setAdding(true)}>
            Filter
          </Button>
        )}
      </div>
      {adding && (
        <Adding
          fields={fields}
          onCancel={() => setAdding(false)}
          onAdd={(filter) => {
            setAdding(false);
            onChange([...filters, filter]);
          }}
        />
      )}
    </div>
  );
}

function Adding({
  fields,
  onAdd,
  onCancel,
}: {
  fields: ViewField[];
  onAdd: (filter: Filter) => void;
  onCancel: () => void;
}) {
  const [field, setField] = useState(fields.find((one) => one.name === "name")?.name ?? fields[0]?.name ?? "");
  const [op, setOp] = useState("contains");
  const [value, setValue] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (op === "is_null") onAdd([field, "is_null:true"]);
    else if (value !== "") onAdd([field, `${op}:${value}`]);
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2 rounded-2xl border border-line bg-sunken p-3">
      <Select
        label="Field"
        value={field}
        onChange={(event) => setField(event.target.value)}
        options={fields.map((one) => one.name)}
        className="w-48 max-sm:w-full"
      />
      <Select
        label="Comparison"
        value={op}
        onChange={(event) => setOp(event.target.value)}
        options={OPERATORS}
        className="w-36 max-sm:w-full"
      />
      {op !== "is_null" && (
        <Input
          label="Value"
          autoFocus
          value={value}
          onChange={(event) => setValue(event.target.value)}
          hint={op === "in" ? "several by comma" : undefined}
          className="w-56 max-sm:w-full"
        />
      )}
      <Button type="submit" tone="primary">
        Apply
      </Button>
      <Button tone="quiet" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  );
}
