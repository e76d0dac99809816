// The tenant's life: written out, stopped and resumed, and ended for good by who types its name.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { deleteTenant, resumeTenant, suspendTenant, tenant } from "@/client/admin";
import { type Problem, problemOf } from "@/client/problem";
import { signOut } from "@/client/session";
import { may, me } from "@/client/system";
import type { Tenant } from "@/client/types";
import { Async } from "@/ui/Async";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Input } from "@/ui/Field";
import { Fault, NotYet } from "@/ui/States";
import { act } from "@/ui/toasts";
import { Archives } from "./Archives";

export function Life() {
  const role = useQuery(me()).data?.role;
  if (role && !may(role, "admin")) return <NotYet title="This is for the role admin">Yours is {role}.</NotYet>;
  return (
    <div className="grid items-start gap-5">
      <Archives />
      <Whole />
    </div>
  );
}

function Whole() {
  const query = useQuery(tenant());
  return (
    <Async query={query}>
      {(one) => (
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <Stop of={one} />
          <End of={one} />
        </div>
      )}
    </Async>
  );
}

function Stop({ of }: { of: Tenant }) {
  const [asking, setAsking] = useState(false);
  const stop = () => {
    setAsking(false);
    void act(suspendTenant(), "Suspended: nothing is read until it is resumed");
  };
  return (
    <Card title={of.state === "suspended" ? "It is suspended" : "Stop it for a while"}>
      <p className="mb-4 text-ink-2">
        {of.held
          ? "Whoever operates the platform suspended it, and alone resumes it."
          : "Suspending stops every reader; what is there stays, and resuming reads on from where each stood."}
      </p>
      {of.state === "suspended" ? (
        <Button tone="primary" disabled={of.held} onClick={() => void act(resumeTenant(), "It runs again")}>
          Resume
        </Button>
      ) : (
        <Button tone="danger" onClick={() => setAsking(true)}>
          Suspend
        </Button>
      )}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Suspend ${of.name}?`}
        description="Nothing is read, and nobody of the tenant asks anything, until an admin resumes it."
      >
        <div className="flex flex-wrap gap-2">
          <Button tone="danger" onClick={stop}>
            Suspend it
          </Button>
          <Button tone="quiet" onClick={() => setAsking(false)}>
            Leave it running
          </Button>
        </div>
      </Dialog>
    </Card>
  );
}

function End({ of }: { of: Tenant }) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      await deleteTenant(of, typed);
      await signOut();
    } catch (thrown) {
      setFault(problemOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Card title="End it for good">
      <p className="mb-4 text-ink-2">
        Rows, views, files, archives and everybody's access are deleted, and before anything else the key that its
        secrets were sealed under. Nobody can bring it back: write it out first, if it may be missed.
      </p>
      <Button tone="danger" onClick={() => setAsking(true)}>
        Delete the tenant
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${of.name} with everything of it?`}
        description="Type its name to confirm."
      >
        <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
          <Input
            label="Name of the tenant"
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
            fault={fault?.fields["/name"]}
          />
          {fault && <Fault of={fault} />}
          <Button type="submit" tone="danger" busy={busy} disabled={typed !== of.name}>
            Delete it for good
          </Button>
        </form>
      </Dialog>
    </Card>
  );
}
