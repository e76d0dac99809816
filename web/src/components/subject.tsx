// What a question is about, said in one line wherever questions are listed.
import type { Review, Row } from "@/client/types";
import { plain, words } from "@/ui/format";
import { ChangeLine, titleOf } from "./drift";

export type Subject = {
  drift_id?: string;
  connection_id?: string;
  connection?: string;
  stream?: string;
  kind?: string;
  from?: string;
  to?: string;
  severity?: string;
  /** For questions about who is who: the entity type, and the ids of a pair or of one entity. */
  entity?: string;
  a?: string;
  b?: string;
  id?: string;
};

export const subjectOf = (of: Review): Subject => of.subject as Subject;

/** Where it stands: a stream of a source, or a kind of entity. */
export const whereOf = (subject: Subject): string =>
  subject.connection ? `${subject.connection} · ${subject.stream}` : words(subject.entity ?? "");

const NAMES = ["name", "full_name", "email", "id"];

/** A record by the name people know it by. */
export function nameOf(record: Row): string {
  const person = [record.first_name, record.last_name].filter(Boolean).join(" ");
  const field = NAMES.find((one) => record[one] !== null && record[one] !== undefined && record[one] !== "");
  return person || (field ? plain(record[field]) : "");
}

export const isIdentity = (of: Review): boolean => of.type === "merge" || of.type === "split";

export function Subject({ of }: { of: Review }) {
  const subject = subjectOf(of);
  if (isIdentity(of)) {
    const records = (of.evidence as { records?: Row[] }).records ?? [];
    const named = [...new Set(records.map(nameOf))].join(", ");
    return (
      <span>
        {of.type === "merge" ? "One or two?" : "Still one?"} <bdi className="font-semibold">{named}</bdi>
      </span>
    );
  }
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      {titleOf(subject.kind ?? of.type)} <ChangeLine of={{ kind: "", from: subject.from, to: subject.to }} />
    </span>
  );
}
