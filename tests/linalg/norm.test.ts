// Norms of vectors whose powers leave the range of numbers: they scale, and so do their derivatives.

import {
  checkGrads,
  grad,
  hessian,
  linalg,
  multiply,
  norm,
  sum,
  tensor,
  vmap,
  zeros,
  type Tensor,
} from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";

const f64 = (x: number[] | number[][]): Tensor => tensor(x, { dtype: "float64" });

const numbers = (x: Tensor): number[] => [...x.data()];

function expectScaled(got: number[], want: number[], scale: number): void {
  got.forEach((y, i) => {
    const right = want[i]! * scale;
    expect(Math.abs(y - right)).toBeLessThanOrEqual(1e-14 * Math.abs(right) + 1e-15 * scale);
  });
}

describe.each([1e-300, 1e-200, 1, 1e155, 1e200, 1e300])("vectors of size %d", (scale) => {
  const plain = [3, -4, 12, 0];
  const x = f64(plain.map((v) => v * scale));

  test.each([null, 2, 3, 4, 1.5] as const)("order %s", (order) => {
    const f = (v: Tensor): Tensor => norm(v, order);
    expectScaled([f(x).item()], [f(f64(plain)).item()], scale);
    expectScaled(numbers(grad(f)(x)), numbers(grad(f)(f64(plain))), 1);
  });

  test("second derivatives, unless they leave the range themselves", () => {
    if (scale < 1e-200) return;
    const second = numbers(hessian((v: Tensor) => norm(v))(x));
    expectScaled(second, numbers(hessian((v: Tensor) => norm(v))(f64(plain))), 1 / scale);
  });

  test("lines, matrices, vmap, normalize", () => {
    const two = multiply(
      f64([
        [3, 4],
        [6, 8],
      ]),
      scale,
    );
    expectScaled(numbers(norm(two, 2, 1)), [5, 10], scale);
    expectScaled(numbers(norm(two, 2, 1, { keepdims: true })), [5, 10], scale);
    expectScaled([norm(two, "fro").item()], [Math.sqrt(125)], scale);
    expectScaled(numbers(vmap((v: Tensor) => norm(v))(two)), [5, 10], scale);
    expectScaled(
      numbers(linalg.vectorNorm(two, { axis: 0 })),
      [Math.sqrt(45), Math.sqrt(80)],
      scale,
    );
    if (scale >= 1) expectScaled(numbers(nn.normalize(two)), [0.6, 0.8, 0.6, 0.8], 1);
  });
});

test("float32", () => {
  const y = norm(tensor([3e30, 4e30]));
  expect(y.dtype).toBe("float32");
  expect(y.item() / 5e30).toBeCloseTo(1, 6);
  expect(numbers(grad((v: Tensor) => norm(v))(tensor([3e-30, 4e-30])))[1]).toBeCloseTo(0.8, 6);
});

test("zero, infinite and empty vectors, NaN", () => {
  expect(norm(f64([0, 0])).item()).toBe(0);
  expect(numbers(grad((v: Tensor) => norm(v))(f64([0, 0])))).toEqual([0, 0]);
  expect(norm(f64([Infinity, 1])).item()).toBe(Infinity);
  expect(norm(f64([NaN, 1])).item()).toBeNaN();
  expect(norm(f64([])).item()).toBe(0);
  expect(norm(f64([3, 4])).item()).toBe(5);
});

test.each([1, 2, Infinity, "nuc", "fro"] as const)(
  "the norm %s of empty matrices is 0",
  (order) => {
    for (const shape of [
      [2, 0, 3],
      [2, 3, 0],
      [2, 0, 0],
    ]) {
      expect(norm(zeros(shape), order, [1, 2]).toArray()).toEqual([0, 0]);
      expect(norm(zeros(shape), order, [1, 2], { keepdims: true }).shape).toEqual([2, 1, 1]);
    }
  },
);

test("derivatives are those of differences", () => {
  checkGrads((v: Tensor) => norm(v), [f64([1, -2, 3])], { order: 3 });
  checkGrads(
    (v: Tensor) => sum(norm(v, 3, 1)),
    [
      f64([
        [1, -2],
        [3, 4],
      ]),
    ],
    { order: 2 },
  );
});
