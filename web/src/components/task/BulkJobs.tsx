// Bulk mapping jobs: over which sources, how far each is, and what of it was held to be something.
import { useQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { type FormEvent, useState } from "react";
import { bulkJobs, startBulk } from "@/client/bulk";
import { connections } from "@/client/connections";
import { type Problem, problemOf } from "@/client/problem";
import { may, me } from "@/client/system";
import type { BulkJob } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Checks, Segmented } from "@/ui/Field";
import { count } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { Empty, Fault } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { useGo } from "../address";
import { useTruth } from "../truth";
import { saidOf, stateOf } from "./words";

const COLUMNS: Column<BulkJob>[] = [
  {
    id: "objects",
    title: "Objects",
    width: "minmax(12rem,1.6fr)",
    card: "title",
    by: (one) => one.objects,
    cell: (one) => <Progress label="Objects done" done={one.objects_done} total={one.objects} />,
  },
  {
    id: "state",
    title: "State",
    width: "9rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => (
      <span title={saidOf(one)?.message}>
        <Badge word={one.state} label={stateOf(one.state)} />
      </span>
    ),
  },
  {
    id: "fields",
    title: "Fields",
    width: "6rem",
    align: "right",
    by: (one) => one.fields,
    cell: (one) => count(one.fields),
  },
  {
    id: "mapped",
    title: "Mapped",
    width: "6rem",
    align: "right",
    by: (one) => one.mapped,
    cell: (one) => count(one.mapped),
  },
  {
    id: "at",
    title: "Asked",
    width: "7rem",
    align: "right",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
];

export function BulkJobs() {
  const query = useQuery(bulkJobs());
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const go = useGo();
  return (
    <div className={cx("grid items-start gap-5", may(role, "operator") && "xl:grid-cols-[22rem_1fr]")}>
      {may(role, "operator") && <Start />}
      <Card title="Mapping jobs" truth={truth} flush>
        <Async query={query} className="px-0">
          {(page) => (
            <Table
              label="Mapping jobs"
              rows={page.items}
              columns={COLUMNS}
              rowKey={(one) => one.id}
              onOpen={(one) => go(`/bulk-mappings/${one.id}`)}
              empty={
                <Empty icon={<Boxes className="size-6" />} title="No job yet">
                  A job holds the fields of many streams against the canonical model at once, and keeps what each is
                  likely to be.
                </Empty>
              }
            />
          )}
        </Async>
      </Card>
    </div>
  );
}

function Start() {
  const query = useQuery(connections());
  const go = useGo();
  const [some, setSome] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      go(`/bulk-mappings/${(await startBulk(some ? chosen : undefined)).id}`);
    } catch (thrown) {
      setFault(problemOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Card title="Map many at once">
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <div>
          <Segmented
            label="Which sources"
            value={some ? "some" : "all"}
            options={[
              { value: "all", label: "Every source" },
              { value: "some", label: "Some" },
            ]}
            onChange={(next) => setSome(next === "some")}
          />
        </div>
        {some && (
          <Checks
            label="Sources"
            options={query.data?.items.map((one) => one.name) ?? []}
            chosen={chosen}
            onChange={setChosen}
            fault={fault?.fields["/connections"]}
          />
        )}
        <p className="text-sm text-ink-2">As each was last read. Rules in force stay as they are.</p>
        {fault && <Fault of={fault} />}
        <Button type="submit" tone="primary" busy={busy} disabled={some && chosen.length === 0}>
          Start
        </Button>
      </form>
    </Card>
  );
}
