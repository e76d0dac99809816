// One row of a view: its fields, what did not fit a field, and where each value came from.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mappings } from "@/client/connections";
import type { RecordSource, Row, View } from "@/client/types";
import { LinkButton } from "@/ui/Button";
import { CopyButton } from "@/ui/Copy";
import { Facts, Raw } from "@/ui/Facts";
import { plain } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { useSourceNames } from "./names";

export function RowDetail({ row, view }: { row: Row; view: View }) {
  const source = row.source as RecordSource | undefined;
  const names = useSourceNames();
  const rules =
    useQuery({ ...mappings(source?.connection_id ?? ""), enabled: source !== undefined }).data?.items.filter(
      (rule) => rule.stream === source?.stream,
    ) ?? [];
  const filled = view.fields.filter((field) => row[field.name] !== null && row[field.name] !== undefined);
  return (
    <div className="grid gap-6">
      <LinkButton to={`/views/${view.view}/${String(row.id)}`} className="justify-self-start">
        Its entity: records, evidence, merge and split
      </LinkButton>
      <section>
        <h3 className="mb-3 text-sm text-ink-3">Where its values come from</h3>
        <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
          {filled.map((field) => {
            const rule = rules.find((one) => one.field === field.name);
            return (
              <li key={field.name} className="bg-surface px-4 py-2.5">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <code className="text-blue" title={field.description}>
                    {field.name}
                  </code>
                  <b className="num wrap-anywhere">{plain(row[field.name])}</b>
                </div>
                {rule && (
                  <div className="mt-1 flex flex-wrap items-center justify-between gap-x-4 text-sm text-ink-2">
                    <span>
                      from <code>{rule.source_path}</code>, rule by {rule.origin}
                    </span>
                    <Confidence value={rule.confidence} />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
        {filled.length < view.fields.length && (
          <p className="mt-2 text-sm text-ink-3">{view.fields.length - filled.length} fields are empty.</p>
        )}
      </section>
      {source && (
        <section>
          <h3 className="mb-3 text-sm text-ink-3">Its last state</h3>
          <Facts
            items={[
              [
                "Source",
                <Link key="source" to={`/connect/${source.connection_id}` as never} className="text-blue">
                  {names.get(source.connection_id) ?? source.connection_id}
                </Link>,
              ],
              ["Stream", source.stream],
              ["Key", <code key="key">{source.key}</code>],
              [
                "Log entry",
                <span key="seq" className="num">
                  {source.seq}
                </span>,
              ],
              ["Rules", `version ${source.mapping_version}`],
              [
                "Id",
                <span key="id" className="inline-flex items-center gap-1">
                  <code>{String(row.id)}</code>
                  <CopyButton text={String(row.id)} label="Copy the id" />
                </span>,
              ],
            ]}
          />
        </section>
      )}
      <Raw value={row} label="The whole row" />
    </div>
  );
}
