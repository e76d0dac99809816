// The rules in force: which source field feeds which canonical one, how sure their author was, and a way to change them.
// A change is sent with the version it was made from; history is mapped again under the new rules.
import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { mappings, putMapping } from "@/client/connections";
import { may, me } from "@/client/system";
import type { MappingRow } from "@/client/types";
import { views } from "@/client/views";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, IconButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input, Select } from "@/ui/Field";
import { Confidence } from "@/ui/Spark";
import { Empty, Fault } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";

const COLUMNS: Column<MappingRow>[] = [
  {
    id: "from",
    title: "Source field",
    width: "minmax(10rem,1fr)",
    card: "title",
    by: (one) => one.source_path,
    cell: (one) => <code className="font-bold">{one.source_path}</code>,
  },
  {
    id: "to",
    title: "Canonical field",
    width: "minmax(10rem,1fr)",
    by: (one) => one.field,
    cell: (one) => (
      <code className="text-blue">
        {one.entity}.{one.field}
      </code>
    ),
  },
  {
    id: "sure",
    title: "Confidence",
    width: "9rem",
    by: (one) => one.confidence,
    cell: (one) => <Confidence value={one.confidence} />,
  },
  {
    id: "origin",
    title: "Origin",
    width: "8rem",
    card: "mark",
    by: (one) => one.origin,
    cell: (one) => <Badge word={one.origin} hue={one.origin === "human" ? "purple" : "grey"} />,
  },
  { id: "version", title: "Version", width: "5rem", align: "right", card: "hide", cell: (one) => `v${one.version}` },
];

export function Mappings({ id }: { id: string }) {
  const query = useQuery(mappings(id));
  const role = useQuery(me()).data?.role;
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Async query={query}>
      {(page) => {
        const streams = [...new Set(page.items.map((row) => row.stream))];
        if (streams.length === 0) {
          return (
            <Card>
              <Empty title="No rules yet">
                They are proposed when the source is first read, from its field names, types and values.
              </Empty>
            </Card>
          );
        }
        return (
          <div className="grid gap-5">
            {streams.map((stream) => {
              const rows = page.items.filter((row) => row.stream === stream);
              return editing === stream ? (
                <Editor key={stream} id={id} stream={stream} rows={rows} onDone={() => setEditing(null)} />
              ) : (
                <Card
                  key={stream}
                  title={stream}
                  hint={`${rows.length} rules`}
                  flush
                  actions={
                    may(role, "operator") && (
                      <Button
                        size="sm"
                        icon={<Pencil className="size-4" aria-hidden />}
                        onClick={() => setEditing(stream)}
                      >
                        Change
                      </Button>
                    )
                  }
                >
                  <Table
                    label={`Rules of ${stream}`}
                    rows={rows}
                    columns={COLUMNS}
                    rowKey={(one) => `${one.source_path}>${one.field}`}
                  />
                </Card>
              );
            })}
          </div>
        );
      }}
    </Async>
  );
}

type Rule = { source_path: string; field: string };

function Editor({ id, stream, rows, onDone }: { id: string; stream: string; rows: MappingRow[]; onDone: () => void }) {
  const entity = rows[0]?.entity ?? "";
  const fields = useQuery(views()).data?.items.find((view) => view.entity === entity)?.fields ?? [];
  const [rules, setRules] = useState<Rule[]>(rows.map(({ source_path, field }) => ({ source_path, field })));
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set = (at: number, change: Partial<Rule>) =>
    setRules(rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)));
  const save = async () => {
    setBusy(true);
    setFault(null);
    try {
      await putMapping(id, {
        stream,
        entity,
        rules: rules.filter((rule) => rule.source_path && rule.field),
        version: rows[0]?.version,
      });
      toast.good("New rules are in force; history is mapped again");
      onDone();
    } catch (thrown) {
      setFault(thrown);
      setBusy(false);
    }
  };
  return (
    <Card title={`Rules of ${stream}`} hint={`feeds ${entity}`}>
      <div className="grid gap-2.5">
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no other name while they are being written
          <div key={index} className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
            <Input
              label={`Source field ${index + 1}`}
              hideLabel
              value={rule.source_path}
              placeholder="source field"
              onChange={(event) => set(index, { source_path: event.target.value })}
            />
            <Select
              label={`Canonical field ${index + 1}`}
              hideLabel
              value={rule.field}
              onChange={(event) => set(index, { field: event.target.value })}
              options={[
                { value: "", label: "choose a field" },
                ...fields.map((field) => ({ value: field.name, label: `${field.name} · ${field.type}` })),
              ]}
            />
            <IconButton
              label={`Remove rule ${index + 1}`}
              onClick={() => setRules(rules.filter((_, at) => at !== index))}
            >
              <Trash2 className="size-4" aria-hidden />
            </IconButton>
          </div>
        ))}
      </div>
      {fault !== null && <Fault of={fault} className="mt-4" />}
      <div className="mt-5 flex flex-wrap gap-2">
        <Button
          icon={<Plus className="size-4" aria-hidden />}
          onClick={() => setRules([...rules, { source_path: "", field: "" }])}
        >
          Add a rule
        </Button>
        <span className="grow" />
        <Button tone="quiet" onClick={onDone}>
          Leave as it was
        </Button>
        <Button tone="primary" busy={busy} onClick={() => void save()}>
          Put in force
        </Button>
      </div>
    </Card>
  );
}
