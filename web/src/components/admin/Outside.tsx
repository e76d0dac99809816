// What is told outside: the messages and what became of them, what they are signed with, and who is alerted by Slack.
import { useQuery } from "@tanstack/react-query";
import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { type FormEvent, useState } from "react";
import { alerts, rotateSecret, setAlerts, signingSecrets, tryAlerts } from "@/client/outside";
import { type Problem, problemOf } from "@/client/problem";
import { may, me } from "@/client/system";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { Checks, Input, Segmented, Select } from "@/ui/Field";
import { Fault, NotYet } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act, toast } from "@/ui/toasts";
import { useAddress } from "../address";
import { Deliveries } from "../outside/Deliveries";
import { useTruth } from "../truth";

export function Outside() {
  const role = useQuery(me()).data?.role;
  if (role && !may(role, "operator"))
    return <NotYet title="What is told outside is for the role operator">Yours is {role}.</NotYet>;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Messages />
      {may(role, "admin") ? (
        <>
          <Slack />
          <Signing />
        </>
      ) : (
        role && <NotYet title="Secrets and alerts are for the role admin">Yours is {role}.</NotYet>
      )}
    </div>
  );
}

const STATES = ["", "waiting", "delivered", "failed"];

function Messages() {
  const [address, change] = useAddress();
  const state = address.state ?? "";
  return (
    <section className="lg:col-span-2">
      <Card
        title="Messages"
        hint="the ends of tasks, and alerts"
        truth={useTruth()}
        flush
        beneath
        actions={
          <Segmented
            label="Which messages"
            value={state}
            options={STATES.map((value) => ({
              value,
              label: value === "" ? "All" : `${value.charAt(0).toUpperCase()}${value.slice(1)}`,
            }))}
            onChange={(next) => change({ state: next || undefined })}
          />
        }
      >
        <Deliveries
          ask={{ state: state || undefined }}
          empty="A task that was asked for with a callback_url tells its end; alerts go to Slack, once an address is given below."
        />
      </Card>
    </section>
  );
}

/** A secret is shown when it is asked for, and forgotten when one looks away. */
function Signing() {
  const [shown, setShown] = useState(false);
  const [turning, setTurning] = useState(false);
  return (
    <Card
      title="What messages are signed with"
      actions={
        <Button
          size="sm"
          aria-pressed={shown}
          icon={shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </Button>
      }
    >
      <div className="grid gap-4">
        <p className="text-ink-2">
          Whoever gets a message checks its signature by this, as Standard Webhooks has it: <code>webhook-id</code>,{" "}
          <code>webhook-timestamp</code> and the body.
        </p>
        {shown && <Secrets />}
        <div>
          <Button icon={<RefreshCw className="size-4" aria-hidden />} onClick={() => setTurning(true)}>
            Put a new one in force
          </Button>
        </div>
      </div>
      <Turn
        open={turning}
        onClose={() => setTurning(false)}
        onDone={() => {
          setTurning(false);
          setShown(true);
        }}
      />
    </Card>
  );
}

function Secrets() {
  const query = useQuery(signingSecrets());
  return (
    <Async query={query}>
      {(page) => (
        <ul className="grid gap-2">
          {page.items.map((one) => (
            <li key={one.id} className="grid gap-1 rounded-xl border border-line px-4 py-2.5">
              <span className="flex items-center gap-2">
                <code className="min-w-0 grow truncate font-bold">{one.secret}</code>
                <CopyButton text={one.secret} label="Copy the secret" />
              </span>
              <span className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2">
                <Badge
                  word={one.retires_at ? "retiring" : "active"}
                  hue={one.retires_at ? "amber" : "green"}
                  label={one.retires_at ? "signs as well" : "in force"}
                />
                <span>
                  made <Ago at={one.made_at} />
                </span>
                {one.retires_at && (
                  <span>
                    ends <Ago at={one.retires_at} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Async>
  );
}

function Turn({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: () => void }) {
  const [hours, setHours] = useState("24");
  const turn = async () => {
    if (await act(rotateSecret(Number(hours)), "A new secret is in force")) onDone();
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Put a new secret in force?"
      description="Those before it sign as well for a while, so that nobody has to change at once."
    >
      <div className="grid gap-4">
        <Select
          label="Both sign for"
          value={hours}
          onChange={(event) => setHours(event.target.value)}
          options={[
            { value: "0", label: "no time: the one before ends now" },
            { value: "1", label: "an hour" },
            { value: "24", label: "a day" },
            { value: "168", label: "a week" },
            { value: "720", label: "30 days" },
          ]}
        />
        <Button tone="primary" onClick={() => void turn()}>
          Put it in force
        </Button>
      </div>
    </Dialog>
  );
}

const KINDS: Record<string, string> = {
  quarantined: "A source is stopped",
  failed: "A read or a task failed",
  review: "A question waits for an answer",
};
const KEPT = "***";

function Slack() {
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
