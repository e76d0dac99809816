// The tenant: its name, what it may have and has, its switches, and whether two people decide.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { accessPolicy, flags, renameTenant, setAccessPolicy, tenant, turn } from "@/client/admin";
import { type Problem, problemOf } from "@/client/problem";
import { may, me } from "@/client/system";
import type { Tenant as OneTenant } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { Input } from "@/ui/Field";
import { Fault, NotYet } from "@/ui/States";
import { Switch } from "@/ui/Switch";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useTruth } from "../truth";
import { Configuration } from "./Configuration";
import { Limits } from "./Limits";

export function Tenant() {
  const role = useQuery(me()).data?.role;
  if (role && !may(role, "admin")) return <NotYet title="This is for the role admin">Yours is {role}.</NotYet>;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <div className="grid gap-5">
        <About />
        <Limits />
        <FourEyes />
      </div>
      <Flags />
      <Configuration />
    </div>
  );
}

function About() {
  const query = useQuery(tenant());
  const truth = useTruth(query);
  return (
    <Card title="Tenant" truth={truth}>
      <Async query={query}>
        {(one) => (
          <div className="grid gap-6">
            <Facts
              items={[
                ["State", <Badge key="state" word={one.state} />],
                ["Made", <Ago key="made" at={one.created_at} />],
                ["Id", <code key="id">{one.id}</code>],
              ]}
            />
            <Rename key={one.version} of={one} />
          </div>
        )}
      </Async>
    </Card>
  );
}

function Rename({ of }: { of: OneTenant }) {
  const [name, setName] = useState(of.name);
  const [fault, setFault] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setFault(null);
    try {
      await renameTenant(of, name);
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
  };
  return (
    <form className="grid gap-3" onSubmit={(event) => void submit(event)}>
      <div className="flex flex-wrap items-end gap-3">
        <Input
          label="Name"
          required
          className="grow basis-48"
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={fault?.fields["/name"]}
        />
        <Button type="submit" disabled={name === of.name || name === ""}>
          Rename
        </Button>
      </div>
      {fault && <Fault of={fault} />}
    </form>
  );
}

function Flags() {
  const query = useQuery(flags());
  return (
    <Card title="Switches" truth={useTruth(query)}>
      <Async query={query}>
        {(page) => (
          <ul className="grid gap-3">
            {page.items.map((flag) => (
              <li key={flag.name} className="flex items-start gap-4 rounded-xl border border-line px-4 py-3">
                <div className="min-w-0 grow">
                  <code className="font-bold wrap-anywhere">{flag.name}</code>
                  <p className="text-sm text-ink-2">{flag.about}</p>
                  {flag.updated_at && (
                    <p className="text-sm text-ink-2">
                      turned <Ago at={flag.updated_at} />
                    </p>
                  )}
                </div>
                <Switch
                  label={flag.name}
                  on={flag.enabled}
                  onTurn={(on) => void act(turn(flag, on), `${flag.name} is ${on ? "on" : "off"}`)}
                />
              </li>
            ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}

function FourEyes() {
  const query = useQuery(accessPolicy());
  return (
    <Card title="Who decides" truth={useTruth(query)}>
      <Async query={query}>
        {(policy) => (
          <div className="flex items-start gap-4">
            <p className="min-w-0 grow">
              <b>Four eyes</b>
              <span className="block text-sm text-ink-2">Nobody approves what they proposed themselves.</span>
            </p>
            <Switch
              label="Four eyes"
              on={policy.four_eyes}
              onTurn={(on) => void act(setAccessPolicy(on), on ? "Two people decide" : "One person decides")}
            />
          </div>
        )}
      </Async>
    </Card>
  );
}
