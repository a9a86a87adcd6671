// What the machine can do, by a program in C that is compiled and run in between.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OUT } from "./bundle.js";

const SOURCE = fileURLToPath(new URL("ceilings.c", import.meta.url));
const PROGRAM = `${OUT}ceilings`;

/**
 * @typedef {object} Ceilings
 * @property {number} gflops separate multiplications and additions of four float32
 * @property {number} triad GB/s of a[i] = b[i] + s · c[i] over 12 MB
 * @property {number} triadInCache the same over 24 KB
 * @property {number} sum GB/s of adding up 4 MB
 * @property {number} sumInCache the same over 16 KB
 */

/** Groups whose tables show how near to the ceiling they come. */
const GROUPS = ["W3.forward", "W3.gradients", "W11"];

/**
 * Measures along with the groups that need it; keeps the best of all, which noise touched least.
 */
export function ceilingsOf() {
  /** @type {Ceilings | undefined} */
  let best;
  /** @type {string | undefined} */
  let missing;
  let compiled = false;

  function compile() {
    compiled = true;
    const flags = ["-O3", "-ffp-contract=off", "-o", PROGRAM, SOURCE];
    const { status } = spawnSync("cc", flags, { encoding: "utf8" });
    if (status !== 0) missing = "no ceilings: there is no C compiler named cc here";
  }

  return {
    /** One more measurement, of half a second, if the group has a use for it. */
    measure(group) {
      if (!GROUPS.includes(group)) return;
      if (!compiled) compile();
      if (missing) return;
      const { status, stdout } = spawnSync(PROGRAM, [], { encoding: "utf8" });
      if (status !== 0) return;
      const found = JSON.parse(stdout);
      for (const key in found) found[key] = Math.max(found[key], best?.[key] ?? 0);
      best = found;
    },
    result: () => ({ ceilings: best, missing }),
  };
}

/**
 * How fast a workload could be, in ns per call: by its operations, or by the bytes it cannot avoid.
 * @param {import("./workloads.js").Workload} workload
 * @param {Ceilings | undefined} ceilings
 */
export function ceilingOf({ flops, bytes, stream }, ceilings) {
  if (!ceilings) return undefined;
  if (flops) return flops / ceilings.gflops;
  return bytes && bytes / ceilings[stream ?? "triad"];
}
