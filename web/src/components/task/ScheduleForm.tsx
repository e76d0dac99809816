// A schedule being written: what sets it off, what it does. The cron line is said in words while it is typed; what the server
// refuses stands at its field, and nothing typed is lost.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { connections } from "@/client/connections";
import { playbooks } from "@/client/playbooks";
import { type Problem, problemOf } from "@/client/problem";
import { changeSchedule, createSchedule } from "@/client/schedules";
import type { Schedule } from "@/client/types";
import { agents } from "@/client/work";
import { Button } from "@/ui/Button";
import { Checks, Input, Segmented, Select } from "@/ui/Field";
import { Fault } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { explain } from "./cron";
import { ABOUT, asked, type Draft, draftOf, UNITS, type Unit, type Way } from "./draft";
import { kindOf, MISSED } from "./words";

const KINDS = ["sync", "agent", "playbook", "rebuild", "bulk_mapping"];
const WAYS = [
  { value: "cron", label: "At times" },
  { value: "every", label: "Once in a while" },
  { value: "after", label: "After sources" },
];
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function ScheduleForm({ of, onDone }: { of: Schedule | null; onDone: () => void }) {
  // What it was when the form was opened: a change that was made elsewhere since is not written over.
  const [base] = useState(of);
  const [draft, setDraft] = useState(() => draftOf(base));
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sources = useQuery(connections()).data?.items.map((one) => one.name) ?? [];
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      const made = asked(draft);
      await (base ? changeSchedule(base, made) : createSchedule(made));
      toast.good(of ? "Changed; its times are counted anew" : `${draft.name} is set`);
      onDone();
    } catch (thrown) {
      setFault(problemOf(thrown));
      setBusy(false);
    }
  };
  const said = fault?.fields ?? {};
  return (
    <form className="grid gap-5" onSubmit={(event) => void submit(event)}>
      <Input
        label="Name"
        required
        value={draft.name}
        onChange={(event) => set({ name: event.target.value })}
        fault={said["/name"]}
      />
      <fieldset className="grid gap-4">
        <legend className="mb-2 text-sm font-bold text-ink-2">What sets it off</legend>
        <div>
          <Segmented
            label="What sets it off"
            value={draft.way}
            options={WAYS}
            onChange={(way) => set({ way: way as Way })}
          />
        </div>
        <When draft={draft} set={set} said={said} sources={sources} />
      </fieldset>
      <Does draft={draft} set={set} said={said} sources={sources} />
      {draft.way !== "after" && (
        <Select
          label="Times at which nobody was there"
          value={draft.missed}
          onChange={(event) => set({ missed: event.target.value })}
          options={Object.entries(MISSED).map(([value, label]) => ({ value, label }))}
          fault={said["/missed"]}
        />
      )}
      {fault && <Fault of={fault} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="primary" busy={busy}>
          {of ? "Save" : "Set it"}
        </Button>
        <Button tone="quiet" onClick={onDone}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

type Part = {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  said: Record<string, string>;
  sources: string[];
};

function When({ draft, set, said, sources }: Part) {
  if (draft.way === "cron") {
    const words = explain(draft.cron);
    return (
      <div className="grid gap-4 sm:grid-cols-2">
        <Input
          label="Cron line"
          required
          value={draft.cron}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => set({ cron: event.target.value })}
          hint={words ?? "Minute, hour, day, month and weekday, as 0 6 * * MON-FRI."}
          fault={said["/trigger/cron"] ?? said["/trigger"]}
        />
        <Select
          label="Hours of"
          value={draft.zone}
          onChange={(event) => set({ zone: event.target.value })}
          options={ZONES.includes(draft.zone) ? ZONES : [draft.zone, ...ZONES]}
          fault={said["/trigger/time_zone"]}
        />
      </div>
    );
  }
  if (draft.way === "every")
    return (
      <div className="grid gap-4 sm:grid-cols-2">
        <Input
          label="Every"
          type="number"
          min={1}
          required
          value={draft.every}
          onChange={(event) => set({ every: event.target.value })}
          fault={said["/trigger/every_seconds"] ?? said["/trigger"]}
        />
        <Select
          label="Unit"
          value={draft.unit}
          onChange={(event) => set({ unit: event.target.value as Unit })}
          options={Object.keys(UNITS)}
        />
      </div>
    );
  const fault = Object.entries(said).find(([field]) => field.startsWith("/trigger"))?.[1];
  return (
    <Checks
      label="When each of these was read"
      options={sources}
      chosen={draft.after}
      onChange={(after) => set({ after })}
      fault={fault}
    />
  );
}

function Does({ draft, set, said, sources }: Part) {
  const looks = useQuery(agents()).data?.items.map((one) => ({ value: one.id, label: one.name })) ?? [];
  const books = useQuery(playbooks()).data?.items.map((one) => one.name) ?? [];
  const named = ABOUT[draft.kind];
  const choices: (string | { value: string; label: string })[] =
    draft.kind === "sync" ? sources : draft.kind === "agent" ? looks : books;
  const fault = Object.entries(said).find(([field]) => field.startsWith("/task"))?.[1];
  return (
    <fieldset className="grid gap-4 sm:grid-cols-2">
      <legend className="mb-2 text-sm font-bold text-ink-2">What it does</legend>
      <Select
        label="Work"
        value={draft.kind}
        onChange={(event) => set({ kind: event.target.value, about: "" })}
        options={(KINDS.includes(draft.kind) ? KINDS : [draft.kind, ...KINDS]).map((value) => ({
          value,
          label: kindOf(value),
        }))}
        fault={named ? undefined : fault}
      />
      {named && (
        <Select
          label={{ sync: "Source", agent: "Agent", playbook: "Playbook" }[draft.kind] ?? ""}
          required
          value={draft.about}
          onChange={(event) => set({ about: event.target.value })}
          options={[{ value: "", label: choices.length > 0 ? "Choose one" : "There is none yet" }, ...choices]}
          fault={fault}
        />
      )}
      {draft.kind === "bulk_mapping" && (
        <Checks
          className="sm:col-span-2"
          label="Of these sources; of all, if none is chosen"
          options={sources}
          chosen={draft.connections}
          onChange={(connections) => set({ connections })}
          fault={fault}
        />
      )}
    </fieldset>
  );
}
