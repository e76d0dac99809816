// A refresh token works once: however many calls find the token ended, one renewal is made, and each call goes through.
import { expect, test, vi } from "vitest";
import { api, body } from "./http";
import { start } from "./session";

test("ten calls with an ended token make one renewal", async () => {
  let renewals = 0;
  let good = "first";
  const answer = (value: unknown, status = 200) =>
    new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
  vi.stubGlobal("fetch", async (asked: Request | string) => {
    const path = typeof asked === "string" ? asked : new URL(asked.url).pathname;
    if (path.endsWith("/auth/refresh")) {
      renewals += 1;
      await new Promise((done) => setTimeout(done, 5));
      good = `token-${renewals}`;
      return answer({ access_token: good, expires_in: 900 });
    }
    const sent = typeof asked === "string" ? null : asked.headers.get("authorization");
    return sent === `Bearer ${good}` ? answer({ items: [] }) : answer({ detail: "sign in first" }, 401);
  });
  await start();
  expect(renewals).toBe(1);
  good = "another";
  const calls = Array.from({ length: 10 }, () => body(api.GET("/api/v1/agents")));
  expect(await Promise.all(calls)).toHaveLength(10);
  expect(renewals).toBe(2);
});

test("a refusal is thrown with its field and remedy", async () => {
  const problem = {
    status: 400,
    detail: "no such file",
    code: "file.not_found",
    remedy: "Upload it first.",
    errors: [{ pointer: "/config/path", detail: "no such file" }],
  };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(problem), { status: 400 }));
  await expect(body(api.GET("/api/v1/agents"))).rejects.toMatchObject({
    status: 400,
    remedy: "Upload it first.",
    fields: { "/config/path": "no such file" },
  });
});
