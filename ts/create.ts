// Tensors from data, sizes and formulas.
import { toCount } from "./arguments.js";
import type { Tensor } from "./tensor.js";
import {
  checkInteger,
  defaultDtype,
  describe,
  fromData,
  toShape,
  changeDefault,
  type TensorLike,
} from "./convert.js";
import { dtypeCode, dtypeName, isFloat, type Dtype } from "./dtype.js";
import { isHandle, tensorOf } from "./handle.js";
import * as wasm from "./wasm.js";
import { checkOptions, trailing } from "./options.js";

/** What all creation functions take last. */
export interface CreationOptions {
  /** Element type; by default that of the data, or the default dtype. */
  dtype?: Dtype;
  /** Make it a leaf of the imperative style. Default false. */
  requiresGrad?: boolean;
}

function finish(x: Tensor, options: CreationOptions | undefined): Tensor {
  if (options?.requiresGrad === true) x.requiresGrad = true;
  return x;
}

function codeOf(options: CreationOptions | undefined, who: string) {
  return options?.dtype === undefined ? defaultDtype() : dtypeCode(options.dtype, who);
}

/**
 * A tensor from a number, a boolean, nested arrays, a typed array, or a copy of a tensor.
 * Float64Array gives float64, Float32Array float32, integer arrays int32, arrays of booleans bool;
 * everything else the default dtype (float32).
 *
 * @example
 * ```ts
 * tensor([[1, 2], [3, 4]], { dtype: "float64" }).shape; // [2, 2]
 * ```
 * @throws if arrays are ragged or hold anything but numbers and booleans
 */
export function tensor(data: TensorLike, options?: CreationOptions): Tensor {
  checkOptions(options, "tensor", "dtype requiresGrad");
  const dtype = options?.dtype === undefined ? undefined : dtypeCode(options.dtype, "tensor");
  if (isHandle(data)) {
    const copy = dtype === undefined ? data.detach() : data.detach().astype(options!.dtype!);
    return finish(copy, options);
  }
  return finish(fromData(data, dtype, "tensor"), options);
}

/** A tensor of this shape whose elements are all `value` (a boolean gives bool). */
export function full(
  shape: number | readonly number[],
  value: number | boolean,
  options?: CreationOptions,
): Tensor {
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`full: ${describe(value)} is not a number`);
  }
  const bool = typeof value === "boolean" && options?.dtype === undefined;
  return filled("full", shape, Number(value), bool ? { ...options, dtype: "bool" } : options);
}

/**
 * Zeros of this shape: a list of sizes, or the number of elements.
 *
 * @example
 * ```ts
 * zeros([2, 3]).shape; // [2, 3]
 * ```
 * @throws if sizes stand one by one, as in `zeros(2, 3)`: what follows the shape are options
 */
export function zeros(shape: number | readonly number[], options?: CreationOptions): Tensor {
  checkList(shape, options, "zeros");
  checkOptions(options, "zeros", "dtype requiresGrad");
  return filled("zeros", shape, 0, options);
}

/**
 * Ones of this shape: a list of sizes, or the number of elements.
 *
 * @example
 * ```ts
 * ones([2, 3]).shape; // [2, 3]
 * ```
 * @throws if sizes stand one by one, as in `ones(2, 3)`: what follows the shape are options
 */
export function ones(shape: number | readonly number[], options?: CreationOptions): Tensor {
  checkList(shape, options, "ones");
  checkOptions(options, "ones", "dtype requiresGrad");
  return filled("ones", shape, 1, options);
}

/** Throws if what should be options is one more size. */
function checkList(shape: unknown, options: unknown, who: string): void {
  if (typeof options !== "number") return;
  throw new TypeError(
    `${who}: pass the shape as a list: ${who}([${String(shape)}, ${options}, …])`,
  );
}

function filled(
  who: string,
  shape: number | readonly number[],
  value: number,
  options: CreationOptions | undefined,
): Tensor {
  const list = toShape(shape, who);
  const dtype = codeOf(options, who);
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`${who}: ${describe(value)} is not a number`);
  }
  checkInteger(value, dtype, who);
  const make = () => {
    wasm.writeList(list);
    return wasm.core().tensorFull(dtype, list.length, value);
  };
  return finish(tensorOf(make, who), options);
}

function like(
  x: TensorLike,
  options: CreationOptions | undefined,
  who: string,
): [number[], CreationOptions] {
  const t = isHandle(x) ? x : fromData(x, undefined, who);
  return [t.shape, { dtype: t.dtype, ...options }];
}

/**
 * Zeros of x's shape and dtype.
 *
 * @example
 * ```ts
 * zerosLike([3, 4]).toArray(); // [0, 0]
 * ```
 */
export function zerosLike(x: TensorLike, options?: CreationOptions): Tensor {
  checkOptions(options, "zerosLike", "dtype requiresGrad");
  const [shape, own] = like(x, options, "zerosLike");
  return filled("zerosLike", shape, 0, own);
}

/**
 * Ones of x's shape and dtype.
 *
 * @example
 * ```ts
 * onesLike([3, 4]).toArray(); // [1, 1]
 * ```
 */
