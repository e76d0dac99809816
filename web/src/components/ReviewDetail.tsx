// One question with everything that speaks for and against it, and the answers to it. A, E and R answer by keyboard.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { mappings } from "@/client/connections";
import type { Decision } from "@/client/repairs";
import { may, me } from "@/client/system";
import type { Review } from "@/client/types";
import { views } from "@/client/views";
import { agents } from "@/client/work";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts, Raw } from "@/ui/Facts";
import { Input, Select } from "@/ui/Field";
import { many } from "@/ui/format";
import { Kbd } from "@/ui/Kbd";
import { Confidence } from "@/ui/Spark";
import { Ago } from "@/ui/Time";
import { Evidence } from "./Evidence";
import { IdentityReview } from "./IdentityReview";
import { OtherWays } from "./OtherWays";
import { type Proposal, says } from "./proposal";
import { isIdentity, Subject, subjectOf } from "./subject";

/** What the two answers are called, by what is asked. */
const ANSWERS: Record<string, [string, string]> = {
  merge: ["They are one", "They are two"],
  split: ["Take it out", "Leave it in"],
};

type Props = { of: Review; busy: boolean; onDecide: (decision: Decision) => void; keys: boolean };

export function ReviewDetail({ of, busy, onDecide, keys }: Props) {
  const subject = subjectOf(of);
  const proposal = of.proposal as Proposal;
  const [editing, setEditing] = useState(false);
  const account = useQuery(me()).data;
  const role = account?.role;
  const self = account?.id;
  const open = of.state === "pending";
  const identity = isIdentity(of);
  const [yes, no] = ANSWERS[of.type] ?? ["Approve", "Reject"];
  const allowed = open && may(role, "operator");

  useEffect(() => {
    if (!allowed || !keys) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
        return;
      if (document.querySelector("[role=dialog]")) return;
      if (event.key === "a") onDecide({ decision: "approve" });
      if (event.key === "r") onDecide({ decision: "reject" });
      if (event.key === "e" && !identity) setEditing(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [allowed, keys, onDecide, identity]);

  return (
    <Card>
      <div className="grid gap-6">
        <header className="flex flex-wrap items-center gap-3">
          <h2 className="text-xl">
            <Subject of={of} />
          </h2>
          <span className="ml-auto">{open ? <Confidence value={of.confidence} /> : <Badge word={of.state} />}</span>
        </header>
        {identity ? (
          <IdentityReview of={of} />
        ) : (
          <>
            <Facts
              items={[
                ["Proposal", says(proposal)],
                [
                  "Where",
                  <Link key="where" to={`/connect/${subject.connection_id}` as never} className="text-blue">
                    {subject.connection} · {subject.stream}
                  </Link>,
                ],
                ["Touches", <Touches key="touches" subject={subject} proposal={proposal} />],
                [
                  "If nothing is done",
                  open ? (
                    <span key="open">
                      known records keep their last value, new ones lack it; what the source sends waits in extras.
                      Asked <Ago at={of.created_at} />, lapses <Ago at={of.expires_at} empty="never" />
                    </span>
                  ) : (
                    <span key="done">
                      decided <Ago at={of.decided_at} /> by {decider(of.decided_by, self)}
                    </span>
                  ),
                ],
              ]}
            />
            <Evidence of={of.evidence} />
            <OtherWays of={of.evidence} allowed={allowed} busy={busy} onDecide={onDecide} />
          </>
        )}
        {identity && (
          <p className="text-sm text-ink-2">
            {open ? (
              <>
                If nothing is done they stay as they are. Asked <Ago at={of.created_at} />.
              </>
            ) : (
              <>
                Decided <Ago at={of.decided_at} /> by {decider(of.decided_by, self)}.
              </>
            )}
          </p>
        )}
        {editing && allowed && (
          <Edit of={of} proposal={proposal} onCancel={() => setEditing(false)} onDecide={onDecide} busy={busy} />
        )}
        {allowed && !editing && (
          <div className="sticky bottom-16 -mx-5 -mb-5 flex flex-wrap gap-2 rounded-b-card border-t border-line bg-surface px-5 py-4 sm:bottom-0">
            <Button
              tone="primary"
              busy={busy}
              onClick={() => onDecide({ decision: "approve" })}
              className="max-sm:grow"
            >
              {yes} <Kbd>A</Kbd>
            </Button>
            <Button disabled={busy} onClick={() => onDecide({ decision: "reject" })} className="max-sm:grow">
              {no} <Kbd>R</Kbd>
            </Button>
            {!identity && (
              <Button tone="quiet" disabled={busy} onClick={() => setEditing(true)}>
                Edit <Kbd>E</Kbd>
              </Button>
            )}
          </div>
        )}
        {open && !allowed && role && (
          <p className="text-sm text-ink-2">Deciding needs the role operator; yours is {role}.</p>
        )}
        <Raw value={{ proposal: of.proposal, evidence: of.evidence }} label="As the API says it" />
      </div>
    </Card>
  );
}

/** Who decided, as far as it can be said: oneself, or by id. */
function decider(by: string | null | undefined, self: string | undefined): string {
  if (!by) return "nobody";
  return self && by.endsWith(self) ? "you" : by.replace("user:", "");
}

/** What a decision reaches: the canonical field, and who reads its entity. */
function Touches({ subject, proposal }: { subject: Subject; proposal: Proposal }) {
  const id = subject.connection_id ?? "";
  const rules =
    useQuery({ ...mappings(id), enabled: id !== "" }).data?.items.filter((rule) => rule.stream === subject.stream) ??
    [];
  const entity = rules[0]?.entity;
  const field = rules.find((rule) => rule.source_path === proposal.from)?.field ?? proposal.field;
  const readers =
    useQuery(agents()).data?.items.filter((agent) => entity !== undefined && agent.entities.includes(entity)) ?? [];
  if (!entity) return <span className="text-ink-3">nothing yet</span>;
  return (
    <span>
      <code className="text-blue">{field ? `${entity}.${field}` : entity}</code>, read by{" "}
      {readers.length > 0 ? readers.map((agent) => agent.name).join(" and ") : many(0, "agent")}
    </span>
  );
}

type EditProps = {
  of: Review;
  proposal: Proposal;
  onCancel: () => void;
  onDecide: (decision: Decision) => void;
  busy: boolean;
};

/** Another answer: let the new column feed a field of one's choice, or nothing. */
function Edit({ of, proposal, onCancel, onDecide, busy }: EditProps) {
  const subject = subjectOf(of);
  const rules =
    useQuery({ ...mappings(subject.connection_id ?? ""), enabled: subject.connection_id !== undefined }).data?.items ??
    [];
  const entity = rules.find((rule) => rule.stream === subject.stream)?.entity;
  const fields = useQuery(views()).data?.items.find((view) => view.entity === entity)?.fields ?? [];
  const [column, setColumn] = useState(proposal.to ?? proposal.source_path ?? subject.to ?? subject.from ?? "");
  const [field, setField] = useState(proposal.field ?? "");
  const edit = field === "" ? { action: "unmap", source_path: column } : { action: "map", source_path: column, field };
  return (
    <section className="grid gap-4 rounded-2xl border border-line bg-sunken p-4" aria-label="Another answer">
      <div className="grid gap-4 sm:grid-cols-2">
        <Input label="Source field" value={column} onChange={(event) => setColumn(event.target.value)} />
        <Select
          label="feeds"
          value={field}
          onChange={(event) => setField(event.target.value)}
          options={[
            { value: "", label: "nothing (kept in extras)" },
            ...fields.map((one) => ({ value: one.name, label: `${one.name} · ${one.type}` })),
          ]}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          tone="primary"
          busy={busy}
          disabled={column === ""}
          onClick={() => onDecide({ decision: "edit", edit })}
        >
          Do this instead
        </Button>
        <Button tone="quiet" onClick={onCancel}>
          Back
        </Button>
      </div>
    </section>
  );
}
