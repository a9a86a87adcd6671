// Counting, and what depends on how many there are: these read values, so their operands cannot be
// mapped by vmap.
import { max, min, notEqual, stack, subtract, sum } from "../../build/generated/ops.js";
import { scatter, toIndex } from "../along.js";
import { toCount } from "../arguments.js";
import { sizeAlong, toMask } from "../axes.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { ones } from "../create.js";
import type { Axes, ReductionOptions } from "../families.js";
import { conditionOf, type ChosenOptions } from "../reducing.js";
import { slot } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { nonzeroOf } from "./nonzero.js";
import { searched } from "./ordering.js";
import { checkOptions, trailing } from "../options.js";

function checkKnown(x: Tensor, who: string): void {
  if (wasm.core().tensorBatch(slot(x)) > 0) {
    throw new Error(`${who}: the result's shape depends on values that vmap maps; call it outside`);
  }
}

/** The elements of x, unless they are mapped. */
export function valuesOf(x: Tensor, who: string): ArrayLike<number> {
  checkKnown(x, who);
  return x.data();
}

/**
 * Number of elements that are not 0, over axes, int32.
 *
 * @example
 * ```ts
 * countNonzero([0, 3, 0, 4]).item(); // 2
 * ```
 * @throws if there is no such axis
 */
export function countNonzero(
  x: TensorLike,
  axis?: Axes | ReductionOptions,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "countNonzero", "keepdims");
  const t = toTensor(x, "countNonzero");
  toMask(axis, t.ndim, "countNonzero");
  return sum(bools(t), axis, options);
}

/** Which elements are not 0. */
function bools(x: Tensor): Tensor {
  return x.dtype === "bool" ? x : notEqual(x, 0);
}

/** Whether bools hold somewhere, or everywhere, over axes. */
function hold(
  x: TensorLike,
  axis: Axes,
  options: ChosenOptions | undefined,
  everywhere: boolean,
  who: string,
): Tensor {
  const t = toTensor(x, who);
  const { keepdims = false, where: chosen } = options ?? {};
  // Of no elements there is no largest.
  const some = sizeAlong(t.shape, axis, who) > 0 && chosen === undefined;
  if (chosen !== undefined) conditionOf(chosen, t.shape, who);
  const own = some ? { keepdims } : { keepdims, where: chosen, initial: everywhere };
  return bools((everywhere ? min : max)(bools(t), axis, own));
}

/**
 * True if any element over the axes is not 0; false of none.
 *
 * @example
 * ```ts
 * any([[0, 1], [0, 0]], 1).toArray(); // [true, false]
 * ```
 * @throws if there is no such axis
 */
export function any(x: TensorLike, axis?: Axes | ChosenOptions, options?: ChosenOptions): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "any", "keepdims where");
  return hold(x, axis, options, false, "any");
}

/**
 * True if no element over the axes is 0; true of none.
 *
 * @example
 * ```ts
 * all([[0, 1], [2, 3]], 1).toArray(); // [false, true]
 * ```
 * @throws if there is no such axis
 */
export function all(x: TensorLike, axis?: Axes | ChosenOptions, options?: ChosenOptions): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "all", "keepdims where");
  return hold(x, axis, options, true, "all");
}

/**
 * Places of the elements that are not 0: for each axis the indices, int32.
 *
 * @example
 * ```ts
 * nonzero([[0, 5], [7, 0]]).map((x) => x.toArray()); // [[0, 1], [1, 0]]
 * ```
 * @throws if x has no axis, or inside vmap
 */
export function nonzero(x: TensorLike): Tensor[] {
  return nonzeroOf(x, "nonzero");
}

/**
 * Places of the elements of the flattened x that are not 0, int32.
 *
 * @example
 * ```ts
 * flatnonzero([[0, 5], [7, 0]]).toArray(); // [1, 2]
 * ```
 * @throws inside vmap
 */
export function flatnonzero(x: TensorLike): Tensor {
  return nonzeroOf(toTensor(x, "flatnonzero").reshape([-1]), "flatnonzero")[0]!;
}

/**
 * Places of the elements that are not 0, one in each row, int32.
 *
 * @example
 * ```ts
 * argwhere([[0, 5], [7, 0]]).toArray(); // [[0, 1], [1, 0]]
 * ```
 * @throws inside vmap
 */
export function argwhere(x: TensorLike): Tensor {
  const t = toTensor(x, "argwhere");
  if (t.ndim > 0) return stack(nonzeroOf(t, "argwhere"), 1);
  const [found] = nonzeroOf(t.reshape([1]), "argwhere");
  return found!.reshape([-1, 1]).slice([null, [0, 0]]);
}

/**
 * How often 0, 1, 2, … stand in x, a vector of integers: int32, or the sums of their weights.
 *
 * @example
 * ```ts
 * bincount([0, 1, 1, 3]).toArray(); // [1, 2, 0, 1]
 * ```
 * @throws if an element is negative, if weights have another shape, or inside vmap
 */
export function bincount(
  x: TensorLike,
  options: { weights?: TensorLike; minlength?: number } = {},
): Tensor {
  const who = "bincount";
  checkOptions(options, who, "weights minlength");
  const t = toIndex(x, who);
  if (t.ndim !== 1) throw new RangeError(`${who}: needs one axis, x has ${t.ndim}`);
  let n = toCount(options.minlength ?? 0, "minlength", who);
  checkKnown(t, who);
  if (t.size > 0) {
    if (min(t).item() < 0) {
      const values = t.data();
      const i = values.findIndex((value) => value < 0);
      throw new RangeError(`${who}: ${values[i]} at ${i} is negative`);
    }
    n = Math.max(n, max(t).item() + 1);
  }
  return counted(t, options.weights, n, who);
}

/** Weights, or ones, added up by index. */
export function counted(
  index: Tensor,
  weights: TensorLike | undefined,
  n: number,
  who: string,
): Tensor {
  if (weights === undefined)
    return scatter(ones(index.shape, { dtype: "int32" }), index, n, 0, who);
  const w = toTensor(weights, who);
  if (w.ndim !== 1 || w.size !== index.size) {
    throw new RangeError(
      `${who}: weights have shape [${w.shape.join()}], x has [${index.shape.join()}]`,
    );
  }
  return scatter(w, index, n, 0, who);
}

/**
 * The number of the bin in which each element lies, int32: i if edge i - 1 ≤ x < edge i. Edges rise or
 * fall; with `right`, each bin includes its right edge instead of its left one.
 *
 * @example
 * ```ts
 * digitize([0.5, 1, 9], [0, 1, 2]).toArray(); // [1, 2, 3]
 * ```
 * @throws if the edges neither rise nor fall, or are mapped by vmap
 */
export function digitize(
  x: TensorLike,
  bins: TensorLike,
  options: { right?: boolean } = {},
): Tensor {
  const who = "digitize";
  [x, bins] = unrounded(who, x, bins);
  checkOptions(options, who, "right");
  const edges = toTensor(bins, who);
  const list = Array.from(valuesOf(edges, who));
  const right = options.right === true;
  const values = toTensor(x, who);
  if (list.every((e, i) => i === 0 || e >= list[i - 1]!)) {
    return searched(edges, values, !right, who);
  }
  if (!list.every((e, i) => i === 0 || e <= list[i - 1]!)) {
    throw new RangeError(`${who}: edges [${list.join()}] neither rise nor fall`);
  }
  const rising = edges.slice([[null, null, -1]]);
  return subtract(list.length, searched(rising, values, !right, who));
}
