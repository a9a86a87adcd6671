// A second optimisation of the wasm: functions on the path of an op are inlined more eagerly than
// asc's --shrinkLevel does it, for that path is made of many of them and V8 inlines none. Everywhere
// else size counts. Values do not change.

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";
import { settle } from "./settle.js";
import { split } from "./split.js";

/** Largest functions (in Binaryen's size units) to inline: always, if they call nothing, if called once. */
const SMALL = { always: 20, leaf: 40, once: 200 };
const EAGER = { always: 60, leaf: 150, once: 600 };

/** The path of a small op, from the border to the tape and back: names, or beginnings of names. */
const PATH = [
  "assembly/border/ops/isShort",
  "assembly/border/ops/short",
  "assembly/border/results/handOver",
  "assembly/border/results/packed",
  "assembly/ops/families/elementwise/binaryOp",
  "assembly/ops/families/elementwise/partial*",
  "assembly/ops/families/elementwise/unaryOp",
  "assembly/tape/depart/*",
  "assembly/tape/evict/scalarTraits",
  "assembly/tape/evict/traitsOf",
  "assembly/tape/pool/pooled",
  "assembly/tape/rows/*",
  "assembly/tape/scalar/*",
  "assembly/tape/tape/free",
  "assembly/tape/tape/release",
  "assembly/tensor/slots/freeBareSlot",
  "assembly/tensor/slots/isBareSlot",
  "assembly/tensor/slots/newScalar",
  "assembly/transforms/entries/*",
  "assembly/transforms/sweep/*",
  "assembly/transforms/walk/stepNumber",
];

/** What fills the op table: a hundred calls each, once. */
const COLD = ["assembly/tape/rows/newRow", "assembly/tape/rows/set*"];

/** @param {string} name @param {string[]} list names, or beginnings of names */
function isIn(name, list) {
  return list.some((entry) =>
    entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry,
  );
}

/** Marks functions that must not be inlined. @param {(name: string) => boolean} which */
function keepWhole(module, which) {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name } = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (!which(name)) continue;
    // The argument is a pattern, and names have stars of their own.
    binaryen.setPassArgument("no-inline", name.replaceAll("*", "?"));
    module.runPasses(["no-inline"]);
  }
  binaryen.setPassArgument("no-inline", null);
}

/** @param {{ always: number, leaf: number, once: number }} most */
function inlineUpTo({ always, leaf, once }) {
  binaryen.setAlwaysInlineMaxSize(always);
  binaryen.setFlexibleInlineMaxSize(leaf);
  binaryen.setOneCallerInlineMaxSize(once);
}

/**
 * Optimises a wasm file with names in place, and leaves the names out.
 * @param {string} path
 * @param {string[]} [more] features beside the usual ones, by their names in asc
 * @param {boolean} [whenSplit] gives the pieces as well that JavaScript carries
 */
export function optimize(path, more = [], whenSplit = false) {
  const read = binaryen.readBinary(readFileSync(path));
  const { MVP, SIMD128, BulkMemory, BulkMemoryOpt, CallIndirectOverlong } = binaryen.Features;
  const { SignExt, NontrappingFPToInt, MutableGlobals, Atomics, RelaxedSIMD } = binaryen.Features;
  read.setFeatures(
    MVP |
      SIMD128 |
      BulkMemory |
      BulkMemoryOpt |
      CallIndirectOverlong |
      SignExt |
      NontrappingFPToInt |
      MutableGlobals |
      (more.includes("threads") ? Atomics : 0) |
      (more.includes("relaxed-simd") ? RelaxedSIMD : 0),
  );
  const { module, names } = settle(read);
  // Memory that JavaScript makes is zero as well: zeros need not travel.
  binaryen.setZeroFilledMemory(true);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  inlineUpTo(SMALL);
  keepWhole(module, (name) => isIn(name, COLD));
  module.optimize();
  keepWhole(module, (name) => isIn(name, COLD) || !isIn(name, PATH));
  inlineUpTo(EAGER);
  module.optimize();
  module.optimize();
  if (!module.validate()) throw new Error("optimize: Binaryen made an invalid module");
  writeFileSync(path, module.emitBinary());
  const pieces = whenSplit ? split(module, names) : {};
  module.dispose();
  return pieces;
}
