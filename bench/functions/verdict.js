// From rows (one per library, function, part and round) to cells (one per function, part and peer).

import { median } from "../statistics.js";

/** Relative error, beside the largest number of a result, beyond which an answer is wrong. */
const WRONG = 2e-3;

/**
 * @typedef {object} Cell
 * @property {string} id
 * @property {"value" | "slopes"} part
 * @property {string} library
 * @property {number} [ms] per call
 * @property {number} [times] its time over that of tapegrad, median over rounds
 * @property {number} [error]
 * @property {boolean} [wrong]
 * @property {string} [why] it has no figure
 */

/** @returns {Cell[]} */
export function judged(ids, rows, right) {
  return ids.flatMap((id) =>
    ["value", "slopes"].flatMap((part) =>
      ["tapegrad", "tfjs", "jax"].flatMap((library) => {
        const of = (name) =>
          rows.filter((r) => r.id === id && r.part === part && r.library === name);
        const own = of(library);
        if (own.length === 0) return [];
        const why = own.find((row) => row.why)?.why;
        if (why) return [{ id, part, library, why }];
        const truth = right.find((row) => row.id === id && row.part === part);
        const error = truth.numbers ? difference(own[0].numbers, truth.numbers) : Infinity;
        const ours = new Map(of("tapegrad").map(({ round, ms }) => [round, ms]));
        const times = median(own.map(({ round, ms }) => ms / ours.get(round)));
        return [
          {
            id,
            part,
            library,
            ms: median(own.map(({ ms }) => ms)),
            times,
            error,
            wrong: !(error <= WRONG),
          },
        ];
      }),
    ),
  );
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
