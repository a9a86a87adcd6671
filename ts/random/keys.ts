// Keys: what random numbers are a function of.
import { randomPart } from "../../build/generated/parts/random.js";
import { DType } from "../../assembly/shared/dtype.js";
import { describe, fromData, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";

/** Streams of a key that have nothing in common. */
export const enum Stream {
  Draws = 0,
  Keys = 1,
  Folded = 2,
}

/** n words of a key, int32. */
export function words(key: Tensor, n: number, first: number, stream: Stream, who: string): Tensor {
  if (n > 1073741823) throw new RangeError(`${who}: ${n} words are more than 4 GB can hold`);
  return tensorOf(() => wasm.need(randomPart).randomBits(slot(key), n, first, stream), who);
}

/** A key of two words, checked. */
export function toKey(key: TensorLike | undefined, who: string): Tensor {
  if (key === undefined || typeof key === "number") {
    throw new TypeError(`${who}: ${describe(key)} is not a key; make one with random.key(seed)`);
  }
  const t = isHandle(key) ? key : fromData(key, DType.Int32, who);
  if (t.dtype === "int32" && t.ndim === 1 && t.shape[0] === 2) return t;
  throw new TypeError(
    `${who}: a key is an int32 tensor of shape [2], not ${t.dtype} of shape ${shapeText(t.shape)}`,
  );
}

/**
 * The key of a seed, a whole number: an int32 tensor of shape [2]. Random functions take a key and give
 * the same numbers for the same key, on every machine; for new numbers `split` it.
 *
 * @example
 * ```ts
 * key(7).toArray(); // [0, 7]
 * ```
 * @throws if the seed is no whole number from 0 to 2⁵³ − 1
 */
export function key(seed: number): Tensor {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    const what = typeof seed === "number" ? String(seed) : describe(seed);
    throw new RangeError(`key: a seed is a whole number from 0 to 2^53 - 1, not ${what}`);
  }
  return fromData([Math.floor(seed / 4294967296) | 0, seed | 0], DType.Int32, "key");
}

/**
 * num new keys out of one, which is not to be used again.
 *
 * @example
 * ```ts
 * split(key(0), 3).length; // 3
 * ```
 * @throws if there is no such number of keys
 */
export function split(key: TensorLike, num = 2): Tensor[] {
  const t = toKey(key, "split");
  if (!Number.isInteger(num) || num < 0) {
    throw new RangeError(`split: ${describe(num)} is not a number of keys`);
  }
  const all = words(t, 2 * num, 0, Stream.Keys, "split");
  return Array.from({ length: num }, (_, i) => all.slice([[2 * i, 2 * i + 2]]));
}

/**
 * The new key that belongs to a key and a whole number: of a step, of a layer.
 *
 * @example
 * ```ts
 * foldIn(key(0), 1).shape; // [2]
 * ```
 * @throws if the number is none from 0 to 2³² − 1
 */
export function foldIn(key: TensorLike, data: number): Tensor {
  const t = toKey(key, "foldIn");
  if (!Number.isInteger(data) || data < 0 || data > 4294967295) {
    throw new RangeError(`foldIn: ${describe(data)} is not a whole number from 0 to 2^32 - 1`);
  }
  return words(t, 2, data, Stream.Folded, "foldIn");
}
