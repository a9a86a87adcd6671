// trace: of a function its program, of a matrix the sum of its diagonal.
import type { TensorLike } from "./convert.js";
import { trace as ofMatrix, type DiagonalOptions } from "./ops/diagonals.js";
import type { Tensor } from "./tensor.js";
import { programOf, type Traced } from "./transforms/trace.js";

/**
 * The program of f for arguments like these: what `compile` makes, to be looked at and run. f is called
 * with the examples, so its effects happen; twice if it assigns to tensors that are no leaves.
 * Everything that `compile` says of arguments and of what f finds outside holds here too. `makeProgram`
 * is another name for it.
 *
 * @example
 * ```ts
 * const p = trace((x) => sum(multiply(x, x)), tensor([1, 2]));
 * p.run(tensor([3, 4])).item(); // 25
 * console.log(p); // one line per value
 * p.cost().flops; // 4
 * ```
 * @throws if f does what no program can do: reads values that depend on an input, returns objects of
 *   classes or a graph that leads outside; and inside a transform or a function that is being recorded
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function trace<F extends (...args: any[]) => unknown>(
  f: F,
  ...examples: Parameters<F>
): Traced<F>;
/**
 * Sum of a diagonal of the matrices along two axes, the first two by default, as in NumPy;
 * `linalg.trace` takes the last two.
 *
 * @example
 * ```ts
 * trace([[1, 2], [3, 4]]).item(); // 5
 * ```
 * @throws if x has fewer than two axes, or if the axes are one and the same
 */
export function trace(
  x: TensorLike,
  offset?: number | DiagonalOptions,
  axis1?: number,
  axis2?: number,
): Tensor;
export function trace(x: unknown, ...rest: unknown[]): unknown {
  if (typeof x === "function") {
    return programOf(x as (...args: unknown[]) => unknown, rest, "trace");
  }
  return ofMatrix(x as TensorLike, ...(rest as [number?, number?, number?]));
}
