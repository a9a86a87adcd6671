// How results of transforms are compared: as plain numbers in nested arrays and objects.

import { isTensor } from "tapegrad";
import { expect } from "vitest";

/** Tensors and typed arrays of a tree as nested arrays. */
export function plain(x: unknown): unknown {
  if (isTensor(x)) return x.toArray();
  if (ArrayBuffer.isView(x)) return Array.from(x as Float64Array);
  if (Array.isArray(x)) return x.map(plain);
  if (typeof x === "object" && x !== null) {
    return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, plain(value)]));
  }
  return x;
}

function differ(got: unknown, want: unknown, tolerance: number): boolean {
  if (typeof got === "number" && typeof want === "number") {
    if (Object.is(got, want) || got === want) return false;
    return !(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)));
  }
  if (typeof got !== "object" || typeof want !== "object" || !got || !want) return got !== want;
  const [a, b] = [Object.keys(got), Object.keys(want)];
  return (
    Array.isArray(got) !== Array.isArray(want) ||
    a.join() !== b.join() ||
    a.some((key) => differ(got[key as never], want[key as never], tolerance))
  );
}

/** Fails unless two trees of tensors and numbers agree; 1e-12 suits float64, 1e-5 float32. */
export function expectClose(got: unknown, want: unknown, tolerance = 1e-12): void {
  const [a, b] = [plain(got), plain(want)];
  if (differ(a, b, tolerance)) expect(a).toEqual(b);
}

/** A float64 tensor's nested arrays of a smooth but irregular pattern. */
export function pattern(rows: number, columns: number, phase = 0): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.sin(1.7 * i + 2.3 * j + phase)),
  );
}
