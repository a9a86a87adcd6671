// Dense derivatives: one batched pass over the basis of the result, not a loop.
import { MAX_RANK } from "../../assembly/shared/limits.js";
import type { Tensor } from "../tensor.js";
import { describe } from "../convert.js";
import { eye } from "../create.js";
import { isHandle } from "../handle.js";
import { sum } from "../../build/generated/ops.js";
import { mapTree, type Leaf } from "../tree.js";
import type { AnyArgs, Derivative, Inputs, Scalar } from "../types.js";
import { isNumeric } from "../recording.js";
import * as wasm from "../wasm.js";
import { gradientOf } from "./grad.js";
import { resultTree } from "./products.js";
import {
  checkFunction,
  checkResult,
  hasFloats,
  inLevel,
  inStyleOf,
  openArguments,
  resultTensor,
  taken,
  toArgnums,
  type Input,
} from "./scope.js";
import { inBatch, mapAxis, unmap } from "./vmap.js";
import { pullBack, withWalk } from "./walk.js";
import { shapeText } from "../errors.js";

/** Derivatives of one output with respect to all inputs, each of shape [...y, ...x]. */
function rows(who: string, y: Tensor, inputs: readonly Input[], level: number): Tensor[] {
  const yShape = y.shape;
  const count = y.size;
  if (!hasFloats(y))
    throw new TypeError(`${who}: the function returned ${y.dtype}, which has no derivative`);
  const axes = yShape.length + Math.max(0, ...inputs.map((x) => x.tensor.ndim));
  if (axes > MAX_RANK) {
    throw new RangeError(`${who}: the result would have ${axes} axes, more than ${MAX_RANK}`);
  }
  const order = wasm.core().levelOrder(level);
  const basis = eye(count, count, { dtype: y.dtype });
  const stacked = inBatch(who, count, () =>
    withWalk(who, level, order, (walk) => {
      pullBack(who, walk, [[y, mapAxis(basis, 0, who).reshape(yShape)]], false);
      return inputs.map((x) => unmap(taken(walk, x.tensor, who), who));
    }),
  );
  return stacked.map((row, i) => row.reshape([...yShape, ...inputs[i]!.tensor.shape]));
}

/**
 * The Jacobian of f: for a result of shape [...y] and an argument of shape [...x] a tensor of shape
 * [...y, ...x]. Trees of arguments and of results give trees of Jacobians (results outside).
 *
 * @example
 * ```ts
 * jacobian((x) => multiply(x, x))(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 * ```
 */
export function jacobian<A extends AnyArgs, const N extends number = 0>(
  f: (...args: A) => unknown,
  options?: { argnums?: N },
): <B extends Inputs<A>>(
  ...args: B
) => Derivative<B[N]> extends number ? number : Derivative<B[N]> {
  return jacobianOf("jacobian", f, options?.argnums) as never;
}

function jacobianOf(
  who: string,
  f: (...args: never[]) => unknown,
  argnum: number | undefined,
): (...args: unknown[]) => unknown {
  checkFunction(f, who);
  return (...given) => {
    const [n] = toArgnums(argnum, given, who) as [number];
    const { tree, parts } = inLevel(who, (level) => {
      const inputs: Input[] = [];
      const args = openArguments(given, [n], level, who, inputs);
      const result = resultTree(f(...(args as never[])), who);
      return {
        tree: result.tree,
        parts: result.leaves.map((y) => rows(who, y, inputs, level)),
      };
    });
    let output = 0;
    return mapTree(tree, () => {
      const part = parts[output++]!;
      let input = 0;
      return mapTree(given[n], (leaf: Leaf) => {
        const block = part[input++]!;
        return isNumeric(leaf) ? inStyleOf(leaf, block) : block;
      });
    });
  };
}

/**
 * The Hessian of a scalar function: second derivatives, shape [...x, ...x]. Of a tree, a tree of
 * blocks.
 *
 * @example
 * ```ts
 * hessian((x) => sum(power(x, 3)))(tensor([1, 2])).toArray(); // [[6, 0], [0, 12]]
 * ```
 */
export function hessian<A extends AnyArgs, const N extends number = 0>(
  f: (...args: A) => Scalar,
  options?: { argnums?: N },
): <B extends Inputs<A>>(...args: B) => Derivative<B[N]> {
  checkFunction(f, "hessian");
  const argnums = options?.argnums ?? 0;
  return jacobianOf("hessian", gradientOf("hessian", f, { argnums }), argnums) as never;
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
