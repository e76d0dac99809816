// A reverse proxy as one would stand before the server: it takes a path prefix off, says so, and keeps cookies beneath it.
// What runs through it can be cut, and something said into the live stream that the server did not say.
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Relay = {
  url: string;
  stop: () => Promise<void>;
  /** Cuts every live stream in the middle. */
  cut: () => void;
  /** Says something into every live stream. */
  say: (text: string) => void;
  /** Live streams that are open. */
  streams: () => number;
};

export async function mount(target: string, prefix: string): Promise<Relay> {
  const open = new Set<ServerResponse>();
  const server = createServer((asked, answer) => {
    const path = asked.url ?? "/";
    if (path.startsWith(`${prefix}/api/v1/events/stream`)) {
      open.add(answer);
      answer.on("close", () => open.delete(answer));
    }
    if (!path.startsWith(`${prefix}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const headers = { ...asked.headers, "x-forwarded-prefix": prefix };
    const onward = request(target + path.slice(prefix.length), { method: asked.method, headers }, (got) => {
      const cookies = got.headers["set-cookie"]?.map((cookie) => cookie.replace("Path=/", `Path=${prefix}/`));
      answer.writeHead(got.statusCode ?? 502, { ...got.headers, ...(cookies ? { "set-cookie": cookies } : {}) });
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  const cut = () => {
    for (const answer of open) answer.destroy();
  };
  const say = (text: string) => {
    for (const answer of open) if (answer.headersSent) answer.write(text);
  };
  return { url: `http://127.0.0.1:${port}`, stop, cut, say, streams: () => open.size };
}
