// Everything that changed in the source's schema and what became of it, newest first. A repair can be taken back, to the row.
import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { drifts, revert } from "@/client/repairs";
import { may, me } from "@/client/system";
import type { Drift } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Confidence } from "@/ui/Spark";
import { Empty } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { ChangeLine, titleOf } from "../drift";
import { Evidence } from "../Evidence";
import { Histograms, type Spreads } from "../Histograms";

export function Timeline({ id }: { id: string }) {
  const query = useQuery(drifts(id));
  return (
    <Card title="Timeline" hint="changes of the schema and their repairs" flush>
      <Async query={query} className="px-5 pb-4">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="Nothing has changed yet">
              The schema is compared at every read. A renamed, removed or retyped field would stand here, with what was
              done about it.
            </Empty>
          ) : (
            <ol className="relative grid gap-5 border-l-2 border-line pl-5">
              {page.items.map((one) => (
                <Entry key={one.id} of={one} />
              ))}
            </ol>
          )
        }
      </Async>
    </Card>
  );
}

function Entry({ of }: { of: Drift }) {
  const role = useQuery(me()).data?.role;
  const evidence = (of.evidence ?? {}) as Spreads & { judged?: Record<string, unknown>; reasons?: string[] };
  const why = evidence.judged ?? (evidence.reasons?.length ? evidence : undefined);
  return (
    <li className="relative">
      <span
        className="absolute top-1.5 -left-[1.72rem] size-3 rounded-full border-2 border-surface bg-solid-purple"
        aria-hidden
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <b>{titleOf(of.kind)}</b>
        <ChangeLine of={of} />
        <Badge word={of.state} />
        <span className="text-sm text-ink-3">
          {of.stream} · <Ago at={of.detected_at} />
          {of.mapping_after != null && ` · rules v${of.mapping_before} → v${of.mapping_after}`}
        </span>
        <span className="ml-auto flex items-center gap-2">
          <Confidence value={of.confidence} />
          {of.state === "healed" && may(role, "operator") && (
            <Button
              size="sm"
              icon={<Undo2 className="size-4" aria-hidden />}
              onClick={() => void act(revert(of.id), "Taken back; history is mapped by the rules of before")}
            >
              Take back
            </Button>
          )}
          {of.state === "review" && of.review_id && (
            <LinkButton size="sm" to="/review" search={{ id: of.review_id }}>
              Decide
            </LinkButton>
          )}
        </span>
      </div>
      {why && (
        <details className="mt-2">
          <summary className="text-sm font-semibold text-blue touch inline-flex items-center">Why</summary>
          <Evidence of={why} className="mt-2" />
          <Histograms of={evidence} />
        </details>
      )}
    </li>
  );
}
