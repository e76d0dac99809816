// Names and values in two columns, aligned.
import type { ReactNode } from "react";

export function Facts({ items }: { items: [ReactNode, ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,max-content)_1fr] gap-x-6 gap-y-2.5">
      {items.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts do not move
        <div key={index} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="min-w-0 font-semibold wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** JSON for those who want to see it as it is. */
export function Raw({ value, label }: { value: unknown; label: string }) {
  return (
    <details className="rounded-xl border border-line bg-sunken">
      <summary className="px-4 py-2 text-sm font-bold text-ink-2 touch">{label}</summary>
      <pre tabIndex={0} className="max-h-96 overflow-auto px-4 pb-3 text-[0.8rem]">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}