export function onesLike(x: TensorLike, options?: CreationOptions): Tensor {
  checkOptions(options, "onesLike", "dtype requiresGrad");
  const [shape, own] = like(x, options, "onesLike");
  return filled("onesLike", shape, 1, own);
}

/**
 * A tensor of x's shape and dtype whose elements are all `value`.
 *
 * @example
 * ```ts
 * fullLike([3, 4], 7).toArray(); // [7, 7]
 * ```
 */
export function fullLike(x: TensorLike, value: number, options?: CreationOptions): Tensor {
  checkOptions(options, "fullLike", "dtype requiresGrad");
  const [shape, own] = like(x, options, "fullLike");
  return filled("fullLike", shape, value, own);
}

function finite(x: unknown, name: string, who: string): number {
  if (typeof x !== "number" || !Number.isFinite(x)) {
    throw new TypeError(`${who}: ${name} is ${describe(x)}, not a finite number`);
  }
  return x;
}

/**
 * start, start + step, … below stop; `arange(n)` counts from 0. int32 if all three are integers and
 * no dtype is given.
 *
 * @example
 * ```ts
 * arange(2, 8, 2).toArray(); // [2, 4, 6]
 * ```
 */
export function arange(
  start: number,
  stop?: number | CreationOptions,
  step?: number | CreationOptions,
  options?: CreationOptions,
): Tensor {
  [stop, step = 1, options] = trailing(stop, step, options);
  checkOptions(options, "arange", "dtype requiresGrad");
  const from = stop === undefined ? 0 : finite(start, "start", "arange");
  const to = finite(stop ?? start, "stop", "arange");
  if (finite(step, "step", "arange") === 0) throw new RangeError("arange: a step of 0");
  const whole = [from, to, step].every(Number.isInteger);
  const dtype = options?.dtype ?? (whole ? "int32" : undefined);
  const n = Math.max(0, Math.ceil((to - from) / step));
  const code = codeOf(dtype === undefined ? options : { ...options, dtype }, "arange");
  if (n > 1073741823) throw new RangeError(`arange: ${n} elements are more than 4 GB can hold`);
  if (whole && n > 0)
    for (const x of [from, from + (n - 1) * step]) checkInteger(x, code, "arange");
  return finish(
    tensorOf(() => wasm.core().tensorRange(code, n, from, step, 0, false), "arange"),
    options,
  );
}

/** num evenly spaced numbers from start to stop, both included. */
export function linspace(start: number, stop: number, num = 50, options?: CreationOptions): Tensor {
  const from = finite(start, "start", "linspace");
  const to = finite(stop, "stop", "linspace");
  toCount(num, "num", "linspace");
  const code = codeOf(options, "linspace");
  const step = num > 1 ? (to - from) / (num - 1) : 0;
  return finish(
    tensorOf(() => wasm.core().tensorRange(code, num, from, step, to, true), "linspace"),
    options,
  );
}

/** Options of {@link eye}. */
export interface EyeOptions extends CreationOptions {
  /** Which diagonal: above the main one, or below it if negative. Default 0. */
  k?: number;
}

/**
 * The n × m matrix (m defaults to n) with ones on its k-th diagonal.
 *
 * @example
 * ```ts
 * eye(2, 3, { k: 1 }).toArray(); // [[0, 1, 0], [0, 0, 1]]
 * ```
 */
export function eye(n: number, m?: number | EyeOptions | null, options?: EyeOptions): Tensor {
  [m, options] = trailing(m, options);
  checkOptions(options, "eye", "dtype requiresGrad k");
  const [rows, columns] = toShape([n, m ?? n], "eye") as [number, number];
  const code = codeOf(options, "eye");
  const k = options?.k ?? 0;
  if (!Number.isInteger(k)) throw new TypeError(`eye: k is ${describe(k)}, not an integer`);
  return finish(
    tensorOf(() => wasm.core().tensorEye(code, rows, columns, k), "eye"),
    options,
  );
}

/**
 * Changes the dtype of `tensor([…])`, `zeros`, … and of integers in float functions.
 *
 * @example
 * ```ts
 * const before = getDefaultDtype();
 * setDefaultDtype("float64");
 * zeros([2]).dtype; // "float64"
 * setDefaultDtype(before);
 * ```
 */
export function setDefaultDtype(dtype: "float32" | "float64"): void {
  const code = dtypeCode(dtype, "setDefaultDtype");
  if (!isFloat(code)) throw new TypeError(`setDefaultDtype: ${dtype} is not a float`);
  changeDefault(code);
}

/**
 * The dtype of `tensor([…])`, `zeros`, …
 *
 * @example
 * ```ts
 * getDefaultDtype(); // "float32"
 * ```
 */
export function getDefaultDtype(): Dtype {
  return dtypeName(defaultDtype());
}

/**
 * True if x is a tensor of this library.
 *
 * @example
 * ```ts
 * isTensor([1, 2]); // false
 * ```
 */
export function isTensor(x: unknown): x is Tensor {
  return isHandle(x);
}
