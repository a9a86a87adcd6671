// What functions are called with: shapes, and where their elements lie. Every peer gets the same numbers.

import { hash, uniform } from "../random.js";

/**
 * @typedef {object} Input
 * @property {number[]} shape
 * @property {"float" | "int" | "bool" | "definite" | "triangular"} kind
 * @property {number} low
 * @property {number} high
 */

/** @returns {Input} numbers spread evenly over [low, high) */
export const even = (shape, low = -3, high = 3) => ({ shape, kind: "float", low, high });

/** @returns {Input} integers from `low` to below `high`; never differentiated */
export const whole = (shape, low, high) => ({ shape, kind: "int", low, high });

/** @returns {Input} */
export const flags = (shape) => ({ shape, kind: "bool", low: 0, high: 2 });

/** @returns {Input} a symmetric positive definite matrix, or many */
export const definite = (shape) => ({ shape, kind: "definite", low: -1, high: 1 });

/** @returns {Input} a lower triangular matrix that is far from singular */
export const triangular = (shape) => ({ shape, kind: "triangular", low: -1, high: 1 });

/** @param {Input} input @param {number} seed */
export function elements({ shape, kind, low, high }, seed) {
  const count = shape.reduce((a, b) => a * b, 1);
  if (kind === "float") return uniform(count, seed, low, high);
  if (kind === "int" || kind === "bool") {
    return Float64Array.from({ length: count }, (_, i) => low + (hash(i, seed) % (high - low)));
  }
  const n = shape.at(-1) ?? 1;
  const values = uniform(count, seed, low, high);
  const at = (i, j, base) => values[base + i * n + j];
  return Float64Array.from(values, (_, k) => {
    const base = k - (k % (n * n));
    const [i, j] = [Math.floor((k - base) / n), k % n];
    if (i === j) return n + at(i, i, base);
    if (kind === "triangular") return i > j ? at(i, j, base) : 0;
    return (at(i, j, base) + at(j, i, base)) / 2;
  });
}
