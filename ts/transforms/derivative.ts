// Derivatives along one number, and of high order: forward mode.
import type { Tensor } from "../tensor.js";
import { onesLike, zerosLike } from "../create.js";
import { toCount } from "../arguments.js";
import { describe } from "../convert.js";
import { shapeText } from "../errors.js";
import { mapTree } from "../tree.js";
import { inStyleOf, checkFunction, leafTensor } from "./scope.js";
import type { AnyArgs, Chosen, Inputs, Jacobian, Vector } from "../types.js";
import { divide } from "../../build/generated/ops.js";
import { isLeaf } from "../tree.js";
import { focus } from "./focus.js";
import { jvpOf } from "./products.js";
import { checkOptions } from "../options.js";

/**
 * The derivative of a function of one number, in forward mode: whatever the function returns, a number,
 * a tensor, a tree, comes back as its derivative. Nest it for higher orders. With several arguments the
 * others are constants.
 *
 * @example
 * ```ts
 * derivative((x: Tensor) => power(x, 3))(2); // 12
 * derivative(derivative((x: Tensor) => power(x, 3)))(2); // 12
 * derivative((t: Tensor) => stack([cos(t), sin(t)]))(0); // [0, 1]
 * ```
 * @throws if the argument is no number and no tensor without axes
 */
export function derivative<A extends AnyArgs, R, const N extends number = 0>(
  f: (...args: A) => R,
  options?: { argnums?: N },
): <B extends Inputs<A>>(...args: B) => Jacobian<R, Chosen<B, N>> {
  const who = "derivative";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  return ((...args: unknown[]) => {
    const one = focus(f, args, options?.argnums, who);
    const { x } = one;
    if (!isLeaf(x)) {
      throw new TypeError(`${who}: needs a number or a tensor without axes, not ${describe(x)}`);
    }
    if (typeof x === "number") return jvpOf(who, one.f, [x], [1])[1];
    const t = leafTensor(x, who);
    if (t.ndim > 0) {
      throw new RangeError(
        `${who}: needs a number or a tensor without axes, not one of shape ${shapeText(t.shape)}; use ` +
          "jacfwd, or elementwiseGrad for a function that works element by element",
      );
    }
    return jvpOf(who, one.f, [t], [onesLike(t)])[1];
  }) as never;
}

/**
 * f and its derivatives along a curve: `series[i]` holds the first, second, … derivatives of argument i
 * with respect to a parameter, the result those of f: `[y, [dy, d²y, …]]` (Taylor mode; not divided by
 * factorials). As many orders as the longest series has; what is missing in others counts as 0.
 *
 * Made of nested forward passes, so the work doubles with each order.
 *
 * @example
 * ```ts
 * // sin(t²) at t = 1: t² has the derivatives 2, 2, 0
 * const [y, [d1, d2]] = jet((x) => sin(x), [1], [[2, 2]]);
 * ```
 * @throws if there are not as many series as primals, or terms do not have the form of their primal
 */
export function jet<A extends AnyArgs, R, B extends Inputs<A>>(
  f: (...args: A) => R,
  primals: B,
  series: { readonly [K in keyof B]: readonly Vector<B[K]>[] },
): [R, R[]] {
  const who = "jet";
  checkFunction(f, who);
  for (const list of [primals, series] as unknown[]) {
    if (!Array.isArray(list)) {
      throw new TypeError(`${who}: primals and series are lists, not ${describe(list)}`);
    }
  }
  const given = primals as unknown[];
  const terms = series as readonly (readonly unknown[])[];
  if (terms.length !== given.length) {
    throw new RangeError(`${who}: ${terms.length} series for ${given.length} primals`);
  }
  terms.forEach((list, i) => {
    if (!Array.isArray(list)) {
      throw new TypeError(`${who}: the series of argument ${i} is ${describe(list)}, not a list`);
    }
  });
  const order = terms.reduce((most, list) => Math.max(most, list.length), 0);
  // Term k of all arguments, 1 … order.
  const levels = Array.from({ length: order }, (_, k) =>
    given.map((x, i) => terms[i]![k] ?? zerosOf(x, who)),
  );
  const start =
    order > 0 ? given : given.map((x) => mapTree(x, (leaf) => leafTensor(leaf, who), who));
  const [y, ...rest] = along(who, f, start, levels);
  return [y as R, rest as R[]];
}

/** Zeros of the form of a tree. */
function zerosOf(tree: unknown, who: string): unknown {
  return mapTree(
    tree,
    (leaf) => (typeof leaf === "number" ? 0 : zerosLike(leafTensor(leaf, who))),
    who,
  );
}

/**
 * f and its derivatives along the curve whose k-th derivative is `terms[k - 1]`: the derivative of x is
 * the first term, that of the first term the second, and so on.
 */
function along(
  who: string,
  f: (...args: never[]) => unknown,
  x: readonly unknown[],
  terms: readonly (readonly unknown[])[],
): unknown[] {
  const n = terms.length;
  if (n === 0) return [f(...(x as never[]))];
  const before = (...all: unknown[]): unknown[] =>
    along(who, f, all[0] as unknown[], all.slice(1) as unknown[][]);
  const [values, slopes] = jvpOf(who, before, [x, ...terms.slice(0, -1)], terms) as [
    unknown[],
    unknown[],
  ];
  return [...values, slopes[n - 1]];
}

/**
 * The Taylor coefficients of f at x up to an order: [f(x), f′(x), f″(x) / 2, …]. For a tensor, along
 * `direction` (ones by default: of a function that works element by element, the coefficients of each
 * element). The work doubles with each order.
 *
 * @example
 * ```ts
 * taylor((x) => exp(x), 0, 3); // [1, 1, 0.5, 0.16666666666666666]
 * ```
 * @throws if the order is no natural number
 */
export function taylor<T extends Tensor | number, R>(
  f: (x: Tensor) => R,
  x: T,
  order: number,
  options?: { direction?: Vector<T> },
): Jacobian<R, T>[] {
  const who = "taylor";
  checkOptions(options, who, "direction");
  checkFunction(f, who);
  toCount(order, "order", who, 0, 170);
  if (!isLeaf(x)) throw new TypeError(`${who}: needs a number or a tensor, not ${describe(x)}`);
  const first = options?.direction ?? (typeof x === "number" ? 1 : onesLike(leafTensor(x, who)));
  const terms = Array.from({ length: order }, (_, k) => [k === 0 ? first : zerosOf(x, who)]);
  const inside = order === 0 ? (leafTensor(x, who) as never) : x;
  let factorial = 1;
  return along(who, f, [inside], terms).map((y, k) => {
    factorial *= Math.max(k, 1);
    return mapTree(y, (leaf) => {
      if (typeof leaf === "number") return leaf / factorial;
      const scaled = k < 2 ? leafTensor(leaf, who) : divide(leaf, factorial);
      return typeof x === "number" ? inStyleOf(x, scaled) : scaled;
    }) as Jacobian<R, T>;
  });
}
