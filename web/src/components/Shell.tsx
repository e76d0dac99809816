// What stands around every page: menu, bar, palette, keys, and a foot that says how old what is shown is.
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { at } from "@/client/base";
import { useLive } from "@/live/store";
import { Ago } from "@/ui/Time";
import { useGo } from "./address";
import { BottomBar, Sidebar } from "./Nav";
import { TopBar } from "./TopBar";

const Palette = lazy(() => import("./Palette"));

/** "g" and then a letter goes to a page. */
const GO: Record<string, string> = {
  d: "/",
  c: "/connect",
  r: "/review",
  v: "/views",
  f: "/flow-monitor",
  o: "/ontology",
  t: "/tasks",
  a: "/agents",
};

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export function Shell() {
  const [searching, setSearching] = useState(false);
  const go = useGo();
  useEffect(() => {
    let leader = 0;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearching((open) => !open);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key === "?") go("/help");
      else if (event.key === "/") {
        const filter = document.querySelector<HTMLElement>("[data-filter] input");
        if (filter) {
          event.preventDefault();
          filter.focus();
        }
      } else if (event.key === "g") leader = Date.now();
      else if (GO[event.key] && Date.now() - leader < 1_000) {
        leader = 0;
        go(GO[event.key] as string);
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [go]);

  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-60 rounded-xl bg-raised px-4 py-2 font-bold shadow-high focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <Sidebar />
      <div className="flex min-w-0 grow flex-col max-sm:pb-16">
        <TopBar onSearch={() => setSearching(true)} />
        <main id="content" tabIndex={-1} className="grow outline-none">
          <Outlet />
        </main>
        <Foot />
      </div>
      <BottomBar />
      {searching && (
        <Suspense fallback={null}>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Foot() {
  const live = useLive();
  return (
    <footer className="flex flex-wrap gap-x-5 gap-y-1 px-4 py-4 text-sm text-ink-3 sm:px-7">
      <span title={live.seq === null ? undefined : `Position ${live.seq} of the stream`}>
        Last event <Ago at={live.heardAt} empty="not yet" />
      </span>
      {live.gaps > 0 && <span>{live.gaps} gaps, each read again</span>}
      <a href={at("/docs")} className="ml-auto font-semibold text-ink-2 hover:text-ink">
        API
      </a>
    </footer>
  );
}
