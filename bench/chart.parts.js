// What the pictures share: colours, symbols, ticks.

import * as Plot from "@observablehq/plot";

export const WIDTH = 860;
export const MARGIN = 24;
export const TEXT = "#24292f";
export const FAINT = "#6e7781";
export const LINE = "#d8dee4";

/**
 * @typedef {object} Sheet
 * @property {any} document
 * @property {any[]} cells
 * @property {any[]} peers
 * @property {any[]} workloads
 */

/** How a peer's marks look. */
const LOOK = { symbol: "peer", fill: "peer", stroke: "white", strokeWidth: 0.8, r: 5.5 };

/**
 * A plot in the look of all; its marks are made by a function of Plot and the look of dots.
 * @param {Sheet} sheet
 * @param {any} options
 */
export function drawn({ document, peers }, { marks, ...options }) {
  const domain = peers.map(({ id }) => id);
  return Plot.plot({
    document,
    width: WIDTH,
    style: { color: TEXT, fontSize: "12px" },
    color: { domain, range: peers.map(({ color }) => color) },
    symbol: { domain, range: peers.map(({ symbol }) => symbol) },
    ...options,
    marks: marks(Plot, LOOK),
  });
}

/** The look of a wrong answer: hollow. */
export const hollow = { fill: "white", stroke: "peer", strokeWidth: 2, r: 4.5 };

/** Round numbers from below the least to above the greatest: 1, 10 … or with steps between. */
export function roundNumbers(values, steps = [1]) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const all = powers.flatMap((power) => steps.map((step) => Number((step * power).toPrecision(3))));
  const first = all.findLastIndex((number) => number <= Math.min(...values));
  const last = all.findIndex((number) => number >= Math.max(...values));
  return all.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
}
