// The one way to the API: typed by the API's own document, with the token in front, renewed once when it has ended, and
// every failure thrown as a Problem.
import createClient from "openapi-fetch";
import { at, BASE } from "./base";
import { Problem, read, unreachable } from "./problem";
import type { paths } from "./schema.gen";
import { accessToken, renew } from "./session";

/** A call with the session's token; throws a Problem unless it succeeds. */
export async function call(request: Request): Promise<Response> {
  const spare = request.clone();
  let answer = await send(request);
  if (answer.status === 401 && (await renew().catch(() => false))) answer = await send(spare);
  if (!answer.ok) throw await read(answer);
  return answer;
}

async function send(request: Request): Promise<Response> {
  const token = accessToken();
  if (token) request.headers.set("authorization", `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw unreachable();
  }
}

const origin = typeof location === "undefined" ? "http://localhost" : location.origin;

export const api = createClient<paths>({ baseUrl: origin + BASE.replace(/\/$/, ""), fetch: call });

/** The body of an answer; `call` has thrown already if there is none. */
export async function body<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await answer;
  if (data === undefined && response.status !== 204) {
    throw new Problem({ status: response.status, detail: "The answer had no body." });
  }
  return data as T;
}

/** A GET of a path the document only describes loosely. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await call(new Request(origin + at(path), { signal }));
  return (await answer.json()) as T;
}
