// What language models were asked for the tenant and what that took, by day, purpose and model. None is asked unless whoever
// operates the platform named one.
import { useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { modelUse } from "@/client/admin";
import { may, me } from "@/client/system";
import type { ModelUse, ModelUseRow } from "@/client/types";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { amount, count, many, words } from "@/ui/format";
import { Empty, NotYet } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { useTruth } from "../truth";
import { Used } from "./Limits";

/** Days that are looked back on. */
const DAYS = 30;

type Figure = "calls" | "input_tokens" | "output_tokens" | "cost";

/** A column of what is counted of a day, purpose and model. */
const figure = (id: Figure, title: string, width: string, write: (value: number) => string): Column<ModelUseRow> => ({
  id,
  title,
  width,
  align: "right",
  by: (one) => one[id],
  cell: (one) => write(one[id]),
});

const COLUMNS: Column<ModelUseRow>[] = [
  {
    id: "day",
    title: "Day (UTC)",
    width: "8rem",
    card: "mark",
    by: (one) => one.day,
    cell: (one) => <span className="num">{one.day}</span>,
  },
  {
    id: "purpose",
    title: "What for",
    width: "minmax(8rem,1fr)",
    card: "title",
    by: (one) => one.purpose,
    cell: (one) => <b>{words(one.purpose)}</b>,
  },
  {
    id: "model",
    title: "Model",
    width: "minmax(9rem,1.5fr)",
    by: (one) => one.model,
    cell: (one) => <code className="wrap-anywhere">{one.model}</code>,
  },
  {
    ...figure("calls", "Calls", "9rem", count),
    cell: (one) => (
      <span>
        {count(one.calls)}
        {one.failed > 0 && <span className="text-amber"> {count(one.failed)} failed</span>}
      </span>
    ),
  },
  figure("input_tokens", "Tokens in", "8rem", count),
  figure("output_tokens", "Tokens out", "8rem", count),
  figure("cost", "Cost", "7rem", amount),
];

export function Models() {
  const role = useQuery(me()).data?.role;
  if (role && !may(role, "admin")) {
    return <NotYet title="What models took is for the role admin">Yours is {role}.</NotYet>;
  }
  return <Use />;
}

function Use() {
  const query = useQuery(modelUse(DAYS));
  const truth = useTruth(query);
  return (
    <div className="grid gap-5">
      <Card title="Now" truth={truth}>
        <Async query={query}>{(use) => <Now of={use} />}</Async>
      </Card>
      <Card title={`Last ${DAYS} days`} truth={truth} flush hint="cost by the prices in the settings at the time">
        <Async query={query}>
          {(use) => (
            <Table
              label="Use of language models"
              rows={use.items}
              columns={COLUMNS}
              rowKey={(one) => `${one.day} ${one.purpose} ${one.model}`}
              empty={
                <Empty icon={<Sparkles className="size-6" aria-hidden />} title="No model was asked">
                  A second opinion is asked for where a repair waits for people, if the node is configured for one.
                </Empty>
              }
            />
          )}
        </Async>
      </Card>
    </div>
  );
}

function Now({ of }: { of: ModelUse }) {
  const sum = (pick: (one: ModelUseRow) => number) => of.items.reduce((total, one) => total + pick(one), 0);
  const [calls, failed] = [sum((one) => one.calls), sum((one) => one.failed)];
  const model = of.model ? <code>{of.model}</code> : "none is configured; everything works without one";
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Facts
        items={[
          ["Model", model],
          ["Asked", failed > 0 ? `${many(calls, "time")}, ${count(failed)} in vain` : many(calls, "time")],
          ["Cost", amount(sum((one) => one.cost))],
        ]}
      />
      <ul>
        <Used label="Tokens today" used={of.tokens_today} limit={of.tokens_per_day} write={count} />
      </ul>
    </div>
  );
}
