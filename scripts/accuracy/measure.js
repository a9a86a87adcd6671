// Errors of computed values in units in the last place (ulp) of the format.

import { formats, towardsZero, ulpExponent } from "./bits.js";
import { exact, powerOfTwo, reference, screen } from "./reference.js";

/**
 * |y - true| / ulp, against the 60-digit reference.
 * @param {string} name
 * @param {number[]} args
 * @param {number} y the library's value
 * @param {import("./bits.js").Format} format
 */
export function ulpError(name, args, y, format) {
  const truth = reference[name](...args);
  if (Number.isNaN(y)) return Infinity;
  let near = truth.toNumber();
  if (near === 0) near = Number.MIN_VALUE;
  else if (!Number.isFinite(near)) near = Math.sign(near) * Number.MAX_VALUE;
  else if (exact(near).abs().gt(truth.abs())) near = towardsZero(near);
  const ulp = powerOfTwo(ulpExponent(near, format));
  // Infinity stands for the first number beyond the format: right if the truth is beyond it too.
  const beyond = powerOfTwo(format.highest);
  if (!Number.isFinite(y)) {
    if (truth.abs().gte(beyond) && truth.isNegative() === y < 0) return 0;
    return truth
      .minus(y < 0 ? beyond.neg() : beyond)
      .abs()
      .div(ulp)
      .toNumber();
  }
  return truth.minus(exact(y)).abs().div(ulp).toNumber();
}

/** The same against a float64, for float32 only. */
function quickError(truth, y, format) {
  if (Number.isNaN(y)) return Infinity;
  const ulp = 2 ** ulpExponent(Math.abs(truth) < 2 ** 1000 ? truth : 2 ** 1000, format);
  const beyond = 2 ** format.highest;
  if (!Number.isFinite(y)) {
    if (Math.abs(truth) >= beyond && truth < 0 === y < 0) return 0;
    return Math.abs(truth - (y < 0 ? -beyond : beyond)) / ulp;
  }
  return Math.abs(truth - y) / ulp;
}

/**
 * Maximum and mean error of one function in one dtype.
 * @param {string} name
 * @param {"float32" | "float64"} dtype
 * @param {(Float32Array | Float64Array)[]} columns the arguments
 * @param {Float32Array | Float64Array} values what the library made of them
 * @param {Float64Array} [finer] what it makes of them in float64, where the host has no such function
 * @returns {{ max: number, mean: number, worst: number[], points: number }}
 */
export function measure(name, dtype, columns, values, finer) {
  const format = formats[dtype];
  const quick = dtype === "float32";
  const argsAt = (i) => columns.map((column) => column[i]);
  let sum = 0;
  let top = [];
  for (let i = 0; i < values.length; i++) {
    const error = quick
      ? quickError(finer ? finer[i] : screen[name](...argsAt(i)), values[i], format)
      : ulpError(name, argsAt(i), values[i], format);
    sum += error;
    if (top.length < 20 || error > top[top.length - 1].error) {
      top.push({ i, error });
      top.sort((a, b) => b.error - a.error);
      top = top.slice(0, 20);
    }
  }
  if (quick) {
    for (const entry of top) {
      entry.error = ulpError(name, argsAt(entry.i), values[entry.i], format);
    }
    top.sort((a, b) => b.error - a.error);
  }
  return {
    max: top[0].error,
    mean: sum / values.length,
    worst: argsAt(top[0].i),
    points: values.length,
  };
}
