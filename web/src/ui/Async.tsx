// A query on the screen, in all its states: the skeleton, the failure, the content. When a later answer fails, the last
// good content stays, greyed, with its age and the failure above it.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { cx } from "./cx";
import { Fault, Skeleton } from "./States";
import { Ago } from "./Time";

type Props<T> = {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  skeleton?: ReactNode;
  className?: string;
};

export function Async<T>({ query, children, skeleton, className }: Props<T>) {
  const { data, error, refetch } = query;
  if (data === undefined) {
    if (error) return <Fault of={error} retry={() => void refetch()} className={className} />;
    return <>{skeleton ?? <Skeleton className={className} />}</>;
  }
  return (
    <>
      {error && (
        <div className="mb-3 grid gap-1">
          <Fault of={error} retry={() => void refetch()} />
          <p className="text-sm font-semibold text-amber">
            Last known state, read <Ago at={query.dataUpdatedAt} />
          </p>
        </div>
      )}
      <div className={cx(error && "opacity-60", className)}>{children(data)}</div>
    </>
  );
}
