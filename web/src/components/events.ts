// Events in plain sentences.
import type { LiveEvent } from "@/client/types";
import { count, many } from "@/ui/format";

const text = (event: LiveEvent, name: string): string => String(event.data[name] ?? "");
const amount = (event: LiveEvent, name: string): number => Number(event.data[name] ?? 0);

const SAYS: Record<string, (event: LiveEvent, source: string) => string> = {
  "flow.aam.fetched": (e, s) => `${s}: read ${many(amount(e, "rows"), "row")} of ${text(e, "stream")}`,
  "flow.aam.normalized": (e, s) =>
    `${s}: checked ${many(amount(e, "rows"), "row")} of ${text(e, "stream")}${amount(e, "rejected") > 0 ? `, refused ${count(amount(e, "rejected"))}` : ""}`,
  "flow.aam.mapped": (e, s) =>
    `${s}: ${text(e, "stream")} now feeds ${text(e, "entity") || "its entity under new rules"}`,
  "flow.aam.quarantined": (e, s) =>
    `${s}: put ${many(amount(e, "rows"), "row")} of ${text(e, "stream")} aside. ${text(e, "reason")}`,
  "flow.aam.failed": (e, s) => `${s}: ${text(e, "message")}`,
  "flow.dcl.stored": (e, s) => `${many(amount(e, "rows"), "row")} of ${text(e, "entity")} stored from ${s}`,
  "flow.dcl.view_refreshed": (e) => `View ${text(e, "view")} moved on by ${many(amount(e, "rows"), "row")}`,
  "flow.dcl.merged": (e) => `Records of ${e.entity} found to be one`,
  "flow.dcl.split": (e) => `Records of ${e.entity} found to be different`,
  "flow.agent.started": (e) => `${text(e, "agent")} began to look`,
  "flow.agent.step": (e) => `${text(e, "agent")} checked ${text(e, "step").replaceAll("_", " ")}`,
  "flow.agent.finding": (e) => `${text(e, "agent")}: ${text(e, "title")}`,
  "flow.agent.completed": (e) => `${text(e, "agent")} finished with ${many(amount(e, "findings"), "finding")}`,
  "flow.agent.failed": (e) => `${text(e, "agent")} failed: ${text(e, "message")}`,
};

export function sentence(event: LiveEvent, names: Map<string, string>): string {
  const source = (event.id && names.get(event.id)) || "a source";
  return SAYS[event.topic]?.(event, source) ?? event.topic;
}

/** What joins the events of one journey: the stream's entity or view, else the run. */
export function subjectOf(event: LiveEvent, entityOf: Map<string, string>): string | null {
  const { entity, view, stream, agent } = event.data as Record<string, string | undefined>;
  if (entity) return entity;
  if (view) return entityOf.get(view) ?? view;
  if (stream && event.id) return entityOf.get(`${event.id}/${stream}`) ?? stream;
  return agent ?? null;
}

export const milliseconds = (event: LiveEvent): number | null =>
  typeof event.data.ms === "number" ? event.data.ms : null;
export const failed = (event: LiveEvent): boolean =>
  event.topic.endsWith(".failed") || event.topic.endsWith(".quarantined") || amount(event, "rejected") > 0;

/** The value that so many of a hundred do not exceed. */
export function quantile(values: number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}
