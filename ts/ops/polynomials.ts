// Polynomials as vectors of coefficients, the highest first.
import { add, concatenate, divide, multiply } from "../../build/generated/ops.js";
import { toCount } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { arange, zeros } from "../create.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

function coefficients(p: TensorLike, who: string): Tensor {
  const t = toTensor(p, who);
  if (t.ndim > 1) throw new RangeError(`${who}: coefficients are a vector, not ${t.ndim} axes`);
  return t.reshape([-1]);
}

/** The order of a derivative or integral: beyond 170 factorials are infinite. */
function order(m: number, who: string): number {
  return toCount(m, "the order", who, 0, 10_000);
}

/**
 * Values at x of the polynomial with these coefficients, by Horner's rule.
 *
 * @example
 * ```ts
 * polyval([1, 0, -2], [3, 4]).toArray(); // [7, 14]
 * ```
 * @throws if coefficients have several axes
 */
export function polyval(p: TensorLike, x: TensorLike): Tensor {
  const c = coefficients(p, "polyval");
  const t = toTensor(x, "polyval");
  let y = multiply(t, 0).detach();
  for (let i = 0; i < c.size; i++) {
    const next = c.slice([i]);
    y = i === 0 ? next.broadcastTo(t.shape) : add(multiply(y, t), next);
  }
  return y;
}

/**
 * Coefficients of the m-th derivative.
 *
 * @example
 * ```ts
 * polyder([1, 2, 3]).toArray(); // [2, 2]
 * ```
 * @throws if m is negative
 */
export function polyder(p: TensorLike, m = 1): Tensor {
  let c = coefficients(p, "polyder");
  for (let i = order(m, "polyder"); i > 0 && c.size > 0; i--) {
    const n = c.size - 1;
    c = multiply(c.slice([[0, n]]), arange(n, 0, -1));
  }
  return c;
}

/**
 * Coefficients of the m-th antiderivative; k are the constants of integration, in the order in which
 * they come in, 0 by default.
 *
 * @example
 * ```ts
 * polyint([2, 2], 1, { k: 3 }).toArray(); // [1, 2, 3]
 * ```
 * @throws if m is negative, or if there are more than one and fewer than m constants
 */
export function polyint(p: TensorLike, m = 1, options: { k?: TensorLike } = {}): Tensor {
  const who = "polyint";
  checkOptions(options, who, "k");
  let c = coefficients(p, who);
  const count = order(m, who);
  const given = options.k === undefined ? undefined : toTensor(options.k, who).reshape([-1]);
  if (given !== undefined && given.size !== 1 && given.size < count) {
    throw new RangeError(`${who}: ${given.size} constants for order ${count}`);
  }
  for (let i = 0; i < count; i++) {
    const at = given?.size === 1 ? 0 : i;
    const end = given === undefined ? zeros(1, { dtype: c.dtype }) : given.slice([[at, at + 1]]);
    c = concatenate([divide(c, arange(c.size, 0, -1)), end]);
  }
  return c;
}
