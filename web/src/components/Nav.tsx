// The menu: a sidebar on wide screens, a rail on tablets, and on phones a bar at the bottom with the rest in a sheet.
// A number stands only where somebody has to act.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { reviews } from "@/client/repairs";
import { AREAS, type Area, PAGES, type PageEntry } from "@/pages/table";
import { cx } from "@/ui/cx";
import { Dialog } from "@/ui/Dialog";
import { ICONS } from "./icons";
import { Logo } from "./Logo";

const AREA_DOT: Partial<Record<Area, string>> = { aam: "bg-solid-green", dcl: "bg-solid-blue", aoa: "bg-solid-purple" };
const BAR = ["Dashboard", "LiveFlow", "Review", "Views"];

export function useWaiting(): number {
  return useQuery(reviews("pending")).data?.items.length ?? 0;
}

export function Sidebar() {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 hidden h-dvh shrink-0 flex-col overflow-y-auto border-r border-line bg-surface sm:flex w-[4.25rem] xl:w-60 [scrollbar-width:thin]"
    >
      <Link
        to="/"
        className="flex h-16 shrink-0 items-center px-[1.1rem] no-underline"
        aria-label="AutonomOS, dashboard"
      >
        <Logo small className="xl:hidden" />
        <Logo className="max-xl:hidden" />
      </Link>
      <Groups />
    </nav>
  );
}

function Groups({ wide = false, onGo }: { wide?: boolean; onGo?: () => void }) {
  const areas = Object.keys(AREAS) as Area[];
  return (
    <div className={cx("grid gap-4 pb-6", wide ? "px-1" : "px-3")}>
      {areas.map((area) => (
        <div key={area}>
          <div
            className={cx(
              "mb-1 items-center gap-2 px-2.5 text-[0.72rem] font-bold tracking-wide text-ink-3 uppercase",
              wide ? "flex" : "hidden xl:flex",
            )}
          >
            {AREA_DOT[area] && <span className={cx("size-1.5 rounded-full", AREA_DOT[area])} aria-hidden />}
            {AREAS[area]}
          </div>
          <ul>
            {PAGES.filter((page) => page.menu && page.area === area).map((page) => (
              <li key={page.id}>
                <Entry page={page} wide={wide} onGo={onGo} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function Entry({ page, wide, onGo }: { page: PageEntry; wide: boolean; onGo?: () => void }) {
  const Icon = ICONS[page.id] ?? Ellipsis;
  const waiting = useWaiting();
  return (
    <Link
      to={page.path as never}
      onClick={onGo}
      activeOptions={{ exact: page.path === "/", includeSearch: false }}
      title={page.title}
      className={cx(
        "group relative flex min-h-9 items-center gap-3 rounded-xl px-2.5 font-semibold text-ink-2 no-underline hover:bg-sunken hover:text-ink",
        "data-[status=active]:bg-green-soft data-[status=active]:text-green",
        wide ? "touch" : "max-xl:justify-center max-xl:min-h-10",
      )}
    >
      <Icon className="size-[1.15rem] shrink-0" aria-hidden />
      <span className={wide ? "" : "max-xl:sr-only"}>{page.title}</span>
      {page.id === "Review" && waiting > 0 && (
        <span
          className={cx(
            "num rounded-full bg-solid-amber px-1.5 text-xs leading-5 font-bold text-[#1c1200]",
            wide ? "ml-auto" : "xl:ml-auto max-xl:absolute max-xl:top-0 max-xl:right-0",
          )}
        >
          {waiting}
          <span className="sr-only"> waiting</span>
        </span>
      )}
    </Link>
  );
}

export function BottomBar() {
  const [more, setMore] = useState(false);
  const waiting = useWaiting();
  return (
    <>
      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
      >
        {PAGES.filter((page) => BAR.includes(page.id))
          .sort((a, b) => BAR.indexOf(a.id) - BAR.indexOf(b.id))
          .map((page) => {
            const Icon = ICONS[page.id] ?? Ellipsis;
            return (
              <Link
                key={page.id}
                to={page.path as never}
                activeOptions={{ exact: page.path === "/", includeSearch: false }}
                className="relative grid min-h-14 content-center justify-items-center gap-0.5 text-[0.72rem] font-bold text-ink-2 no-underline data-[status=active]:text-green"
              >
                <Icon className="size-5" aria-hidden />
                {page.title}
                {page.id === "Review" && waiting > 0 && (
                  <span className="num absolute top-1 left-1/2 ml-2 rounded-full bg-solid-amber px-1.5 text-[0.68rem] text-[#1c1200]">
                    {waiting}
                  </span>
                )}
              </Link>
            );
          })}
        <button
          type="button"
          onClick={() => setMore(true)}
          className="grid min-h-14 content-center justify-items-center gap-0.5 text-[0.72rem] font-bold text-ink-2"
        >
          <Ellipsis className="size-5" aria-hidden />
          More
        </button>
      </nav>
      <Dialog open={more} onClose={() => setMore(false)} title="All pages" kind="sheet">
        <nav aria-label="All pages">
          <Groups wide onGo={() => setMore(false)} />
        </nav>
      </Dialog>
    </>
  );
}
