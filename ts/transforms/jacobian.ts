// Dense derivatives: one batched pass over the basis of the result, not a loop.
import { MAX_RANK } from "../../assembly/shared/limits.js";
import type { Tensor } from "../tensor.js";
import { describe } from "../convert.js";
import { eye } from "../create.js";
import { isHandle } from "../handle.js";
import { sum } from "../../build/generated/ops.js";
import { mapTree } from "../tree.js";
import type { AnyArgs, Chosen, Derivative, Inputs, Jacobian, Scalar } from "../types.js";
import { isNumeric } from "../recording.js";
import * as wasm from "../wasm.js";
import type { Argnums } from "./focus.js";
import { gradientOf, splitAux } from "./differentiate.js";
import { resultTree } from "./products.js";
import {
  checkFunction,
  checkResult,
  hasFloats,
  inLevel,
  inStyleOf,
  openArguments,
  peeked,
  resultTensor,
  taken,
  toArgnums,
  type Input,
} from "./scope.js";
import { inBatch, mapAxis, unmap } from "./vmap.js";
import { pullBack, pushForward, withWalk } from "./walk.js";
import { shapeText } from "../errors.js";
import { checkOptions } from "../options.js";

/** Which way dense derivatives are taken. */
export type JacobianMode = "auto" | "fwd" | "rev";

/** What to differentiate, and how. */
export interface JacobianOptions {
  /** Position of the argument, or positions of several. Default 0. */
  argnums?: number | readonly number[];
  /**
   * "rev" goes back once for each element of the result, "fwd" forth once for each element of the
   * arguments, all at once in one batch; "auto" (the default) takes what is less.
   */
  mode?: JacobianMode;
  /** The function returns [value, aux]; aux is passed through. Default false. */
  hasAux?: boolean;
}

function checkAxes(axes: number, who: string): void {
  if (axes > MAX_RANK) {
    throw new RangeError(`${who}: the result would have ${axes} axes, more than ${MAX_RANK}`);
  }
}

/** Derivatives of one output with respect to all inputs, each of shape [...y, ...x]: going back. */
function rows(who: string, y: Tensor, inputs: readonly Input[], level: number): Tensor[] {
  const yShape = y.shape;
  const count = y.size;
  const order = wasm.core().levelOrder(level);
  const basis = eye(count, count, { dtype: y.dtype });
  const stacked = inBatch(who, count, () =>
    withWalk(who, level, order, (walk) => {
      pullBack(who, walk, level, [[y, mapAxis(basis, 0, who).reshape(yShape)]], false);
      return inputs.map((x) => unmap(taken(walk, x.tensor, who), who));
    }),
  );
  return stacked.map((row, i) => row.reshape([...yShape, ...inputs[i]!.tensor.shape]));
}

/** Derivatives of all outputs with respect to one input, each of shape [...y, ...x]: going forth. */
function columns(who: string, outputs: readonly Tensor[], x: Tensor, level: number): Tensor[] {
  const xShape = x.shape;
  const count = x.size;
  const order = wasm.core().levelOrder(level);
  const basis = eye(count, count, { dtype: x.dtype });
  const stacked = inBatch(who, count, () =>
    withWalk(who, level, order, (walk) => {
      pushForward(who, walk, level, outputs, [[x, mapAxis(basis, 0, who).reshape(xShape)]]);
      return outputs.map((y) => unmap(peeked(walk, y, who), who));
    }),
  );
  return stacked.map((column, i) => {
    const yShape = outputs[i]!.shape;
    const axes = yShape.map((_, axis) => axis + 1);
    return column.transpose([...axes, 0]).reshape([...yShape, ...xShape]);
  });
}

/** Blocks of shape [...y, ...x], by output and input. */
function blocks(
  who: string,
  outputs: readonly Tensor[],
  inputs: readonly Input[],
  level: number,
  mode: JacobianMode,
): Tensor[][] {
  const most = Math.max(0, ...inputs.map((x) => x.tensor.ndim));
  for (const y of outputs) {
    if (!hasFloats(y))
      throw new TypeError(`${who}: the function returned ${y.dtype}, which has no derivative`);
    checkAxes(y.ndim + most, who);
  }
  const elements = (list: readonly Tensor[]) => list.reduce((n, x) => n + x.size, 0);
  const forth =
    mode === "fwd" ||
    (mode === "auto" && elements(inputs.map((x) => x.tensor)) < elements(outputs));
  if (!forth) return outputs.map((y) => rows(who, y, inputs, level));
  const byInput = inputs.map((x) => columns(who, outputs, x.tensor, level));
  return outputs.map((_, i) => byInput.map((list) => list[i]!));
}

