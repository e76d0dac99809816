// The typed client's types, made from the API's own document. `--check` fails when the committed file is not what the
// document says, so that page and server cannot drift apart unseen.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const document = new URL("../../api/openapi.json", import.meta.url);
const file = new URL("../src/client/schema.gen.ts", import.meta.url);
const head = "// Made from api/openapi.json by `npm run client`; do not edit.\n\n";

const made = head + astToString(await openapi(document, { alphabetize: true, emptyObjectsUnknown: true }));
if (process.argv.includes("--check")) {
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== made) {
    console.error("web: src/client/schema.gen.ts is not what api/openapi.json says. Run `npm run client` and commit.");
    process.exit(1);
  }
} else {
  await writeFile(file, made);
}
