// A language model as far as the node can tell: a server that answers chat completions as the API's documents say. It takes
// the first candidate that it is offered, always for the same reason.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const MODEL = "example-small";
export const WHY = "it is the first that was offered";

type Asked = { messages: { role: string; content: string }[] };

/** Where it listens, and how to end it. */
export async function model(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(async (asked, answer) => {
    let text = "";
    for await (const chunk of asked) text += chunk;
    const about = JSON.parse((JSON.parse(text) as Asked).messages.at(-1)?.content ?? "{}");
    const content = JSON.stringify({ choice: about.candidates?.[0]?.name ?? null, why: WHY });
    const said = {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: MODEL,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
      usage: { prompt_tokens: 640, completion_tokens: 20, total_tokens: 660 },
    };
    answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  return { url: `http://127.0.0.1:${port}/v1`, stop };
}
