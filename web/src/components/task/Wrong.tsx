// Why work failed, in the words it left behind, with what to do about it.
import { CircleAlert } from "lucide-react";
import type { Said } from "@/client/types";
import { cx } from "@/ui/cx";

export function Wrong({ of, title, className }: { of: Said; title: string; className?: string }) {
  return (
    <div role="alert" className={cx("flex gap-3 rounded-xl border border-red/40 bg-red-soft px-4 py-3", className)}>
      <CircleAlert className="mt-0.5 size-5 shrink-0 text-red" aria-hidden />
      <div className="min-w-0">
        <p className="font-bold">{title}</p>
        <p className="wrap-anywhere">{of.message}</p>
        {of.remedy && <p className="text-ink-2 wrap-anywhere">{of.remedy}</p>}
        {of.code && (
          <p className="mt-1 text-xs text-ink-2">
            <code>{of.code}</code>
          </p>
        )}
      </div>
    </div>
  );
}
