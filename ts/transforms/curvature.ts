// Products with the Hessian and with its relatives, without the matrices.
import { leavesOf, mapTree } from "../tree.js";
import type { AnyArgs, Chosen, Derivative, Inputs, Scalar, Vector } from "../types.js";
import { focus, withVector, type Argnums } from "./focus.js";
import { gradientOf } from "./differentiate.js";
import { jvpOf, vjpOf } from "./products.js";
import { checkFunction, inStyleOf } from "./scope.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

/** Which argument the derivative is taken with respect to. */
export interface ArgnumsOptions<N extends Argnums = Argnums> {
  /** Position of the argument, or positions of several. Default 0. */
  argnums?: N;
}

/** A product in the style of what it was taken for. */
function styled(x: unknown, product: unknown): unknown {
  const leaves = leavesOf(product);
  let next = 0;
  return mapTree(x, (leaf) => inStyleOf(leaf, leaves[next++] as Tensor | number));
}

/**
 * The Hessian of a scalar function times a vector, without the Hessian: `hvp(f)(x, v)`, forward over
 * reverse mode, at a small multiple of the cost of f. v has the form of x, a tree of tensors as well;
 * with several arguments v comes last. (HIPS hessian_vector_product.)
 *
 * @example
 * ```ts
 * hvp((x: Tensor) => sum(power(x, 3)))(tensor([1, 2]), tensor([1, 1])); // [6, 12]
 * ```
 * @throws if v does not have the form of the argument, or f returns no scalar
 */
export function hvp<A extends AnyArgs, const N extends Argnums = 0>(
  f: (...args: A) => Scalar,
  options?: ArgnumsOptions<N>,
): <B extends Inputs<A>>(
  ...argsAndVector: [...B, v: Vector<Chosen<B, N>>]
) => Derivative<Chosen<B, N>> {
  const who = "hvp";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  return ((...all: unknown[]) => {
    const [args, v] = withVector(all, who);
    const one = focus(f, args, options?.argnums, who);
    return styled(one.x, jvpOf(who, gradientOf(who, one.f, undefined), [one.x], [v])[1]);
  }) as never;
}

/**
 * A vector times the Hessian of a scalar function: `vhp(f)(x, v)`, reverse over reverse mode. The same
 * as `hvp` wherever second derivatives are symmetric.
 *
 * @example
 * ```ts
 * vhp((x: Tensor) => sum(power(x, 3)))(tensor([1, 2]), tensor([1, 1])); // [6, 12]
 * ```
 * @throws if v does not have the form of the argument, or f returns no scalar
 */
export function vhp<A extends AnyArgs, const N extends Argnums = 0>(
  f: (...args: A) => Scalar,
  options?: ArgnumsOptions<N>,
): <B extends Inputs<A>>(
  ...argsAndVector: [...B, v: Vector<Chosen<B, N>>]
) => Derivative<Chosen<B, N>> {
  const who = "vhp";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  return ((...all: unknown[]) => {
    const [args, v] = withVector(all, who);
    const one = focus(f, args, options?.argnums, who);
    return vjpOf(who, gradientOf(who, one.f, undefined), [one.x])[1](v)[0];
  }) as never;
}

/**
 * The product with the Hessian at one place, for many vectors: f and its gradient run once, and
 * `makeHvp(f)(x)` gives `v => H v`. (HIPS make_hvp.)
 *
 * @example
 * ```ts
 * const product = makeHvp((x: Tensor) => sum(power(x, 3)))(tensor([1, 2]));
 * product(tensor([1, 0])); // [6, 0]
 * product(tensor([0, 1])); // [0, 12]
 * ```
 * @throws if f returns no scalar; the product, if v does not have the form of the argument
 */
export function makeHvp<A extends AnyArgs, const N extends Argnums = 0>(
  f: (...args: A) => Scalar,
  options?: ArgnumsOptions<N>,
): <B extends Inputs<A>>(...args: B) => (v: Vector<Chosen<B, N>>) => Derivative<Chosen<B, N>> {
  const who = "makeHvp";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  return ((...args: unknown[]) => {
    const one = focus(f, args, options?.argnums, who);
    const [, pullback] = vjpOf(who, gradientOf(who, one.f, undefined), [one.x]);
    return (v: unknown) => pullback(v)[0];
  }) as never;
}

/**
 * The generalised Gauss–Newton matrix of g(f(x)) times a vector: `ggnvp(f, g)(x, v)` is Jᵀ H J v with
 * the Jacobian J of f at x and the Hessian H of the scalar function g at f(x). For a convex g it is
 * positive semidefinite where the Hessian is not. (HIPS make_ggnvp.)
 *
 * @example
 * ```ts
 * const residuals = (x: Tensor) => subtract(square(x), 1);
 * const half = (r: Tensor) => multiply(0.5, sum(square(r)));
 * ggnvp(residuals, half)(tensor([1, 2]), tensor([1, 1])); // [4, 16]
 * ```
 * @throws if v does not have the form of the argument, or g returns no scalar
 */
export function ggnvp<A extends AnyArgs, Y, const N extends Argnums = 0>(
  f: (...args: A) => Y,
  g: (y: Y) => Scalar,
  options?: ArgnumsOptions<N>,
): <B extends Inputs<A>>(
  ...argsAndVector: [...B, v: Vector<Chosen<B, N>>]
) => Derivative<Chosen<B, N>> {
  const who = "ggnvp";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  checkFunction(g, who);
  return ((...all: unknown[]) => {
    const [args, v] = withVector(all, who);
    const one = focus(f, args, options?.argnums, who);
    const [, dy] = jvpOf(who, one.f, [one.x], [v]);
    const [y, pullback] = vjpOf(who, one.f, [one.x]);
    const [, weighted] = jvpOf(who, gradientOf(who, g, undefined), [y], [dy]);
    return pullback(weighted)[0];
  }) as never;
}
