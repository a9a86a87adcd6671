// Is what a peer computed right? Its values and gradient norms against plain JS in float64.

import { COMPARED, data } from "./data.js";
import { create } from "./peers/plain.js";

/** Relative error beyond which an answer is wrong: sums over 4e6 numbers in float32 pass. */
const WRONG = 2e-3;

/** What calls itself float64 should do better than this. */
const ROUGH = 1e-9;

/** What is right, by workload. */
const known = new Map();

/** tanh'(1), which every program of `start` prints. */
const SLOPE = 1 - Math.tanh(1) ** 2;

/** Values and norms, computed once, here. */
async function reference(workload) {
  if (workload.group === "start") return { values: [SLOPE], norms: [] };
  if (known.has(workload.id)) return known.get(workload.id);
  const { make } = await create();
  // What plain JS has no form of (calls of transforms, checkpoints) is compared with nothing.
  if (make[workload.kind] === undefined) return undefined;
  const run = make[workload.kind](data(workload), { ...workload, dtype: "float64" });
  const values = [await run.call()];
  const norms = (await run.norms?.()) ?? [];
  // Only a training step changes what the next call returns.
  const trained = workload.kind in COMPARED;
  for (let i = 0; i < 2; i++) values.push(trained ? await run.call() : values[0]);
  known.set(workload.id, { values, norms });
  return known.get(workload.id);
}

/**
 * Judges a row.
 * @param {import("./statistics.js").Row} row
 * @param {any} workload
 * @returns {Promise<{ error: number, wrong?: string, rough?: boolean }>}
 */
export async function check(row, workload) {
  const right = await reference(workload);
  if (right === undefined) return { error: 0 };
  const values = row.values ?? [];
  const errors = [
    // A slow peer was not called three times.
    ...compare("value", values, right.values.slice(0, Math.max(1, values.length))),
    ...compare("norm", row.norms ?? [], right.norms),
  ];
  const worst = errors.reduce((a, b) => (b.error > a.error ? b : a));
  if (worst.error > WRONG) return { error: worst.error, wrong: worst.said };
  if (row.dtype !== "float64" || worst.error <= ROUGH) return { error: worst.error };
  return { error: worst.error, rough: true };
}

/** Relative errors, in words too. NaN is as wrong as can be. */
function compare(what, found, expected) {
  const [a, b] = [found.flat(), expected.flat()];
  if (a.length !== b.length) {
    return [{ error: Infinity, said: `${a.length} ${what}s instead of ${b.length}` }];
  }
  return a.map((x, i) => {
    const error = Math.abs(x - b[i]) / Math.max(1e-3, Math.abs(b[i]));
    const said = `${what} ${short(x)} instead of ${short(b[i])}`;
    return { error: Number.isNaN(error) ? Infinity : error, said };
  });
}

const short = (x) => Number(x).toPrecision(6);
