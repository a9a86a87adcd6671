// What arguments that are no tensors may be: counts, lists, words. Each reader throws one sentence that
// begins with the name of the function, and returns what it has read.
import { broadcastOf } from "./axes.js";
import { DType } from "../assembly/shared/dtype.js";
import { describe, fromData, isDouble, toTensor, type TensorLike, unrounded } from "./convert.js";
import { isTypedArray } from "./dtype.js";
import { isHandle } from "./handle.js";
import type { Tensor } from "./tensor.js";

/** The largest count that an axis can have: so many elements of 4 bytes fill the memory. */
export const MOST_ELEMENTS = 2 ** 30 - 1;

/** What a message shows of a value: a number, or what something else is. */
export function told(x: unknown): string {
  return typeof x === "number" ? String(x) : describe(x);
}

/** A whole number from `least` to `most`. */
export function toCount(
  n: unknown,
  what: string,
  who: string,
  least = 0,
  most: number = MOST_ELEMENTS,
): number {
  if (typeof n !== "number" || !Number.isInteger(n) || n < least) {
    throw new RangeError(`${who}: ${what} is ${told(n)}, not a whole number from ${least} up`);
  }
  if (n > most) throw new RangeError(`${who}: ${what} is ${n}, more than ${most}`);
  return n;
}

/** The elements of a list, be it an array or a typed one; where an array has a hole, undefined. */
export function toList<T>(list: readonly T[] | ArrayLike<T>, what: string, who: string): T[] {
  if (Array.isArray(list) || isTypedArray(list)) return Array.from(list as ArrayLike<T>);
  throw new TypeError(`${who}: ${what} is ${describe(list)}, not a list`);
}

/** One number, or each one of a list. */
export function toNumbers(x: number | readonly number[], what: string, who: string): number[] {
  return typeof x === "number" ? [x] : toList(x, what, who);
}

/** A function. */
export function toFunction<F>(f: F, what: string, who: string): F {
  if (typeof f !== "function") {
    throw new TypeError(`${who}: ${what} is ${describe(f)}, not a function`);
  }
  return f;
}

/** A list of tensors, of at least one. */
export function toTensors(list: readonly TensorLike[], what: string, who: string): Tensor[] {
  const all = unrounded(who, ...toList(list, what, who)).map((x) => toTensor(x, who));
  if (all.length === 0) throw new RangeError(`${who}: ${what} is empty`);
  return all;
}

/** Throws in the name of a function that is made of others if one of its operands is none. */
export function checkOperands(who: string, ...operands: readonly TensorLike[]): void {
  for (const x of operands) if (typeof x !== "number") toTensor(x, who);
}

/** The same for operands that broadcast among each other. */
export function checkElements(who: string, ...operands: readonly TensorLike[]): void {
  let shapes: number[][] | undefined;
  for (const x of operands) {
    if (typeof x !== "number") (shapes ??= []).push(toTensor(x, who).shape);
  }
  if (shapes !== undefined && shapes.length > 1) broadcastOf(shapes, who);
}

/**
 * Operands of a formula that computes with each of them alone before they meet: where one is float64, all
 * tensors and arrays are, so that no logarithm of another one is taken in fewer digits. Numbers stay.
 */
export function alike<T extends readonly TensorLike[]>(
  who: string,
  ...operands: T
): { [K in keyof T]: TensorLike } {
  if (!operands.some(isDouble)) return operands as { [K in keyof T]: TensorLike };
  const wide = (x: TensorLike): TensorLike => {
    if (typeof x === "number") return x;
    if (!isHandle(x)) return fromData(x, DType.Float64, who);
    return x.dtype === "float64" ? x : x.astype("float64");
  };
  return operands.map(wide) as { [K in keyof T]: TensorLike };
}

/** The same, of operands that broadcast among each other; throws where they do not. */
export function elements<T extends readonly TensorLike[]>(
  who: string,
  ...operands: T
): { [K in keyof T]: TensorLike } {
  checkElements(who, ...operands);
  return alike(who, ...operands);
}