/**
 * The Jacobian of f: for a result of shape [...y] and an argument of shape [...x] a tensor of shape
 * [...y, ...x]. Trees of arguments and of results give trees of Jacobians (results outside). With
 * `hasAux`, `[jacobian, aux]`.
 *
 * @example
 * ```ts
 * jacobian((x) => multiply(x, x))(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 * jacobian((x, y) => multiply(x, y), { argnums: [0, 1], mode: "fwd" })(2, 5); // [5, 2]
 * ```
 * @throws if the function returns no floats, or a block would have more than 8 axes
 */
export function jacobian<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  f: (...args: A) => [R, X],
  options: { argnums?: N; mode?: JacobianMode; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Jacobian<R, Chosen<B, N>>, X];
export function jacobian<A extends AnyArgs, R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: { argnums?: N; mode?: JacobianMode; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Jacobian<R, Chosen<B, N>>;
export function jacobian(
  f: (...args: never[]) => unknown,
  options?: JacobianOptions,
): (...args: unknown[]) => unknown {
  checkOptions(options, "jacobian", "argnums mode hasAux");
  return jacobianOf("jacobian", f, options);
}

/**
 * The Jacobian in forward mode, whatever the sizes: see {@link jacobian}.
 *
 * @example
 * ```ts
 * jacfwd((t: Tensor) => stack([cos(t), sin(t)]))(0); // [0, 1]
 * ```
 */
export function jacfwd<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  f: (...args: A) => [R, X],
  options: { argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Jacobian<R, Chosen<B, N>>, X];
export function jacfwd<A extends AnyArgs, R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: { argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Jacobian<R, Chosen<B, N>>;
export function jacfwd(
  f: (...args: never[]) => unknown,
  options?: JacobianOptions,
): (...args: unknown[]) => unknown {
  checkOptions(options, "jacfwd", "argnums hasAux");
  return jacobianOf("jacfwd", f, { ...options, mode: "fwd" });
}

/**
 * The Jacobian in reverse mode, whatever the sizes: see {@link jacobian}.
 *
 * @example
 * ```ts
 * jacrev((x: Tensor) => sum(square(x)))(tensor([1, 2])); // [2, 4]
 * ```
 */
export function jacrev<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  f: (...args: A) => [R, X],
  options: { argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Jacobian<R, Chosen<B, N>>, X];
export function jacrev<A extends AnyArgs, R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: { argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Jacobian<R, Chosen<B, N>>;
export function jacrev(
  f: (...args: never[]) => unknown,
  options?: JacobianOptions,
): (...args: unknown[]) => unknown {
  checkOptions(options, "jacrev", "argnums hasAux");
  return jacobianOf("jacrev", f, { ...options, mode: "rev" });
}

function jacobianOf(
  who: string,
  f: (...args: never[]) => unknown,
  options: JacobianOptions | undefined,
): (...args: unknown[]) => unknown {
  checkFunction(f, who);
  const mode = options?.mode ?? "auto";
  if (!["auto", "fwd", "rev"].includes(mode)) {
    throw new TypeError(`${who}: mode is ${describe(mode)}, not "auto", "fwd" or "rev"`);
  }
  return (...given) => {
    const argnums = toArgnums(options?.argnums, given, who);
    const { tree, parts, aux, inputs } = inLevel(who, (level) => {
      const opened: Input[] = [];
      const args = openArguments(given, argnums, level, who, opened);
      let out = f(...(args as never[]));
      checkResult(out, who);
      let rest: unknown;
      if (options?.hasAux) [out, rest] = splitAux(out, who);
      const result = resultTree(out, who);
      const found = blocks(who, result.leaves, opened, level, mode);
      return { tree: result.tree, parts: found, aux: rest, inputs: opened };
    });
    let output = 0;
    const several = typeof options?.argnums === "object";
    const jac = mapTree(tree, () => {
      const part = parts[output++]!;
      // Inputs stand in the order of the arguments, not of argnums.
      let input = 0;
      const byArgument = given.map((arg, i) =>
        argnums.includes(i)
          ? mapTree(arg, () => blockOf(inputs[input]!, part[input++]!))
          : undefined,
      );
      const trees = argnums.map((n) => byArgument[n]);
      return several ? trees : trees[0];
    });
    return options?.hasAux ? [jac, aux] : jac;
  };
}

/** A block in the style of its input: a number if both are. */
function blockOf({ given }: Input, block: Tensor): unknown {
  return isNumeric(given) ? inStyleOf(given, block) : block;
}

/**
 * The Hessian of a scalar function: second derivatives, shape [...x, ...x]. Of a tree, or of several
 * arguments, a tree of blocks. With `hasAux`, `[hessian, aux]`.
 *
 * @example
 * ```ts
 * hessian((x) => sum(power(x, 3)))(tensor([1, 2])).toArray(); // [[6, 0], [0, 12]]
 * const [[xx, xy], [yx, yy]] = hessian((x, y) => multiply(x, y), { argnums: [0, 1] })(2, 5);
 * ```
 * @throws if f returns no scalar, or a block would have more than 8 axes
 */
export function hessian<A extends AnyArgs, X, const N extends Argnums = 0>(
  f: (...args: A) => [Scalar, X],
  options: { argnums?: N; hasAux: true },
): <B extends Inputs<A>>(...args: B) => [Jacobian<Derivative<Chosen<B, N>>, Chosen<B, N>>, X];
export function hessian<A extends AnyArgs, const N extends Argnums = 0>(
  f: (...args: A) => Scalar,
  options?: { argnums?: N; hasAux?: false },
): <B extends Inputs<A>>(...args: B) => Jacobian<Derivative<Chosen<B, N>>, Chosen<B, N>>;
export function hessian(
  f: (...args: never[]) => unknown,
  options?: Omit<JacobianOptions, "mode">,
): (...args: unknown[]) => unknown {
  checkOptions(options, "hessian", "argnums hasAux");
  checkFunction(f, "hessian");
  return jacobianOf("hessian", gradientOf("hessian", f, options), options);
}

/**
 * Jacobians of a function of a batch, example by example: for an argument of shape [b, ...x] and a
 * result of shape [b, ...y] a tensor of shape [b, ...y, ...x]. The examples must not depend on each
 * other, as they would in batch normalisation. f sees the whole batch; the work is that of y's elements
 * per example, not of the batch. (TensorFlow's batch_jacobian.)
 *
 * @example
 * ```ts
 * batchJacobian((x: Tensor) => square(x))(tensor([[1, 2], [3, 4]])).toArray();
 * // [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]
 * ```
 * @throws if the argument and the result are not tensors with the same first size
 */
export function batchJacobian<A extends AnyArgs, const N extends number = 0>(
  f: (...args: A) => Tensor,
  options?: { argnums?: N },
): <B extends Inputs<A>>(...args: B) => Tensor {
  const who = "batchJacobian";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  const argnum = options?.argnums ?? 0;
  return (...args) => {
    const [n] = toArgnums(argnum, args, who) as [number];
    const given: unknown = args[n];
    if (!isHandle(given) || given.ndim === 0) {
      const what = isHandle(given) ? "a tensor without axes" : describe(given);
      throw new TypeError(`${who}: argument ${argnum} is ${what}, not a batch`);
    }
    const size = given.shape[0]!;
    const total = (...inside: A): Tensor => {
      const out: unknown = f(...inside);
      checkResult(out, who);
      const y = resultTensor(out, who);
      if (y.shape[0] !== size) {
        throw new RangeError(
          `${who}: the function returned shape ${shapeText(y.shape)} for a batch of ${size}`,
        );
      }
      return sum(y, 0);
    };
    // Summed over the batch, the derivative by an example is that of its own result.
    const jac = jacobianOf(who, total, { argnums: n, mode: "rev" })(...args) as Tensor;
    const k = jac.ndim - given.ndim;
    const axes = Array.from({ length: jac.ndim }, (_, i) => (i === 0 ? k : i <= k ? i - 1 : i));
    return jac.transpose(axes);
  };
}

/**
 * The derivative of a function that works element by element: the same shape as the argument. (Of
 * any function whose result has the argument's shape: the column sums of the Jacobian.)
 *
 * @example
 * ```ts
 * elementwiseGrad(tanh)(linspace(-7, 7, 200));
 * ```
 * @throws if the result does not have the shape of the argument
 */
export function elementwiseGrad<A extends AnyArgs, const N extends number = 0>(
  f: (...args: A) => Scalar,
  options?: { argnums?: N },
): <B extends Inputs<A>>(...args: B) => Derivative<B[N]> {
  const who = "elementwiseGrad";
  checkOptions(options, who, "argnums");
  checkFunction(f, who);
  const argnums = options?.argnums ?? 0;
  const total = (...args: A) => {
    const x: unknown = args[argnums < 0 ? argnums + args.length : argnums];
    if (!isHandle(x)) {
      throw new TypeError(
        `${who}: argument ${argnums} is ${describe(x)}, not one tensor or number`,
      );
    }
    const out: unknown = f(...args);
    checkResult(out, who);
    const y = resultTensor(out, who);
    if (shapeText(y.shape) !== shapeText(x.shape)) {
      throw new RangeError(
        `${who}: the function returned shape ${shapeText(y.shape)} for an argument of shape ` +
          `${shapeText(x.shape)}; use jacobian or vjp`,
      );
    }
    return sum(y);
  };
  return gradientOf(who, total, { argnums }) as never;
}
