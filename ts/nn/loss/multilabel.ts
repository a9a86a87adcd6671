// Losses of answers with several classes each, which are listed.
import {
  cumprod,
  equal,
  greaterEqual,
  logicalAnd,
  logicalNot,
  maximum,
  subtract,
  sum,
  takeAlongAxis,
  where,
} from "../../../build/generated/ops.js";
import { places, toIndex } from "../../along.js";
import type { TensorLike } from "../../convert.js";
import type { Tensor } from "../../tensor.js";
import { any } from "../../ops/counting.js";
import { checkOptions } from "../../options.js";
import { checkShapes, toFloat } from "../options.js";
import { aboveZero } from "./binary.js";
import { reduced, toReduction, type LossOptions } from "./reduction.js";

/**
 * What classes that are right lack to be a margin of 1 above all that are wrong: Σ max(0, 1 − (x[right] −
 * x[wrong])) by the number of classes, of scores [N, C] or [C]. The target lists right classes, up to the
 * first negative number.
 *
 * @example
 * ```ts
 * multilabelMarginLoss([0.1, 0.2, 0.4, 0.8], [3, 0, -1, 1]).item(); // 0.8500000238418579
 * ```
 * @throws if the shapes differ, or a target is no class
 */
export function multilabelMarginLoss(
  input: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  const who = "multilabelMarginLoss";
  checkOptions(options, who, "reduction");
  const reduction = toReduction(options, who);
  const [x, right] = [toFloat(input, who), toIndex(target, who)];
  checkShapes(x, right, ["input", "target"], who);
  if (x.ndim < 1 || x.ndim > 2) {
    throw new RangeError(`${who}: input has ${x.ndim} axes, not one or two`);
  }
  const classes = x.shape.at(-1)!;
  const listed = cumprod(greaterEqual(right, 0), -1).astype("bool").expandDims(-1);
  const index = maximum(right, 0);
  const own = logicalAnd(listed, equal(index.expandDims(-1), places(classes)));
  const wrong = logicalNot(any(own, -2)).expandDims(-2);
  const lead = subtract(takeAlongAxis(x, index, -1).expandDims(-1), x.expandDims(-2));
  const each = where(logicalAnd(listed, wrong), aboveZero(subtract(1, lead)), 0);
  return reduced(sum(each, [-2, -1]).divide(classes), reduction);
}
