// A reverse proxy as one would stand before the server: it takes a path prefix off, says so, and keeps cookies beneath it.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export type Proxy = { url: string; stop: () => Promise<void> };

export async function mount(target: string, prefix: string): Promise<Proxy> {
  const server = createServer((asked, answer) => {
    const path = asked.url ?? "/";
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
  return { url: `http://127.0.0.1:${port}`, stop };
}
