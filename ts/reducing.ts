// Reductions: of all elements or of some only, from a first value on, in another dtype.
import {
  ADD,
  DIVIDE,
  MAXIMUM,
  MINIMUM,
  MULTIPLY,
  NOTEQUAL,
  SUM,
  WHERE,
} from "../build/generated/codes.js";
import type { Tensor } from "./tensor.js";
import { broadcastOf, sizeAlong, toMask } from "./axes.js";
import { toTensor, unrounded, type TensorLike } from "./convert.js";
import type { Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { binary, inDtype, ternary, type Axes } from "./families.js";
import { slot, tensorOf } from "./handle.js";
import { saidOf } from "./naming.js";
import { checkOptions, isOptions, trailing } from "./options.js";
import * as wasm from "./wasm.js";

/** Options of reductions. */
export interface ReductionOptions {
  /** Keep reduced axes with size 1. Default false. */
  keepdims?: boolean;
}

/** Options of reductions that may leave elements out. */
export interface ChosenOptions extends ReductionOptions {
  /** Which elements count, broadcast to x. Default: all. */
  where?: TensorLike | undefined;
}

/** Options of means. */
export interface MeanOptions extends ChosenOptions {
  /** The dtype in which is computed, and that of the result; a mean of integers is a float all the same. */
  dtype?: Dtype;
}

/** Options of largest and smallest elements. */
export interface ExtremeOptions extends ChosenOptions {
  /** A value that takes part: with it, there may be no elements. */
  initial?: TensorLike;
}

/** Options of sums and products. */
export interface FoldOptions extends MeanOptions, ExtremeOptions {}

/** Of each reduction: the names of its options, the value of nothing, and what adds one more value. */
const FOLDS: Readonly<
  Record<string, readonly [names: string, nothing?: number | undefined, more?: number]>
> = {
  sum: ["keepdims where initial dtype", 0, ADD],
  prod: ["keepdims where initial dtype", 1, MULTIPLY],
  max: ["keepdims where initial", undefined, MAXIMUM],
  min: ["keepdims where initial", undefined, MINIMUM],
  mean: ["keepdims where dtype", 0],
  logsumexp: ["keepdims where", -Infinity],
};

/** A condition as bools that x's shape has room for. */
export function conditionOf(given: TensorLike, shape: readonly number[], who: string): Tensor {
  const condition = toTensor(given, who);
  const own = condition.shape;
  if (own.length > shape.length || broadcastOf([own, shape], who).some((d, i) => d !== shape[i])) {
    throw new RangeError(
      `${who}: where: shape ${shapeText(own)} does not broadcast to x's, ${shapeText(shape)}`,
    );
  }
  return condition.dtype === "bool" ? condition : binary(NOTEQUAL, condition, 0);
}

/** A row that folds axes. */
export function reduction(
  op: number,
  x: TensorLike,
  axis: Axes | FoldOptions,
  options: FoldOptions | undefined,
): Tensor {
  const who = wasm.opName(op);
  // Rows without options (softmax) come here as well.
  if (isOptions(axis) && options === undefined && who in FOLDS)
    return reduction(op, x, ...trailing(axis, options));
  const t = toTensor(x, who);
  const mask = toMask(axis as Axes, t.ndim, who);
  if (options !== undefined) {
    checkOptions(options, who, FOLDS[who]![0]);
    const { where, initial, dtype } = options;
    if (where !== undefined || initial !== undefined || dtype !== undefined) {
      try {
        const [from, start] = unrounded(who, x, initial);
        return folded(op, who, inDtype(from, dtype, who), axis as Axes, mask, {
          ...options,
          ...(start !== undefined && { initial: start }),
        });
      } catch (error) {
        throw saidOf(who, error);
      }
    }
  }
  const keepdims = options?.keepdims ?? false;
  return folding(op, t, mask, keepdims, who);
}

/** A row that folds x over the axes in a mask. */
export function folding(
  op: number,
  x: Tensor,
  mask: number,
  keepdims: boolean,
  who: string,
): Tensor {
  return tensorOf(() => wasm.core().reduction(op, slot(x), mask, keepdims), who);
}

/** What no element of a dtype goes below (or above). */
function farthest(dtype: Dtype, below: boolean): number | boolean {
  if (dtype === "bool") return !below;
  if (dtype === "int32") return below ? -2147483648 : 2147483647;
  return below ? -Infinity : Infinity;
}

function folded(
  op: number,
  who: string,
  x: Tensor,
  axis: Axes,
  mask: number,
  { keepdims = false, where, initial }: FoldOptions,
): Tensor {
  const fold = (row: number, t: Tensor): Tensor => folding(row, t, mask, keepdims, who);
  const [, fixed, more] = FOLDS[who]!;
  const { shape } = x;
  let t = x;
  if (where !== undefined) {
    if (fixed === undefined && initial === undefined) {
      throw new TypeError(`${who}: where: it needs initial too, for there may be no element`);
    }
    const condition = conditionOf(where, shape, who);
    t = ternary(WHERE, condition, t, fixed ?? farthest(t.dtype, who === "max"), true);
    if (who === "mean") {
      return binary(DIVIDE, fold(SUM, t), fold(SUM, condition.broadcastTo(shape)));
    }
  }
  if (initial === undefined) return fold(op, t);
  const none = fixed === undefined && sizeAlong(shape, axis, who) === 0;
  return binary(none ? ADD : more!, fold(none ? SUM : op, t), initial);
}
