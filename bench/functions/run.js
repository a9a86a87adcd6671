// `npm run bench -- ops [functions] [--quick] [--write] [--again]`: every function that a peer has too,
// side by side in one run.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { OUT, bundle } from "../bundle.js";
import { machine } from "../machine.js";
import { documented, heading, lineOf, summary } from "./report.js";
import { LIBRARIES, measured } from "./schedule.js";
import { ROWS } from "./table.js";

const FILE = `${OUT}functions.json`;
const DOCUMENT = fileURLToPath(new URL("../../docs/functions-speed.md", import.meta.url));

/** @param {string[]} args */
export async function measureFunctions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      again: { type: "boolean", default: false },
    },
  });
  if (values.write && !values.again && positionals.length > 0) {
    throw new Error("--write: the document is written from a run of everything");
  }
  if (!values.again) await run(positionals, values.quick);
  const results = JSON.parse(await readFile(FILE, "utf8"));
  if (values.again) console.log(results.ids.map((id) => lineOf(id, results.cells)).join("\n"));
  if (values.write && results.part) {
    throw new Error("--write: the last run was not of everything, or was broken off");
  }
  if (values.write) {
    await writeFile(DOCUMENT, await format(documented(results), { parser: "markdown" }));
  }
  console.log(`\n${summary(results)}`);
}

/** Lines are shown, and kept in the file, as they come. */
async function run(names, quick) {
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown) throw new Error(`${unknown}: there is no such function`);
  const rows = ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
  await mkdir(OUT, { recursive: true });
  await bundle();
  const began = Date.now();
  const results = {
    date: new Date().toISOString(),
    machine,
    libraries: LIBRARIES,
    quick,
    seconds: 0,
    /** Something is missing. */
    part: true,
    ids: [],
    cells: [],
  };
  const keep = () => {
    results.seconds = Math.round((Date.now() - began) / 1000);
    return writeFile(FILE, JSON.stringify(results, null, 1));
  };
  console.log(heading());
  for await (const { id, cells } of measured(rows, quick, progress)) {
    results.ids.push(id);
    results.cells.push(...cells);
    await keep();
    progress("");
    console.log(lineOf(id, results.cells));
  }
  results.part = rows.length < ROWS.length;
  await keep();
}

/** One line on a terminal, overwritten; nothing elsewhere. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
