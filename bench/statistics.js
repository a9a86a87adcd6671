// From rows (one per peer, workload and round) to cells (one per peer and workload).

import { summarizeLoop } from "./loop.summary.js";

/**
 * @typedef {object} Row
 * @property {string} peer
 * @property {string} id of the workload
 * @property {number} round
 * @property {"float32" | "float64"} [dtype]
 * @property {string} [version]
 * @property {number} [ms] per call
 * @property {number} [best]
 * @property {number} [first]
 * @property {(number | number[])[]} [values] that the first three calls read
 * @property {number[]} [norms]
 * @property {number} [wasmBytes] per operation
 * @property {number} [heapBytes] per operation
 * @property {number} [tapeBytes] that a call holds at most, or before it goes back
 * @property {number} [error] relative, as a check found it
 * @property {import("./loop.summary.js").Loop} [loop]
 * @property {Record<"raw" | "gzip" | "brotli", number>} [sizes]
 * @property {string} [wrong]
 * @property {boolean} [rough]
 * @property {string} [unsupported]
 * @property {string} [skipped]
 * @property {string} [error]
 */

/**
 * @typedef {object} Cell
 * @property {string} peer
 * @property {string} id
 * @property {number} [ns] per unit (call, element, operation): median over rounds
 * @property {number} [best] the shortest repeat of all
 * @property {number} [nsPerCall]
 * @property {number} [first] ns of the very first call
 * @property {number} [spread] (max - min) / median over rounds
 * @property {Record<string, number>} [times] how many times as long as another peer, by its name
 * @property {number} [wasmBytes]
 * @property {number} [heapBytes]
 * @property {number} [tapeBytes]
 * @property {number} [error] relative, against plain JS in float64
 * @property {string} [wrong] the answer is; in words
 * @property {import("./loop.summary.js").Loop} [loop] of W12
 * @property {Record<"raw" | "gzip" | "brotli", number>} [sizes] of a page's download
 * @property {boolean} [rough] right, but not to the precision of its dtype
 * @property {string} [why] there is no figure
 */

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Keeps only the rows of one peer and workload that were measured. */
const timed = (rows, peer, id) =>
  rows.filter((row) => row.peer === peer && row.id === id && row.ms !== undefined);

/**
 * @param {Row[]} rows
 * @param {{ id: string, per: number }} workload
 * @param {string} peer
 * @returns {Cell}
 */
export function summarize(rows, { id, per }, peer) {
  const whole = rows.find(
    (row) => row.peer === peer && row.id === id && (row.samples || row.sizes),
  );
  if (whole) return { peer, id, sizes: whole.sizes, ...looped(whole) };
  const own = timed(rows, peer, id);
  if (own.length === 0) return { peer, id, why: reason(rows, peer, id) };
  const of = (key) => own.map((row) => row[key] ?? NaN);
  const ms = of("ms");
  const ns = (median(ms) * 1e6) / per;
  return {
    peer,
    id,
    ns,
    nsPerCall: ns * per,
    best: (Math.min(...of("best")) * 1e6) / per,
    first: median(of("first")) * 1e6,
    spread: (Math.max(...ms) - Math.min(...ms)) / median(ms),
    times: ratios(rows, id, own),
    error: Math.max(...own.map((row) => row.error ?? 0)),
    wrong: own.find((row) => row.wrong)?.wrong,
    rough: own.some((row) => row.rough),
    wasmBytes: optional(own.map((row) => row.wasmBytes)),
    heapBytes: optional(own.map((row) => row.heapBytes)),
    tapeBytes: optional(own.map((row) => row.tapeBytes)),
  };
}

/** W12; a loop that broke off still says how far it came. */
function looped({ samples, steps, step, error }) {
  if (!samples) return {};
  if (samples.length === 0) return { why: error };
  return {
    loop: summarizeLoop({ steps: steps || samples.at(-1).step, step, samples }),
    why: error,
  };
}

/** The median of what is there, if anything is. */
function optional(values) {
  const found = values.flatMap((value) => value ?? []);
  return found.length === 0 ? undefined : median(found);
}

/**
 * Round by round, so that load which both peers saw cancels; then the median. Noise can make a
 * start shorter than nothing: such a round has no ratio.
 */
function ratios(rows, id, own) {
  /** @type {Record<string, number>} */
  const times = {};
  for (const other of new Set(rows.map((row) => row.peer))) {
    const theirs = new Map(timed(rows, other, id).map((row) => [row.round, row.ms]));
    const shared = own.filter((row) => row.ms > 0 && theirs.get(row.round) > 0);
    if (shared.length === 0) continue;
    times[other] = median(shared.map((row) => row.ms / theirs.get(row.round)));
  }
  return times;
}

function reason(rows, peer, id) {
  const row = rows.find((row) => row.peer === peer && row.id === id);
  return row?.unsupported ?? row?.skipped ?? row?.error ?? "not measured";
}
