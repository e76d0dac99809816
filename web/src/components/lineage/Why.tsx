// Why one value is what it is: the record that gives it, the batch it was read in, the rule that made it, what the source had
// sent; and of a golden record, why its records are one and why this one of them gives the value.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { why } from "@/client/lineage";
import type { RecordWhy, ValueWhy } from "@/client/types";
import { rows, views } from "@/client/views";
import { useAddress } from "@/components/address";
import { PairEvidence } from "@/components/PairEvidence";
import { nameOf } from "@/components/subject";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Facts } from "@/ui/Facts";
import { Input, Select } from "@/ui/Field";
import { absolute, many, number, plain, words } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Empty, Fault } from "@/ui/States";

const DECIDED: Record<string, string> = {
  only_value: "No other record has a value.",
  source_order: "Its source goes before the others, by the settings.",
  latest_change: "It changed last.",
  read_last: "Both changed at the same time; it was read last.",
  first_id: "The records do not differ in age; the first by id gives it.",
};

export function Why() {
  const [address, change] = useAddress();
  const tables = useQuery(views());
  const filled = (tables.data?.items ?? []).filter((one) => one.rows > 0);
  const view = address.view ?? filled[0]?.view;
  const alone = address.alone === "yes";
  return (
    <div className="grid gap-5">
      <Card title="Of which record">
        <Async query={tables}>
          {() =>
            view ? (
              <div className="flex flex-wrap items-end gap-3">
                <Select
                  label="View"
                  value={view}
                  onChange={(event) => change({ view: event.target.value, id: undefined, field: undefined })}
                  options={filled.map((one) => one.view)}
                />
                <Choose key={view} view={view} />
              </div>
            ) : (
              <Empty
                title="There is no record yet"
                action={
                  <LinkButton to="/connect/new" tone="primary">
                    Add a source
                  </LinkButton>
                }
              >
                Every value that is read can be asked about, from the first on.
              </Empty>
            )
          }
        </Async>
      </Card>
      {view && address.id && <Told view={view} id={address.id} alone={alone} />}
    </div>
  );
}

