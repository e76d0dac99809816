// Raw rows beside what they become: the source's own first rows, and the same fields under the rules in force.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mappings, preview } from "@/client/connections";
import type { Connection, MappingRow, Preview } from "@/client/types";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Select } from "@/ui/Field";
import { plain } from "@/ui/format";
import { Empty } from "@/ui/States";

export function Records({ of }: { of: Connection }) {
  const [chosen, setChosen] = useState(of.streams[0]?.name ?? "");
  const rules = useQuery(mappings(of.id)).data?.items.filter((rule) => rule.stream === chosen) ?? [];
  const query = useQuery({ ...preview(of.id, chosen), enabled: chosen !== "" });
  if (chosen === "")
    return (
      <Card>
        <Empty title="No stream yet">Rows can be looked at once the source was read.</Empty>
      </Card>
    );
  return (
    <Card
      title="Records"
      hint="read from the source now, not kept"
      actions={
        <Select
          label="Stream"
          hideLabel
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
          options={of.streams.map((stream) => stream.name)}
        />
      }
    >
      <Async query={query}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty title="The stream has no row">The source answered, with nothing in it.</Empty>
          ) : (
            <Sheet page={page} rules={rules} />
          )
        }
      </Async>
    </Card>
  );
}

function Sheet({ page, rules }: { page: Preview; rules: MappingRow[] }) {
  const target = (column: string) => rules.find((rule) => rule.source_path === column);
  return (
    <div tabIndex={0} role="region" aria-label="First rows of the source" className="-mx-5 overflow-x-auto">
      <table className="w-full text-left text-sm">
        <thead>
          <tr className="border-b border-line">
            {page.columns.map((column) => (
              <th key={column} scope="col" className="px-3 py-2 align-bottom whitespace-nowrap first:pl-5">
                <code className="block font-bold">{column}</code>
                <code className={target(column) ? "text-blue" : "font-normal text-ink-3"}>
                  {target(column)?.field ?? "extras"}
                </code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: raw rows have no name
            <tr key={index} className="border-b border-line last:border-b-0">
              {row.map((value, at) => (
                <td key={page.columns[at]} className="max-w-64 truncate px-3 py-2 first:pl-5" title={plain(value)}>
                  {plain(value) || <span className="text-ink-3">empty</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
