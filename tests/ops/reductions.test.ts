// Reductions over any axes of any shape, against plain JavaScript; and their laws.

import fc from "fast-check";
import * as tg from "tapegrad";
import { broadcastTo, slice, tensor, transpose, zeros, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { reduce, toNd, toTensor, type Nd } from "./ndarray.js";
import { count, expectNear, FLOATS, numbers, randomFrom, shaped, uniform } from "./support.js";

type Name = "sum" | "mean" | "prod" | "max" | "min";
const FOLDS: Record<Name, (x: number[]) => number> = {
  sum: (x) => x.reduce((a, b) => a + b, 0),
  mean: (x) => x.reduce((a, b) => a + b, 0) / x.length,
  prod: (x) => x.reduce((a, b) => a * b, 1),
  max: (x) => Math.max(...x),
  min: (x) => Math.min(...x),
};
const NAMES = Object.keys(FOLDS) as Name[];

const random = randomFrom(21);
const values = (shape: readonly number[]): Nd => ({
  shape: [...shape],
  data: uniform(random, count(shape), 0.5, 1.5),
});

function check(name: Name, x: Tensor, axes: number[], keepdims: boolean, dtype: string): void {
  const got = tg[name](x, axes, { keepdims });
  const want = reduce(toNd(x), axes, FOLDS[name], keepdims);
  expect(got.shape).toEqual(want.shape);
  expectNear(
    numbers(got),
    want.data,
    `${name} of [${x.shape}] over [${axes}]`,
    dtype === "float32" ? 3e-6 : 1e-13,
  );
}

const SHAPES = [
  [7],
  [3, 5],
  [4, 1, 6],
  [2, 3, 4, 5],
  [1, 1],
  [33, 17],
  [5, 40],
  [40, 5],
  [3, 300],
  [300, 3],
  [2, 70, 9],
];
const subsets = (rank: number): number[][] =>
  Array.from({ length: 2 ** rank }, (_, mask) =>
    [...Array(rank).keys()].filter((i) => mask & (1 << i)),
  );

describe.each(NAMES)("%s", (name) => {
  test.each(FLOATS)("every set of axes, kept or not, in %s", (dtype) => {
    for (const shape of SHAPES) {
      const x = toTensor(values(shape), dtype);
      for (const axes of subsets(shape.length)) {
        for (const keepdims of [false, true]) check(name, x, axes, keepdims, dtype);
      }
    }
  });

  test.each(FLOATS)("of views in %s", (dtype) => {
    const x = toTensor(values([6, 7, 8]), dtype);
    const views = [
      transpose(x),
      transpose(x, [1, 0, 2]),
      slice(x, [
        [null, null, -1],
        [1, null, 2],
      ]),
      slice(x, [null, null, [1, -1]]),
      slice(x, [null, null, [null, null, -1]]),
      broadcastTo(slice(x, [0, [2]]), [3, 2, 5, 8]),
      broadcastTo(slice(x, [null, null, [3, 4]]), [6, 7, 5]),
    ];
    for (const view of views) {
      for (const axes of subsets(view.ndim)) check(name, view, axes, false, dtype);
    }
  });

  test("negative axes, null, a single number", () => {
    const x = toTensor(values([2, 3, 4]));
    expect(numbers(tg[name](x, -1))).toEqual(numbers(tg[name](x, 2)));
    expect(numbers(tg[name](x, [-3, 2]))).toEqual(numbers(tg[name](x, [0, 2])));
    expect(numbers(tg[name](x, null))).toEqual(numbers(tg[name](x)));
    expect(numbers(tg[name](x, []))).toEqual(numbers(x));
    for (const axes of [3, -4, [0, 0], [1, -2], 0.5])
      expect(() => tg[name](x, axes)).toThrow(new RegExp(`^${name}`));
  });

  test("shapes by chance", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        shape,
        fc.nat(31),
        fc.boolean(),
        fc.boolean(),
        (sizes, mask, keepdims, turned) => {
          const axes = sizes.map((_, i) => i).filter((i) => mask & (1 << i));
          const x = toTensor(values(sizes));
          check(name, turned ? transpose(x) : x, axes, keepdims, "float64");
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });
});

describe("nothing", () => {
  test("sum and prod of no elements are 0 and 1, the mean is NaN, max and min throw", () => {
    for (const dtype of FLOATS) {
      expect(tg.sum(zeros([0], { dtype })).item()).toBe(0);
      expect(tg.prod(zeros([0], { dtype })).item()).toBe(1);
      expect(tg.mean(zeros([0], { dtype })).item()).toBe(NaN);
      expect(numbers(tg.sum(zeros([3, 0], { dtype }), 1))).toEqual([0, 0, 0]);
      expect(numbers(tg.prod(zeros([0, 2], { dtype }), 0))).toEqual([1, 1]);
      expect(tg.sum(zeros([0, 3, 2], { dtype }), 1).shape).toEqual([0, 2]);
      for (const f of [tg.max, tg.min]) {
        expect(() => f(zeros([0], { dtype }))).toThrow(/^(max|min).*no elements/);
        expect(() => f(zeros([2, 0], { dtype }), 1)).toThrow(/no elements/);
        expect(f(zeros([0, 3], { dtype }), 1).shape).toEqual([0]);
      }
    }
  });

  test("has a gradient of its shape", () => {
    for (const f of [tg.sum, tg.prod]) {
      expect(tg.grad((x: Tensor) => f(x))(zeros([0, 2], { dtype: "float64" })).shape).toEqual([
        0, 2,
      ]);
    }
  });
});

describe("laws", () => {
  test("a sum over all axes is a sum of sums", () => {
    const x = toTensor(values([4, 5, 6]));
    const whole = tg.sum(x).item();
    for (const order of [
      [0, 0, 0],
      [2, 1, 0],
      [1, 0, 0],
    ]) {
      const got = order.reduce((y, axis) => tg.sum(y, axis), x).item();
      expect(Math.abs(got - whole)).toBeLessThan(1e-12);
    }
  });

  test("max = -min of the negative, whatever the layout", () => {
    const x = toTensor(values([9, 130]));
    for (const axes of [[0], [1], [0, 1]]) {
      for (const view of [x, slice(x, [null, [null, null, -1]])]) {
        expect(numbers(tg.max(view, axes))).toEqual(
          numbers(tg.negative(tg.min(tg.negative(view), axes))),
        );
      }
    }
  });

  test("gradients of large reductions", () => {
    for (const shape of [[5000], [70, 71], [71, 70]]) {
      const x = toTensor(values(shape));
      expect(new Set(numbers(tg.grad((v: Tensor) => tg.sum(v))(x)))).toEqual(new Set([1]));
      expect(new Set(numbers(tg.grad((v: Tensor) => tg.mean(v))(x)))).toEqual(
        new Set([1 / count(shape)]),
      );
      const g = numbers(tg.grad((v: Tensor) => tg.max(v))(x));
      expect(g.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      // With y = log(prod): x · dy/dx = 1 for every factor.
      const h = tg.grad((v: Tensor) => tg.log(tg.prod(tg.multiply(v, 1))))(
        slice(x.reshape([-1]), [[0, 400]]),
      );
      expectNear(
        numbers(tg.multiply(h, slice(x.reshape([-1]), [[0, 400]]))),
        new Array<number>(400).fill(1),
        "x · dy/dx",
        1e-12,
      );
    }
  });

  test("0-d tensors and numbers", () => {
    for (const name of NAMES) {
      expect(tg[name](tensor(3)).item()).toBe(3);
      expect(tg[name](3).item()).toBe(3);
      expect(tg[name](shaped([3], [1, 1, 1]), 1, { keepdims: true }).shape).toEqual([1, 1, 1]);
    }
  });
});

// One element stands for all zeros: it was once laid out for results that there are none of.
test.each([[[0, 5, 7]], [[5, 0, 7]], [[2, 0]]])("of %j, some without results", (shape) => {
  const x = zeros(shape);
  for (const axis of shape.keys()) {
    for (const name of ["sum", "mean", "prod"] as const) {
      const y = tg[name](x, axis);
      expect(y.shape).toEqual(shape.filter((_, i) => i !== axis));
      expect(y.data().length).toBe(y.size);
    }
  }
  // Memory is as it was.
  expect(tg.grad(tg.checkpoint((x: Tensor) => tg.multiply(x, 2)))(3)).toBe(2);
});
