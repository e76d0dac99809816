// The frame of every page: its title (also the window's), what stands beside it, and the content below.
import { type ReactNode, useEffect } from "react";
import { cx } from "@/ui/cx";

type Props = {
  title: string;
  lead?: ReactNode;
  mark?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  wide?: boolean;
};

export function Page({ title, lead, mark, actions, children, wide = false }: Props) {
  useEffect(() => {
    document.title = `${title} · AutonomOS`;
  }, [title]);
  return (
    <div className={cx("mx-auto px-4 py-6 sm:px-7 sm:py-7", wide ? "max-w-[120rem]" : "max-w-[84rem]")}>
      <header className="mb-6 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-64">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-2xl wrap-anywhere sm:text-[1.75rem]">{title}</h1>
            {mark}
          </div>
          {lead && <p className="mt-1 max-w-[60rem] text-ink-2">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
