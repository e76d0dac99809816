// Tabs whose choice the caller keeps (in the address, usually).
import { Tabs as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";
import { count } from "./format";

export type Tab = { id: string; label: string; badge?: number; content: ReactNode };
/** The content of each tab of those that are named elsewhere. */
export type Parts<Names> = Record<keyof Names, ReactNode>;

/** Tabs out of their names and contents; none can be in one and not in the other. */
export const tabsOf = <Names extends Record<string, string>>(names: Names, parts: Parts<Names>): Tab[] =>
  Object.entries(names).map(([id, label]) => ({ id, label, content: parts[id] }));

export function Tabs({
  tabs,
  value,
  onChange,
  label,
}: {
  tabs: Tab[];
  value: string;
  onChange: (id: string) => void;
  label: string;
}) {
  const current = tabs.some((tab) => tab.id === value) ? value : (tabs[0]?.id ?? "");
  const list = useRef<HTMLDivElement>(null);
  // Where there are more than fit, the chosen one is brought into sight; the page itself stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is what it is for
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>("[data-state=active]");
    if (list.current && chosen)
      list.current.scrollLeft = chosen.offsetLeft - (list.current.clientWidth - chosen.offsetWidth) / 2;
  }, [current]);
  return (
    <Radix.Root value={current} onValueChange={onChange} activationMode="manual">
      <Radix.List
        ref={list}
        aria-label={label}
        className="relative mb-5 flex gap-1 overflow-x-auto border-b border-line [scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="relative flex shrink-0 min-h-10 items-center gap-2 rounded-t-xl px-3.5 font-semibold whitespace-nowrap text-ink-2 touch hover:text-ink data-[state=active]:text-green after:absolute after:inset-x-2 after:-bottom-px after:h-[3px] after:rounded-full data-[state=active]:after:bg-solid-green"
          >
            {tab.label}
            {tab.badge ? (
              <span className="num rounded-full bg-sunken px-1.5 text-xs text-ink-2">{count(tab.badge)}</span>
            ) : null}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="focus-visible:outline-offset-8">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
