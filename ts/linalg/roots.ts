// Roots of polynomials, as eigenvalues of their companion matrices.
import {
  abs,
  argmin,
  concatenate,
  divide,
  multiply,
  negative,
  notEqual,
  subtract,
  take,
  where,
} from "../../build/generated/ops.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { places } from "../along.js";
import { eye, zeros } from "../create.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { nonzeroOf } from "../ops/nonzero.js";
import { eigvals } from "./spectra.js";

/** Options of {@link roots}. */
export interface RootsOptions {
  /**
   * Leave zeros in front out, and know zeros at the end for roots that are exactly 0. That reads the
   * coefficients; without it, which vmap needs, the first one may not be 0. Default true.
   */
  stripZeros?: boolean;
}

/** Eigenvalues of the companion matrix, rising. */
function companion(c: Tensor): Tensor {
  const n = c.size - 1;
  const { dtype } = c;
  if (n < 1) return zeros(0, { dtype });
  const first = negative(divide(c.slice([[1, n + 1]]), c.slice([0]))).reshape([1, n]);
  if (n === 1) return first.reshape([1]);
  return eigvals(concatenate([first, eye(n - 1, n, { dtype })], 0));
}

/** The roots of a polynomial that has 0 for a simple one: that comes last, and is exact. */
function withZero(c: Tensor): Tensor {
  const all = companion(c);
  const n = all.size;
  const at = argmin(abs(all.detach()), 0).reshape([1]);
  const others = places(n - 1);
  const order = concatenate([where(others.less(at), others, others.add(1)).astype("int32"), at]);
  const sorted = take(all, order, 0);
  const last = notEqual(places(n), n - 1).astype(all.dtype);
  const known = multiply(sorted.detach(), last);
  return where(last.astype("bool"), sorted, subtract(sorted, subtract(sorted.detach(), known)));
}

/**
 * The roots of the polynomial with these coefficients, the highest first, if all are real: rising, and
 * roots that are 0 after them. They are eigenvalues of the companion matrix, from which the derivatives of
 * simple roots come; multiple roots have none.
 *
 * @example
 * ```ts
 * roots([1, -3, 2]).toArray(); // [1, 2]
 * ```
 * @throws if coefficients have several axes, if a root is complex, or inside vmap unless `stripZeros` is
 * false
 */
export function roots(p: TensorLike, options: RootsOptions = {}): Tensor {
  const who = "roots";
  checkOptions(options, who, "stripZeros");
  const { stripZeros = true } = options;
  if (typeof stripZeros !== "boolean") {
    throw new TypeError(`${who}: stripZeros is ${describe(stripZeros)}, not true or false`);
  }
  const t = toTensor(p, who);
  if (t.ndim > 1) throw new RangeError(`${who}: coefficients are a vector, not ${t.ndim} axes`);
  const flat = t.reshape([-1]);
  const c = flat.dtype.startsWith("float") ? flat : divide(flat, 1);
  if (!stripZeros) return companion(c);
  const some = nonzeroOf(c, who)[0]!;
  if (some.size === 0) return zeros(0, { dtype: c.dtype });
  const [first, last] = [some.min().item(), some.max().item()];
  const none = c.size - 1 - last;
  if (none === 1) return withZero(c.slice([[first, c.size]]));
  const found = companion(c.slice([[first, last + 1]]));
  return none === 0 ? found : concatenate([found, zeros(none, { dtype: c.dtype })]);
}
