// What becomes of the losses of many elements.
import { divide, mean, sum } from "../../../build/generated/ops.js";
import { describe } from "../../convert.js";
import type { Tensor } from "../../tensor.js";

/** How losses of many elements become one. */
export type Reduction = "mean" | "sum" | "none";

/** What becomes of the losses of many elements. */
export interface LossOptions {
  /** Their mean, their sum, or all of them. Default "mean". */
  reduction?: Reduction;
}

/** The reduction of options, checked. */
export function toReduction(options: { reduction?: string }, who: string): Reduction {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${who}: options are an object, not ${describe(options)}`);
  }
  const reduction = options.reduction ?? "mean";
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none") {
    throw new RangeError(
      `${who}: reduction is ${describe(reduction)}, not "mean", "sum" or "none"`,
    );
  }
  return reduction;
}

/** All losses, their sum, or their mean. */
export function reduced(each: Tensor, reduction: Reduction): Tensor {
  return reduction === "none" ? each : reduction === "sum" ? sum(each) : mean(each);
}

/** The same where the mean is that of weighted losses: their sum by the sum of weights. */
export function reducedBy(each: Tensor, weights: Tensor, reduction: Reduction): Tensor {
  return reduction === "mean" ? divide(sum(each), sum(weights)) : reduced(each, reduction);
}
