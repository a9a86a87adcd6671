// From JavaScript values to tensors: numbers, booleans, nested arrays, typed arrays.
import { DType } from "../assembly/shared/dtype.js";
import { MAX_RANK } from "../assembly/shared/limits.js";
import type { Tensor } from "./tensor.js";
import { bytesOf, dtypeOfArray, isFloat, isTypedArray, type TypedArray } from "./dtype.js";
import { isHandle, slot, tensorOf } from "./handle.js";
import { isPromise } from "./synchronous.js";
import * as wasm from "./wasm.js";

/** Numbers or booleans in arrays in arrays …, all of one shape. */
export type NestedArray = readonly (number | boolean | NestedArray)[];

/** Whatever an op takes as an operand. */
export type TensorLike = Tensor | number | boolean | NestedArray | TypedArray;

let defaultFloat = DType.Float32;

/** dtype of `tensor([…])`, `zeros`, … without a dtype of their own. */
export function defaultDtype(): DType {
  return defaultFloat;
}

/** Changes the default dtype. */
export function changeDefault(dtype: DType): void {
  defaultFloat = dtype;
  wasm.core().setDefaultDtype(dtype);
}

/** A one-line description of a value that should have been something else. */
export function describe(x: unknown): string {
  if (x === null) return "null";
  if (typeof x === "string") return `the string ${JSON.stringify(x)}`;
  if (typeof x === "function") return "a function";
  if (typeof x === "object") {
    if (isPromise(x)) return "a promise";
    const name = (Object.getPrototypeOf(x) as { constructor?: { name?: string } } | null)
      ?.constructor?.name;
    return name === undefined || name === "Object" ? "an object" : `a value of class ${name}`;
  }
  return typeof x === "undefined" ? "undefined" : `the ${typeof x} ${String(x)}`;
}

/** The shape of nested arrays, from their first elements. */
function shapeOf(data: NestedArray, who: string): number[] {
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > MAX_RANK) {
      throw new RangeError(`${who}: nested more than ${MAX_RANK} deep`);
    }
  }
  return shape;
}

