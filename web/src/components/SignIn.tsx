// The way in: a one-time link (taken before this is shown), a password, or a new tenant.
import { type FormEvent, useEffect, useState } from "react";
import { at } from "@/client/base";
import { type Problem, problemOf } from "@/client/problem";
import { register, signIn } from "@/client/session";
import { Button } from "@/ui/Button";
import { Input, Segmented } from "@/ui/Field";
import { Fault } from "@/ui/States";
import { Logo } from "./Logo";

export function SignIn({ fault }: { fault: Problem | null }) {
  const [mode, setMode] = useState(location.hash.startsWith("#invitation=") ? "register" : "password");
  return (
    <main className="grid min-h-dvh lg:grid-cols-[1fr_minmax(28rem,40%)]">
      <section className="hidden flex-col justify-between bg-green-soft p-12 lg:flex">
        <Logo />
        <div className="max-w-[32rem]">
          <h2 className="text-4xl leading-tight">Data connections that keep themselves alive.</h2>
          <p className="mt-4 text-lg text-ink-2">
            Schemas change. AutonomOS notices, repairs what it is sure about, asks about the rest, and corrects history
            as well.
          </p>
        </div>
        <p className="text-sm text-ink-2">Everything shown here comes from the API at /docs.</p>
      </section>
      <section className="grid content-center justify-items-center gap-6 px-5 py-10">
        <div className="grid w-full max-w-[24rem] gap-5">
          <Logo className="lg:hidden" />
          <div>
            <h1 className="text-2xl">{mode === "password" ? "Sign in" : "Create an account"}</h1>
            <p className="mt-1 text-ink-2">
              {mode === "password" ? (
                <>
                  On your own machine, <code>autonomos dev</code> prints a link that signs you in.
                </>
              ) : (
                "A tenant of your own, or the one you were invited to."
              )}
            </p>
          </div>
          {fault && <Fault of={fault} />}
          <Segmented
            label="Way in"
            value={mode}
            onChange={setMode}
            options={[
              { value: "password", label: "Password" },
              { value: "register", label: "New account" },
            ]}
          />
          {mode === "password" ? <SignInForm /> : <RegisterForm />}
          <Elsewhere />
        </div>
      </section>
    </main>
  );
}

/** Sign-in by an identity provider, where the node has one; an invitation goes along. */
function Elsewhere() {
  const [way, setWay] = useState<{ name: string; start: string } | null>(null);
  useEffect(() => {
    const asked = new AbortController();
    fetch(at("/api/v1/auth/oidc"), { signal: asked.signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((said) => said?.enabled && setWay(said))
      // Without an answer there is a password.
      .catch(() => undefined);
    return () => asked.abort();
  }, []);
  if (!way) return null;
  const invitation = location.hash.startsWith("#invitation=") ? `?${location.hash.slice(1)}` : "";
  return (
    <a href={at(way.start) + invitation} className="text-center underline">
      {way.name}
    </a>
  );
}

/** Sends a form once; keeps the failure for showing, and everything typed. */
function useSubmit(work: (form: FormData) => Promise<void>) {
  const [fault, setFault] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      await work(new FormData(event.currentTarget));
    } catch (thrown) {
      setFault(problemOf(thrown));
    }
    setBusy(false);
  };
  return { fault, busy, submit: (event: FormEvent<HTMLFormElement>) => void submit(event) };
}

const text = (form: FormData, name: string): string => String(form.get(name) ?? "");

export function SignInForm() {
  const { fault, busy, submit } = useSubmit((form) => signIn(text(form, "email"), text(form, "password")));
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Input name="email" type="email" label="E-mail" autoComplete="username" required />
      <Input name="password" type="password" label="Password" autoComplete="current-password" required />
      {fault && <Fault of={fault} />}
      <Button type="submit" tone="primary" busy={busy} className="min-h-11">
        Sign in
      </Button>
    </form>
  );
}

function RegisterForm() {
  const invitation = location.hash.startsWith("#invitation=") ? location.hash.slice("#invitation=".length) : undefined;
  const { fault, busy, submit } = useSubmit((form) =>
    register({
      email: text(form, "email"),
      password: text(form, "password"),
      name: text(form, "name"),
      ...(invitation ? { invitation } : { tenant_name: text(form, "tenant") }),
    }),
  );
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Input name="name" label="Your name" autoComplete="name" required fault={fault?.fields["/name"]} />
      {!invitation && (
        <Input
          name="tenant"
          label="Organisation"
          hint="The tenant you will be the admin of"
          autoComplete="organization"
          required
          fault={fault?.fields["/tenant_name"]}
        />
      )}
      <Input
        name="email"
        type="email"
        label="E-mail"
        autoComplete="username"
        required
        fault={fault?.fields["/email"]}
      />
      <Input
        name="password"
        type="password"
        label="Password"
        autoComplete="new-password"
        minLength={8}
        hint="At least 8 characters"
        required
        fault={fault?.fields["/password"]}
      />
      {fault && <Fault of={fault} />}
      <Button type="submit" tone="primary" busy={busy} className="min-h-11">
        {invitation ? "Join" : "Create"}
      </Button>
    </form>
  );
}
