// One call of a transform: a level is entered, arguments become inputs of that level, the user's
// function runs, and whatever happens the level is left again.
import type { Tensor } from "../tensor.js";
import { DType } from "../../assembly/shared/dtype.js";
import { again } from "../cell.js";
import { describe, fromData, toTensor, uniformLike, type TensorLike } from "../convert.js";
import { dtypeName, isFloat } from "../dtype.js";
import { isHandle, numberOutside, slot, tensorOf, wrap } from "../handle.js";
import { enterLevel, leaveLevel, live } from "../level.js";
import { isLeaf, mapTree, type Leaf } from "../tree.js";
import { isTraced, recorder } from "../recording.js";
import { checkSynchronous } from "../synchronous.js";
import * as wasm from "../wasm.js";

/** Runs `body` in a fresh level and leaves it, also after an exception. */
export function inLevel<R>(who: string, body: (level: number) => R): R {
  const level = enterLevel(who);
  try {
    return body(level);
  } finally {
    live.depth = level - 1;
    leaveLevel(level);
  }
}

/** A leaf of an argument, as the level sees it. */
export interface Input {
  /** What the user passed. */
  given: Leaf;
  /** What the user's function gets. */
  tensor: Tensor;
}

/** A leaf as a tensor: numbers are weak float64, typed arrays keep their dtype. */
export function leafTensor(leaf: Leaf, who: string): Tensor {
  if (isHandle(leaf)) return leaf;
  if (typeof leaf === "number") return toTensor(leaf, who);
  return fromData(leaf, undefined, who);
}

/** Makes a leaf an input of a level. */
export function openLeaf(leaf: Leaf, level: number, i: number, who: string, path = ""): Input {
  const c = wasm.core();
  if (typeof leaf === "number") {
    const result = c.freshNumber(leaf, level);
    const made = result === 0 ? again(() => c.freshNumber(leaf, level), who) : result;
    return { given: leaf, tensor: wrap(made) };
  }
  const source = leafTensor(leaf, who);
  const dtype = c.tensorDtype(slot(source));
  if (!isFloat(dtype)) {
    throw new TypeError(
      `${who}: argument ${i}${path} is ${dtypeName(dtype)}; only floats can be differentiated (x.astype("float32"), ` +
        "or choose others by argnums)",
    );
  }
  return { given: leaf, tensor: tensorOf(() => c.fresh(slot(source), level), who) };
}

/** Arguments with the leaves of those in `argnums` opened; inputs are added to `inputs` in order. */
export function openArguments(
  args: readonly unknown[],
  argnums: readonly number[],
  level: number,
  who: string,
  inputs: Input[],
): unknown[] {
  const opened = [...args];
  for (let i = 0; i < args.length; i++) {
    if (!argnums.includes(i)) continue;
    const arg = args[i];
    if (isLeaf(arg)) {
      const input = openLeaf(arg, level, i, who);
      inputs.push(input);
      opened[i] = input.tensor;
    } else {
      opened[i] = mapTree(
        arg,
        (leaf, path) => {
          const input = openLeaf(leaf, level, i, who, path);
          inputs.push(input);
          return input.tensor;
        },
        who,
      );
    }
  }
  return opened;
}

const FIRST: readonly number[] = [0];

/** Arguments to differentiate, checked. */
export function toArgnums(
  argnums: number | readonly number[] | undefined,
  args: readonly unknown[],
  who: string,
): readonly number[] {
  if (argnums === undefined && args.length > 0) return FIRST;
  const list = argnums === undefined ? [0] : typeof argnums === "number" ? [argnums] : [...argnums];
  return list.map((n) => {
    if (!Number.isInteger(n)) throw new TypeError(`${who}: argnums holds ${describe(n)}`);
    const at = n < 0 ? n + args.length : n;
    if (at < 0 || at >= args.length) {
      throw new RangeError(`${who}: argnums names argument ${n}, but there are ${args.length}`);
    }
    return at;
  });
}

