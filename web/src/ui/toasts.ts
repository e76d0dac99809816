// Messages that wait to be shown, and the acts that make them. Kept apart from how they look, which is loaded later.
import { useSyncExternalStore } from "react";
import { problemOf } from "@/client/problem";

export type Message = {
  id: number;
  text: string;
  detail?: string;
  tone: "good" | "bad";
  action?: { label: string; run: () => void };
  ms: number;
};

let messages: Message[] = [];
let next = 1;
const watchers = new Set<() => void>();

function set(list: Message[]): void {
  messages = list;
  for (const tell of watchers) tell();
}

const add = (message: Omit<Message, "id">): void => set([...messages.slice(-3), { ...message, id: next++ }]);

export const toast = {
  good: (text: string, action?: Message["action"]) => add({ text, tone: "good", action, ms: action ? 10_000 : 4_000 }),
  bad: (thrown: unknown) => {
    const problem = problemOf(thrown);
    add({ text: problem.message, detail: problem.remedy ?? undefined, tone: "bad", ms: 9_000 });
  },
};

/** Runs an act and tells how it ended. */
export async function act<T>(work: Promise<T>, done?: string): Promise<T | undefined> {
  try {
    const result = await work;
    if (done) toast.good(done);
    return result;
  } catch (thrown) {
    toast.bad(thrown);
    return undefined;
  }
}

export function useMessages(): Message[] {
  return useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => messages,
  );
}

export const drop = (id: number): void => set(messages.filter((message) => message.id !== id));
