// Dialogs and drawers on Radix. Its own overlay is left out, because that one writes a style element, which the page's
// policy refuses; the shade below is ours.

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import { IconButton } from "./Button";
import { cx } from "./cx";

type Props = {
  open: boolean;
  onClose?: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  kind?: "dialog" | "drawer" | "sheet";
  hideTitle?: boolean;
};

const PLACES = {
  dialog: "inset-x-3 top-[12dvh] mx-auto max-w-[34rem] max-h-[76dvh] rounded-card risen",
  drawer: "inset-y-0 right-0 w-full sm:w-[34rem] sm:border-l slid",
  sheet: "inset-x-0 bottom-0 max-h-[85dvh] rounded-t-card risen",
};

export function Dialog({ open, onClose, title, description, children, kind = "dialog", hideTitle = false }: Props) {
  useEffect(() => {
    if (!open) return;
    document.documentElement.style.overflow = "hidden";
    return () => {
      document.documentElement.style.overflow = "";
    };
  }, [open]);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose?.()}>
      <Radix.Portal>
        {/* A click beside the dialog closes it: Radix sees it as one outside its content. */}
        <div className="fixed inset-0 z-40 bg-shade" aria-hidden />
        <Radix.Content
          className={cx(
            "fixed z-50 flex flex-col overflow-hidden border border-line bg-raised shadow-high focus:outline-none",
            PLACES[kind],
          )}
          onEscapeKeyDown={(event) => !onClose && event.preventDefault()}
          onPointerDownOutside={(event) => !onClose && event.preventDefault()}
          aria-describedby={description ? undefined : ""}
        >
          <header className={hideTitle ? "sr-only" : "flex items-start gap-3 px-5 pt-4 pb-3"}>
            <div className="min-w-0 grow">
              <Radix.Title className="text-lg font-bold wrap-anywhere">{title}</Radix.Title>
              {description && <Radix.Description className="text-ink-2">{description}</Radix.Description>}
            </div>
            {onClose && (
              <IconButton label="Close" onClick={onClose}>
                <X className="size-5" aria-hidden />
              </IconButton>
            )}
          </header>
          <div className={cx("min-h-0 overflow-y-auto", !hideTitle && "px-5 pb-5")}>{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