/** Writes nested arrays to `out` in row-major order; throws where they are ragged or not numbers. */
function flatten(
  data: NestedArray,
  shape: readonly number[],
  out: (number | boolean)[],
  path: string,
  who: string,
): void {
  const depth = path === "" ? 0 : path.split(",").length;
  if (data.length !== shape[depth]) {
    throw new RangeError(
      `${who}: ragged array: length ${data.length} at [${path}], where ${shape[depth]} was expected`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    const x: unknown = data[i];
    const here = path === "" ? String(i) : `${path},${i}`;
    if (depth < shape.length - 1) {
      if (!Array.isArray(x)) {
        throw new RangeError(`${who}: ragged array: ${describe(x)} at [${here}], not an array`);
      }
      flatten(x as NestedArray, shape, out, here, who);
    } else if (typeof x === "number" || typeof x === "boolean") out.push(x);
    else if (Array.isArray(x)) {
      throw new RangeError(
        `${who}: ragged array: an array at [${here}], where a number was expected`,
      );
    } else if (isHandle(x)) {
      throw new TypeError(
        `${who}: a tensor inside an array at [${here}]; join tensors with stack()`,
      );
    } else throw new TypeError(`${who}: ${describe(x)} at [${here}] is not a number`);
  }
}

/** Throws if a number has no place in an integer dtype. */
export function checkInteger(value: number, dtype: DType, who: string): void {
  if (isFloat(dtype) || dtype === DType.Bool) return;
  if (!Number.isInteger(value) || value < -2147483648 || value > 2147483647) {
    throw new RangeError(`${who}: ${value} is not an int32`);
  }
}

/** A tensor whose elements `fill` writes in row-major order. */
function written(
  dtype: DType,
  shape: readonly number[],
  n: number,
  who: string,
  fill: (view: Float32Array | Float64Array | Int32Array) => void,
): Tensor {
  const c = wasm.core();
  const result = tensorOf(() => {
    wasm.writeList(shape);
    return c.tensorEmpty(dtype, shape.length);
  }, who);
  if (n > 0)
    fill(wasm.viewAt(c.tensorAddress(slot(result)), n, bytesOf(dtype) === 8, isFloat(dtype)));
  return result;
}

/** Nested arrays, a typed array, a number or a boolean as a tensor. */
export function fromData(data: unknown, wanted: DType | undefined, who: string): Tensor {
  if (typeof data === "number" || typeof data === "boolean") {
    const dtype = wanted ?? (typeof data === "boolean" ? DType.Bool : defaultFloat);
    checkInteger(Number(data), dtype, who);
    return tensorOf(() => wasm.core().tensorNumber(Number(data), dtype, false), who);
  }
  if (isTypedArray(data)) return fromTypedArray(data, wanted, who);
  if (Array.isArray(data)) {
    const shape = shapeOf(data as NestedArray, who);
    const flat: (number | boolean)[] = [];
    flatten(data as NestedArray, shape, flat, "", who);
    const bools = flat.length > 0 && flat.every((x) => typeof x === "boolean");
    const dtype = wanted ?? (bools ? DType.Bool : defaultFloat);
    if (!isFloat(dtype)) for (const x of flat) checkInteger(Number(x), dtype, who);
    return written(dtype, shape, flat.length, who, (view) => {
      if (dtype === DType.Bool) view.set(flat.map((x) => (Number(x) === 0 ? 0 : 1)));
      else view.set(flat as ArrayLike<number>);
    });
  }
  throw new TypeError(
    `${who}: ${describe(data)} is not a tensor, a number, an array of numbers or a typed array`,
  );
}

function fromTypedArray(data: TypedArray, wanted: DType | undefined, who: string): Tensor {
  const dtype = wanted ?? dtypeOfArray(data);
  if (!isFloat(dtype) && dtype !== DType.Bool && !(data instanceof Int32Array)) {
    for (let i = 0; i < data.length; i++) checkInteger(data[i]!, dtype, who);
  }
  return written(dtype, [data.length], data.length, who, (view) => {
    if (dtype === DType.Bool) view.set(Array.from(data, (x) => (x === 0 ? 0 : 1)));
    else view.set(data);
  });
}

/** x as a tensor. */
export function toTensor(x: TensorLike, who: string): Tensor {
  if (isHandle(x)) return x;
  if (typeof x === "number") {
    return tensorOf(() => wasm.core().tensorNumber(x, DType.Float64, true), who);
  }
  return fromData(x, undefined, who);
}

/** True of booleans, and of arrays of nothing else. */
export function areBools(x: unknown): boolean {
  if (!Array.isArray(x)) return typeof x === "boolean";
  return x.length > 0 && x.every(areBools);
}

/** True of float64 that widens what it meets: numbers do not. */
export function isDouble(x: TensorLike | null | undefined): boolean {
  if (!isHandle(x)) return isTypedArray(x) && dtypeOfArray(x) === DType.Float64;
  const c = wasm.core();
  return c.tensorDtype(slot(x)) === DType.Float64 && c.tensorIsWeak(slot(x)) === 0;
}

/**
 * Operands that meet: beside a float64 tensor or typed array, arrays of numbers are float64, not rounded
 * before they meet.
 */
export function unrounded<T extends readonly (TensorLike | null | undefined)[]>(
  who: string,
  ...operands: T
): T {
  if (!operands.some(isDouble)) return operands;
  return operands.map((x) =>
    Array.isArray(x) && !areBools(x) ? fromData(x, DType.Float64, who) : x,
  ) as unknown as T;
}

/** x as a tensor that meets another one: what that does to arrays is said of `unrounded`. */
export function tensorBeside(x: TensorLike, other: Tensor, who: string): Tensor {
  return toTensor(unrounded(who, x, other)[0], who);
}

/** The same as tensors. */
export function together<T extends readonly TensorLike[]>(
  who: string,
  ...operands: T
): { [K in keyof T]: Tensor } {
  return unrounded(who, ...operands).map((x) => toTensor(x, who)) as unknown as {
    [K in keyof T]: Tensor;
  };
}

/** A constant of x's shape and dtype. */
export function uniformLike(x: Tensor, value: number, who?: string): Tensor {
  const c = wasm.core();
  return tensorOf(() => {
    const at = slot(x);
    const rank = c.tensorShape(at);
    return c.tensorUniform(c.tensorDtype(at), rank, value);
  }, who);
}

/** A list of sizes, checked. */
export function toShape(shape: number | readonly number[], who: string): number[] {
  const list = typeof shape === "number" ? [shape] : shape;
  if (!Array.isArray(list))
    throw new TypeError(`${who}: a shape is a list of sizes, not ${describe(shape)}`);
  if (list.length > MAX_RANK) {
    throw new RangeError(`${who}: ${list.length} axes are more than ${MAX_RANK}`);
  }
  for (const size of list as unknown[]) {
    if (typeof size !== "number" || !Number.isInteger(size) || size < 0) {
      throw new RangeError(`${who}: ${describe(size)} is not a size`);
    }
    if (size > 4294967295)
      throw new RangeError(`${who}: a size of ${size} is more than 4 GB can hold`);
  }
  return [...(list as number[])];
}
