// Polynomials as vectors of coefficients, the highest first.
import {
  add,
  concatenate,
  divide,
  matmul,
  multiply,
  subtract,
  sum,
} from "../../build/generated/ops.js";
import { toCount } from "../arguments.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { arange, eye, ones, zeros } from "../create.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, trailing } from "../options.js";
import { convolve } from "./convolving.js";

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
  [p, x] = unrounded("polyval", p, x);
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

/** Options of {@link polyint}. */
export interface PolyintOptions {
  /** Constants of integration, in the order in which they come in. Default 0. */
  k?: TensorLike;
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
export function polyint(
  p: TensorLike,
  m?: number | PolyintOptions,
  options?: PolyintOptions,
): Tensor {
  [m = 1, options = {}] = trailing(m, options);
  const who = "polyint";
  checkOptions(options, who, "k");
  const [from, constants] = unrounded(who, p, options.k);
  let c = coefficients(from, who);
  const count = order(m, who);
  const given = constants === undefined ? undefined : toTensor(constants, who).reshape([-1]);
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

/** Both polynomials with zeros before the shorter one. */
function aligned(p: TensorLike, q: TensorLike, who: string): [Tensor, Tensor] {
  const [c, d] = unrounded(who, p, q);
  const [a, b] = [coefficients(c, who), coefficients(d, who)];
  const n = Math.max(a.size, b.size);
  const longer = (c: Tensor): Tensor =>
    c.size === n ? c : concatenate([zeros(n - c.size, { dtype: c.dtype }), c]);
  return [longer(a), longer(b)];
}

/**
 * Coefficients of the sum of two polynomials.
 *
 * @example
 * ```ts
 * polyadd([1, 2], [9, 5, 4]).toArray(); // [9, 6, 6]
 * ```
 * @throws if coefficients have several axes
 */
export function polyadd(p: TensorLike, q: TensorLike): Tensor {
  return add(...aligned(p, q, "polyadd"));
}

/**
 * Coefficients of the difference of two polynomials.
 *
 * @example
 * ```ts
 * polysub([1, 2], [9, 5, 4]).toArray(); // [-9, -4, -2]
 * ```
 * @throws if coefficients have several axes
 */
export function polysub(p: TensorLike, q: TensorLike): Tensor {
  return subtract(...aligned(p, q, "polysub"));
}

/**
 * Coefficients of the product of two polynomials.
 *
 * @example
 * ```ts
 * polymul([1, 2], [1, -2]).toArray(); // [1, 0, -4]
 * ```
 * @throws if coefficients have several axes, or if there are none
 */
export function polymul(p: TensorLike, q: TensorLike): Tensor {
  const who = "polymul";
  [p, q] = unrounded(who, p, q);
  const [a, b] = [coefficients(p, who), coefficients(q, who)];
  if (a.size === 0 || b.size === 0)
    throw new RangeError(`${who}: a polynomial has no coefficients`);
  return convolve(a, b);
}

/**
 * Division of polynomials: coefficients of the quotient and of the remainder, u = v · quotient + remainder.
 * The remainder has as many as v, less one, but at least one; zeros at its front stay, unlike NumPy's,
 * so that shapes do not depend on values.
 *
 * @example
 * ```ts
 * polydiv([1, 0, -4], [1, 1]).map((x) => x.toArray()); // [[1, -1], [-3]]
 * ```
 * @throws if coefficients have several axes, or if there are none
 */
export function polydiv(u: TensorLike, v: TensorLike): [Tensor, Tensor] {
  const who = "polydiv";
  [u, v] = unrounded(who, u, v);
  const [above, below] = [coefficients(u, who), coefficients(v, who)];
  if (above.size === 0 || below.size === 0) {
    throw new RangeError(`${who}: a polynomial has no coefficients`);
  }
  const m = below.size - 1;
  const lead = below.slice([[0, 1]]);
  const others = below.slice([[1, m + 1]]);
  let rest = divide(above, 1);
  const quotient: Tensor[] = [];
  while (rest.size > m) {
    const factor = divide(rest.slice([[0, 1]]), lead);
    const tail = rest.slice([[1, rest.size]]);
    quotient.push(factor);
    rest =
      m === 0
        ? tail
        : concatenate([
            subtract(tail.slice([[0, m]]), multiply(factor, others)),
            tail.slice([[m, tail.size]]),
          ]);
  }
  const nothing = (): Tensor => zeros(1, { dtype: divide(below, 1).dtype });
  return [
    quotient.length === 0 ? nothing() : concatenate(quotient),
    rest.size === 0 ? nothing() : rest,
  ];
}

/**
 * Coefficients of the polynomial that has these roots, and 1 as its first coefficient; of a square matrix,
 * its characteristic polynomial (by the method of Faddeev and Le Verrier, without eigenvalues).
 *
 * @example
 * ```ts
 * poly([1, 2]).toArray(); // [1, -3, 2]
 * poly([[2, 0], [0, 3]]).toArray(); // [1, -5, 6]
 * ```
 * @throws if roots are neither a vector nor a square matrix
 */
export function poly(roots: TensorLike): Tensor {
  const who = "poly";
  const t = toTensor(roots, who);
  if (t.ndim > 2 || (t.ndim === 2 && t.shape[0] !== t.shape[1])) {
    throw new RangeError(
      `${who}: roots of shape [${t.shape.join()}] are no vector and no square matrix`,
    );
  }
  const x = t.ndim === 0 ? t.reshape([1]) : t;
  const one = ones(1, { dtype: x.dtype === "bool" ? "int32" : x.dtype });
  if (x.ndim === 1) {
    let c: Tensor = one;
    for (let i = 0; i < x.size; i++) {
      const r = x.slice([[i, i + 1]]);
      const zero = zeros(1, { dtype: one.dtype });
      c = subtract(concatenate([c, zero]), multiply(concatenate([zero, c]), r));
    }
    return c;
  }
  const n = x.shape[0]!;
  const unit = eye(n, n, { dtype: x.dtype });
  const all: Tensor[] = [one];
  let m = multiply(unit, 0);
  for (let k = 1; k <= n; k++) {
    m = add(matmul(x, m), multiply(all[k - 1]!, unit));
    all.push(
      divide(sum(multiply(matmul(x, m), unit)), -k)
        .reshape([1])
        .astype(divide(one, 1).dtype),
    );
  }
  return concatenate(all);
}
