// What a place shows when it has nothing to show: loading, empty, in error, forbidden. An empty state says what this is,
// why it is empty, and the next step.
import { CircleAlert, CloudOff, Construction, Lock } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { type Problem, problemOf } from "@/client/problem";
import { Button } from "./Button";
import { CopyButton } from "./Copy";
import { cx } from "./cx";

/** The shape of what will be there. Nothing at all for the first moment, so that quick answers do not flicker. */
export function Skeleton({ lines = 4, className }: { lines?: number; className?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={cx("grid gap-3 py-2", className)} aria-busy="true" role="status">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={line} className={cx("h-5", late ? "skeleton" : "opacity-0", line % 3 === 2 ? "w-2/3" : "w-full")} />
      ))}
    </div>
  );
}

type Said = { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode; className?: string };

export function Empty({ icon, title, children, action, className }: Said) {
  return (
    <div className={cx("grid justify-items-center gap-2 px-4 py-9 text-center", className)}>
      {icon && <div className="mb-1 grid size-12 place-items-center rounded-2xl bg-sunken text-ink-3">{icon}</div>}
      <p className="font-bold text-ink">{title}</p>
      {children && <div className="max-w-[34rem] text-ink-2 text-balance">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What a page says whose backend part is not there yet. */
export function NotYet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex gap-3 rounded-card border border-dashed border-line-strong bg-sunken px-5 py-4">
      <Construction className="mt-0.5 size-5 shrink-0 text-amber" aria-hidden />
      <div>
        <p className="font-bold">{title}</p>
        <div className="mt-0.5 text-ink-2">{children}</div>
      </div>
    </div>
  );
}

/** A failure in the server's own words, with the remedy, the trace id and a way on. */
export function Fault({ of, retry, className }: { of: unknown; retry?: () => void; className?: string }) {
  const problem: Problem = problemOf(of);
  const forbidden = problem.status === 403;
  const Icon = forbidden ? Lock : problem.offline ? CloudOff : CircleAlert;
  return (
    <div
      role="alert"
      className={cx(
        "flex gap-3 rounded-xl border px-4 py-3",
        forbidden ? "border-line-strong bg-sunken" : "border-red/40 bg-red-soft",
        className,
      )}
    >
      <Icon className={cx("mt-0.5 size-5 shrink-0", forbidden ? "text-ink-2" : "text-red")} aria-hidden />
      <div className="min-w-0 grow">
        <p className="font-bold wrap-anywhere">{sentence(problem.message)}</p>
        {problem.remedy && <p className="text-ink-2 wrap-anywhere">{problem.remedy}</p>}
        {Object.entries(problem.fields).map(([field, detail]) => (
          <p key={field} className="text-sm text-ink-2 wrap-anywhere">
            <code>{field}</code> {detail === problem.message ? "" : detail}
          </p>
        ))}
        {problem.traceId && (
          <p className="mt-1 flex flex-wrap items-center gap-1 text-xs text-ink-2">
            <code>{problem.code}</code> · trace <code className="wrap-anywhere">{problem.traceId}</code>
            <CopyButton text={problem.traceId} label="Copy the trace id" />
          </p>
        )}
      </div>
      {retry && problem.status !== 403 && (
        <Button size="sm" onClick={retry} className="self-start">
          Try again
        </Button>
      )}
    </div>
  );
}

const sentence = (text: string): string => {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
};
