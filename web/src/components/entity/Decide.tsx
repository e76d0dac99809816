// Deciding who is who by hand: which records leave, or which other entity is the same.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { merge, split } from "@/client/entities";
import { type Problem, problemOf } from "@/client/problem";
import type { Entity } from "@/client/types";
import { rows } from "@/client/views";
import { Button } from "@/ui/Button";
import { Input } from "@/ui/Field";
import { plain } from "@/ui/format";
import { Fault } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { useGo } from "../address";
import { nameOf } from "../subject";

type Props = { view: string; of: Entity; onDone: () => void };

/** Runs a decision once, and keeps why it failed. */
function useDecision(view: string, onDone: () => void, done: string) {
  const go = useGo();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Problem | null>(null);
  const run = async (ask: () => ReturnType<typeof merge>) => {
    setBusy(true);
    setFault(null);
    try {
      const decided = await ask();
      const waits = (decided.reviews ?? []).length > 0;
      toast.good(waits ? "Two people are wanted for this: somebody else decides" : done);
      onDone();
      if (decided.entities[0]) go(`/views/${view}/${decided.entities[0]}`);
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
    setBusy(false);
  };
  return { busy, fault, run };
}

export function SplitForm({ view, of, onDone }: Props) {
  const [out, setOut] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const decision = useDecision(view, onDone, "They are apart now");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void decision.run(() => split(view, of.id, out, reason || undefined));
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <fieldset className="grid gap-2">
        <legend className="mb-1 text-sm font-bold text-ink-2">Records that leave</legend>
        {of.members.map((one) => (
          <label key={one.id} className="flex min-h-11 items-center gap-3 rounded-xl border border-line px-4 py-2">
            <input
              type="checkbox"
              className="size-5 accent-solid-green"
              checked={out.includes(one.id)}
              onChange={(event) =>
                setOut(event.target.checked ? [...out, one.id] : out.filter((other) => other !== one.id))
              }
            />
            <span className="min-w-0 wrap-anywhere">
              <bdi className="font-bold">{nameOf(one.record)}</bdi>{" "}
              <code className="text-sm text-ink-2">{one.source?.key}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <Input label="Why (optional)" value={reason} onChange={(event) => setReason(event.target.value)} />
      {out.length === of.members.length && <p className="text-sm text-ink-2">At least one record stays.</p>}
      {decision.fault && <Fault of={decision.fault} />}
      <Button
        type="submit"
        tone="primary"
        busy={decision.busy}
        disabled={out.length === 0 || out.length === of.members.length}
      >
        Take out
      </Button>
    </form>
  );
}

export function MergeForm({ view, of, onDone }: Props) {
  const [sought, setSought] = useState("");
  const [other, setOther] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const decision = useDecision(view, onDone, "They are one now");
  const field = ["name", "last_name", "email"].find((one) => one in of.record) ?? "";
  const ask = { limit: 8, filters: sought && field ? [[field, `contains:${sought}`] as [string, string]] : [] };
  const mine = new Set(of.members.map((one) => one.id));
  const found = (useQuery({ ...rows(view, ask), enabled: sought !== "" && field !== "" }).data?.items ?? []).filter(
    (row) => !mine.has(String(row.id)),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (other) void decision.run(() => merge(view, [of.id, other], reason || undefined));
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {field ? (
        <Input
          label={`Find it by ${field.replaceAll("_", " ")}`}
          value={sought}
          autoComplete="off"
          onChange={(event) => {
            setSought(event.target.value);
            setOther(null);
          }}
        />
      ) : (
        <Input label="Its id" value={other ?? ""} onChange={(event) => setOther(event.target.value || null)} />
      )}
      {sought !== "" && (
        <fieldset className="grid max-h-72 gap-2 overflow-y-auto">
          <legend className="mb-1 text-sm font-bold text-ink-2">The same as</legend>
          {found.length === 0 && <p className="text-sm text-ink-2">Nothing else of this kind is called that.</p>}
          {found.map((row) => (
            <label
              key={String(row.id)}
              className="flex min-h-11 items-center gap-3 rounded-xl border border-line px-4 py-2"
            >
              <input
                type="radio"
                name="other"
                className="size-5 accent-solid-green"
                checked={other === String(row.id)}
                onChange={() => setOther(String(row.id))}
              />
              <span className="min-w-0 wrap-anywhere">
                <bdi className="font-bold">{nameOf(row)}</bdi>{" "}
                <span className="text-sm text-ink-2">{plain(row.email ?? row.website ?? row.id)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <Input label="Why (optional)" value={reason} onChange={(event) => setReason(event.target.value)} />
      {decision.fault && <Fault of={decision.fault} />}
      <Button type="submit" tone="primary" busy={decision.busy} disabled={!other}>
        Make one
      </Button>
    </form>
  );
}
