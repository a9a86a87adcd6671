// What functions of neural networks are given: numbers among options, floats, values that can be read.
import { equal, logicalOr } from "../../build/generated/ops.js";
import { alike } from "../arguments.js";
import { toAxis } from "../axes.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { isFloat } from "../dtype.js";
import { shapeText } from "../errors.js";
import { slot } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";

/** The number that options have under this name, or what stands for it. */
export function numeric<O extends object, K extends keyof O & string>(
  options: O,
  name: K,
  missing: number,
  who: string,
): number {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${who}: options are an object, { ${name}: … }, not ${describe(options)}`);
  }
  const value: unknown = options[name] ?? missing;
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new TypeError(`${who}: ${name} is ${describe(value)}, not a number`);
}

/** What options have under one of two names for the same. */
export function either<O extends object, A extends keyof O & string, B extends keyof O & string>(
  options: O,
  first: A,
  second: B,
  who: string,
): O[A] | O[B] {
  if (options[first] !== undefined && options[second] !== undefined) {
    throw new TypeError(`${who}: ${first} and ${second} are one and the same: pass one of them`);
  }
  return options[first] ?? options[second];
}

/** The axis that options name, `axis` or as torch does `dim`. */
export function axisOf(
  options: { axis?: number; dim?: number },
  missing: number,
  rank: number,
  who: string,
): number {
  return toAxis(either(options, "axis", "dim", who) ?? missing, rank, who);
}

/** x as a float: integers take the default dtype. */
export function toFloat(x: TensorLike, who: string): Tensor {
  const t = toTensor(x, who);
  return isFloat(wasm.core().tensorDtype(slot(t))) ? t : t.divide(1);
}

/** Each of them as a float; where one is float64, all are. */
export function toFloats<T extends readonly TensorLike[]>(
  who: string,
  ...operands: T
): { [K in keyof T]: Tensor } {
  return alike(who, ...operands).map((x) => toFloat(x, who)) as { [K in keyof T]: Tensor };
}

/** True if x holds floats. */
export function holdsFloats(x: Tensor): boolean {
  return isFloat(wasm.core().tensorDtype(slot(x)));
}

/** Throws if two tensors that belong together have different shapes. */
export function checkShapes(
  x: Tensor,
  y: Tensor,
  names: readonly [string, string],
  who: string,
): void {
  if (shapeText(x.shape) === shapeText(y.shape)) return;
  throw new RangeError(
    `${who}: ${names[0]} ${shapeText(x.shape)} and ${names[1]} ${shapeText(y.shape)} have different shapes`,
  );
}

/** Which indices name this row, counted from the start or from the end. */
export function naming(index: Tensor, row: number, rows: number): Tensor {
  return logicalOr(equal(index, row), equal(index, row - rows));
}

/** Number of elements of a shape. */
export function count(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** A shape that broadcasts along axis 1 of a tensor of this many axes. */
export function alongChannels(channels: number, rank: number): number[] {
  return [channels, ...new Array<number>(Math.max(rank - 2, 0)).fill(1)];
}
