// A question about who is who: the records side by side, with what speaks for one and for two.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { PairEvidence as Pair, RecordSource, Review, Row } from "@/client/types";
import { views } from "@/client/views";
import { plain, words } from "@/ui/format";
import { useSourceNames } from "./names";
import { PairEvidence } from "./PairEvidence";
import { nameOf, subjectOf } from "./subject";

type Proof = Partial<Pair> & { why?: string; reason?: string | null; record?: Row; others?: Row[] };

/** The view an entity type is in. */
export function useViewOf(entity: string | undefined): string | undefined {
  return useQuery(views()).data?.items.find((view) => view.entity === entity)?.view;
}

export function IdentityReview({ of }: { of: Review }) {
  const proof = of.evidence as Proof;
  const records = proof.records ?? [...(proof.record ? [proof.record] : []), ...(proof.others ?? [])];
  const view = useViewOf(subjectOf(of).entity);
  const named = (of.proposal as { merge?: string[]; split?: { id: string } }) ?? {};
  const ids = [...new Set(named.merge ?? (named.split ? [named.split.id] : []))];
  return (
    <div className="grid gap-5">
      {proof.why && (
        <p>
          {words(proof.why)}
          {proof.reason ? `: ${proof.reason}` : "."}
        </p>
      )}
      {records.length > 0 && (
        <section>
          <h3 className="mb-2 text-sm text-ink-3">The records</h3>
          <div className="grid gap-3 md:grid-cols-2">
            {records.map((record) => (
              <RecordCard key={String(record.id)} of={record} view={view} />
            ))}
          </div>
        </section>
      )}
      {proof.comparisons && proof.bits !== undefined && proof.probability !== undefined && (
        <section>
          <h3 className="mb-2 text-sm text-ink-3">What speaks for one, and for two</h3>
          <PairEvidence of={proof as Pair} left="one" right="the other" />
        </section>
      )}
      {records.length === 0 && view && (
        <p className="flex flex-wrap gap-4">
          {ids.map((id) => (
            <Link key={id} to={`/views/${view}/${id}` as never} className="font-semibold text-blue">
              See {id}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

const HIDDEN = new Set(["id", "source", "extras", "external_ids"]);

function RecordCard({ of, view }: { of: Row; view: string | undefined }) {
  const names = useSourceNames();
  const source = of.source as RecordSource | null;
  const fields = Object.entries(of).filter(([name, value]) => !HIDDEN.has(name) && value !== null && value !== "");
  return (
    <article className="min-w-0 rounded-xl border border-line bg-sunken px-4 py-3">
      <h4 className="flex flex-wrap items-baseline justify-between gap-x-3">
        <bdi className="font-bold">{nameOf(of)}</bdi>
        {view && (
          <Link to={`/views/${view}/${String(of.id)}` as never} className="text-sm font-semibold text-blue touch">
            its entity
          </Link>
        )}
      </h4>
      {source && (
        <p className="text-sm text-ink-2 wrap-anywhere">
          {names.get(source.connection_id) ?? source.connection_id} · {source.stream} · <code>{source.key}</code>
        </p>
      )}
      <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
        {fields.slice(0, 8).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-sm text-ink-2">{words(name)}</dt>
            <dd className="min-w-0 font-semibold wrap-anywhere">
              <bdi>{plain(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
