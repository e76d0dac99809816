// The query cache: what the server said last, kept while it is being asked again.
import { QueryClient } from "@tanstack/react-query";
import { problemOf } from "./problem";

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      retry: (count, thrown) => problemOf(thrown).retryable && problemOf(thrown).status !== 429 && count < 2,
      retryDelay: (count) => 400 * 2 ** count,
    },
  },
});
