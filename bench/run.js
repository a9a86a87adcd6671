// Benchmarks, side by side in one run: `npm run bench`, or with `-- --help` for what it can do.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { install } from "../scripts/lib/install.js";
import { readArguments } from "./arguments.js";
import { OUT, bundle } from "./bundle.js";
import { charts } from "./chart.js";
import { writeDocument } from "./document.js";
import { measureFunctions } from "./functions/run.js";
import { measureAll } from "./schedule.js";
import { report } from "./table.js";

const [first, ...others] = process.argv.slice(2);
if (first === "ops") {
  await install("bench");
  await measureFunctions(others);
  process.exit();
}

const settings = readArguments();
const results = settings.again ? await lastResults() : await measured();
const files = {
  "results.json": JSON.stringify(results, null, 1),
  ...charts(results),
};
for (const [name, text] of Object.entries(files)) await writeFile(OUT + name, text);
if (settings.write) await writeDocument(results);
if (settings.json) console.log(files["results.json"]);
else console.log(`${report(results)}\n\nIn build/bench: ${Object.keys(files).join(", ")}`);

// A peer may fail; the library itself may not.
const own = results.cells.filter(({ peer }) => peer.startsWith("tapegrad"));
if (own.some(({ wrong, rough, why }) => wrong || rough || why)) process.exitCode = 1;

async function measured() {
  await install("bench");
  await mkdir(OUT, { recursive: true });
  await bundle();
  const results = await measureAll(settings, progress);
  progress("");
  return results;
}

async function lastResults() {
  return JSON.parse(await readFile(`${OUT}results.json`, "utf8"));
}

/** One line on a terminal, overwritten; nothing elsewhere. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
