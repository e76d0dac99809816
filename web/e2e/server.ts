// The server under test: the real binary with a demo tenant, in a folder of its own. An admin and a viewer with passwords are
// invited, because a sign-in link works once and every browser needs its own session.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { MODEL, model } from "./model";

export const PASSWORD = "correct horse battery";

export type Server = { url: string; link: string; port: number; dir: string; stop: () => Promise<void> };

export function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../../target");
  const file = process.env.CONSOLE_TEST_SERVER ?? join(target, "debug/autonomos");
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`cargo build -p autonomos-api\` first`);
  return file;
}

async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Starts a node and waits for the link it prints; a given folder and port are those of a node that was stopped before. */
export async function launch(again?: { dir: string; port: number }, more = ""): Promise<Server> {
  const dir = again?.dir ?? (await mkdtemp(join(tmpdir(), "aos-e2e-")));
  const port = again?.port ?? (await freePort());
  const settings = join(dir, "settings.toml");
  // What the tests listen with is on this machine, where no tenant's address may lead otherwise.
  await writeFile(settings, `[outside]\nallow = ["127.0.0.1"]\n${more}`);
  const env = { ...process.env, AUTONOMOS_RATE_LIMIT_PER_MINUTE: "0", AUTONOMOS_CONFIG: settings };
  const child = spawn(binary(), ["dev", "--data-dir", dir, "--listen", `127.0.0.1:${port}`], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const link = await printed(child, /http:\/\/\S+#link=\S+/);
  const stop = () =>
    new Promise<void>((done) => {
      child.once("exit", () => done());
      child.kill("SIGTERM");
    });
  return { url: `http://127.0.0.1:${port}`, link, port, dir, stop };
}

function printed(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((done, failed) => {
    let text = "";
    const hear = (chunk: Buffer) => {
      text += chunk.toString();
      const found = text.match(wanted);
      if (found) done(found[0]);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${text}`)));
  });
}

/** A call as a script would make it. */
export async function call<T>(
  url: string,
  path: string,
  token: string | null,
  method = "GET",
  body?: unknown,
  more: Record<string, string> = {},
): Promise<T> {
  const headers: Record<string, string> = {
    ...more,
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const answer = await fetch(url + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : null) as T;
}

type Grant = { access_token: string };

export async function login(url: string, email: string): Promise<string> {
  return (await call<Grant>(url, "/api/v1/auth/login", null, "POST", { email, password: PASSWORD })).access_token;
}

/** Signs in by the link and lets an admin and a viewer join. */
export async function people(server: Server): Promise<string> {
  const token = new URL(server.link).hash.replace("#link=", "");
  const first = (await call<Grant>(server.url, "/api/v1/auth/link", null, "POST", { token })).access_token;
  for (const [email, role] of [
    ["ann@example.org", "admin"],
    ["vic@example.org", "viewer"],
  ] as const) {
    const { invitation } = await call<{ invitation: string }>(server.url, "/api/v1/auth/invitations", first, "POST", {
      email,
      role,
    });
    await call(server.url, "/api/v1/auth/register", null, "POST", {
      email,
      password: PASSWORD,
      name: email.split("@")[0],
      invitation,
    });
  }
  return first;
}

/** Asks until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean, what: string): Promise<T> {
  const end = Date.now() + 45_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}: ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise((done) => setTimeout(done, 150));
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const opinions = await model();
  const llm = `[llm]\nbase_url = "${opinions.url}"\nmodel = "${MODEL}"\napi_key = "none"\n`;
  const server = await launch(undefined, `${llm}tokens_per_day = 100000\ninput_price = 0.4\noutput_price = 1.6\n`);
  const token = await people(server);
  // The demo is whole when its drift waits for a decision, and the model was asked what it thinks of it.
  type Asked = { items: { evidence: { opinion?: unknown } }[] };
  await until(
    () => call<Asked>(server.url, "/api/v1/reviews?state=pending", token),
    (page) => page.items.length > 0 && page.items.every((one) => one.evidence.opinion),
    "the demo's review",
  );
  project.provide("url", server.url);
  return async () => {
    await server.stop();
    await opinions.stop();
    await rm(server.dir, { recursive: true, force: true });
  };
}

declare module "vitest" {
  interface ProvidedContext {
    url: string;
  }
}
