// From what libraries answered to cells: one per function, part and library.

import { median } from "../statistics.js";

/** Relative error, beside the largest number of a result, beyond which an answer is wrong. */
const WRONG = 2e-3;

/**
 * @typedef {object} Cell
 * @property {string} id
 * @property {"value" | "slopes"} part
 * @property {string} library
 * @property {number} [ms] per call, median of samples
 * @property {number} [spread] (max - min) / median of samples
 * @property {number} [times] its time over that of tapegrad in the same round, median over rounds
 * @property {number} [error]
 * @property {boolean} [wrong]
 * @property {string} [why] it has no figure
 */

/**
 * @param {string} id
 * @param {"value" | "slopes"} part
 * @param {Record<string, import("./measure.js").Answer & { samples: number[] }>} answers
 * @returns {Cell[]}
 */
export function judged(id, part, { exact, ...libraries }) {
  return Object.entries(libraries).map(([library, { numbers, samples, why }]) => {
    if (why) return { id, part, library, why };
    const error = exact.numbers ? difference(numbers, exact.numbers) : Infinity;
    const ms = median(samples);
    return {
      id,
      part,
      library,
      ms,
      spread: (Math.max(...samples) - Math.min(...samples)) / ms,
      times: ratio(samples, libraries.tapegrad),
      error,
      wrong: !(error <= WRONG),
    };
  });
}

/** Round by round, so that load which both saw cancels. */
function ratio(samples, { samples: ours, why }) {
  if (why) return undefined;
  const rounds = Math.min(samples.length, ours.length);
  return median(samples.slice(0, rounds).map((ms, i) => ms / ours[i]));
}

/** The largest difference, relative to each number, or to the mean of them where it is smaller. */
function difference(found, truth) {
  if (found.length !== truth.length) return Infinity;
  return Math.max(
    ...truth.map((numbers, k) => {
      const [a, b] = [found[k].map(Number), numbers.map(Number)];
      if (a.length !== b.length) return Infinity;
      const mean = b.reduce((sum, x) => sum + Math.abs(x), 0) / b.length;
      return a.reduce((worst, x, i) => {
        if (Object.is(x, b[i]) || x === b[i]) return worst;
        const error = Math.abs(x - b[i]) / Math.max(Math.abs(b[i]), mean, 1e-30);
        return Number.isNaN(error) ? Infinity : Math.max(worst, error);
      }, 0);
    }),
  );
}
