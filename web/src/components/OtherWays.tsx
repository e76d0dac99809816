// What else could be done about a change, each a button of its own, and what a language model thinks of it.
import { Sparkles } from "lucide-react";
import type { Decision } from "@/client/repairs";
import { Button } from "@/ui/Button";
import type { Proof } from "./Evidence";
import { Evidence } from "./Evidence";
import { type Proposal, says } from "./proposal";

type Option = Pick<Proof, "gates" | "replay"> & { label?: string; proposal?: Proposal; by?: string };
type Opinion = { model?: string | null; says?: string; why?: string };

const THINKS: Record<string, string> = {
  agrees: "agrees with the proposal",
  proposes: "would do something else",
  nothing: "sees nothing that fits",
  failed: "was asked and gave no answer that can be used",
};

type Props = { of: unknown; allowed: boolean; busy: boolean; onDecide: (decision: Decision) => void };

export function OtherWays({ of, allowed, busy, onDecide }: Props) {
  const { opinion, options } = (of ?? {}) as { opinion?: Opinion; options?: Option[] };
  const ways = Array.isArray(options) ? options.filter((one) => one.proposal) : [];
  if (!opinion && ways.length === 0) return null;
  return (
    <section className="grid gap-3" aria-label="Other ways">
      {opinion && (
        <p className="flex gap-2">
          <Sparkles className="mt-1 size-4 shrink-0 text-blue" aria-hidden />
          <span>
            <b>A language model</b>
            {opinion.model && <code className="ml-1 text-ink-2">{opinion.model}</code>}{" "}
            {THINKS[opinion.says ?? ""] ?? "was asked"}
            {opinion.why && <span className="text-ink-2">: {opinion.why}</span>}
          </span>
        </p>
      )}
      {ways.map((way) => (
        <div key={JSON.stringify(way.proposal)} className="grid gap-4 rounded-2xl border border-line bg-sunken p-4">
          <div className="flex flex-wrap items-center gap-3">
            <span className="grow">
              {says(way.proposal as Proposal)}
              <span className="block text-sm text-ink-3">
                {way.by === "model" ? "a language model's idea; nothing does it by itself" : way.label}
              </span>
            </span>
            {allowed && (
              <Button
                tone="quiet"
                disabled={busy}
                onClick={() => onDecide({ decision: "edit", edit: way.proposal as Record<string, unknown> })}
              >
                Do this instead
              </Button>
            )}
          </div>
          {way.gates && <Evidence of={way} />}
        </div>
      ))}
    </section>
  );
}
