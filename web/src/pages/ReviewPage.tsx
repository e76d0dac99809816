// The review queue: what waits on the left, its evidence on the right, one key to decide. A decision names the version
// that was looked at, so two people cannot decide twice; an approval can be taken back while the message stands.
import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { problemOf } from "@/client/problem";
import { type Decision, decide, inOrder, revert, review, reviews } from "@/client/repairs";
import type { Review } from "@/client/types";
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { ReviewDetail } from "@/components/ReviewDetail";
import { Subject, subjectOf, whereOf } from "@/components/subject";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Segmented } from "@/ui/Field";
import { Confidence } from "@/ui/Spark";
import { Empty, Fault } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act, toast } from "@/ui/toasts";

export default function ReviewPage() {
  const [address, change] = useAddress();
  const settled = address.show === "settled";
  const waiting = useQuery(reviews("pending"));
  const all = useQuery({ ...reviews(), enabled: settled });
  const query = settled ? all : waiting;
  const items = inOrder((query.data?.items ?? []).filter((one) => !settled || one.state !== "pending"));
  const listed = items.find((one) => one.id === address.id);
  // An item that was named in the address stays on screen after it was decided, by whomever.
  const named = useQuery({ ...review(address.id ?? ""), enabled: address.id !== undefined && listed === undefined });
  const selected = listed ?? named.data ?? (address.id ? undefined : items[0]);
  const truth = useTruth(query);
  const decider = useDecider(change, (id) => {
    const next = items.find((one) => one.id !== id);
    change({ id: next?.id });
  });

  return (
    <Page
      title="Review"
      lead="What AutonomOS is not sure enough about to do by itself. Approving corrects history as well."
      actions={
        <Segmented
          label="Which"
          value={settled ? "settled" : "waiting"}
          onChange={(show) => change({ show: show === "settled" ? show : undefined, id: undefined })}
          options={[
            { value: "waiting", label: `Waiting ${waiting.data?.items.length ?? ""}` },
            { value: "settled", label: "Settled" },
          ]}
        />
      }
    >
      {query.data && items.length === 0 && !selected ? (
        <Card>
          <Nothing settled={settled} />
        </Card>
      ) : (
        <div className="grid items-start gap-5 lg:grid-cols-[22rem_1fr]">
          <Card
            title={settled ? "Settled" : "Waiting"}
            truth={truth}
            flush
            className={cx("lg:sticky lg:top-20", address.id && "max-lg:hidden")}
          >
            <Async query={query} className="px-0">
              {() => (
                <ul aria-label="Review items" className="lg:max-h-[calc(100dvh-11rem)] lg:overflow-y-auto">
                  {items.map((one) => (
                    <li key={one.id}>
                      <Item of={one} current={one.id === selected?.id} onSelect={() => change({ id: one.id })} />
                    </li>
                  ))}
                </ul>
              )}
            </Async>
          </Card>
          {selected ? (
            <div className={cx("grid min-w-0 gap-4", !address.id && "max-lg:hidden")}>
              <Button onClick={() => change({ id: undefined })} className="justify-self-start lg:hidden">
                All questions
              </Button>
              {decider.fault?.id === selected.id && <Fault of={decider.fault.problem} />}
              <ReviewDetail
                key={selected.id}
                of={selected}
                busy={decider.busy}
                onDecide={(decision) => void decider.run(selected, decision)}
                keys={!settled}
              />
            </div>
          ) : named.error ? (
            <Fault of={named.error} />
          ) : null}
        </div>
      )}
    </Page>
  );
}

function Nothing({ settled }: { settled: boolean }) {
  return (
    <Empty
      icon={<Inbox className="size-6" />}
      title={settled ? "Nothing was decided yet" : "Nothing waits"}
      action={<LinkButton to="/evaluation">What was repaired by itself</LinkButton>}
    >
      {settled
        ? "Decisions you make stand here, with who made them."
        : "Repairs that are sure enough are applied by themselves. The rest is put before you here, with evidence."}
    </Empty>
  );
}

function Item({ of, current, onSelect }: { of: Review; current: boolean; onSelect: () => void }) {
  const subject = subjectOf(of);
  return (
    <button
      type="button"
      onClick={onSelect}
      aria-current={current || undefined}
      className={cx(
        "grid w-full gap-1.5 border-t border-line px-5 py-3.5 text-left hover:bg-sunken",
        current && "bg-green-soft hover:bg-green-soft",
      )}
    >
      <span className="flex flex-wrap items-center justify-between gap-2">
        <b>
          <Subject of={of} />
        </b>
        {of.state === "pending" ? <Confidence value={of.confidence} /> : <Badge word={of.state} />}
      </span>
      <span className="text-sm text-ink-2">
        {whereOf(subject)} · <Ago at={of.created_at} />
      </span>
    </button>
  );
}

/** What a decision came to, in one line. */
function answered(of: Review, { decision }: Decision): string {
  if (of.type === "merge") return decision === "reject" ? "They stay two" : "They are one now";
  if (of.type === "split") return decision === "reject" ? "They stay one" : "They are two now";
  return decision === "reject" ? "Rejected; the rules stay as they are" : "Approved; history is being mapped again";
}

/** Decides, says how it went, and offers the way back. */
function useDecider(change: (next: Record<string, string>) => void, next: (id: string) => void) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ id: string; problem: ReturnType<typeof problemOf> } | null>(null);
  const run = async (of: Review, decision: Decision) => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await decide(of, decision);
      const driftId = subjectOf(of).drift_id;
      const undo =
        decision.decision !== "reject" && driftId
          ? { label: "Undo", run: () => void act(revert(driftId), "Taken back, to the row") }
          : undefined;
      toast.good(answered(of, decision), undo);
      next(of.id);
    } catch (thrown) {
      const problem = problemOf(thrown);
      setFault({ id: of.id, problem });
      change({ id: of.id });
      // Somebody else was quicker: the item shows their decision as soon as it was read again.
      if (problem.status === 409 || problem.status === 412) toast.bad(problem);
    }
    setBusy(false);
  };
  return { busy, fault, run };
}
