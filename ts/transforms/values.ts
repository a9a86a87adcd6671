// Looking at the elements of nodes, for those who search for bad ones.
import { bytesOf, isFloat } from "../dtype.js";
import * as wasm from "../wasm.js";

/** The elements of the node in a slot, for immediate use; undefined if it is no float or has no room. */
export function elementsAt(at: number): Float32Array | Float64Array | undefined {
  const c = wasm.core();
  const dtype = c.tensorDtype(at);
  if (!isFloat(dtype)) return undefined;
  const address = c.tensorAddress(at);
  if (address === 0) {
    wasm.clearFault();
    return undefined;
  }
  return wasm.viewAt(address, c.tensorSize(at), bytesOf(dtype) === 8, true) as Float64Array;
}

/** The place of the first NaN, or of the first infinity too; -1 if there is none. */
export function firstBad(values: ArrayLike<number> | undefined, infs: boolean): number {
  if (values === undefined) return -1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (x !== x || (infs && (x === Infinity || x === -Infinity))) return i;
  }
  return -1;
}

/** `[1,2] (element 5 of 6)`: element i of a shape; with batch axes in front the shape does not tell. */
export function placeText(i: number, shape: readonly number[], size: number): string {
  if (shape.reduce((a, b) => a * b, 1) !== size)
    return `element ${i} of ${size}, examples included`;
  if (size === 1) return "its only element";
  const index: number[] = [];
  let rest = i;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return `[${index.join(",")}] (element ${i} of ${size})`;
}
