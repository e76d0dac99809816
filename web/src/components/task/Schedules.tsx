// What sets work off by itself: when, in words, the times to come, what it did last; made, changed, paused and run at once.
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Pause, Pencil, Play, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { changeSchedule, fireSchedule, removeSchedule, schedules } from "@/client/schedules";
import { may, me } from "@/client/system";
import type { Schedule } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { absolute } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useAddress, useGo } from "../address";
import { By } from "../By";
import { useTruth } from "../truth";
import { triggerWords } from "./cron";
import { ScheduleForm } from "./ScheduleForm";
import { kindOf, MISSED } from "./words";

const stateOf = (one: Schedule): string => (one.paused ? "paused" : one.last_error ? "failed" : "active");

function doesWords(one: Schedule): string {
  const given = (one.task.payload ?? {}) as Record<string, unknown>;
  const named = given.connection ?? given.agent ?? given.playbook ?? given.connections;
  const about = Array.isArray(named) ? named.join(", ") : named;
  return [kindOf(one.task.kind), about].filter(Boolean).join(": ");
}

const COLUMNS: Column<Schedule>[] = [
  {
    id: "name",
    title: "Name",
    width: "minmax(11rem,1.3fr)",
    card: "title",
    by: (one) => one.name,
    cell: (one) => <b title={one.name}>{one.name}</b>,
  },
  {
    id: "when",
    title: "When",
    width: "minmax(14rem,1.8fr)",
    cell: (one) => <span title={one.trigger.cron ?? undefined}>{triggerWords(one.trigger)}</span>,
  },
  {
    id: "does",
    title: "Does",
    width: "minmax(12rem,1.5fr)",
    by: doesWords,
    cell: (one) => <span title={doesWords(one)}>{doesWords(one)}</span>,
  },
  {
    id: "next",
    title: "Next",
    width: "8rem",
    align: "right",
    by: (one) => one.next_run_at,
    cell: (one) => <Ago at={one.next_run_at} empty={one.paused ? "not while paused" : "when it happens"} />,
  },
  {
    id: "last",
    title: "Last",
    width: "7rem",
    align: "right",
    by: (one) => one.last_run_at,
    cell: (one) => <Ago at={one.last_run_at} />,
  },
  {
    id: "state",
    title: "State",
    width: "7rem",
    card: "mark",
    by: stateOf,
    cell: (one) => <Badge word={stateOf(one)} />,
  },
];

export function Schedules() {
  const query = useQuery(schedules());
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const [address, change] = useAddress();
  const chosen = query.data?.items.find((one) => one.id === address.schedule);
  const making = address.schedule === "new" && may(role, "operator");
  const close = () => change({ schedule: undefined });
  const make = (
    <Button
      tone="primary"
      icon={<Plus className="size-4" aria-hidden />}
      onClick={() => change({ schedule: "new" }, true)}
    >
      New schedule
    </Button>
  );
  return (
    <Card title="Schedules" truth={truth} flush actions={may(role, "operator") && make}>
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Schedules"
            rows={page.items}
            columns={COLUMNS}
            rowKey={(one) => one.id}
            onOpen={(one) => change({ schedule: one.id }, true)}
            selected={address.schedule ?? null}
            empty={
              <Empty icon={<CalendarClock className="size-6" />} title="Nothing is set off by itself yet">
                A schedule reads a source, lets an agent look or runs a playbook: by a cron line, once in a while, or
                after other sources were read.
              </Empty>
            }
          />
        )}
      </Async>
      <Dialog kind="drawer" open={making} onClose={close} title="New schedule">
        <ScheduleForm of={null} onDone={close} />
      </Dialog>
      <Dialog
        kind="drawer"
        open={chosen !== undefined}
        onClose={close}
        title={chosen?.name ?? ""}
        description={chosen && triggerWords(chosen.trigger)}
      >
        {chosen && <One key={chosen.id} of={chosen} onGone={close} />}
      </Dialog>
    </Card>
  );
}

function One({ of, onGone }: { of: Schedule; onGone: () => void }) {
  const role = useQuery(me()).data?.role;
  const [editing, setEditing] = useState(false);
  if (editing) return <ScheduleForm of={of} onDone={() => setEditing(false)} />;
  return (
    <div className="grid gap-6">
      {may(role, "operator") && <Actions of={of} onEdit={() => setEditing(true)} onGone={onGone} />}
      {of.last_error && (
        <p role="alert" className="rounded-xl bg-red-soft px-4 py-3 font-semibold wrap-anywhere">
          The last time made no task: {of.last_error}
        </p>
      )}
      <Facts
        items={[
          ["State", <Badge key="state" word={stateOf(of)} />],
          ["Does", doesWords(of)],
          ...(of.trigger.cron ? ([["Cron line", <code key="cron">{of.trigger.cron}</code>]] as Pair[]) : []),
          ...(of.trigger.cron ? ([["Hours of", of.trigger.time_zone ?? "UTC"]] as Pair[]) : []),
          ["Times missed", MISSED[of.missed] ?? of.missed],
          ["Last set off", <Ago key="last" at={of.last_run_at} />],
          ["Made by", <By key="by" of={of.created_by} />],
        ]}
      />
      <section>
        <h3 className="mb-2 text-sm text-ink-3">Times to come</h3>
        {of.next_runs.length === 0 ? (
          <p className="text-ink-2">
            {of.paused ? "None while it is paused." : "When what it waits for has happened; that has no time of day."}
          </p>
        ) : (
          <ol className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
            {of.next_runs.map((at) => (
              <li key={at} className="flex flex-wrap justify-between gap-x-4 bg-surface px-4 py-2">
                <span className="num">{absolute(at)}</span>
                <span className="text-ink-2">
                  <Ago at={at} />
                </span>
              </li>
            ))}
          </ol>
        )}
      </section>
      {of.last_task_id && (
        <LinkButton to={`/tasks/${of.last_task_id}`} className="justify-self-start">
          The task it made last
        </LinkButton>
      )}
    </div>
  );
}

type Pair = [React.ReactNode, React.ReactNode];

function Actions({ of, onEdit, onGone }: { of: Schedule; onEdit: () => void; onGone: () => void }) {
  const go = useGo();
  const [sure, setSure] = useState(false);
  const fire = async () => {
    const asked = await act(fireSchedule(of.id), "It was set off; this is its task");
    if (asked) go(`/tasks/${asked.task_id}`);
  };
  const remove = () => {
    if (!sure) return setSure(true);
    void act(removeSchedule(of.id).then(onGone), `${of.name} is gone`);
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button tone="primary" icon={<Play className="size-4" aria-hidden />} onClick={() => void fire()}>
        Run now
      </Button>
      <Button
        icon={of.paused ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
        onClick={() => void act(changeSchedule(of, { paused: !of.paused }), of.paused ? "Goes on" : "Paused")}
      >
        {of.paused ? "Go on" : "Pause"}
      </Button>
      <Button icon={<Pencil className="size-4" aria-hidden />} onClick={onEdit}>
        Change
      </Button>
      <Button tone="danger" icon={<Trash2 className="size-4" aria-hidden />} onClick={remove}>
        {sure ? "Delete it, really" : "Delete"}
      </Button>
    </div>
  );
}
