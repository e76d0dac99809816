// What happened to a task, line by line, the newest at the end; lines come by themselves while it runs. More can be hidden than
// what went wrong.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { taskLog } from "@/client/tasks";
import type { TaskLine } from "@/client/types";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Segmented } from "@/ui/Field";
import { absolute, clock, many, plain } from "@/ui/format";
import { Empty } from "@/ui/States";
import { By } from "../By";
import { useTruth } from "../truth";

const LEVELS = [
  { value: "info", label: "All" },
  { value: "warn", label: "Warnings" },
  { value: "error", label: "Errors" },
];
const rank = (level: string): number => LEVELS.findIndex((one) => one.value === level);
const INKS: Record<string, string> = { warn: "text-amber", error: "text-red" };

export function Log({ id }: { id: string }) {
  const query = useQuery(taskLog(id));
  const truth = useTruth(query);
  const [least, setLeast] = useState("info");
  return (
    <Card
      title="Log"
      truth={truth}
      hint={query.data && many(query.data.items.length, "line")}
      flush
      beneath
      actions={<Segmented label="Which lines" value={least} options={LEVELS} onChange={setLeast} />}
    >
      <Async query={query} className="px-0">
        {(page) => {
          const lines = page.items.filter((line) => rank(line.level) >= rank(least));
          const [first] = page.items;
          return lines.length === 0 ? (
            <Empty title={least === "info" ? "Nothing happened to it yet" : "Nothing went wrong"} />
          ) : (
            <>
              {first && first.n > 1 && least === "info" && (
                <p className="px-5 pb-2 text-sm text-ink-2">{many(first.n - 1, "older line")} were let go.</p>
              )}
              <div
                role="log"
                aria-label="Log of the task"
                tabIndex={0}
                className="max-h-[60dvh] overflow-y-auto border-t border-line"
              >
                <ol>
                  {lines.map((line) => (
                    <Line key={line.n} of={line} />
                  ))}
                </ol>
              </div>
            </>
          );
        }}
      </Async>
    </Card>
  );
}

/** Said by the message already. */
const SAID = new Set(["code", "message", "field", "remedy", "by"]);

function Line({ of }: { of: TaskLine }) {
  const data = (of.data ?? {}) as Record<string, unknown>;
  const facts = Object.entries(data).filter(([name]) => !SAID.has(name));
  return (
    <li className="grid gap-x-4 gap-y-0.5 border-b border-line px-5 py-2 last:border-b-0 sm:grid-cols-[7rem_5.5rem_1fr]">
      <time dateTime={of.at} title={absolute(of.at)} className="num text-sm text-ink-3">
        {clock(of.at)}
      </time>
      <span className="num text-sm text-ink-3">{of.attempt > 0 ? `attempt ${of.attempt}` : ""}</span>
      <span className="min-w-0 wrap-anywhere">
        {of.level !== "info" && <span className="sr-only">{of.level}: </span>}
        <span className={INKS[of.level] && `font-semibold ${INKS[of.level]}`}>{of.message}</span>
        <span className="num ml-2 text-sm text-ink-2">
          {typeof data.by === "string" && (
            <>
              by <By of={data.by} />
            </>
          )}
          {typeof data.remedy === "string" && data.remedy}
          {facts.map(([name, value]) => `${name.replaceAll("_", " ")} ${plain(value)}`).join(", ")}
        </span>
      </span>
    </li>
  );
}
