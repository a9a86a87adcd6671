// What whole programs share: data from a formula that their oracles (oracle/*.py) know as well, and a
// comparison with the numbers that those wrote.

import { isTensor, tensor, type Tensor } from "tapegrad";
import { expect } from "vitest";

/** Numbers between -0.9 and 0.9 times scale. */
export function data(seed: number, shape: number[], scale = 1): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from(
    { length: n },
    (_, i) => Math.sin(i * 12.9898 + i * i * 0.37 + seed * 78.233) * 0.9 * scale,
  );
  return tensor(values).reshape(shape);
}

/** The same as a leaf. */
export function leaf(seed: number, shape: number[], scale = 1): Tensor {
  return tensor(data(seed, shape, scale), { requiresGrad: true });
}

export const f64 = (x: number[] | number[][] | number): Tensor =>
  tensor(x as number[], { dtype: "float64" });

/** Numbers of a tree, in order. */
function numbers(x: unknown): number[] {
  if (typeof x === "number") return [x];
  if (isTensor(x)) return Array.from(x.data());
  if (x === null || typeof x !== "object") throw new TypeError(`${String(x)} among results`);
  return Object.values(x).flatMap(numbers);
}

/** Compares results, tensors or trees of them, with those of an oracle, of which it is a part. */
export function agree(got: unknown, want: unknown, tolerance = 1e-10): void {
  const [a, b] = [numbers(got), numbers(want)];
  expect(a.length).toBe(b.length);
  const scale = Math.max(1, ...b.map(Math.abs));
  const worst = a.reduce((w, v, i) => {
    const e = Math.abs(v - b[i]!) / scale;
    return e <= w ? w : e;
  }, 0);
  if (!(worst <= tolerance)) {
    throw new Error(
      `off by ${worst}: ${a.slice(0, 12).join(", ")} instead of ${b.slice(0, 12).join(", ")}`,
    );
  }
}
