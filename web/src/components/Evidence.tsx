// Why a change is proposed: what speaks for it, the gates it passes, and real values replayed through it.
import { Check, X } from "lucide-react";
import { cx } from "@/ui/cx";
import { plain, words } from "@/ui/format";

type Gate = { passed: boolean; why: string };
type Replayed = { raw: unknown; field: string; fits: boolean };
export type Proof = {
  reasons?: string[];
  samples?: unknown[];
  replay?: Replayed[] | null;
  gates?: Record<string, Gate>;
};

export function Evidence({ of, className }: { of: unknown; className?: string }) {
  const proof = (of ?? {}) as Proof;
  const replay = Array.isArray(proof.replay) ? proof.replay : [];
  return (
    <div className={cx("grid gap-5 md:grid-cols-2", className)}>
      {(proof.reasons?.length ?? 0) > 0 && (
        <section>
          <h3 className="mb-2 text-sm text-ink-3">What speaks for it</h3>
          <ul className="grid gap-1.5">
            {proof.reasons?.map((reason) => (
              <li key={reason} className="flex gap-2">
                <Check className="mt-1 size-4 shrink-0 text-green" aria-hidden /> {words(reason)}
              </li>
            ))}
          </ul>
        </section>
      )}
      {proof.gates && Object.keys(proof.gates).length > 0 && (
        <section>
          <h3 className="mb-2 text-sm text-ink-3">Gates</h3>
          <ul className="grid gap-1.5">
            {Object.entries(proof.gates).map(([name, gate]) => (
              <li key={name} className="flex gap-2">
                {gate.passed ? (
                  <Check className="mt-1 size-4 shrink-0 text-green" aria-label="passed" />
                ) : (
                  <X className="mt-1 size-4 shrink-0 text-red" aria-label="failed" />
                )}
                <span>
                  <b>{words(name)}</b> <span className="text-ink-2">{gate.why}</span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {replay.length > 0 && (
        <section className="md:col-span-2">
          <h3 className="mb-2 text-sm text-ink-3">
            Values replayed through the proposal: {replay.filter((one) => one.fits).length} of {replay.length} fit
          </h3>
          <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
            {replay.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: equal values may come twice
              <li key={index} className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-surface px-3 py-2">
                <code className="wrap-anywhere">{plain(one.raw)}</code>
                <span className="text-ink-3" aria-hidden>
                  →
                </span>
                <code className="text-blue">{one.field}</code>
                <span className={cx("ml-auto text-sm font-bold", one.fits ? "text-green" : "text-red")}>
                  {one.fits ? "fits" : "does not fit"}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
