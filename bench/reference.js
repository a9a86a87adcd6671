// How fast the others were on the machine beside which the goals were set: an AMD EPYC of the Zen 4
// kind, 2 cores, Node 20.20, medians. Those who are measured again tell how much faster or slower
// another machine is at a workload, for all alike.

import { median } from "./statistics.js";

const PEERS = ["plain", "tfjs-cpu", "tfjs", "jax-eager", "jax", "js-pytorch", "torch"];
const US = 1e3;
const MS = 1e6;
const NONE = undefined;

/** Nanoseconds per unit of the workload, one for each of the peers. */
const FIGURES = {
  W1: row(1, 42.8, 45308, 130685, 336899, 48309, 20391, 76622),
  W1b: row(1, 29.8, NONE, NONE, 1.98e6, 20245, NONE, 276225),
  "W2.f32.1e4": row(1, 15.7, 303, 35.4, 150, 11.6, NONE, 9.03),
  "W2.f32.1e5": row(1, 15.5, 224, 17.3, 81.6, 8.66, NONE, 5),
  "W2.f32.1e6": row(1, 17.3, 246, 20.8, 20.8, 9.74, NONE, 7),
  "W2.f32.4e6": row(1, 17.4, 259, 21.7, 18.2, 8.6, NONE, 6.29),
  "W2.f64.1e4": row(1, 13.9, NONE, NONE, 815, 15.4, 1357, 10.2),
  "W2.f64.1e5": row(1, 15.3, NONE, NONE, 104, 12.4, 2152, 6.57),
  "W2.f64.1e6": row(1, 15.4, NONE, NONE, 28.6, 10.4, 2338, 13.4),
  "W2.f64.4e6": row(1, 16.1, NONE, NONE, 22.7, 10.2, NONE, 23.3),
  "W3.forward.256": rate(1, 256, 1.88, 0.988, 30.7, 17.3, 15.7, 0.667),
  "W3.forward.512": rate(1, 512, 2.24, 0.967, 31, 19.7, 19.7, 0.596),
  "W3.forward.1024": rate(1, 1024, 2.41, 0.885, 28.3, 19.2, 16.5),
  "W3.gradients.256": row(MS, 39.7, 130, 37.6, 7.06, 4.42, 215),
  "W3.gradients.512": row(MS, 319, 991, 401, 42.5, 32.8),
  "W3.gradients.1024": row(MS, 6195, 11413, 6529, 465, 282),
  "W4.b1": row(US, 3.2, 284, 374, 8836, 290, 214, 210),
  "W4.b32": row(US, 95.1, 597, 383, 7272, 363, 2566, 177),
  W5: row(MS, 79, 301, 63.8, 21.1, 7.77, 742, 2.1),
  W6: row(MS, 183, 3027, NONE, 1125, 1410, NONE, 18.8),
  W7: row(MS, 13, 98.6, 50.3, 8426, 35.7, 390, 5.71),
  "W8.hessian": row(MS, 1.6e-4, 10, 14.5, 28, 0.115, NONE, 1.9),
  "W8.product": row(MS, 0.00351, 1.76, 0.504, 13.6, 0.123, NONE, 0.387),
  W9: row(MS, 0.816, 78, 119, 31.7, 1.59, 99.3, 0.944),
  "W11.sum": row(MS, 0.979, 82.5, 7, 1.33, 1.27, 165, 0.194),
  "W11.softmax": row(MS, 17.8, 417, 12.7, 21.8, 13.3, 1918, 3.58),
  "W11.layernorm": row(MS, 6.75, 636, 38.2, 18, 12.5, 1888, 1.92),
  start: row(MS, NONE, 38.4, 50.3, 47.2, NONE, 10),
};

/** @param {number} unit @param {(number | undefined)[]} figures */
function row(unit, ...figures) {
  return figures.map((x) => x && x * unit);
}

/** Of n × n products given in GFLOP/s. PyTorch used vectors of 512 bits there: it tells nothing. */
function rate(products, n, ...figures) {
  return figures.map((x) => x && (products * 2 * n ** 3) / x);
}

/**
 * How many times as long as there a workload takes on this machine: the median of the peers that were
 * measured, undefined if they are fewer than two.
 * @param {string} id
 * @param {import("./statistics.js").Cell[]} cells
 */
export function slowdown(id, cells) {
  const times = PEERS.flatMap((peer, i) => {
    const there = FIGURES[id]?.[i];
    const here = cells.find((cell) => cell.peer === peer && cell.id === id)?.ns;
    return there && here ? [here / there] : [];
  });
  return times.length < 2 ? undefined : median(times);
}
