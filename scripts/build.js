// From assembly/ and ts/ to build/lib, what the package ships:
//
//   assembly/ ──asc──▶ wasm ──pack────▶ generated/bytes.ts, parts ─┐
//                        └──describe──▶ generated/ops.ts … ────────┤
//            (and three further ones, which are copied)             │
//   ts/ ───────────────────────────────────────────────────────────┴─tsc──▶ js ──rollup──▶ lib
//   @observablehq/plot, for pages ───────────────────────────────────rollup─▶ drawing ─────┘
//
// A step whose inputs did not change is skipped. `--force` runs them all; `--debug` also writes an
// unoptimised wasm with its text beside the release.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { install } from "./lib/install.js";
import { Failure, capture, script, tool } from "./lib/run.js";
import { at, hash } from "./lib/tree.js";

const WASM = "build/wasm/tapegrad.wasm";
/** The same in pieces: what JavaScript carries. */
const PIECES = "build/wasm/pieces";
const UNPACK = "build/wasm/unpack.wasm";
const BYTES = "build/generated/bytes.ts";
const PARTS = "build/generated/parts";
/** Further builds of the core, targets in asconfig.json: fetched when somebody asks for them. */
const FURTHER = ["threads", "relaxed", "threads.relaxed"];
const further = FURTHER.map((name) => `build/wasm/tapegrad.${name}.wasm`);
const DRAWING = "build/drawing/browser.drawing.js";
const STAMPS = "build/.stamps.json";
const LOCK = "build/.lock";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} inputs files and folders that decide the result
 * @property {string[]} outputs files that must be there afterwards
 * @property {() => Promise<void> | void} make
 */

/** @type {Step[]} */
const steps = [
  {
    name: "asc",
    inputs: [
      "assembly",
      "asconfig.json",
      "scripts/compile.js",
      "scripts/lib/carry.js",
      "scripts/lib/extents.js",
      "scripts/lib/optimize.js",
      "scripts/lib/parts.js",
      "scripts/lib/settle.js",
      "scripts/lib/split.js",
      "scripts/lib/stamp.js",
    ],
    outputs: [WASM, PIECES, ...further],
    async make() {
      const targets = ["release", ...FURTHER];
      // As many at once as there are processors.
      await Promise.all(
        Array.from({ length: availableParallelism() }, async () => {
          for (let name = targets.shift(); name; name = targets.shift()) {
            await node("scripts/compile.js", name);
          }
        }),
      );
    },
  },
  {
    name: "asc unpack",
    inputs: ["assembly/unpack", "asconfig.unpack.json"],
    outputs: [UNPACK],
    make: () => node(tool.asc, "--config", "asconfig.unpack.json"),
  },
  {
    name: "pack",
    inputs: [
      WASM,
      PIECES,
      UNPACK,
      ...further,
      "scripts/pack.js",
      "scripts/lib/pack.js",
      "scripts/lib/pack",
    ],
    outputs: [BYTES, PARTS],
    make: () => node("scripts/pack.js", WASM, UNPACK, BYTES, ...further),
  },
  {
    name: "describe",
    inputs: [
      WASM,
      "assembly/ops",
      "scripts/describe.js",
      "scripts/describe",
      "scripts/lib/parts.js",
    ],
    outputs: ["ops.ts", "methods.ts", "codes.ts", "rows"].map((name) => `build/generated/${name}`),
    make: () => node("scripts/describe.js"),
  },
  {
    name: "tsc",
    inputs: ["ts", "assembly/shared", "build/generated", "tsconfig.json"],
    outputs: ["build/js/ts/index.js"],
    make() {
      rmSync(at("build/js"), { recursive: true, force: true });
      // Here the compiler may look across files, and so writes constants of `const enum` as numbers.
      const across = ["--isolatedModules", "false", "--verbatimModuleSyntax", "false"];
      return node(tool.tsc, "-p", "tsconfig.json", ...across);
    },
  },
  {
    name: "drawing",
    inputs: ["rollup.config.js"],
    outputs: [DRAWING],
    make: () => node(tool.rollup, "-c", "--silent", "--configDrawing"),
  },
  {
    name: "rollup",
    inputs: ["build/js", WASM, ...further, DRAWING, "rollup.config.js", "scripts/lib/naming.js"],
    outputs: ["build/lib/index.js", "build/lib/browser.js", "build/lib/types/ts/index.d.ts"],
    make() {
      rmSync(at("build/lib"), { recursive: true, force: true });
      return node(tool.rollup, "-c", "--silent");
    },
  },
];

/** @param {string[]} args */
async function node(...args) {
  const { code, output } = await capture(process.execPath, args);
  if (code !== 0) throw new Failure(output.trim());
  if (output.trim()) console.error(output.trim()); // warnings
}

/** @param {string} path */
function read(path) {
  return existsSync(at(path)) ? JSON.parse(readFileSync(at(path), "utf8")) : {};
}

/** Two builds at once would spoil each other's files: the second one waits for the first. */
async function lock() {
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(at(LOCK), String(process.pid), { flag: "wx" });
      return () => rmSync(at(LOCK), { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    if (waited === 20) console.error("Waiting for another build …");
    if (!ownerLives()) rmSync(at(LOCK), { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function ownerLives() {
  try {
    const pid = Number(readFileSync(at(LOCK), "utf8"));
    // An empty lock is one that is just being written, unless it stays so.
    if (pid === 0) return Date.now() - statSync(at(LOCK)).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Brings build/ up to date; prints only what it does.
 * @param {{ force?: boolean, debug?: boolean }} [options]
 */
export async function build({ force = false, debug = false } = {}) {
  mkdirSync(at("build"), { recursive: true });
  const unlock = await lock();
  try {
    const stamps = read(STAMPS);
    for (const step of steps) {
      const stamp = hash([...step.inputs, "package-lock.json", "scripts/build.js"]);
      const complete = step.outputs.every((path) => existsSync(at(path)));
      if (!force && complete && stamps[step.name] === stamp) continue;
      delete stamps[step.name];
      await perform(step);
      stamps[step.name] = stamp;
      writeFileSync(at(STAMPS), JSON.stringify(stamps, null, 2));
    }
    if (debug) {
      await node(tool.asc, "--config", "asconfig.json", "--target", "debug");
      console.error("build: asc --target debug wrote build/wasm/tapegrad.debug.wasm and .wat");
    }
  } finally {
    unlock();
  }
}

/** @param {Step} step */
async function perform(step) {
  const begin = performance.now();
  try {
    await step.make();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}\n\nThe build stopped at "${step.name}". ` +
        "Mend what it says above, then run `npm run build`.",
    );
  }
  for (const path of step.outputs) {
    if (!existsSync(at(path))) {
      throw new Failure(`The build stopped: "${step.name}" did not write ${path}.`);
    }
  }
  console.error(`build: ${step.name} ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await script(async () => {
    await install();
    await build({ force: argv.includes("--force"), debug: argv.includes("--debug") });
  });
}
