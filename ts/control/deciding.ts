// What a predicate says. Its value can be read unless it depends on an argument of a function that is
// being compiled; inside vmap there is one per example.
import { again } from "../cell.js";
import { describe } from "../convert.js";
import { bytesOf, isFloat } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isHandle, slot } from "../handle.js";
import { isTraced } from "../recording.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";

/** What decides: a boolean, a number (0 is false) or a tensor without axes. */
export type Predicate = boolean | number | Tensor;

/** One number, numbers per example, or undefined if they cannot be read now. */
export type Known = { one: number } | { each: readonly number[] } | undefined;

/** The value of a scalar, as far as it is known. */
export function knownValue(x: unknown, who: string, what: string): Known {
  if (typeof x === "boolean" || typeof x === "number") return { one: Number(x) };
  if (!isHandle(x)) {
    throw new TypeError(`${who}: ${what} is ${describe(x)}, not a number, a boolean or a tensor`);
  }
  if (x.ndim > 0) {
    throw new RangeError(`${who}: ${what} has shape ${shapeText(x.shape)}, not []`);
  }
  if (isTraced(x)) return undefined;
  if (wasm.core().tensorBatch(slot(x)) === 0) return { one: x.item() };
  return { each: examplesOf(x, who) };
}

/** The elements of a mapped tensor for all examples. */
function examplesOf(x: Tensor, who: string): number[] {
  const c = wasm.core();
  const address = c.tensorAddress(slot(x)) || again(() => c.tensorAddress(slot(x)), who);
  const dtype = c.tensorDtype(slot(x));
  const view = wasm.viewAt(address, c.tensorSize(slot(x)), bytesOf(dtype) === 8, isFloat(dtype));
  return Array.from(view);
}

/** True or false if that holds for all examples, else the condition as a tensor. */
export function decide(pred: unknown, who: string, what: string): boolean | Tensor {
  const known = knownValue(pred, who, what);
  if (known === undefined) return pred as Tensor;
  if ("one" in known) return known.one !== 0;
  if (known.each.every((x) => x !== 0)) return true;
  return known.each.some((x) => x !== 0) ? (pred as Tensor) : false;
}
