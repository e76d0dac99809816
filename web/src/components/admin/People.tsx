// People: inviting somebody, who is there with which role, one's own sessions, and one's password.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { changeUser, users } from "@/client/admin";
import { BASE } from "@/client/base";
import { type Problem, problemOf } from "@/client/problem";
import { changePassword, invite, may, me, revokeSession, sessions } from "@/client/system";
import type { Role } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Input, Select } from "@/ui/Field";
import { Fault, NotYet, Skeleton } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act, toast } from "@/ui/toasts";
import { useTruth } from "../truth";

/** The shape of the whole, which is shown when all of it is there: one part that grew would move the others. */
const waiting = <Skeleton lines={12} className="min-h-dvh content-start" />;

export function People() {
  const query = useQuery(me());
  return (
    <Async query={query} skeleton={waiting}>
      {({ role }) => <Parts role={role} />}
    </Async>
  );
}

function Parts({ role }: { role: string }) {
  const admin = may(role, "admin");
  const everybody = useQuery({ ...users(), enabled: admin });
  const mine = useQuery(sessions());
  if ((admin && !everybody.isFetched) || !mine.isFetched) return waiting;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      {admin ? <Invite /> : <NotYet title="Inviting people needs the role admin">Yours is {role}.</NotYet>}
      <Password />
      {admin && <Users />}
      <Sessions />
    </div>
  );
}

function Invite() {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [link, setLink] = useState<string | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setFault(null);
    try {
      const made = await invite(email, role);
      setLink(`${location.origin}${BASE}#invitation=${made.invitation}`);
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
  };
  return (
    <Card title="Invite somebody">
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <Input
          label="E-mail"
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={fault?.fields["/email"]}
        />
        <Select
          label="Role"
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
          options={[
            { value: "viewer", label: "viewer: looks" },
            { value: "operator", label: "operator: runs and decides" },
            { value: "admin", label: "admin: everything of the tenant" },
          ]}
        />
        {fault && <Fault of={fault} />}
        <Button type="submit" tone="primary">
          Make an invitation
        </Button>
      </form>
      {link && (
        <div className="mt-4 rounded-xl bg-green-soft px-4 py-3">
          <p className="font-bold">Send them this link. It works once and is good for a week.</p>
          <p className="mt-1 flex items-center gap-2">
            <code className="min-w-0 truncate">{link}</code>
            <CopyButton text={link} label="Copy the link" />
          </p>
        </div>
      )}
    </Card>
  );
}

const ROLES: Role[] = ["viewer", "operator", "admin"];

function Users() {
  const query = useQuery(users());
  const self = useQuery(me()).data?.id;
  return (
    <Card title="People" truth={useTruth(query)} className="lg:col-span-2">
      <Async query={query}>
        {(page) => (
          <ul className="grid gap-2">
            {page.items.map((one) => (
              <li
                key={one.id}
                className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line px-4 py-3"
              >
                <span className="min-w-0 grow basis-56">
                  <bdi className="font-bold wrap-anywhere">{one.name}</bdi>
                  <span className="block text-sm text-ink-2 wrap-anywhere">
                    {one.email} · signed in <Ago at={one.last_login_at} empty="never" />
                  </span>
                </span>
                {one.state !== "active" && <Badge word={one.state} />}
                {one.id === self ? (
                  <Badge word="live" label={`you, ${one.role}`} />
                ) : (
                  <>
                    <Select
                      label={`Role of ${one.name}`}
                      hideLabel
                      value={one.role}
                      options={ROLES}
                      onChange={(event) =>
                        void act(changeUser(one, { role: event.target.value as Role }), `${one.name} is changed`)
                      }
                      className="w-36"
                    />
                    <Button
                      size="sm"
                      tone={one.state === "active" ? "danger" : "plain"}
                      onClick={() =>
                        void act(
                          changeUser(one, { state: one.state === "active" ? "disabled" : "active" }),
                          `${one.name} ${one.state === "active" ? "is locked out" : "may come in again"}`,
                        )
                      }
                    >
                      {one.state === "active" ? "Lock out" : "Let in"}
                    </Button>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}

function Password() {
  const [fault, setFault] = useState<Problem | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    setFault(null);
    try {
      await changePassword(String(said.get("current")), String(said.get("password")));
      toast.good("The password is changed; your other sessions have ended");
      form.reset();
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
  };
  return (
    <Card title="Your password">
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        <Input
          label="In force now"
          name="current"
          type="password"
          autoComplete="current-password"
          required
          fault={fault?.fields["/current"]}
        />
        <Input
          label="New"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
          hint="At least 8 characters"
          fault={fault?.fields["/password"]}
        />
        {fault && <Fault of={fault} />}
        <Button type="submit">Change it</Button>
      </form>
    </Card>
  );
}

function Sessions() {
  const query = useQuery(sessions());
  return (
    <Card title="Where you are signed in" className="lg:col-span-2">
      <Async query={query}>
        {(page) => (
          <ul className="grid gap-2">
            {page.items.map((one) => (
              <li
                key={one.id}
                className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-xl border border-line px-4 py-3"
              >
                <span className="min-w-0 grow basis-64 truncate font-semibold" title={one.user_agent ?? ""}>
                  {one.user_agent ?? "unknown"}
                </span>
                <span className="text-sm text-ink-3">
                  used <Ago at={one.last_used_at} />
                </span>
                {one.current ? (
                  <Badge word="live" label="this one" />
                ) : (
                  <Button size="sm" onClick={() => void act(revokeSession(one.id), "Ended")}>
                    End it
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}
