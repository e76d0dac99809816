// Draws the OpenAPI document as a readable page. Text only.
"use strict";

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  for (const child of children) node.append(child instanceof Node ? child : document.createTextNode(String(child ?? "")));
  return node;
}

function resolve(doc, schema) {
  return schema?.$ref ? doc.components.schemas[schema.$ref.split("/").pop()] ?? {} : schema ?? {};
}

function type(doc, schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  for (const of of ["oneOf", "anyOf", "allOf"]) if (schema[of]) return schema[of].map((s) => type(doc, s)).join(" | ");
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  if (schema.type === "array" || schema.type?.includes?.("array")) return `${type(doc, schema.items)}[]`;
  const name = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type ?? "any";
  return schema.format ? `${name} (${schema.format})` : name;
}

function fields(doc, schema, depth = 0) {
  const whole = resolve(doc, schema);
  const items = whole.items ? resolve(doc, whole.items) : null;
  const properties = (items ?? whole).properties;
  if (!properties) return el("p", { class: "mono" }, type(doc, schema));
  const required = new Set((items ?? whole).required ?? []);
  const rows = Object.entries(properties).map(([name, property]) => {
    const inner = resolve(doc, property.items ?? property);
    const nested = depth < 3 && inner.properties ? fields(doc, property, depth + 1) : "";
    return el("tr", {}, el("td", { class: "mono" }, name + (required.has(name) ? "" : "?")), el("td", { class: "mono" }, type(doc, property)), el("td", {}, property.description ?? "", nested));
  });
  return el("table", {}, ...rows);
}

function operation(doc, path, method, op) {
  const box = el("details", { class: "op" }, el("summary", {}, el("span", { class: `method ${method}` }, method.toUpperCase()), el("code", {}, path), " ", op.summary ?? ""));
  if (op.description) box.append(el("p", {}, op.description));
  if (op.parameters?.length) {
    box.append(el("h3", {}, "Parameters"), el("table", {}, ...op.parameters.map((p) => el("tr", {}, el("td", { class: "mono" }, p.name + (p.required ? "" : "?")), el("td", {}, p.in), el("td", { class: "mono" }, type(doc, p.schema)), el("td", {}, p.description ?? "")))));
  }
  for (const [kind, body] of Object.entries(op.requestBody?.content ?? {})) box.append(el("h3", {}, `Body, ${kind}`), fields(doc, body.schema));
  for (const [status, answer] of Object.entries(op.responses ?? {})) {
    if (status === "default") continue;
    box.append(el("h3", {}, `Answer ${status}`));
    for (const [kind, body] of Object.entries(answer.content ?? {})) box.append(el("small", {}, kind), fields(doc, body.schema));
  }
  if (!op.security) box.append(el("p", { class: "none" }, "Needs no token."));
  return box;
}

async function draw() {
  const doc = await (await fetch("/openapi.json")).json();
  document.getElementById("version").textContent = doc.info.version;
  const groups = new Map();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      const op = item[method];
      if (!op) continue;
      const name = op.tags?.[0] ?? "other";
      if (!groups.has(name)) groups.set(name, el("section", {}, el("h2", {}, name)));
      groups.get(name).append(operation(doc, path, method, op));
    }
  }
  document.getElementById("operations").replaceChildren(...groups.values());
}
draw();
