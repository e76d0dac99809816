// The plain page: signs in, shows what the API says, and keeps it current from the live stream. Text from the server is
// only ever set as text, never as markup.
"use strict";

const $ = (id) => document.getElementById(id);
let token = null;
let lastSeen = null;

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.addEventListener("click", value);
    else node.setAttribute(key, value);
  }
  for (const child of children) node.append(child instanceof Node ? child : document.createTextNode(String(child ?? "")));
  return node;
}

async function call(method, path, body, headers = {}) {
  const send = async () => {
    const options = { method, headers: { ...headers } };
    if (token) options.headers.authorization = `Bearer ${token}`;
    if (body !== undefined) { options.body = JSON.stringify(body); options.headers["content-type"] = "application/json"; }
    return fetch(path, options);
  };
  let answer = await send();
  if (answer.status === 401 && token && (await refresh())) answer = await send();
  const text = await answer.text();
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) {
    const problem = value ?? {};
    throw new Error([problem.detail ?? answer.statusText, problem.remedy].filter(Boolean).join(" "));
  }
  return value;
}

async function refresh() {
  const answer = await fetch("/api/v1/auth/refresh", { method: "POST" });
  if (!answer.ok) { token = null; return false; }
  token = (await answer.json()).access_token;
  return true;
}

async function enter() {
  const link = new URLSearchParams(location.hash.slice(1)).get("link");
  if (link) {
    history.replaceState(null, "", location.pathname);
    try { token = (await call("POST", "/api/v1/auth/link", { token: link })).access_token; } catch (fault) { return ask(fault.message); }
  } else if (!(await refresh())) {
    return ask("");
  }
  await open();
}

function ask(fault) {
  $("board").hidden = true;
  $("out").hidden = true;
  $("who").textContent = "";
  $("signin").hidden = false;
  $("login").querySelector(".fault").textContent = fault;
}

async function open() {
  const me = await call("GET", "/api/v1/auth/me");
  $("who").textContent = `${me.name} · ${me.role} · ${me.tenant.name}`;
  $("signin").hidden = true;
  $("board").hidden = false;
  $("out").hidden = false;
  await Promise.all(Object.keys(parts).map(show));
  follow();
}

function table(items, columns) {
  if (!items.length) return el("p", { class: "none" }, "Nothing yet.");
  const head = el("tr", {}, ...columns.map(([title]) => el("th", {}, title)));
  const rows = items.map((item) => el("tr", {}, ...columns.map(([, cell]) => {
    const value = cell(item);
    return el("td", {}, value instanceof Node ? value : value ?? "");
  })));
  return el("table", {}, head, ...rows);
}

const tag = (word) => el("span", { class: `tag ${word}` }, word);
const percent = (value) => (value === null || value === undefined ? "" : `${Math.round(value * 100)} %`);

const parts = {
  reviews: async () => {
    const { items } = await call("GET", "/api/v1/reviews?state=pending");
    $("reviews-count").textContent = items.length ? `${items.length}` : "";
    if (!items.length) return el("p", { class: "none" }, "No decision waits.");
    return el("div", {}, ...items.map(review));
  },
  connections: async () => {
    const { items } = await call("GET", "/api/v1/aam/connections");
    return table(items, [
      ["Name", (c) => c.name], ["Type", (c) => c.type], ["State", (c) => tag(c.state)],
      ["Rows", (c) => c.streams.reduce((sum, s) => sum + s.rows, 0).toLocaleString()],
      ["Rejected", (c) => c.streams.reduce((sum, s) => sum + s.rejected, 0).toLocaleString()],
      ["Feeds", (c) => [...new Set(c.streams.map((s) => s.entity).filter(Boolean))].join(", ")],
      ["", (c) => el("button", { onclick: () => act(() => call("POST", `/api/v1/aam/connections/${c.id}/sync`)) }, "Sync")],
    ]);
  },
  findings: async () => {
    const { items } = await call("GET", "/api/v1/findings?state=open&limit=20");
    return table(items, [["", (f) => tag(f.severity)], ["Finding", (f) => f.title], ["Agent", (f) => f.agent]]);
  },
  drifts: async () => {
    const { items } = await call("GET", "/api/v1/drifts?limit=20");
    return table(items, [
      ["Stream", (d) => d.stream], ["Change", (d) => d.kind], ["From", (d) => d.from], ["To", (d) => d.to],
      ["Sure", (d) => percent(d.confidence)], ["State", (d) => tag(d.state)],
      ["", (d) => (d.state === "healed" ? el("button", { onclick: () => act(() => call("POST", `/api/v1/drifts/${d.id}/revert`)) }, "Revert") : "")],
    ]);
  },
  views: async () => {
    const state = await call("GET", "/api/v1/dcl/state");
    const views = state.views ?? [];
    const items = Array.isArray(views) ? views : Object.entries(views).map(([name, rows]) => ({ name, rows: rows?.rows ?? rows }));
    return table(items.filter((v) => v.rows), [["View", (v) => v.view ?? v.name], ["Rows", (v) => Number(v.rows).toLocaleString()]]);
  },
  actors: async () => {
    const { items } = await call("GET", "/api/v1/actors");
    return table(items, [
      ["Actor", (a) => (typeof a.key === "string" ? a.key : a.key?.path ?? JSON.stringify(a.key))], ["Kind", (a) => a.kind], ["State", (a) => tag(a.state)], ["Health", (a) => tag(a.health)],
      ["Restarts", (a) => a.restarts], ["Left to do", (a) => a.progress.lag], ["Last error", (a) => a.last_error ?? ""],
    ]);
  },
};

