// Derivatives as linear functions that can be called again and again, and their transposes.
import { zerosLike } from "../create.js";
import { mapTree } from "../tree.js";
import type { AnyArgs, Chosen, Derivative, Inputs, Vector } from "../types.js";
import { focus, withVector, type Argnums } from "./focus.js";
import type { ArgnumsOptions } from "./curvature.js";
import { pushforwardOf, vjpOf, type Pullback } from "./products.js";
import { checkFunction, leafTensor } from "./scope.js";
import { describe, type TensorLike } from "../convert.js";
import { checkOptions } from "../options.js";

/** A derivative at one place: a linear function of tangents, one per argument. */
export type LinearMap<A extends readonly unknown[], R> = (
  ...tangents: { [K in keyof A]: Vector<A[K]> }
) => R;

/** Zeros to take the derivative of a pullback at, which is linear: anywhere will do. */
function zerosOf(y: unknown, who: string): unknown {
  return mapTree(y, (leaf) => zerosLike(leafTensor(leaf, who)), who);
}

/** Value and pushforward by reverse mode alone: the pullback is linear, and its own pullback is the way forward. */
function forward(
  who: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
): [unknown, (tangents: readonly unknown[]) => unknown] {
  const [y, pullback] = vjpOf(who, f, args);
  const [, push] = vjpOf(who, pullback, [zerosOf(y, who)]);
  return [y, (tangents) => push(tangents)[0]];
}

function checkCount(given: readonly unknown[], n: number, who: string): void {
  if (given.length !== n)
    throw new TypeError(`${who}: ${given.length} tangents for ${n} arguments`);
}

/**
 * The value of f at `args` and its derivative there as a linear function of tangents: `[y, lin]`. f
 * runs once; `lin` keeps what it recorded and may be called any number of times, differentiated, and
 * mapped.
 *
 * @example
 * ```ts
 * const [y, lin] = linearize((x: Tensor) => sin(x), tensor([0, 1]));
 * lin(tensor([1, 0])); // [1, 0]
 * lin(tensor([2, 0])); // [2, 0]
 * ```
 * @throws in `lin`, if the tangents do not have the form of the arguments
 */
export function linearize<A extends AnyArgs, R, B extends Inputs<A>>(
  f: (...args: A) => R,
  ...args: B
): [R, LinearMap<B, R>] {
  const who = "linearize";
  checkFunction(f, who);
  const [y, push] = pushforwardOf(who, f, args);
  const n = args.length;
  const lin = (...tangents: unknown[]): unknown => {
    checkCount(tangents, n, who);
    return push(tangents);
  };
  return [y as R, lin as never];
}

/**
 * The transpose of a function that is linear in all its arguments: it maps a cotangent of the result to
 * cotangents of the arguments. The examples only tell form, shapes and dtypes.
 *
 * @example
 * ```ts
 * const differences = (x: Tensor) => subtract(x.slice([[1, null]]), x.slice([[0, -1]]));
 * const transposed = linearTranspose(differences, zeros([3]));
 * transposed(tensor([1, 1])); // [[-1, 0, 1]]
 * ```
 * @throws if the cotangent does not have the form of the result. (Of a function that is affine, the
 *   linear part is transposed; of any other the derivative at 0.)
 */
export function linearTranspose<A extends AnyArgs, R, B extends Inputs<A>>(
  f: (...args: A) => R,
  ...examples: B
): Pullback<B, R> {
  const who = "linearTranspose";
  checkFunction(f, who);
  const zeros = examples.map((x) =>
    mapTree(x, (leaf) => (typeof leaf === "number" ? 0 : zerosLike(leafTensor(leaf, who)))),
  );
  return vjpOf(who, f, zeros)[1] as Pullback<B, R>;
}

/**
 * A vector times the Jacobian: `vjpFn(f)(x, v)` is vᵀ J, in the form of x; v has the form of the result
 * and comes last. (HIPS vector_jacobian_product, tensor_jacobian_product.)
 *
 * @example
 * ```ts
 * vjpFn((x: Tensor) => square(x))(tensor([1, 2]), tensor([1, 1])); // [2, 4]
 * ```
 * @throws if v does not have the form of the result
 */
export function vjpFn<A extends AnyArgs, const N extends Argnums = 0>(
  f: (...args: A) => unknown,
  options?: ArgnumsOptions<N>,
): <B extends Inputs<A>>(
  ...argsAndVector: [...B, v: TensorLike | object]
) => Derivative<Chosen<B, N>> {
  const who = "vjpFn";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  return ((...all: unknown[]) => {
    const [args, v] = withVector(all, who);
    const one = focus(f, args, options?.argnums, who);
    return vjpOf(who, one.f, [one.x])[1](v)[0];
  }) as never;
}

/**
 * As `jvp`, by going back twice instead of forth once: a check of one mode against the other, or for
 * functions whose rules know one mode only. (HIPS make_jvp_reversemode.)
 *
 * @example
 * ```ts
 * const [y, dy] = jvpViaVjp((x: Tensor) => square(x), [tensor([1, 2])], [tensor([1, 1])]);
 * dy; // [2, 4]
 * ```
 * @throws if the tangents do not have the form of the primals
 */
export function jvpViaVjp<A extends AnyArgs, R>(
  f: (...args: A) => R,
  primals: Readonly<Inputs<A>>,
  tangents: Readonly<Inputs<A>>,
): [R, R] {
  const who = "jvpViaVjp";
  checkFunction(f, who);
  for (const list of [primals, tangents] as unknown[]) {
    if (!Array.isArray(list)) {
      throw new TypeError(`${who}: primals and tangents are lists, not ${describe(list)}`);
    }
  }
  const given = primals as unknown[];
  checkCount(tangents, given.length, who);
  const [y, push] = forward(who, f, given);
  return [y as R, push(tangents) as R];
}
