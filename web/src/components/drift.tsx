// A change of a schema, said and drawn the same everywhere.
import { ArrowRight } from "lucide-react";
import type { Drift } from "@/client/types";

type Change = Pick<Drift, "kind" | "from" | "to">;

const TITLES: Record<string, string> = {
  added: "New field",
  removed: "Field gone",
  renamed: "Field renamed",
  retyped: "Field changed its type",
  key_changed: "Key changed",
  cursor_changed: "Cursor changed",
  enum_changed: "Values changed",
  distribution_changed: "Values spread otherwise",
  nesting_changed: "Nesting changed",
  stream_added: "New stream",
  stream_removed: "Stream gone",
};

export const titleOf = (kind: string): string => TITLES[kind] ?? kind.replaceAll("_", " ");

export function ChangeLine({ of }: { of: Change }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      {of.from && <code className="rounded-md bg-red-soft px-1.5 text-red wrap-anywhere">{of.from}</code>}
      {of.from && of.to && <ArrowRight className="size-4 text-ink-3" aria-label="becomes" />}
      {of.to && <code className="rounded-md bg-green-soft px-1.5 text-green wrap-anywhere">{of.to}</code>}
    </span>
  );
}
