// The command palette: pages, sources, views and acts, found by a few letters. Loaded when it is first asked for.
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Cable, Moon, Search, Sun, Table2 } from "lucide-react";
import type { ReactNode } from "react";
import { connections } from "@/client/connections";
import { views } from "@/client/views";
import { PAGES } from "@/pages/table";
import { Dialog } from "@/ui/Dialog";
import { count } from "@/ui/format";
import { useGo } from "./address";
import { ICONS } from "./icons";
import { setTheme } from "./theme";

export default function Palette({ onClose }: { onClose: () => void }) {
  const go = useGo();
  const sources = useQuery(connections()).data?.items ?? [];
  const tables = useQuery(views()).data?.items.filter((view) => view.rows > 0) ?? [];
  const run = (work: () => void) => () => {
    onClose();
    work();
  };
  return (
    <Dialog open onClose={onClose} title="Search or jump" hideTitle>
      <Command label="Search or jump" loop>
        <div className="flex items-center gap-3 border-b border-line px-4">
          <Search className="size-4.5 shrink-0 text-ink-3" aria-hidden />
          <Command.Input
            autoFocus
            placeholder="A page, a source, a view"
            className="h-13 grow bg-transparent text-[1.05rem] outline-none"
          />
        </div>
        <Command.List className="max-h-[50dvh] overflow-y-auto p-2">
          <Command.Empty className="px-3 py-8 text-center text-ink-2">Nothing by that name.</Command.Empty>
          <Group heading="Pages">
            {PAGES.filter((page) => page.menu || page.id === "NewSource").map((page) => {
              const Icon = ICONS[page.id] ?? Search;
              return (
                <Item
                  key={page.id}
                  icon={<Icon className="size-4" />}
                  note={page.says}
                  onSelect={run(() => go(page.path))}
                >
                  {page.title}
                </Item>
              );
            })}
          </Group>
          <Group heading="Parts of pages">
            {PAGES.filter((page) => page.menu).flatMap((page) =>
              Object.entries(page.parts?.of ?? {}).map(([id, label]) => {
                const Icon = ICONS[page.id] ?? Search;
                return (
                  <Item
                    key={`${page.id} ${id}`}
                    id={page.title}
                    icon={<Icon className="size-4" />}
                    note={page.title}
                    onSelect={run(() => go(page.path, { [page.parts?.by ?? ""]: id }))}
                  >
                    {label}
                  </Item>
                );
              }),
            )}
          </Group>
          {sources.length > 0 && (
            <Group heading="Sources">
              {sources.map((one) => (
                <Item
                  key={one.id}
                  id={one.id}
                  icon={<Cable className="size-4" />}
                  note={one.state}
                  onSelect={run(() => go(`/connect/${one.id}`))}
                >
                  {one.name}
                </Item>
              ))}
            </Group>
          )}
          {tables.length > 0 && (
            <Group heading="Views">
              {tables.map((view) => (
                <Item
                  key={view.view}
                  icon={<Table2 className="size-4" />}
                  note={`${count(view.rows)} rows`}
                  onSelect={run(() => go(`/views/${view.view}`))}
                >
                  {view.view}
                </Item>
              ))}
            </Group>
          )}
          <Group heading="Appearance">
            <Item icon={<Sun className="size-4" />} note="" onSelect={run(() => setTheme("light"))}>
              Light theme
            </Item>
            <Item icon={<Moon className="size-4" />} note="" onSelect={run(() => setTheme("dark"))}>
              Dark theme
            </Item>
          </Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-bold [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  icon,
  note,
  children,
  onSelect,
  id,
}: {
  icon: ReactNode;
  note: string;
  children: string;
  onSelect: () => void;
  id?: string;
}) {
  return (
    <Command.Item
      value={`${children} ${id ?? ""}`}
      keywords={[note]}
      onSelect={onSelect}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-xl px-3 font-semibold touch data-[selected=true]:bg-green-soft data-[selected=true]:text-green"
    >
      <span className="text-ink-3" aria-hidden>
        {icon}
      </span>
      <span className="truncate">{children}</span>
      <span className="ml-auto truncate text-sm text-ink-3">{note}</span>
    </Command.Item>
  );
}
