// Who may come in: nobody before they signed in. A session that ends in the middle of something is asked for on top of the
// page, so that nothing typed is lost.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { CloudOff } from "lucide-react";
import { useEffect } from "react";
import { start, useSession } from "@/client/session";
import { me } from "@/client/system";
import { flow } from "@/client/views";
import { connect, disconnect } from "@/live/store";
import { router } from "@/pages/router";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Empty } from "@/ui/States";
import { Logo } from "./Logo";
import { SignIn, SignInForm } from "./SignIn";

export function Gate() {
  const { phase, fault } = useSession();
  const cache = useQueryClient();
  // What a page has depends on the role: drawn before that is known, it would move while it is read.
  const who = useQuery({ ...me(), enabled: phase === "in" });
  const coming = phase === "in" && who.isPending && who.failureCount === 0;
  useEffect(() => {
    if (phase === "in") {
      cache.fetchQuery(flow()).then(connect, () => connect(null));
    }
    if (phase === "out") {
      disconnect();
      cache.clear();
    }
  }, [phase, cache]);

  if (phase === "starting" || coming) {
    return (
      <main className="grid min-h-dvh place-items-center" aria-busy="true">
        <Logo className="animate-pulse" />
      </main>
    );
  }
  if (phase === "unreachable") {
    return (
      <main className="grid min-h-dvh place-items-center">
        <Empty
          icon={<CloudOff className="size-6" />}
          title="The server cannot be reached"
          action={
            <Button tone="primary" onClick={() => void start()}>
              Try again
            </Button>
          }
        >
          {fault?.remedy ?? fault?.message}
        </Empty>
      </main>
    );
  }
  if (phase === "out") return <SignIn fault={fault} />;
  return (
    <>
      <RouterProvider router={router} />
      <Dialog
        open={phase === "expired"}
        title="Sign in again"
        description="Your session has ended. What you were doing is still here behind this."
      >
        <SignInForm />
      </Dialog>
    </>
  );
}
