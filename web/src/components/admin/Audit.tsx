// Who changed what: the audit log, newest first, with before and after of each entry and whether the chain is whole.
import { useQuery } from "@tanstack/react-query";
import { Download, ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { audit, chain } from "@/client/admin";
import { save } from "@/client/file";
import { may, me } from "@/client/system";
import type { AuditEntry } from "@/client/types";
import { Async } from "@/ui/Async";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts, Raw } from "@/ui/Facts";
import { Input } from "@/ui/Field";
import { number, words } from "@/ui/format";
import { Empty, NotYet, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useAddress } from "../address";
import { By } from "../By";
import { useTruth } from "../truth";

const COLUMNS: Column<AuditEntry>[] = [
  { id: "seq", title: "No.", width: "4.5rem", align: "right", card: "hide", cell: (one) => number(one.seq) },
  {
    id: "action",
    title: "What",
    width: "minmax(11rem,1.2fr)",
    card: "title",
    cell: (one) => <b title={one.action}>{words(one.action)}</b>,
  },
  {
    id: "subject",
    title: "To what",
    width: "minmax(12rem,2fr)",
    cell: (one) => (
      <code className="wrap-anywhere" title={one.subject}>
        {one.subject}
      </code>
    ),
  },
  { id: "actor", title: "By", width: "minmax(10rem,1.2fr)", cell: (one) => <By of={one.actor} /> },
  { id: "at", title: "When", width: "8rem", align: "right", card: "mark", cell: (one) => <Ago at={one.at} /> },
];

export function Audit() {
  const role = useQuery(me()).data?.role;
  if (role && !may(role, "admin")) return <NotYet title="The audit log is for the role admin">Yours is {role}.</NotYet>;
  return <Log />;
}

function Log() {
  const [address, change] = useAddress();
  const [trail, setTrail] = useState<string[]>([]);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const query = useQuery(audit({ text: address.q || undefined, cursor: trail.at(-1) }));
  const truth = useTruth(query);
  return (
    <div className="grid gap-5">
      <Whole />
      <Card
        title="Changes"
        truth={truth}
        flush
        actions={
          <Button
            size="sm"
            icon={<Download className="size-4" aria-hidden />}
            onClick={() => void act(save("/api/v1/audit/export", "audit.jsonl"), "Downloaded")}
          >
            Export
          </Button>
        }
      >
        <div data-filter className="px-5 pb-3">
          <Input
            label="Search"
            hideLabel
            placeholder="An action, a subject, a value"
            value={address.q ?? ""}
            onChange={(event) => {
              setTrail([]);
              change({ q: event.target.value || undefined });
            }}
            className="max-w-96"
          />
        </div>
        <Async query={query} className="px-0" skeleton={<Skeleton lines={12} className="min-h-dvh content-start" />}>
          {(page) => (
            <>
              <Table
                label="Changes"
                rows={page.items}
                columns={COLUMNS}
                rowKey={(one) => String(one.seq)}
                onOpen={setOpen}
                selected={open ? String(open.seq) : null}
                empty={<Empty title={address.q ? "Nothing matches" : "Nothing was changed yet"} />}
              />
              <footer className="flex justify-end gap-3 border-t border-line px-5 py-3">
                <Button size="sm" disabled={trail.length === 0} onClick={() => setTrail(trail.slice(0, -1))}>
                  Newer
                </Button>
                <Button
                  size="sm"
                  disabled={!page.next_cursor}
                  onClick={() => setTrail([...trail, page.next_cursor ?? ""])}
                >
                  Older
                </Button>
              </footer>
            </>
          )}
        </Async>
      </Card>
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open ? words(open.action) : ""}
        description={open?.subject}
      >
        {open && <Entry of={open} />}
      </Dialog>
    </div>
  );
}

/** Each entry holds the hash of the one before: whoever changed one would have to change all that follow. */
function Whole() {
  const query = useQuery(chain());
  return (
    <Card>
      <Async query={query} skeleton={<Skeleton lines={1} className="!py-0.5" />}>
        {(said) => (
          <p className="flex flex-wrap items-center gap-3">
            {said.intact ? (
              <ShieldCheck className="size-5 text-green" aria-hidden />
            ) : (
              <ShieldAlert className="size-5 text-red" aria-hidden />
            )}
            <b>
              {said.intact
                ? `All ${number(said.head)} entries fit, and none is missing`
                : `Entry ${said.first_break} does not fit the one before`}
            </b>
            <code className="min-w-0 truncate text-sm text-ink-2" title={said.head_hash ?? ""}>
              {said.head_hash?.slice(0, 16)}
            </code>
          </p>
        )}
      </Async>
    </Card>
  );
}

function Entry({ of }: { of: AuditEntry }) {
  return (
    <div className="grid gap-5">
      <Facts
        items={[
          ["By", <By key="by" of={of.actor} />],
          ["When", <Ago key="when" at={of.at} />],
          ["Trace", <code key="trace">{of.trace_id}</code>],
          ["Hash", <code key="hash">{of.hash}</code>],
        ]}
      />
      {of.before && <Raw value={of.before} label="Before" />}
      {of.after && <Raw value={of.after} label="After" />}
    </div>
  );
}
