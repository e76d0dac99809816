// The tenant's life: written out into an archive and downloaded, stopped and resumed, and ended for good by who types its name.
import { useQuery } from "@tanstack/react-query";
import { Archive, Download } from "lucide-react";
import { type FormEvent, useState } from "react";
import { archives, deleteTenant, exportTenant, resumeTenant, save, suspendTenant, tenant } from "@/client/admin";
import { type Problem, problemOf } from "@/client/problem";
import { signOut } from "@/client/session";
import { may, me } from "@/client/system";
import type { Task, Tenant } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Input } from "@/ui/Field";
import { bytes } from "@/ui/format";
import { Empty, Fault, NotYet } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useGo } from "../address";
import { isOpen, saidOf, stateOf } from "../task/words";
import { useTruth } from "../truth";

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

type Written = { size?: number; sha256?: string };
const writtenOf = (one: Task): Written => (one.result ?? {}) as Written;

const COLUMNS: Column<Task>[] = [
  {
    id: "at",
    title: "Asked",
    width: "minmax(9rem,1fr)",
    card: "title",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
  {
    id: "state",
    title: "State",
    width: "9rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} label={stateOf(one.state)} />,
  },
  {
    id: "size",
    title: "Size",
    width: "7rem",
    align: "right",
    by: (one) => writtenOf(one).size,
    cell: (one) => {
      const { size } = writtenOf(one);
      return size === undefined ? <span className="text-ink-3">–</span> : bytes(size);
    },
  },
  {
    id: "digest",
    title: "SHA-256",
    width: "minmax(10rem,2fr)",
    cell: (one) =>
      saidOf(one) ? (
        <span className="text-red" title={saidOf(one)?.message}>
          {saidOf(one)?.message}
        </span>
      ) : (
        <code className="text-ink-2" title={writtenOf(one).sha256}>
          {writtenOf(one).sha256?.slice(0, 16) ?? "–"}
        </code>
      ),
  },
  {
    id: "get",
    title: "",
    width: "9rem",
    align: "right",
    cell: (one) =>
      one.state === "success" && (
        <Button
          size="sm"
          icon={<Download className="size-4" aria-hidden />}
          onClick={(event) => {
            event.stopPropagation();
            void act(save(`/api/v1/admin/tenant/exports/${one.id}`, `tenant-${one.id}.tar`), "Downloaded");
          }}
        >
          Download
        </Button>
      ),
  },
];

function Archives() {
  const query = useQuery(archives());
  const truth = useTruth(query);
  const go = useGo();
  const writing = query.data?.items.some((one) => isOpen(one.state));
  return (
    <Card
      title="Archives"
      truth={truth}
      hint="everything of the tenant, but for what its secrets are"
      flush
      actions={
        <Button
          icon={<Archive className="size-4" aria-hidden />}
          busy={writing}
          onClick={() => void act(exportTenant(), "It is being written out")}
        >
          Write everything out
        </Button>
      }
    >
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Archives"
            rows={page.items}
            columns={COLUMNS}
            rowKey={(one) => one.id}
            onOpen={(one) => go(`/tasks/${one.id}`)}
            empty={
              <Empty icon={<Archive className="size-6" />} title="Nothing was written out yet">
                An archive holds rows, rules, decisions and files, in a form that needs nothing of this platform to be
                read.
              </Empty>
            }
          />
        )}
      </Async>
    </Card>
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
