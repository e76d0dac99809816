// Server-sent events out of a byte stream: text in, whole events out, whatever the chunks.
export type ServerEvent = { id: string | null; event: string; data: string };

export class EventParser {
  #rest = "";
  #decoder = new TextDecoder();

  /** The events that are whole after this chunk. Comments count as a sign of life and nothing else. */
  push(chunk: Uint8Array): ServerEvent[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true }).replaceAll("\r", "");
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(parse).filter((one): one is ServerEvent => one !== null);
  }
}

function parse(block: string): ServerEvent | null {
  let id: string | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const name = line.slice(0, colon);
    if (name === "id") id = value;
    else if (name === "event") event = value;
    else if (name === "data") data.push(value);
  }
  return data.length > 0 ? { id, event, data: data.join("\n") } : null;
}
