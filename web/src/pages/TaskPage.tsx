// One task in full: how far it is, live; its attempts; what went wrong and what to do about it; what it was given, what it
// came to, and what was told outside when it ended.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { RotateCw, Square } from "lucide-react";
import { may, me } from "@/client/system";
import { cancelTask, retryTask, task } from "@/client/tasks";
import type { Task } from "@/client/types";
import { usePathPart } from "@/components/address";
import { By } from "@/components/By";
import { useSourceNames } from "@/components/names";
import { Deliveries } from "@/components/outside/Deliveries";
import { Page } from "@/components/Page";
import { Log } from "@/components/task/Log";
import { Wrong } from "@/components/task/Wrong";
import { aboutOf, farOf, isOpen, kindOf, mayRetry, saidOf, stateOf, tookWords } from "@/components/task/words";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Facts, Raw } from "@/ui/Facts";
import { many, plain, words } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

export default function TaskPage() {
  const query = useQuery(task(usePathPart("id")));
  const names = useSourceNames();
  const one = query.data;
  return (
    <Page
      title={one ? kindOf(one.kind) : "Task"}
      lead={one && (aboutOf(one, names) ?? "Asked for, and kept with what came of it.")}
      mark={one && <Badge word={one.state} label={stateOf(one.state)} />}
      actions={
        <>
          <LinkButton to="/tasks" tone="quiet">
            All tasks
          </LinkButton>
          {one && <Actions of={one} />}
        </>
      }
    >
      <Async query={query}>{(of) => <Whole of={of} query={query} />}</Async>
    </Page>
  );
}

function Actions({ of }: { of: Task }) {
  const role = useQuery(me()).data?.role;
  if (!may(role, "operator")) return null;
  return (
    <>
      {isOpen(of.state) && (
        <Button
          tone="danger"
          disabled={of.cancel_requested}
          icon={<Square className="size-4" aria-hidden />}
          onClick={() => void act(cancelTask(of.id), "Called off")}
        >
          {of.cancel_requested ? "It is stopping" : "Call off"}
        </Button>
      )}
      {mayRetry(of.state) && (
        <Button
          tone="primary"
          icon={<RotateCw className="size-4" aria-hidden />}
          onClick={() => void act(retryTask(of.id), "It waits for its turn again")}
        >
          Try again
        </Button>
      )}
    </>
  );
}

function Whole({ of, query }: { of: Task; query: UseQueryResult<Task> }) {
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const said = saidOf(of);
  const came = of.state === "success" ? of.result : of.progress;
  return (
    <div className="grid gap-5">
      {said && (
        <Wrong
          of={said}
          title={
            of.state === "retry_wait" ? "The last attempt failed" : isOpen(of.state) ? "It failed before" : "It failed"
          }
        />
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Card title="How it goes" truth={truth}>
          {of.state === "in_progress" && <Progress label="How far" {...farOf(of)} className="mb-5" />}
          <Facts
            items={[
              ["Attempts", `${of.attempts} of ${of.max_attempts}`],
              ...(of.losses > 0
                ? ([["Lost", `${many(of.losses, "time")}, with the process that ran it`]] as [
                    string,
                    React.ReactNode,
                  ][])
                : []),
              ...(of.state === "retry_wait" || of.state === "queued"
                ? ([["Not before", <Ago key="next" at={of.run_at} />]] as [string, React.ReactNode][])
                : []),
              ["Asked", <Ago key="asked" at={of.created_at} />],
              ["Began", <Ago key="began" at={of.started_at} empty="not yet" />],
              ["Ended", <Ago key="ended" at={of.finished_at} empty="not yet" />],
              ["Took", tookWords(of) ?? "–"],
              ["Asked by", <By key="by" of={of.created_by} />],
              [
                "Id",
                <span key="id" className="inline-flex items-center gap-1">
                  <code>{of.id}</code>
                  <CopyButton text={of.id} label="Copy the id" />
                </span>,
              ],
            ]}
          />
        </Card>
        <div className="grid gap-5">
          <Card title={of.state === "success" ? "Came to" : "How far"} truth={truth}>
            <Values
              of={came}
              empty={of.state === "success" ? "It ended well and had nothing to say." : "Nothing yet."}
            />
            {(of.connection_id || of.kind === "tenant_export" || of.kind === "bulk_mapping") && (
              <div className="mt-5 flex flex-wrap gap-2">
                <Onwards of={of} />
              </div>
            )}
          </Card>
          <Card title="Given">
            <Values of={of.payload} empty="It needs nothing." />
          </Card>
          <Raw value={of} label="As the API says it" />
        </div>
      </div>
      <Log id={of.id} />
      {may(role, "operator") && (
        <Card title="Told outside" truth={truth} hint="when it ends, whoever gave a callback address" flush>
          <Deliveries
            ask={{ subject: `task/${of.id}` }}
            empty="Whoever gives a callback_url with a task is told its end there; nobody did with this one."
          />
        </Card>
      )}
    </div>
  );
}

/** Names and values one beneath the other, whatever they are. */
function Values({ of, empty }: { of: unknown; empty: string }) {
  const facts = of && typeof of === "object" && !Array.isArray(of) ? Object.entries(of) : [];
  if (facts.length === 0)
    return (
      <p className="text-ink-2">{of === null || of === undefined || typeof of === "object" ? empty : plain(of)}</p>
    );
  return (
    <Facts
      items={facts.map(([name, value]) => [
        words(name),
        <span key={name} className="num">
          {plain(value) || "–"}
        </span>,
      ])}
    />
  );
}

/** Where what it did is seen. */
function Onwards({ of }: { of: Task }) {
  if (of.connection_id) return <LinkButton to={`/connect/${of.connection_id}`}>Open the source</LinkButton>;
  if (of.kind === "bulk_mapping") return <LinkButton to={`/bulk-mappings/${of.id}`}>See its results</LinkButton>;
  return (
    <LinkButton to="/admin" search={{ tab: "life" }}>
      Download it
    </LinkButton>
  );
}
