// A PostgreSQL database becomes a source: its settings, a check that it answers, what it has, and the start.
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { checkSettings, createConnection, syncNow } from "@/client/connections";
import { connectorTypes } from "@/client/kinds";
import { problemOf } from "@/client/problem";
import { Async } from "@/ui/Async";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { Fault } from "@/ui/States";
import { SchemaForm, type Values } from "../SchemaForm";
import { Arriving } from "./Arriving";

export function DatabaseSource() {
  const types = useQuery(connectorTypes());
  const [name, setName] = useState("");
  const [config, setConfig] = useState<Values>({});
  const [answers, setAnswers] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    setAnswers(false);
    try {
      await work();
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };
  const check = async () => {
    const report = await checkSettings("postgres", config);
    if (!report.ok) throw new Error(report.message ?? "The database does not answer.");
    setAnswers(true);
  };
  const begin = async () => {
    await check();
    const created = await createConnection(name, "postgres", config);
    await syncNow(created.id);
    setMade(created.id);
  };
  if (made) return <Arriving id={made} wanted={null} />;
  const faults = fault === null ? {} : problemOf(fault).fields;
  return (
    <Card>
      <Async query={types}>
        {(page) => {
          const spec = page.items.find((one) => one.type === "postgres")?.spec;
          return (
            <form
              className="grid gap-5"
              onSubmit={(event) => {
                event.preventDefault();
                void run(begin);
              }}
            >
              <Input
                label="Name of the source"
                value={name}
                onChange={(event) => setName(event.target.value)}
                required
                fault={faults["/name"]}
                className="max-w-md"
              />
              {spec && <SchemaForm spec={spec} values={config} onChange={setConfig} faults={faults} />}
              {answers && (
                <p role="status" className="flex items-center gap-2 font-bold text-green">
                  <CircleCheck className="size-5" aria-hidden /> The database answers
                </p>
              )}
              {fault !== null && <Fault of={fault} />}
              <div className="flex flex-wrap justify-end gap-2">
                <Button busy={busy} onClick={() => void run(check)}>
                  Check
                </Button>
                <Button type="submit" tone="primary" busy={busy}>
                  Connect and start
                </Button>
              </div>
            </form>
          );
        }}
      </Async>
    </Card>
  );
}
