// One finding: what to do, what it is worth, the very rows it rests on, and the decision.
import { useQuery } from "@tanstack/react-query";
import { Lightbulb } from "lucide-react";
import { may, me } from "@/client/system";
import type { Finding, Row } from "@/client/types";
import { views } from "@/client/views";
import { decideFinding } from "@/client/work";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Facts, Raw } from "@/ui/Facts";
import { many, number, plain, words } from "@/ui/format";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

type Impact = { amount?: number; currency?: string };
type Proof = { subject?: { entity?: string; id?: string; remedy?: string }; rows?: Row[] };

/** What a finding is worth, with its unit; nothing if it is worth nothing that can be counted. */
export function worth(of: Finding): string {
  const { amount, currency } = (of.impact ?? {}) as Impact;
  if (amount === undefined) return "";
  return currency ? `${number(amount)} ${currency}` : number(amount);
}

export function FindingDetail({ of }: { of: Finding }) {
  const proof = of.evidence as Proof;
  const role = useQuery(me()).data?.role;
  const view = useQuery(views()).data?.items.find((one) => one.entity === proof.subject?.entity);
  const name = proof.rows?.[0]?.name;
  const decide = (state: string, done: string) => void act(decideFinding(of.id, state), done);
  return (
    <div className="grid gap-6">
      {proof.subject?.remedy && (
        <div className="flex gap-3 rounded-2xl bg-purple-soft px-4 py-3">
          <Lightbulb className="mt-0.5 size-5 shrink-0 text-purple" aria-hidden />
          <p>{proof.subject.remedy}</p>
        </div>
      )}
      <Facts
        items={[
          ["Severity", <Badge key="severity" word={of.severity} />],
          ["State", <Badge key="state" word={of.state} />],
          ["Impact", worth(of) || "not counted"],
          ["First seen", <Ago key="first" at={of.created_at} />],
          [
            "Seen",
            <span key="seen">
              {many(of.times_seen, "time")}, last <Ago at={of.updated_at} />
            </span>,
          ],
        ]}
      />
      <section>
        <h3 className="mb-3 text-sm text-ink-3">{many(proof.rows?.length ?? 0, "row")} it rests on</h3>
        <div className="grid gap-3">
          {proof.rows?.map((row, index) => (
            <dl
              key={String(row.id ?? index)}
              className="grid grid-cols-[minmax(7rem,max-content)_1fr] gap-x-5 gap-y-1.5 rounded-xl border border-line px-4 py-3"
            >
              {Object.entries(row).map(([field, value]) => (
                <div key={field} className="contents">
                  <dt className="text-sm text-ink-3">{words(field)}</dt>
                  <dd className="num wrap-anywhere font-semibold">{plain(value) || "empty"}</dd>
                </div>
              ))}
            </dl>
          ))}
        </div>
      </section>
      <div className="flex flex-wrap gap-2">
        {may(role, "operator") && of.state === "open" && (
          <>
            <Button tone="primary" onClick={() => decide("accepted", "Accepted")}>
              Accept
            </Button>
            <Button onClick={() => decide("dismissed", "Dismissed")}>Dismiss</Button>
          </>
        )}
        {may(role, "operator") && (of.state === "accepted" || of.state === "dismissed") && (
          <Button onClick={() => decide("open", "Open again")}>Open again</Button>
        )}
        {view && (
          <LinkButton
            tone="quiet"
            to={`/views/${view.view}`}
            search={
              typeof name === "string" && view.fields.some((field) => field.name === "name")
                ? { filter: `name:eq:${name}` }
                : {}
            }
          >
            Look in {view.view}
          </LinkButton>
        )}
      </div>
      <Raw value={of} label="As the API says it" />
    </div>
  );
}
