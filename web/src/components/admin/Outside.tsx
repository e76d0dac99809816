// What is told outside: the messages and what became of them, and beside them what they are signed with and who is alerted.
import { useQuery } from "@tanstack/react-query";
import { may, me } from "@/client/system";
import { Card } from "@/ui/Card";
import { Segmented } from "@/ui/Field";
import { NotYet } from "@/ui/States";
import { useAddress } from "../address";
import { Deliveries } from "../outside/Deliveries";
import { useTruth } from "../truth";
import { Signing } from "./Signing";
import { Slack } from "./Slack";

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
