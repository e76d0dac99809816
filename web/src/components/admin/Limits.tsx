// What the tenant may have and what of it it has. Limits are set by whoever operates the platform; zero is none.
import { useQuery } from "@tanstack/react-query";
import { tenant } from "@/client/admin";
import type { Tenant } from "@/client/types";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { bytes, count, percent } from "@/ui/format";
import { useTruth } from "../truth";

type Name = keyof Tenant["limits"];
const LIMITS: [Name, string, (value: number) => string][] = [
  ["connections", "Sources", count],
  ["rows", "Rows in the log", count],
  ["file_bytes", "Files", bytes],
  ["users", "People", count],
];
/** From here on a limit is near. */
const NEAR = 0.9;

export function Limits() {
  const query = useQuery(tenant());
  return (
    <Card title="Limits" truth={useTruth(query)} hint="set by whoever operates the platform">
      <Async query={query}>
        {(one) => (
          <ul className="grid gap-4">
            {LIMITS.map(([name, label, write]) => (
              <Used
                key={name}
                label={label}
                used={Number((one.usage as Record<string, number>)[name] ?? 0)}
                limit={one.limits[name]}
                write={write}
              />
            ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}

type UsedProps = { label: string; used: number; limit: number; write: (value: number) => string };

/** How much is used of what may be. */
export function Used({ label, used, limit, write }: UsedProps) {
  const share = limit > 0 ? Math.min(1, used / limit) : null;
  const near = share !== null && share >= NEAR;
  return (
    <li className="grid gap-1.5">
      <span className="flex flex-wrap justify-between gap-x-4">
        <span className="text-ink-3">{label}</span>
        <span className={cx("num font-semibold", near && "text-amber")}>
          {write(used)} <span className="text-ink-2">{limit > 0 ? `of ${write(limit)}` : "without limit"}</span>
          {near && ", nearly all of it"}
        </span>
      </span>
      {share !== null && (
        <span
          className="h-1.5 overflow-hidden rounded-full bg-line"
          role="img"
          aria-label={`${percent(share)} of what ${label.toLowerCase()} may be`}
        >
          <span
            className={cx("block h-full rounded-full", near ? "bg-solid-amber" : "bg-solid-blue")}
            style={{ width: `${share * 100}%` }}
          />
        </span>
      )}
    </li>
  );
}