/** Throws unless f is a function. */
export function checkFunction(f: unknown, who: string): void {
  if (typeof f !== "function") throw new TypeError(`${who}: needs a function, not ${describe(f)}`);
}

/** Throws for results that no transform can use. */
export function checkResult(y: unknown, who: string): void {
  if (y === undefined) {
    throw new TypeError(`${who}: the function returned undefined (is a return missing?)`);
  }
  checkSynchronous(
    y,
    who,
    "functions of transforms are synchronous (await before the call and pass the values in)",
  );
}

/** A result leaf as a tensor: tensors as they are, numbers and typed arrays as constants. */
export function resultTensor(y: unknown, who: string): Tensor {
  if (isHandle(y)) return y;
  if (typeof y === "boolean" || isLeaf(y)) return toTensor(y, who);
  throw new TypeError(`${who}: the function returned ${describe(y)}, not a tensor`);
}

/**
 * A derivative (or value) in the style of what was passed: numbers for numbers, typed arrays for
 * typed arrays. Inside an enclosing transform that it depends on, it stays a tensor: as a number it
 * would lose its derivative.
 */
export function inStyleOf(given: Leaf, x: Tensor | number): Leaf {
  if (typeof x === "number") return x;
  const kept = typeof given === "number" ? numberOutside(x) : undefined;
  if (kept !== undefined) return kept;
  if (recorder.now !== undefined && (isHandle(given) || isTraced(x))) {
    return recorder.now.follow(given, x);
  }
  if (isHandle(given)) return x;
  const c = wasm.core();
  const at = slot(x);
  if (typeof given === "number") return c.tensorIsNumber(at) ? c.tensorItem(at) : x;
  return c.tensorMask(at) !== 0 || c.tensorBatch(at) > 0 ? x : x.data();
}

/**
 * What a walk left at an input, in the style of what was passed: for a number a number at once, if
 * no enclosing transform depends on it.
 */
export function takenInStyle(walk: number, input: Input, who: string): Tensor | number {
  if (typeof input.given === "number") {
    const c = wasm.core();
    const at = slot(input.tensor);
    const plain = c.walkPlain(walk, at);
    if (plain === 1) return c.walkNumber(walk, at);
    if (plain === 2 && c.batchDepth() === 0) return 0;
  }
  return taken(walk, input.tensor, who);
}

/** What a walk left at an input, or zeros of its shape. */
export function taken(walk: number, input: Tensor, who: string): Tensor {
  return orZeros(() => wasm.core().walkTake(walk, slot(input)), input, who);
}

/** As `taken`, but the walk keeps it: an output may stand in several places. */
export function peeked(walk: number, output: Tensor, who: string): Tensor {
  return orZeros(() => wasm.core().walkPeek(walk, slot(output)), output, who);
}

function orZeros(call: () => number, x: Tensor, who: string): Tensor {
  const result = call();
  if (result !== 0) return wrap(result);
  if (wasm.pendingFault() !== 0) return wrap(again(call, who));
  return uniformLike(x, 0);
}

/** The cotangent or tangent `given` for x, in x's dtype; throws if the shapes differ. */
export function suited(given: TensorLike, x: Tensor, who: string, what: string): Tensor {
  const g = toTensor(given, who);
  const want = x.shape;
  const have = g.shape;
  if (want.length !== have.length || !want.every((d, i) => d === have[i])) {
    throw new RangeError(
      `${who}: the ${what} has shape [${have.join(",")}], the value it belongs to [${want.join(",")}]`,
    );
  }
  const code = wasm.core().tensorDtype(slot(x));
  if (wasm.core().tensorDtype(slot(g)) === code) return g;
  return tensorOf(() => wasm.core().astype(slot(g), code), who);
}

/** True for float tensors. */
export function hasFloats(x: Tensor): boolean {
  return wasm.core().tensorDtype(slot(x)) >= DType.Float32;
}
