// Settings of a source: a form from its type's JSON Schema, what is done about each kind of change, and the way out.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { checkSettings, remove, update } from "@/client/connections";
import { connectorTypes } from "@/client/kinds";
import { type Problem, problemOf } from "@/client/problem";
import { may, me } from "@/client/system";
import type { Connection } from "@/client/types";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Raw } from "@/ui/Facts";
import { Input, Select } from "@/ui/Field";
import { words } from "@/ui/format";
import { Fault, Skeleton } from "@/ui/States";
import { act, toast } from "@/ui/toasts";
import { useGo } from "../address";
import { SchemaForm, type Values } from "../SchemaForm";

const KINDS = [
  "renamed",
  "retyped",
  "added",
  "removed",
  "enum_changed",
  "distribution_changed",
  "nesting_changed",
  "key_changed",
  "cursor_changed",
  "stream_added",
  "stream_removed",
];
const POLICIES = [
  { value: "", label: "As usual" },
  { value: "propagate", label: "Repair where sure" },
  { value: "propose", label: "Always ask" },
  { value: "quarantine", label: "Keep the field out" },
  { value: "stop", label: "Stop the stream and ask" },
];

export function Settings({ of }: { of: Connection }) {
  const types = useQuery(connectorTypes());
  const role = useQuery(me()).data?.role;
  const [name, setName] = useState(of.name);
  const [config, setConfig] = useState<Values>(of.config as Values);
  const [policy, setPolicy] = useState<Record<string, string>>((of.policy ?? {}) as Record<string, string>);
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const spec = types.data?.items.find((one) => one.type === of.type)?.spec;
  const locked = !may(role, "operator");

  const run = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setFault(null);
    try {
      await work();
      toast.good(done);
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
    setBusy(false);
  };
  const check = async () => {
    const report = await checkSettings(of.type, config);
    if (!report.ok) throw new Error(report.message ?? "The source does not answer.");
  };
  const chosen = Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== ""));

  return (
    <div className="grid gap-5">
      <Card title="Settings" hint="secrets stay sealed; *** keeps what is there">
        <fieldset disabled={locked} className="grid gap-5">
          <Input
            label="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            fault={fault?.fields["/name"]}
            className="max-w-md"
          />
          {spec ? (
            <SchemaForm spec={spec} values={config} onChange={setConfig} faults={fault?.fields} />
          ) : types.error ? (
            <Fault of={types.error} />
          ) : (
            <Skeleton />
          )}
          <div>
            <h3 className="mb-1 font-bold">When its schema changes</h3>
            <p className="mb-3 text-sm text-ink-3">
              A repair is applied by itself only when its confidence is high enough and every gate passes.
            </p>
            <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
              {KINDS.map((kind) => (
                <Select
                  key={kind}
                  label={words(kind)}
                  value={policy[kind] ?? ""}
                  onChange={(event) => setPolicy({ ...policy, [kind]: event.target.value })}
                  options={POLICIES}
                />
              ))}
            </div>
          </div>
          {fault && <Fault of={fault} />}
          {!locked && (
            <div className="flex flex-wrap gap-2">
              <Button
                tone="primary"
                busy={busy}
                onClick={() => void run(() => update(of.id, { name, config, policy: chosen }), "Saved")}
              >
                Save
              </Button>
              <Button busy={busy} onClick={() => void run(check, "The source answers")}>
                Check
              </Button>
            </div>
          )}
        </fieldset>
      </Card>
      <Raw
        value={{ name: of.name, type: of.type, config: of.config, policy: of.policy }}
        label="As JSON, for the API"
      />
      {!locked && <Removal of={of} />}
    </div>
  );
}

function Removal({ of }: { of: Connection }) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const go = useGo();
  return (
    <Card title="Remove this source">
      <p className="mb-4 max-w-[44rem] text-ink-2">
        Its connector stops and its settings and sealed secrets are deleted.
      </p>
      <Button tone="danger" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Remove ${of.name}?`}
        description="Type its name to confirm."
      >
        <div className="grid gap-4">
          <Input label="Name" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          <Button
            tone="danger"
            disabled={typed !== of.name}
            onClick={() =>
              void act(
                remove(of.id).then(() => go("/connect")),
                "Removed",
              )
            }
          >
            Remove for good
          </Button>
        </div>
      </Dialog>
    </Card>
  );
}
