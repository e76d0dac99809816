// Keys for programs: what each may do, how long it is good, and when it was used; a new one is shown once.
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { endKey, keys, makeKey } from "@/client/admin";
import { type Problem, problemOf } from "@/client/problem";
import type { ApiKey } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Input, Select } from "@/ui/Field";
import { Empty, Fault } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useTruth } from "../truth";

const stateOf = (one: ApiKey): string =>
  one.revoked_at ? "revoked" : Date.parse(one.expires_at) < Date.now() ? "expired" : "active";

const COLUMNS: Column<ApiKey>[] = [
  {
    id: "name",
    title: "Name",
    width: "minmax(11rem,2fr)",
    card: "title",
    by: (one) => one.name,
    cell: (one) => (
      <span title={one.name}>
        <b>{one.name}</b> <code className="text-ink-2">{one.hint}…</code>
      </span>
    ),
  },
  {
    id: "scopes",
    title: "May",
    width: "minmax(9rem,1fr)",
    cell: (one) => (
      <span className="inline-flex flex-wrap gap-1">
        {one.scopes.map((scope) => (
          <Chip key={scope}>{scope}</Chip>
        ))}
      </span>
    ),
  },
  {
    id: "used",
    title: "Used",
    width: "8rem",
    by: (one) => one.last_used_at,
    cell: (one) => <Ago at={one.last_used_at} empty="never" />,
  },
  { id: "ends", title: "Ends", width: "8rem", by: (one) => one.expires_at, cell: (one) => <Ago at={one.expires_at} /> },
  {
    id: "state",
    title: "State",
    width: "8rem",
    card: "mark",
    by: stateOf,
    cell: (one) => <Badge word={stateOf(one)} />,
  },
  {
    id: "end",
    title: "",
    width: "7rem",
    align: "right",
    cell: (one) =>
      stateOf(one) === "active" && (
        <Button size="sm" tone="danger" onClick={() => void act(endKey(one.id), `${one.name} has ended`)}>
          End it
        </Button>
      ),
  },
];

export function Keys() {
  const query = useQuery(keys());
  const truth = useTruth(query);
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[22rem_1fr]">
      <NewKey />
      <Card title="API keys" truth={truth} flush>
        <Async query={query} className="px-0">
          {(page) => (
            <Table
              label="API keys"
              rows={page.items}
              columns={COLUMNS}
              rowKey={(one) => one.id}
              empty={
                <Empty icon={<KeyRound className="size-6" />} title="No key was made yet">
                  A program signs in with a key of its own, which never may do more than whoever made it.
                </Empty>
              }
            />
          )}
        </Async>
      </Card>
    </div>
  );
}

function NewKey() {
  const [name, setName] = useState("");
  const [scope, setScope] = useState("read");
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<string | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setFault(null);
    try {
      setMade((await makeKey(name, [scope], Number(days))).key);
      setName("");
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
  };
  return (
    <Card title="Make a key">
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <Input
          label="What it is for"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={fault?.fields["/name"]}
        />
        <Select
          label="May"
          value={scope}
          onChange={(event) => setScope(event.target.value)}
          options={[
            { value: "read", label: "read: looks at everything" },
            { value: "connections:write", label: "connections:write: runs sources" },
            { value: "write", label: "write: runs and decides" },
            { value: "admin", label: "admin: everything of the tenant" },
          ]}
          fault={fault?.fields["/scopes"]}
        />
        <Select
          label="Good for"
          value={days}
          onChange={(event) => setDays(event.target.value)}
          options={["7", "30", "90", "366"].map((value) => ({ value, label: `${value} days` }))}
          fault={fault?.fields["/expires_in_days"]}
        />
        {fault && <Fault of={fault} />}
        <Button type="submit" tone="primary">
          Make it
        </Button>
      </form>
      {made && (
        <div className="mt-4 rounded-xl bg-green-soft px-4 py-3" role="status">
          <p className="font-bold">Copy it now: it is not shown again.</p>
          <p className="mt-1 flex items-center gap-2">
            <code className="min-w-0 truncate">{made}</code>
            <CopyButton text={made} label="Copy the key" />
          </p>
        </div>
      )}
    </Card>
  );
}
