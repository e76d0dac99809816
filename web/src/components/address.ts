// What a page keeps in its address: filters, tabs, the selected row. A link to it shows the same.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

type Search = Record<string, string | undefined>;

/** The search parameters and a way to change some of them; changing a filter is no new entry in the history. */
export function useAddress(): [Search, (change: Search, push?: boolean) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (next: Search, push = false) =>
      void navigate({
        to: ".",
        search: ((old: Search) => ({ ...old, ...next })) as never,
        replace: !push,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}

/** A part of the path, such as the id of a connection. */
export function usePathPart(name: string): string {
  return (useParams({ strict: false }) as Record<string, string | undefined>)[name] ?? "";
}

/** Goes to a path that is known as text. */
export function useGo(): (to: string, search?: Search) => void {
  const navigate = useNavigate();
  return useCallback(
    (to: string, search: Search = {}) => void navigate({ to: to as never, search: search as never }),
    [navigate],
  );
}
