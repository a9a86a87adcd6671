// Looking at functions: their programs, the shapes of their results, values on the way.
import { checkOutsideVmap } from "../backward.js";
import { describe, toShape, toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import { dtypeCode, type Dtype } from "../dtype.js";
import { slot, tensorOf } from "../handle.js";
import { live } from "../level.js";
import { isTraced, recorder } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { isContainer, isLeaf, mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import type { Program } from "./program.js";
import { record } from "./record.js";
import { checkFunction, checkResult, leafTensor, resultTensor } from "./scope.js";
import { Reader } from "./signature.js";
import { inBatch, mapAxis } from "./vmap.js";

/** Recordings of one function: each may find more tensors that are assigned to. */
const MOST = 8;

/**
 * `trace` of a function, by a name of its own: the program of f for arguments like these, what `compile`
 * makes, to be looked at and run. f is called with the examples, so its effects happen; twice if it
 * assigns to tensors that are no leaves.
 * Everything that `compile` says of arguments and of what f finds outside holds here too.
 *
 * @example
 * ```ts
 * const p = makeProgram((x) => sum(multiply(x, x)), tensor([1, 2]));
 * p.run(tensor([3, 4])).item(); // 25
 * console.log(p); // one line per value
 * p.cost().flops; // 4
 * ```
 * @throws if f does what no program can do: reads values that depend on an input, returns objects of
 *   classes or a graph that leads outside; and inside a transform or a function that is being recorded
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function makeProgram<F extends (...args: any[]) => unknown>(
  f: F,
  ...examples: Parameters<F>
): Traced<F> {
  return programOf(f, examples, "makeProgram") as Traced<F>;
}

/** makeProgram, for a caller of this name. */
export function programOf(
  f: (...args: unknown[]) => unknown,
  examples: unknown[],
  who: string,
): Program {
  checkFunction(f, who);
  if (live.depth > 0 || recorder.now !== undefined) {
    throw new Error(`${who}: not inside a transform or a function that is being recorded`);
  }
  const variables = new Set<Tensor>();
  for (let tries = 0; tries < MOST; tries++) {
    const reader = new Reader();
    const form = examples.map((x) => reader.read(x, false));
    if (reader.tracked) {
      throw new Error(
        `${who}: an argument is computed from tensors with requiresGrad; pass x.detach(), or let the ` +
          "function compute it",
      );
    }
    const { program, isOpen } = record(f, examples, form, reader.given, variables);
    if (program !== undefined) return program;
    if (isOpen) break;
  }
  throw new Error(
    `${who}: no program can do what this function does: it returns objects of classes or a tensor ` +
      "whose graph leads to leaves outside, or uses up a graph from outside",
  );
}

/** A program that is called as the function is that it was made of. */
export interface Traced<F extends (...args: never[]) => unknown> extends Program {
  run(...args: Parameters<F>): ReturnType<F>;
}

/** Shape and element type of a tensor. */
export interface ShapeDtype {
  shape: readonly number[];
  dtype: Dtype;
}

/** A result of evalShape: the tree of the function's result, with shapes and dtypes as leaves. */
export type Shapes<R> = R extends Tensor | number | boolean
  ? ShapeDtype
  : R extends object
    ? { -readonly [K in keyof R]: Shapes<R[K]> }
    : R;

function isSpec(x: unknown): x is ShapeDtype {
  if (!isContainer(x) || Array.isArray(x)) return false;
  const { shape, dtype } = x as Partial<ShapeDtype>;
  return Object.keys(x).length === 2 && Array.isArray(shape) && typeof dtype === "string";
}

/**
 * Shapes and dtypes of what f returns, without computing it: f is called for an empty batch of examples.
 * An argument is a tensor, number or typed array, `{ shape, dtype }` for a tensor that need not exist,
 * or a tree of these.
 *
 * @example
 * ```ts
 * const big = { shape: [100000, 50000], dtype: "float32" };
 * evalShape((x) => matmul(x, x.transpose()), big).shape; // [100000, 100000]
 * ```
 * @throws what f throws for such shapes; if f reads values (`item`, `data`) or calls backward()
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function evalShape<R>(f: (...args: any[]) => R, ...examples: unknown[]): Shapes<R> {
  const who = "evalShape";
  checkFunction(f, who);
  return inBatch(who, 0, () => {
    const result = f(...examples.map((x) => emptied(x, who)));
    checkResult(result, who);
    const c = wasm.core();
    return mapTree(result, (leaf) => {
      const y = resultTensor(leaf, who);
      const shape = wasm.readList(c.tensorShape(slot(y)));
      return { shape, dtype: y.dtype } satisfies ShapeDtype;
    });
  }) as Shapes<R>;
}

/** An argument for an empty batch. */
function emptied(x: unknown, who: string): unknown {
  if (isSpec(x)) {
    dtypeCode(x.dtype, who);
    return mapAxis(zeros([0, ...toShape(x.shape, who)], { dtype: x.dtype }), 0, who);
  }
  if (typeof x === "number" || !isContainer(x)) return isLeaf(x) ? emptiedLeaf(x, who) : x;
  if (Array.isArray(x)) return x.map((item) => emptied(item, who));
  return Object.fromEntries(Object.entries(x).map(([key, item]) => [key, emptied(item, who)]));
}

function emptiedLeaf(x: Parameters<typeof leafTensor>[0], who: string): unknown {
  if (typeof x === "number") return x;
  const { shape, dtype } = leafTensor(x, who);
  return mapAxis(zeros([0, ...shape], { dtype }), 0, who);
}

/**
 * x itself; fn is called with its value, for printing and checking on the way. In a function of
 * `compile` or `trace` it is called at every call, after that has computed everything; derivatives pass as if
 * it was not there, and are not seen: tap what grad returns for that.
 *
 * @example
 * ```ts
 * grad((x) => multiply(tap(x, (v) => console.log(v.item())), 2))(3); // 2
 * ```
 * @throws what fn throws; inside vmap, where examples have no values of their own
 */
export function tap(x: TensorLike, fn: (value: Tensor) => void): Tensor {
  const who = "tap";
  if (typeof fn !== "function")
    throw new TypeError(`${who}: needs a function, not ${describe(fn)}`);
  checkOutsideVmap(who, "the results of vmap");
  const t = toTensor(x, who);
  if (recorder.now !== undefined && isTraced(t)) {
    // What is shown has no part in transforms that are under way.
    const shown = tensorOf(() => wasm.core().tensorDetach(slot(t)), who);
    recorder.now.taps.push({ x: shown, see: fn });
  } else fn(t.detach());
  return t;
}
