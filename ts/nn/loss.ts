// Losses: how far a result is from what it should be.
import { describe, toTensor, type TensorLike } from "../convert.js";
import { isFloat } from "../dtype.js";
import { slot, slotsOf, tensorOf } from "../handle.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import {
  astype,
  divide,
  equal,
  logSoftmax,
  mean,
  negative,
  notEqual,
  square,
  subtract,
  sum,
  transpose,
  where,
} from "../../build/generated/ops.js";

/** What becomes of the losses of many elements. */
export interface LossOptions {
  /** Their mean, their sum, or all of them. Default "mean". */
  reduction?: "mean" | "sum" | "none";
}

/** Options of crossEntropy. */
export interface CrossEntropyOptions extends LossOptions {
  /** Targets of this value do not count. Default -100. */
  ignoreIndex?: number;
}

function checkReduction(reduction: string, who: string): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none") {
    throw new RangeError(
      `${who}: reduction is ${describe(reduction)}, not "mean", "sum" or "none"`,
    );
  }
}

/**
 * (input − target)², their mean by default.
 *
 * @example
 * ```ts
 * mseLoss([1, 2], [1, 4]).item(); // 2
 * ```
 * @throws if the shapes differ
 */
export function mseLoss(input: TensorLike, target: TensorLike, options: LossOptions = {}): Tensor {
  const reduction = options.reduction ?? "mean";
  checkReduction(reduction, "mseLoss");
  const [x, y] = [toTensor(input, "mseLoss"), toTensor(target, "mseLoss")];
  if (shapeText(x.shape) !== shapeText(y.shape)) {
    throw new RangeError(
      `mseLoss: input ${shapeText(x.shape)} and target ${shapeText(y.shape)} have different shapes`,
    );
  }
  const each = square(subtract(x, y));
  return reduction === "none" ? each : reduction === "sum" ? sum(each) : mean(each);
}

/** Throws for an index that names no class. Inside vmap and compile values are not known. */
function checkIndices(target: Tensor, classes: number, ignored: number): void {
  const at = slot(target);
  if (wasm.core().tensorBatch(at) > 0 || wasm.core().tensorTraced(at)) return;
  for (const index of target.data()) {
    if (index !== ignored && (index < 0 || index >= classes)) {
      throw new RangeError(
        `crossEntropy: target ${index} names none of ${classes} classes (0 to ${classes - 1})`,
      );
    }
  }
}

/** The element of each line along the last axis that an index names, 0 if there is none. */
function pick(x: Tensor, index: Tensor, who: string): Tensor {
  return tensorOf(() => wasm.core().pick(...(slotsOf([x, index], who) as [number, number])), who);
}

/**
 * −log softmax(input)[target]: the cross-entropy of scores [N, C, …] (or [C]) and classes [N, …] (or
 * one number), given as integers. The mean is over those that count.
 *
 * @example
 * ```ts
 * crossEntropy([[0, 0]], tensor([1], { dtype: "int32" })).item(); // 0.693…
 * ```
 * @throws if the shapes do not suit each other, targets are no integers, or an index is out of range
 */
export function crossEntropy(
  input: TensorLike,
  target: TensorLike,
  options: CrossEntropyOptions = {},
): Tensor {
  const who = "crossEntropy";
  const reduction = options.reduction ?? "mean";
  checkReduction(reduction, who);
  const x = toTensor(input, who);
  const y =
    typeof target === "number" ? toTensor(target, who).astype("int32") : toTensor(target, who);
  if (isFloat(wasm.core().tensorDtype(slot(y)))) {
    throw new TypeError(`${who}: target is ${y.dtype}; classes are integers (x.astype("int32"))`);
  }
  const { shape } = x;
  const axis = shape.length === 1 ? 0 : 1;
  const rest = shape.filter((_, i) => i !== axis);
  if (shape.length === 0 || shapeText(rest) !== shapeText(y.shape)) {
    throw new RangeError(
      `${who}: input ${shapeText(shape)} wants targets of shape ${shapeText(rest)}, not ${shapeText(y.shape)}`,
    );
  }
  const classes = shape[axis]!;
  const ignored = options.ignoreIndex ?? -100;
  checkIndices(y, classes, ignored);
  // What names no class picks 0.
  const known = ignored >= 0 && ignored < classes ? where(equal(y, ignored), -1, y) : y;
  const scores = axis === 0 ? x : transpose(x, [0, ...shape.slice(2).map((_, i) => i + 2), 1]);
  const each = negative(pick(logSoftmax(scores), known.expandDims(-1), who).squeeze(-1));
  if (reduction === "none") return each;
  const total = sum(each);
  if (reduction === "sum") return total;
  return divide(total, sum(astype(notEqual(y, ignored), x.dtype)));
}
