// Who is alerted by Slack, and of what. The address is kept sealed: it is replaced or removed, and never shown again.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { alerts, setAlerts, tryAlerts } from "@/client/outside";
import { type Problem, problemOf } from "@/client/problem";
import { Async } from "@/ui/Async";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Checks, Input } from "@/ui/Field";
import { Fault } from "@/ui/States";
import { act, toast } from "@/ui/toasts";
import { useTruth } from "../truth";

const KINDS: Record<string, string> = {
  quarantined: "A source is stopped",
  failed: "A read or a task failed",
  review: "A question waits for an answer",
};
const KEPT = "***";

export function Slack() {
  const query = useQuery(alerts());
  return (
    <Card title="Alerts by Slack" truth={useTruth(query)}>
      <Async query={query}>
        {(of) => <SlackForm key={`${of.slack_url} ${of.kinds}`} url={of.slack_url} kinds={of.kinds} />}
      </Async>
    </Card>
  );
}

function SlackForm({ url, kinds }: { url?: string | null; kinds: string[] }) {
  const [address, setAddress] = useState("");
  const [chosen, setChosen] = useState(url ? kinds : Object.keys(KINDS));
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (work: Promise<unknown>, done: string) => {
    setBusy(true);
    setFault(null);
    try {
      await work;
      toast.good(done);
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(setAlerts(address || KEPT, chosen), "People are told there from now on");
  };
  const probe = async () => {
    const tried = await act(tryAlerts());
    if (tried?.delivered) toast.good("Slack took it");
    else if (tried) toast.bad(new Error(`Slack answered ${tried.status}: ${tried.answer}`));
  };
  const names = Object.values(KINDS);
  const kindsOf = (labels: string[]) => Object.keys(KINDS).filter((kind) => labels.includes(KINDS[kind] ?? ""));
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <Input
        label="Incoming webhook"
        type="url"
        required={!url}
        placeholder={url ? "An address is kept; type another to replace it" : "https://hooks.slack.com/services/…"}
        value={address}
        autoComplete="off"
        onChange={(event) => setAddress(event.target.value)}
        fault={fault?.fields["/slack_url"]}
      />
      <Checks
        label="Told when"
        options={names}
        chosen={chosen.map((kind) => KINDS[kind] ?? kind)}
        onChange={(labels) => setChosen(kindsOf(labels))}
        fault={Object.entries(fault?.fields ?? {}).find(([field]) => field.startsWith("/kinds"))?.[1]}
      />
      {fault && <Fault of={fault} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="primary" busy={busy} disabled={chosen.length === 0}>
          Keep it
        </Button>
        {url && (
          <>
            <Button onClick={() => void probe()}>Send one to try</Button>
            <Button tone="danger" onClick={() => void run(setAlerts(null, chosen), "Nobody is told any more")}>
              Tell nobody
            </Button>
          </>
        )}
      </div>
    </form>
  );
}
