// Which elementwise results wait to be computed together.
import { describe } from "./convert.js";
import * as wasm from "./wasm.js";

let now = 4096;

/**
 * Sets from how many bytes on an elementwise result waits until a value is needed, so that a whole
 * formula, forward and backward, runs in one pass over memory; returns what it was. With `Infinity`
 * every op runs at once, one by one: for debugging, and to compare. Values are the same bits either
 * way.
 *
 * @param minBytes - default 4096; smaller results are not worth waiting for. With 0 nothing is too
 *   small, neither to wait nor to be shared among threads: for tests
 * @example
 * ```ts
 * const before = setFusion(Infinity);
 * // … every op runs when it is called …
 * setFusion(before);
 * ```
 * @throws if minBytes is negative or not a number
 */
export function setFusion(minBytes: number): number {
  if (typeof minBytes !== "number" || !(minBytes >= 0)) {
    throw new RangeError(`setFusion: minBytes is ${describe(minBytes)}, not a size or Infinity`);
  }
  const before = now;
  now = minBytes;
  wasm.core().setWaitBytes(Math.min(minBytes, 0xffffffff));
  return before;
}

/** Tells a fresh core what was set. */
export function renewFusion(): void {
  setFusion(now);
}
