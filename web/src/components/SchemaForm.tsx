// A form made from a JSON Schema: a field a property, and what the server says about each beside it. Empty means absent.
import type { Property, Spec } from "@/client/kinds";
import { Input, Select } from "@/ui/Field";
import { words } from "@/ui/format";

export type Values = Record<string, unknown>;
type Props = {
  spec: Spec;
  values: Values;
  onChange: (values: Values) => void;
  faults?: Record<string, string>;
  hide?: string[];
};

export function SchemaForm({ spec, values, onChange, faults = {}, hide = [] }: Props) {
  const set = (name: string, value: unknown) => {
    const next = { ...values };
    if (value === "" || value === undefined) delete next[name];
    else next[name] = value;
    onChange(next);
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {Object.entries(spec.properties)
        .filter(([name]) => !hide.includes(name))
        .map(([name, property]) => (
          <Control
            key={name}
            name={name}
            property={property}
            required={spec.required?.includes(name) ?? false}
            value={values[name]}
            fault={faults[`/config/${name}`] ?? faults[`config/${name}`]}
            onChange={(value) => set(name, value)}
          />
        ))}
    </div>
  );
}

type ControlProps = {
  name: string;
  property: Property;
  required: boolean;
  value: unknown;
  fault?: string;
  onChange: (value: unknown) => void;
};

function Control({ name, property, required, value, fault, onChange }: ControlProps) {
  const label = `${words(name)}${required ? "" : " (optional)"}`;
  const shared = { label, required, fault, hint: property.description, name };
  if (property.enum) {
    const options = [...(required ? [] : [{ value: "", label: "not set" }]), ...property.enum];
    return (
      <Select
        {...shared}
        value={String(value ?? "")}
        onChange={(event) => onChange(event.target.value)}
        options={options}
      />
    );
  }
  if (property.type === "array") {
    const text = Array.isArray(value) ? value.join(", ") : "";
    const parse = (given: string) => {
      const items = given.split(",").map((item) => item.trim());
      return items.some((item) => item !== "") ? items : undefined;
    };
    return (
      <Input
        {...shared}
        hint={[property.description, "several by comma"].filter(Boolean).join("; ")}
        defaultValue={text}
        onChange={(event) => onChange(parse(event.target.value)?.filter(Boolean))}
      />
    );
  }
  if (property.type === "integer" || property.type === "number") {
    return (
      <Input
        {...shared}
        type="number"
        step={property.type === "integer" ? 1 : "any"}
        value={value === undefined ? "" : String(value)}
        onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
      />
    );
  }
  return (
    <Input
      {...shared}
      placeholder={property.default === undefined ? undefined : String(property.default)}
      value={String(value ?? "")}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
