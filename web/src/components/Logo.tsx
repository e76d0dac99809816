// The mark and the name.
import { cx } from "@/ui/cx";

export function Logo({ small = false, className }: { small?: boolean; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-2.5", className)}>
      <svg viewBox="0 0 32 32" className="size-8 shrink-0" aria-hidden>
        <rect width="32" height="32" rx="9" className="fill-solid-green" />
        <g fill="none" className="stroke-on-solid" strokeWidth="2.4" strokeLinecap="round">
          <path d="M8 22.5 16 8l8 14.5" />
          <path d="M11.2 17.5c3 2.2 6.6 2.2 9.6 0" strokeOpacity="0.75" />
        </g>
        <circle cx="16" cy="8" r="2.6" className="fill-on-solid" />
      </svg>
      {!small && (
        <span className="text-lg font-bold tracking-tight">
          Autonom<span className="text-green">OS</span>
        </span>
      )}
    </span>
  );
}
