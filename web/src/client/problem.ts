// What a failed call says. Every answer that is no success is an RFC 9457 document; a call that got no answer at all is
// told in the same shape, so that pages know one kind of failure.
import type { components } from "./schema.gen";

export type ProblemDocument = components["schemas"]["Problem"];

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;
  readonly traceId: string | null;
  readonly retryable: boolean;
  readonly fields: Record<string, string>;

  constructor(said: Partial<ProblemDocument> & { detail: string; status: number }) {
    super(said.detail);
    this.name = "Problem";
    this.status = said.status;
    this.code = said.code ?? "unknown";
    this.remedy = said.remedy ?? null;
    this.traceId = said.trace_id ?? null;
    this.retryable = said.retryable ?? said.status >= 500;
    this.fields = Object.fromEntries((said.errors ?? []).map((one) => [one.pointer, one.detail]));
  }

  /** The server could not be reached at all. */
  get offline(): boolean {
    return this.status === 0;
  }
}

export function unreachable(): Problem {
  return new Problem({
    status: 0,
    code: "client.unreachable",
    detail: "The server cannot be reached.",
    remedy: "Check that it runs; this page goes on by itself when it is back.",
    retryable: true,
  });
}

/** Whatever was thrown, as a problem. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem({ status: -1, code: "client.failed", detail, retryable: false });
}

/** The problem in an answer that is no success. */
export async function read(answer: Response): Promise<Problem> {
  const said = (await answer.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const detail = said?.detail ?? (answer.statusText || `The server answered ${answer.status}.`);
  return new Problem({ ...said, detail, status: answer.status });
}
