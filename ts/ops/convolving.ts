// Convolution of vectors: a matrix of windows times the other vector.
import { concatenate, matmul } from "../../build/generated/ops.js";
import { toList } from "../arguments.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { zeros } from "../create.js";
import type { Tensor } from "../tensor.js";
import { convolvedAlong, type AxisPairs } from "./convolvingaxes.js";
import { flip } from "./turning.js";
import { toAxes } from "../axes.js";
import { checkOptions } from "../options.js";

/** How much of the full result: all, as long as the longer operand, or where both overlap fully. */
export type ConvolveMode = "full" | "same" | "valid";

function checked(x: TensorLike, who: string): Tensor {
  const t = toTensor(x, who);
  if (t.ndim > 1) throw new RangeError(`${who}: needs vectors, not ${t.ndim} axes`);
  if (t.size === 0) throw new RangeError(`${who}: an operand has no elements`);
  return t.reshape([-1]);
}

function convolved(x: Tensor, y: Tensor, mode: ConvolveMode, who: string): Tensor {
  const [long, short] = x.size >= y.size ? [x, y] : [y, x];
  const [n, m] = [long.size, short.size];
  let room: [number, number];
  if (mode === "full") room = [m - 1, m - 1];
  else if (mode === "same") room = [m - 1 - ((m - 1) >> 1), (m - 1) >> 1];
  else if (mode === "valid") room = [0, 0];
  else throw new RangeError(`${who}: mode is ${describe(mode)}, not "full", "same" or "valid"`);
  return windows(long, m, room, n + room[0] + room[1] - m + 1, flip(short));
}

/** Products of `weights` with all windows of x between so many zeros. */
function windows(
  x: Tensor,
  m: number,
  [before, after]: [number, number],
  count: number,
  weights: Tensor,
): Tensor {
  const dtype = x.dtype;
  const padded =
    before + after === 0 ? x : concatenate([zeros(before, { dtype }), x, zeros(after, { dtype })]);
  // Copies in a row, read in rows that are longer by one: each begins one element later.
  const n = padded.size;
  const rows = padded
    .broadcastTo([m + 1, n])
    .reshape([-1])
    .slice([[0, m * (n + 1)]]);
  return matmul(weights, rows.reshape([m, n + 1]).slice([null, [0, count]]));
}

/** How `convolve` takes operands of several axes; the result has x's other axes, y's, those convolved. */
export interface ConvolveOptions {
  /** "full", "same" (as large as x) or "valid". Default "full". */
  mode?: ConvolveMode;
  /** Axes of x and of y that are convolved, in pairs. Default: all that are not in `dotAxes`. */
  axes?: AxisPairs;
  /** Axes of x and of y whose products are summed. Default: none. */
  dotAxes?: AxisPairs;
}

/**
 * Convolution of two vectors or, with options, of tensors along some of their axes.
 *
 * @param mode - how much of the full result, or options
 * @example
 * ```ts
 * convolve([1, 2, 3], [1, 1]).toArray(); // [1, 3, 5, 3]
 * ```
 * @throws if operands have several axes and there are no options, if they have no element, if axes do
 * not suit each other, or if there is no such mode
 */
export function convolve(
  x: TensorLike,
  y: TensorLike,
  mode: ConvolveMode | ConvolveOptions = "full",
): Tensor {
  const who = "convolve";
  [x, y] = unrounded(who, x, y);
  if (typeof mode === "string") return convolved(checked(x, who), checked(y, who), mode, who);
  checkOptions(mode, who, "mode axes dotAxes");
  const { mode: part = "full", axes, dotAxes = [[], []] } = mode;
  for (const [name, pair] of Object.entries({ axes, dotAxes })) {
    if (pair === undefined) continue;
    const both = toList<number | readonly number[]>(pair, name, who);
    if (both.length !== 2) {
      throw new RangeError(
        `${who}: ${name} are those of x and those of y, got ${both.length} lists`,
      );
    }
    for (const axesOfOne of both) toAxes(axesOfOne, who);
  }
  if (!["full", "same", "valid"].includes(part)) {
    throw new RangeError(`${who}: mode is ${describe(part)}, not "full", "same" or "valid"`);
  }
  return convolvedAlong(toTensor(x, who), toTensor(y, who), axes, dotAxes, part);
}

/**
 * Correlation of two vectors: sums of x shifted against y.
 *
 * @example
 * ```ts
 * correlate([1, 2, 3], [0, 1], "full").toArray(); // [1, 2, 3, 0]
 * ```
 * @throws if operands have several axes or no element, or if there is no such mode
 */
export function correlate(x: TensorLike, y: TensorLike, mode: ConvolveMode = "valid"): Tensor {
  [x, y] = unrounded("correlate", x, y);
  const [a, b] = [checked(x, "correlate"), checked(y, "correlate")];
  // NumPy lets the longer one stand, and turns the result.
  if (a.size < b.size && mode === "same") return flip(convolved(b, flip(a), mode, "correlate"));
  return convolved(a, flip(b), mode, "correlate");
}
