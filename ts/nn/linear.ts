// Layers without a state of their own: a matrix, an activation.
import { describe, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import {
  add,
  gelu as exactGelu,
  matmul,
  maximum,
  multiply,
  power,
  sigmoid,
  transpose,
} from "../../build/generated/ops.js";
import { checkOptions } from "../options.js";

/**
 * x · Wᵀ + b: x [..., in], weight [out, in] (torch's layout), bias [out] give [..., out].
 *
 * @example
 * ```ts
 * linear([1, 2], [[3, 4], [5, 6]], [10, 20]).toArray(); // [21, 37]
 * ```
 * @throws if the sizes do not suit each other
 */
export function linear(x: TensorLike, weight: TensorLike, bias?: TensorLike): Tensor {
  const w = toTensor(weight, "linear");
  const t = toTensor(x, "linear");
  if (w.ndim !== 2 || t.ndim === 0 || t.shape.at(-1) !== w.shape[1]) {
    throw new RangeError(
      `linear: x ${shapeText(t.shape)} and weight ${shapeText(w.shape)} do not fit: x ends with the ` +
        "second size of weight [out, in]",
    );
  }
  const y = matmul(t, transpose(w));
  return bias === undefined ? y : add(y, bias);
}

/** Options of gelu. */
export interface GeluOptions {
  /**
   * "tanh": 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), computed as x·sigmoid(2·√(2/π)·…), which does
   * not cancel on the left. Default "none": exact.
   */
  approximate?: "none" | "tanh";
}

/**
 * x · Φ(x) with the distribution function Φ of the normal distribution.
 *
 * @example
 * ```ts
 * gelu([0, 10]).toArray(); // [0, 10]
 * ```
 */
export function gelu(x: TensorLike, options: GeluOptions = {}): Tensor {
  checkOptions(options, "gelu", "approximate");
  const how = options.approximate ?? "none";
  if (how === "none") return exactGelu(x);
  if (how !== "tanh") {
    throw new RangeError(`gelu: approximate is ${describe(how)}, not "none" or "tanh"`);
  }
  const t = toTensor(x, "gelu");
  const inner = multiply(add(t, multiply(power(t, 3), 0.044715)), 2 * Math.sqrt(2 / Math.PI));
  // Far left the other factor is 0, and -∞ · 0 would be no number.
  return multiply(maximum(t, -1000), sigmoid(inner));
}