/** The first rows of the view, or those whose name is typed. */
function Choose({ view }: { view: string }) {
  const [address, change] = useAddress();
  const [typed, setTyped] = useState("");
  const fields = useQuery(views()).data?.items.find((one) => one.view === view)?.fields ?? [];
  const named = ["name", "email", "title"].find((name) => fields.some((field) => field.name === name));
  const filters: [string, string][] = typed && named ? [[named, `contains:${typed}`]] : [];
  const found = useQuery(rows(view, { filters, limit: 8 }));
  return (
    <>
      {named && (
        <Input
          label={`Search by ${words(named).toLowerCase()}`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {found.error && <Fault of={found.error} retry={() => void found.refetch()} className="basis-full" />}
      <div className="flex basis-full flex-wrap gap-2" role="group" aria-label="Records">
        {found.data?.items.map((row) => (
          <Button
            key={String(row.id)}
            size="sm"
            aria-pressed={address.id === row.id}
            className={cx(address.id === row.id && "border-solid-green bg-green-soft")}
            onClick={() => change({ view, id: String(row.id), field: undefined }, true)}
          >
            <bdi className="max-w-52 truncate">{nameOf(row)}</bdi>
          </Button>
        ))}
        {found.data?.items.length === 0 && <span className="text-ink-2">No record by that name.</span>}
      </div>
    </>
  );
}

function Told({ view, id, alone }: { view: string; id: string; alone: boolean }) {
  const query = useQuery(why(view, id, alone));
  const truth = useTruth(query);
  const [address, change] = useAddress();
  const of = query.data;
  const chosen = of?.values.find((one) => one.field === address.field) ?? of?.values[0];
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(18rem,1fr)_2fr]">
      <Card
        title={of?.kind === "golden" ? "Golden record" : "Record"}
        truth={truth}
        hint={of && `as of position ${number(of.position)}`}
      >
        <Async query={query}>
          {(data) =>
            data.values.length === 0 ? (
              <Empty title="It has no values" />
            ) : (
              <ul className="grid gap-1">
                {data.values.map((one) => (
                  <li key={one.field}>
                    <button
                      type="button"
                      aria-pressed={one.field === chosen?.field}
                      onClick={() => change({ field: one.field })}
                      className={cx(
                        "flex min-h-10 w-full flex-wrap items-center justify-between gap-x-4 rounded-lg px-3 text-left touch hover:bg-sunken",
                        one.field === chosen?.field && "bg-green-soft hover:bg-green-soft",
                      )}
                    >
                      <code className="text-blue">{one.field}</code>
                      <bdi className="num font-bold wrap-anywhere">{plain(one.value)}</bdi>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Async>
      </Card>
      {of && chosen && (
        <div className="grid gap-5">
          <Value of={chosen} />
          {of.merge && of.merge.members.length > 1 && <Merge of={of.merge} />}
          <LinkButton to={`/views/${view}/${of.id}`} className="justify-self-start">
            {of.kind === "golden" ? "The whole entity" : "Its entity"}
          </LinkButton>
        </div>
      )}
    </div>
  );
}

function Step({ at, title, children }: { at: number; title: string; children: ReactNode }) {
  return (
    <li className="grid grid-cols-[2rem_1fr] gap-x-3">
      <span className="num grid size-7 place-items-center rounded-full bg-sunken text-sm font-bold" aria-hidden>
        {at}
      </span>
      <div className="min-w-0 pb-5">
        <h3 className="mb-1.5 font-bold">{title}</h3>
        {children}
      </div>
    </li>
  );
}

function Value({ of }: { of: ValueWhy }) {
  const { record, batch, rule, original, survivorship } = of;
  const cursor = batch?.cursor_to as unknown;
  return (
    <Card title={`Why ${of.field} is ${plain(of.value) || "empty"}`}>
      <ol>
        <Step at={1} title="The source sent it">
          {record ? (
            <Facts
              items={[
                ["Source", record.connection || record.connection_id],
                ["Stream", record.stream],
                ["Key", <code key="key">{record.key}</code>],
                ...(original
                  ? ([
                      [
                        "Original value",
                        <span key="original">
                          <bdi>{plain(original.value) || "nothing"}</bdi>{" "}
                          <span className="text-sm text-ink-2">
                            {original.form === "sent" ? "as it was sent" : "as the cast left it"}
                          </span>
                        </span>,
                      ],
                    ] as [ReactNode, ReactNode][])
                  : []),
              ]}
            />
          ) : (
            <p className="text-ink-2">No record has a value.</p>
          )}
        </Step>
        <Step at={2} title="It was read in a batch">
          {batch ? (
            <>
              <Facts
                items={[
                  [
                    "Log position",
                    <span key="seq" className="num">
                      {number(batch.position)}
                    </span>,
                  ],
                  ["Written", absolute(batch.at)],
                  [
                    "Row of the batch",
                    <span key="row" className="num">
                      {number(batch.row)}
                    </span>,
                  ],
                  [
                    "Read up to",
                    <code key="cursor" className="text-sm">
                      {plain(cursor)}
                    </code>,
                  ],
                ]}
              />
              {of.carried && (
                <p className="mt-2 text-sm text-ink-2">
                  Later batches of this record did not send the column, so its last value stayed.
                </p>
              )}
            </>
          ) : (
            <p className="text-ink-2">Its batch is not in the log any more.</p>
          )}
        </Step>
        <Step at={3} title="A rule made it">
          {rule ? (
            <Facts
              items={[
                ["Column", <code key="path">{rule.source_path || "a constant"}</code>],
                ["Cast to", rule.cast],
                ...(rule.transform
                  ? ([["Transform", <code key="t">{plain(rule.transform)}</code>]] as [ReactNode, ReactNode][])
                  : []),
                ["Version", `${rule.version}, adopted ${absolute(rule.adopted_at)} by ${rule.author}`],
                ...(rule.reason ? ([["Because", rule.reason]] as [ReactNode, ReactNode][]) : []),
                ["Confidence", <Confidence key="sure" value={rule.confidence} />],
              ]}
            />
          ) : (
            <p className="text-ink-2">No rule in force feeds this field.</p>
          )}
        </Step>
        {survivorship && (
          <Step at={4} title="It survived">
            <p>{DECIDED[survivorship.rule] ?? words(survivorship.rule)}</p>
            {survivorship.together.length > 0 && (
              <p className="mt-1 text-sm text-ink-2">Given together: {survivorship.together.join(", ")}.</p>
            )}
            {survivorship.candidates.length > 1 && (
              <ul className="mt-2 grid gap-1">
                {(survivorship.candidates as { record: string; value: unknown }[]).map((one, at) => (
                  <li key={one.record} className={cx("flex flex-wrap justify-between gap-x-4", at > 0 && "text-ink-2")}>
                    <bdi className="font-semibold wrap-anywhere">{plain(one.value) || "–"}</bdi>
                    <code className="text-sm">{one.record}</code>
                  </li>
                ))}
              </ul>
            )}
          </Step>
        )}
      </ol>
    </Card>
  );
}

function Merge({ of }: { of: NonNullable<RecordWhy["merge"]> }) {
  const named = (id: string) => {
    const member = of.members.find((one) => one.id === id);
    return member?.source ? `${nameOf(member.record)} · ${member.source.key}` : id;
  };
  return (
    <Card title={`Why ${many(of.members.length, "record")} are one`}>
      <div className="grid gap-6">
        {of.pairs.slice(0, 5).map((pair) => (
          <PairEvidence key={`${pair.a}:${pair.b}`} of={pair} left={named(pair.a)} right={named(pair.b)} />
        ))}
        {of.decisions.map((one) => (
          <p key={one.position} className="text-sm text-ink-2">
            Decided by <b>{one.by}</b> on {absolute(one.at)}, log position{" "}
            <span className="num">{number(one.position)}</span>
            {one.reason ? `: ${one.reason}` : ""}
          </p>
        ))}
        {of.said.map((one) => (
          <p key={`${one.a}:${one.b}`} className="text-sm text-ink-2">
            Somebody said of {named(one.a)} and {named(one.b)}: <b>{words(one.said)}</b>
          </p>
        ))}
      </div>
    </Card>
  );
}
