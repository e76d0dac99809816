// After the build: holds the budgets (first load 170 kB of JavaScript, a route 60 kB, both gzip), and lays a compressed
// twin beside every file that gains from it, so that the server compresses nothing while it serves.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const FIRST = 170_000;
const ROUTE = 60_000;
const dist = new URL("../dist/", import.meta.url);

const manifest = JSON.parse(await readFile(new URL("manifest.json", dist), "utf8"));
const sizes = new Map();
const size = async (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
};

/** The scripts a chunk needs at once. */
function needs(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) needs(next, seen);
  return seen;
}

const sum = async (files) =>
  (await Promise.all([...files].filter((file) => file.endsWith(".js")).map(size))).reduce(
    (total, one) => total + one,
    0,
  );
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = needs(entry);
const faults = [];
// The first page anybody sees is the dashboard: its own chunk counts as well.
for (const file of needs("src/pages/DashboardPage.tsx")) first.add(file);
const firstSize = await sum(first);
if (firstSize > FIRST) faults.push(`first load is ${firstSize} bytes, more than ${FIRST}`);

let largest = ["", 0];
for (const key of Object.keys(manifest).filter((one) => manifest[one].isDynamicEntry)) {
  const own = await sum([...needs(key)].filter((file) => !first.has(file)));
  if (own > largest[1]) largest = [key, own];
  if (own > ROUTE) faults.push(`${key} is ${own} bytes, more than ${ROUTE}`);
}
console.log(
  `web: first load ${(firstSize / 1000).toFixed(1)} kB, largest route ${largest[0]} ${(largest[1] / 1000).toFixed(1)} kB (gzip)`,
);
if (faults.length > 0) {
  for (const fault of faults) console.error(`web: ${fault}`);
  process.exit(1);
}

await rm(new URL("manifest.json", dist));
const assets = new URL("assets/", dist);
for (const name of await readdir(assets)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const bytes = await readFile(new URL(name, assets));
  const smaller = async (ending, packed) =>
    packed.length < bytes.length * 0.9 && writeFile(new URL(name + ending, assets), packed);
  await smaller(".gz", gzipSync(bytes, { level: 9 }));
  await smaller(".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
