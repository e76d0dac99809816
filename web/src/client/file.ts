// Files for the browser: what an answer of the API holds, or what the console wrote itself.
import { at } from "./base";
import { call } from "./http";

/** Hands something over under a name. */
export function handOver(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file of the API, saved under a name. */
export async function save(path: string, name: string): Promise<void> {
  const answer = await call(new Request(location.origin + at(path)));
  handOver(await answer.blob(), name);
}
