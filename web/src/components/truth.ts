// Which truth dot a panel wears: from the state of its query, of the live line, and of where the data comes from.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { connections } from "@/client/connections";
import { problemOf } from "@/client/problem";
import { useLivePart } from "@/live/store";
import type { Truth } from "@/ui/Dot";

export function useTruth(query?: Pick<UseQueryResult, "error">): Truth {
  const line = useLivePart((live) => live.line);
  const demo = useDemo();
  if (query?.error) return problemOf(query.error).offline ? "offline" : "delayed";
  if (line !== "live") return line;
  return demo ? "demo" : "live";
}

/** Whether all there is comes from simulated sources. */
export function useDemo(): boolean {
  const { data } = useQuery(connections());
  return data !== undefined && data.items.length > 0 && data.items.every((one) => one.type === "demo");
}
