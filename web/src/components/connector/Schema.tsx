// What the source says it has, asked from the source itself.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { discovered } from "@/client/connections";
import { Async } from "@/ui/Async";
import { Chip } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Select } from "@/ui/Field";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";

type Field = { name: string; type: string; nullable: boolean; samples: string[] };
type Shape = { fields: Field[]; key: string[]; cursor: string | null };

export function Schema({ id }: { id: string }) {
  const query = useQuery(discovered(id));
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Card title="Schema" hint="as the source describes itself now" flush>
      <Async query={query} className="px-0">
        {(page) => {
          const stream = page.items.find((one) => one.name === chosen) ?? page.items[0];
          if (!stream)
            return (
              <Empty title="The source offers no stream">
                For a file, check that it is there; for a database, that its user may read tables.
              </Empty>
            );
          const shape = stream.schema as unknown as Shape;
          const columns: Column<Field>[] = [
            {
              id: "name",
              title: "Field",
              width: "minmax(10rem,1.2fr)",
              card: "title",
              by: (one) => one.name,
              cell: (one) => <code className="font-bold">{one.name}</code>,
            },
            {
              id: "type",
              title: "Type",
              width: "8rem",
              card: "mark",
              by: (one) => one.type,
              cell: (one) => <Chip>{one.type}</Chip>,
            },
            {
              id: "role",
              title: "Role",
              width: "8rem",
              cell: (one) =>
                shape.key.includes(one.name) ? (
                  <Chip hue="green">key</Chip>
                ) : one.name === shape.cursor ? (
                  <Chip hue="blue">cursor</Chip>
                ) : one.nullable ? (
                  <span className="text-ink-3">may be empty</span>
                ) : (
                  ""
                ),
            },
            {
              id: "samples",
              title: "Samples",
              width: "minmax(14rem,2fr)",
              cell: (one) => (
                <span className="text-ink-2" title={one.samples.join("\n")}>
                  {one.samples.slice(0, 3).join(" · ")}
                </span>
              ),
            },
          ];
          return (
            <>
              <div className="flex flex-wrap items-end gap-4 px-5 pb-3">
                <Select
                  label="Stream"
                  value={stream.name}
                  onChange={(event) => setChosen(event.target.value)}
                  options={page.items.map((one) => one.name)}
                  className="w-64"
                />
                <p className="pb-2 text-sm text-ink-3">
                  {shape.fields.length} fields · fingerprint <code>{stream.fingerprint.slice(0, 12)}</code>
                </p>
              </div>
              <Table
                label={`Fields of ${stream.name}`}
                rows={shape.fields}
                columns={columns}
                rowKey={(one) => one.name}
              />
            </>
          );
        }}
      </Async>
    </Card>
  );
}
