// Gradients of scalar functions.
import { checkOptions } from "../options.js";
import type {
  AnyArgs,
  Derivative,
  Derivatives,
  Inputs,
  Part,
  Parts,
  Scalar,
  ValueOf,
} from "../types.js";
import { differentiate, gradientOf, type GradOptions } from "./differentiate.js";
import { checkFunction } from "./scope.js";

export type { GradOptions } from "./differentiate.js";

/** A function of several arguments. */
type Fn<A extends AnyArgs, R> = (...args: A) => R;

/**
 * The gradient of a scalar function: a function of the same arguments that returns the derivative
 * with respect to the first one (or those of `argnums`), in its type and container. Plain numbers
 * are computed in float64 and come back as numbers.
 *
 * @example
 * ```ts
 * grad((x) => multiply(x, x))(3); // 6
 * grad((x, y) => multiply(x, y), { argnums: [0, 1] })(2, 5); // [5, 2]
 * const model = ({ w, b }, x) => add(multiply(w, x), b);
 * grad(model, { wrt: "w" })({ w: 2, b: 1 }, 3); // 3
 * grad(model, { wrt: ["w", "b"] })({ w: 2, b: 1, name: "m" }, 3); // { w: 3, b: 1 }
 * ```
 * @throws if the function does not return one float number, or returns a promise or nothing
 */
export function grad<A extends AnyArgs, X, const N extends readonly number[]>(
  f: Fn<A, [Scalar, X]>,
  options: { argnums: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Derivatives<B, N>, X];
export function grad<A extends AnyArgs, X, const N extends number = 0>(
  f: Fn<A, [Scalar, X]>,
  options: { argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Derivative<B[N]>, X];
export function grad<A extends AnyArgs, const N extends readonly number[]>(
  f: Fn<A, Scalar>,
  options: { argnums: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Derivatives<B, N>;
export function grad<
  A extends AnyArgs,
  X,
  const K extends readonly string[],
  const N extends number = 0,
>(
  f: Fn<A, [Scalar, X]>,
  options: { wrt: K; argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Derivative<Parts<B[N], K>>, X];
export function grad<A extends AnyArgs, X, const K extends string, const N extends number = 0>(
  f: Fn<A, [Scalar, X]>,
  options: { wrt: K; argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Derivative<Part<B[N], K>>, X];
export function grad<
  A extends AnyArgs,
  const K extends readonly string[],
  const N extends number = 0,
>(
  f: Fn<A, Scalar>,
  options: { wrt: K; argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Derivative<Parts<B[N], K>>;
export function grad<A extends AnyArgs, const K extends string, const N extends number = 0>(
  f: Fn<A, Scalar>,
  options: { wrt: K; argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Derivative<Part<B[N], K>>;
export function grad<A extends AnyArgs, const N extends number = 0>(
  f: Fn<A, Scalar>,
  options?: { argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Derivative<B[N]>;
export function grad(f: (...args: never[]) => unknown, options?: GradOptions): unknown {
  checkOptions(options, "grad", "argnums hasAux wrt");
  checkFunction(f, "grad");
  return gradientOf("grad", f, options);
}

/**
 * The gradients of a scalar function with respect to all its arguments, as a list: `grad` with
 * `argnums` of everything. (HIPS multigrad, for which `{ argnums: [...] }` chooses.)
 *
 * @example
 * ```ts
 * gradAll((x, y) => multiply(x, y))(2, 3); // [3, 2]
 * ```
 * @throws if the function does not return one float number, or an argument holds integers or bools
 */
export function gradAll<A extends AnyArgs, X>(
  f: Fn<A, [Scalar, X]>,
  options: { hasAux: true },
): <B extends Inputs<A>>(...args: B) => [{ -readonly [K in keyof B]: Derivative<B[K]> }, X];
export function gradAll<A extends AnyArgs>(
  f: Fn<A, Scalar>,
  options?: { hasAux?: false },
): <B extends Inputs<A>>(...args: B) => { -readonly [K in keyof B]: Derivative<B[K]> };
export function gradAll(
  f: (...args: never[]) => unknown,
  options?: { hasAux?: boolean },
): (...args: unknown[]) => unknown {
  const who = "gradAll";
  checkOptions(options, who, "hasAux");
  checkFunction(f, who);
  return (...args) => {
    const argnums = args.map((_, i) => i);
    const { aux, gradient } = differentiate(who, f, args, { ...options, argnums });
    return options?.hasAux ? [gradient, aux] : gradient;
  };
}

/**
 * Value and gradient together: `[value, gradient]`, with `hasAux` `[[value, aux], gradient]`. See
 * {@link grad}.
 *
 * @example
 * ```ts
 * const [loss, g] = valueAndGrad((w) => sum(square(w)))(tensor([1, 2]));
 * ```
 */
export function valueAndGrad<A extends AnyArgs, X, const N extends readonly number[]>(
  f: Fn<A, [Scalar, X]>,
  options: { argnums: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [[ValueOf<B>, X], Derivatives<B, N>];
export function valueAndGrad<A extends AnyArgs, X, const N extends number = 0>(
  f: Fn<A, [Scalar, X]>,
  options: { argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [[ValueOf<B>, X], Derivative<B[N]>];
export function valueAndGrad<A extends AnyArgs, const N extends readonly number[]>(
  f: Fn<A, Scalar>,
  options: { argnums: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => [ValueOf<B>, Derivatives<B, N>];
export function valueAndGrad<
  A extends AnyArgs,
  X,
  const K extends readonly string[],
  const N extends number = 0,
>(
  f: Fn<A, [Scalar, X]>,
  options: { wrt: K; argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [[ValueOf<B>, X], Derivative<Parts<B[N], K>>];
export function valueAndGrad<
  A extends AnyArgs,
  X,
  const K extends string,
  const N extends number = 0,
>(
  f: Fn<A, [Scalar, X]>,
  options: { wrt: K; argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [[ValueOf<B>, X], Derivative<Part<B[N], K>>];
export function valueAndGrad<
  A extends AnyArgs,
  const K extends readonly string[],
  const N extends number = 0,
>(
  f: Fn<A, Scalar>,
  options: { wrt: K; argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => [ValueOf<B>, Derivative<Parts<B[N], K>>];
export function valueAndGrad<A extends AnyArgs, const K extends string, const N extends number = 0>(
  f: Fn<A, Scalar>,
  options: { wrt: K; argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => [ValueOf<B>, Derivative<Part<B[N], K>>];
export function valueAndGrad<A extends AnyArgs, const N extends number = 0>(
  f: Fn<A, Scalar>,
  options?: { argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => [ValueOf<B>, Derivative<B[N]>];
export function valueAndGrad(f: (...args: never[]) => unknown, options?: GradOptions): unknown {
  checkOptions(options, "valueAndGrad", "argnums hasAux wrt");
  checkFunction(f, "valueAndGrad");
  return (...args: unknown[]) => {
    const { value, aux, gradient } = differentiate("valueAndGrad", f, args, options);
    return [options?.hasAux ? [value, aux] : value, gradient];
  };
}
