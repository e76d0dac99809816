// The tenant as a document: written out as YAML, and made as a document says. What it would change is shown before it does.
import { useState } from "react";
import { applyConfiguration } from "@/client/admin";
import { save } from "@/client/file";
import { type Problem, problemOf } from "@/client/problem";
import { Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Textarea } from "@/ui/Field";
import { many, words } from "@/ui/format";
import { Fault } from "@/ui/States";
import { act, toast } from "@/ui/toasts";

type Change = { action: string; kind: string; subject: string; fields: string[] };
type Plan = Awaited<ReturnType<typeof applyConfiguration>>;

export function Configuration() {
  const [text, setText] = useState("");
  const [plan, setPlan] = useState<Plan | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (dry: boolean) => {
    setBusy(true);
    setFault(null);
    try {
      const told = await applyConfiguration(text, dry);
      setPlan(dry ? told : null);
      if (!dry) toast.good(`Done: ${many(told.changes.length, "change")}`);
    } catch (thrown) {
      setPlan(null);
      setFault(problemOf(thrown));
    }
    setBusy(false);
  };
  return (
    <Card
      title="Configuration"
      className="lg:col-span-2"
      actions={
        <Button size="sm" onClick={() => void act(save("/api/v1/config/export", "autonomos.yaml"), "Downloaded")}>
          Download as YAML
        </Button>
      }
    >
      <div className="grid gap-4">
        <Textarea
          label="A document to apply"
          rows={6}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setPlan(null);
          }}
          hint="In the shape that the download has. What it does not name is left alone; secrets stand in it by name only."
          fault={fault?.fields["/document"]}
        />
        {fault && <Fault of={fault} />}
        {plan && <Planned of={plan} />}
        <div className="flex flex-wrap gap-3">
          <Button disabled={text.trim() === ""} busy={busy && plan === null} onClick={() => void ask(true)}>
            See what it would change
          </Button>
          <Button
            tone="primary"
            disabled={plan === null || plan.changes.length === 0 || busy}
            onClick={() => void ask(false)}
          >
            Apply it
          </Button>
        </div>
      </div>
    </Card>
  );
}

function Planned({ of }: { of: Plan }) {
  if (of.changes.length === 0) return <p className="font-semibold text-green">The tenant is as the document says.</p>;
  return (
    <div className="grid gap-2">
      <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
        {(of.changes as Change[]).map((change) => (
          <li
            key={`${change.kind}/${change.subject}`}
            className="flex flex-wrap items-baseline gap-x-3 bg-surface px-4 py-2.5"
          >
            <Chip hue={change.action === "create" ? "green" : "blue"}>{change.action}</Chip>
            <span className="wrap-anywhere">
              {words(change.kind)} <bdi className="font-bold">{change.subject}</bdi>
            </span>
            <span className="text-sm text-ink-2">{change.fields.join(", ")}</span>
          </li>
        ))}
      </ul>
      {of.left_alone.length > 0 && <p className="text-sm text-ink-2">Left alone: {of.left_alone.join(", ")}.</p>}
      {of.secrets.length > 0 && (
        <p className="text-sm font-semibold text-amber">Secrets that are needed: {of.secrets.join(", ")}.</p>
      )}
    </div>
  );
}