function review(item) {
  const decide = (decision) => act(() => call("POST", `/api/v1/reviews/${item.id}/decide`, { decision }, { "if-match": `"${item.version}"` }));
  return el("div", { class: "item" },
    el("div", { class: "row" }, tag(item.type), el("b", {}, describe(item)), el("small", {}, percent(item.confidence)),
      el("button", { class: "go", onclick: () => decide("approve") }, "Approve"),
      el("button", { onclick: () => decide("reject") }, "Reject")),
    el("details", {}, el("summary", {}, "Evidence"), el("pre", {}, JSON.stringify({ proposal: item.proposal, evidence: item.evidence }, null, 2))));
}

function describe(item) {
  const p = item.proposal ?? {}, s = item.subject ?? {};
  const change = p.from !== undefined || p.to !== undefined ? `${p.from ?? "nothing"} → ${p.to ?? "nothing"}` : "";
  return [s.stream, s.kind ?? p.kind, change].filter(Boolean).join(" · ") || item.id;
}

async function show(name) {
  try { $(name).replaceChildren(await parts[name]()); } catch (fault) { $(name).replaceChildren(el("p", { class: "fault" }, fault.message)); }
}

async function act(work) {
  try { await work(); } catch (fault) { alert(fault.message); }
  ["reviews", "connections", "drifts"].forEach(show);
}

// Which parts a topic makes stale; looked at again at most every half second.
const stale = new Set();
const touches = { connector: ["connections"], drift: ["drifts", "reviews"], repair: ["drifts", "reviews", "connections"], review: ["reviews"], "flow.dcl": ["views", "connections"], "flow.agent": ["findings"], actor: ["actors"], task: [] };
function touched(topic) {
  for (const [prefix, names] of Object.entries(touches)) if (topic === prefix || topic.startsWith(`${prefix}.`)) names.forEach((name) => stale.add(name));
}
setInterval(() => { const names = [...stale]; stale.clear(); if (token) names.forEach(show); }, 500);

async function follow() {
  while (token) {
    try {
      const headers = { authorization: `Bearer ${token}` };
      if (lastSeen !== null) headers["last-event-id"] = lastSeen;
      const answer = await fetch("/api/v1/events/stream", { headers });
      if (answer.status === 401) { if (!(await refresh())) return ask("Sign in again."); continue; }
      if (!answer.ok) throw new Error(answer.statusText);
      dot("live");
      await read(answer.body.getReader());
    } catch { /* the line broke: come back below */ }
    dot("delayed");
    await new Promise((done) => setTimeout(done, 2000));
  }
  dot("offline");
}

async function read(reader) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      heard(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function heard(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
  }
  if (fields.id) lastSeen = fields.id;
  if (!fields.data) return;
  const data = JSON.parse(fields.data);
  if (fields.event === "reset" || fields.event === "missed") { Object.keys(parts).forEach((name) => stale.add(name)); return; }
  if (!data.topic) return;
  touched(data.topic);
  $("position").textContent = `#${data.seq}`;
  const layer = data.topic.startsWith("flow.") ? data.topic.split(".")[1] : "";
  const line = el("li", {}, el("span", {}, data.at.slice(11, 23)), el("span", { class: layer }, data.topic), el("span", {}, summary(data)));
  $("flow").prepend(line);
  while ($("flow").childElementCount > 200) $("flow").lastElementChild.remove();
}

function summary(event) {
  const about = event.entity ? `${event.entity} ${String(event.id ?? "").slice(0, 8)} ` : "";
  return about + Object.entries(event.data ?? {}).filter(([, v]) => v !== null && typeof v !== "object").map(([k, v]) => `${k}=${v}`).join(" ");
}

function dot(state) { $("live").className = `dot ${state}`; $("live").title = state; }

$("login").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const form = new FormData(submitted.target);
  try {
    token = (await call("POST", "/api/v1/auth/login", { email: form.get("email"), password: form.get("password") })).access_token;
    await open();
  } catch (fault) { ask(fault.message); }
});
$("out").addEventListener("click", async () => { await fetch("/api/v1/auth/logout", { method: "POST", headers: { authorization: `Bearer ${token}` } }); token = null; ask(""); });
setInterval(() => { if (token) show("actors"); }, 5000);
enter();
