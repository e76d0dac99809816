// The bar above every page: search, how the live line is, what waits, and who is signed in.
import { Link } from "@tanstack/react-router";
import { Bell, Search } from "lucide-react";
import { lazy, Suspense } from "react";
import { useLivePart } from "@/live/store";
import { cx } from "@/ui/cx";
import { Kbd } from "@/ui/Kbd";
import { Logo } from "./Logo";
import { useWaiting } from "./Nav";

const Who = lazy(() => import("./Who"));

const LINES = {
  live: { text: "Live", look: "bg-solid-green rounded-full", says: "The live line is open" },
  delayed: {
    text: "Reconnecting",
    look: "border-2 border-solid-amber rounded-full animate-pulse",
    says: "The live line is being restored; nothing is lost",
  },
  offline: {
    text: "Offline",
    look: "bg-solid-red rounded-[1px]",
    says: "The server does not answer; the last known state is shown",
  },
};

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const line = useLivePart((live) => live.line);
  const waiting = useWaiting();
  const look = LINES[line];
  return (
    <header className="sticky top-0 z-20 flex h-16 items-center gap-2 border-b border-line bg-surface/95 px-4 backdrop-blur-sm sm:gap-3 sm:px-7">
      <Link to="/" className="sm:hidden" aria-label="AutonomOS, dashboard">
        <Logo small />
      </Link>
      <button
        type="button"
        onClick={onSearch}
        className="flex min-h-10 min-w-0 grow items-center gap-2.5 rounded-xl border border-line bg-sunken px-3 text-left text-ink-3 hover:border-line-strong touch sm:max-w-96"
      >
        <Search className="size-4 shrink-0" aria-hidden />
        <span className="grow truncate">Search or jump</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        <span
          role="status"
          title={look.says}
          className="inline-flex items-center gap-2 px-1.5 text-sm font-bold text-ink-2"
        >
          <span className={cx("size-2.5", look.look)} aria-hidden />
          <span className={line === "live" ? "max-sm:sr-only" : "max-sm:text-xs"}>{look.text}</span>
        </span>
        <Link
          to={"/review" as never}
          aria-label={waiting > 0 ? `Review, ${waiting} waiting` : "Review, nothing waits"}
          title={waiting > 0 ? `${waiting} waiting` : "Nothing waits"}
          className="relative grid size-9 place-items-center rounded-xl text-ink-2 touch hover:bg-sunken max-sm:hidden"
        >
          <Bell className="size-[1.15rem]" aria-hidden />
          {waiting > 0 && (
            <span
              className="absolute top-1.5 right-1.5 size-2 rounded-full bg-solid-amber ring-2 ring-surface"
              aria-hidden
            />
          )}
        </Link>
        <Suspense fallback={<span className="size-9 rounded-full bg-purple-soft" />}>
          <Who />
        </Suspense>
      </div>
    </header>
  );
}
