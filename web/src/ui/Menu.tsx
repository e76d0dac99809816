// A menu behind a button, on Radix. Not modal, so that nothing is written into the page's styles.
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx";

export type MenuItem =
  | {
      label: ReactNode;
      icon?: ReactNode;
      onSelect: () => void;
      danger?: boolean;
      checked?: boolean;
      disabled?: boolean;
    }
  | "line";

export function Menu({ button, items, head }: { button: ReactNode; items: MenuItem[]; head?: ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{button}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-52 rounded-2xl border border-line bg-raised p-1.5 shadow-high risen"
        >
          {head && <div className="px-3 py-2">{head}</div>}
          {items.map((item, index) =>
            item === "line" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name
              <Radix.Separator key={`line-${index}`} className="my-1.5 h-px bg-line" />
            ) : (
              <Radix.Item
                // biome-ignore lint/suspicious/noArrayIndexKey: the items of a menu do not move
                key={index}
                disabled={item.disabled}
                onSelect={item.onSelect}
                className={cx(
                  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-xl px-3 font-semibold outline-none select-none touch data-highlighted:bg-sunken data-disabled:opacity-50",
                  item.danger ? "text-red" : "text-ink",
                )}
              >
                <span className="grid w-4 place-items-center text-ink-3" aria-hidden>
                  {item.icon ?? (item.checked ? "✓" : null)}
                </span>
                {item.label}
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
