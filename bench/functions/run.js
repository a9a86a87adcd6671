// `npm run bench -- ops [functions] [--quick] [--rounds N] [--write] [--again]`: every function that a
// peer has too, side by side in one run.

import { fork } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OUT, bundle } from "../bundle.js";
import { machine } from "../machine.js";
import { documented, summary } from "./report.js";
import { judged } from "./verdict.js";
import { ROWS, idOf } from "./table.js";

const LIBRARIES = ["tapegrad", "tfjs", "jax"];
const FILE = `${OUT}functions.json`;
const DOCUMENT = fileURLToPath(new URL("../../docs/functions-speed.md", import.meta.url));

/** @param {string[]} args */
export async function measureFunctions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      write: { type: "boolean", default: false },
      again: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (values.write && !values.again && positionals.length > 0) {
    throw new Error("--write: the document is written from a run of everything");
  }
  const results = values.again
    ? JSON.parse(await readFile(FILE, "utf8"))
    : await measured(positionals, rounds, values.quick ? 10 : 30);
  if (!values.again) await writeFile(FILE, JSON.stringify(results, null, 1));
  if (values.write) await writeFile(DOCUMENT, documented(results));
  console.log(summary(results));
}

async function measured(names, rounds, repeat) {
  const ids = ROWS.filter(({ name }) => names.length === 0 || names.includes(name)).map(idOf);
  if (ids.length === 0) throw new Error(`${names.join(", ")}: there is no such function`);
  await mkdir(OUT, { recursive: true });
  await bundle();
  const right = await answers({ library: "exact", ids });
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < LIBRARIES.length; i++) {
      const library = LIBRARIES[(i + round) % LIBRARIES.length];
      const fresh = await answers({ library, ids, repeats: 5, repeat });
      rows.push(...fresh.map((row) => ({ ...row, round })));
    }
  }
  return { date: new Date().toISOString(), machine, rounds, cells: judged(ids, rows, right) };
}

/** Runs one library in a process of its own. @returns {Promise<any[]>} */
function answers(job) {
  const child = fork(fileURLToPath(new URL("measure.js", import.meta.url)), [JSON.stringify(job)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const rows = [];
  child.on("message", (row) => rows.push(row));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(rows);
      else
        reject(new Error(`${job.library}: the process ended (${code}) after ${rows.at(-1)?.id}`));
    });
  });
}
