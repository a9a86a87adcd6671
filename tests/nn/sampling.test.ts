// Places of maxima, powers, and images read at any places: hard points and errors.

import * as tg from "tapegrad";
import { grad, tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { expect, test } from "vitest";
import { expectNear, numbers, randomFrom, shaped, uniform } from "../ops/support.js";

const random = randomFrom(5);
const values = (shape: number[]): Tensor =>
  shaped(
    uniform(
      random,
      shape.reduce((a, b) => a * b, 1),
      -1,
      1,
    ),
    shape,
  );
const finite = (x: Tensor): boolean => numbers(x).every(Number.isFinite);

test("places of maxima: ties, NaN, -∞ beside padding, overlaps", () => {
  const places = (list: number[]): number[] =>
    numbers(nn.maxPool1dWithIndices([[list]], 2, { padding: 1 })[1]);
  expect(places([1, 1, 1, 1])).toEqual([0, 1, 3]);
  expect(places([1, NaN, 2, NaN])).toEqual([0, 1, 3]);
  expect(places([-Infinity, -Infinity, -Infinity, 0])).toEqual([0, 1, 3]);
  const x = values([2, 3, 6, 7]);
  const [y, index] = nn.maxPool2dWithIndices(x, 3, { stride: 2 });
  expect(numbers(y)).toEqual(numbers(nn.maxPool2d(x, 3, { stride: 2 })));
  const flat = x.reshape([2, 3, 42]);
  const read = tg.takeAlongAxis(flat, index.reshape([2, 3, 6]), 2);
  expect(numbers(read)).toEqual(numbers(y));
  const back = nn.maxUnpool2d(y, index, 3, { stride: 2, outputSize: [6, 7] });
  expect(numbers(tg.sum(tg.notEqual(back, 0)))).toEqual([
    new Set(numbers(index).map((p, i) => `${Math.floor(i / 6)},${p}`)).size,
  ]);
  expect(numbers(tg.where(tg.equal(back, 0), x, back))).toEqual(numbers(x));
});

test("lpPool of zeros has derivative 0", () => {
  const zero = tg.zeros([1, 1, 2, 2], { dtype: "float64" });
  for (const p of [1.5, 2, 3]) {
    const f = (x: Tensor): Tensor => tg.sum(nn.lpPool2d(x, p, 2));
    expect(f(zero).item()).toBe(0);
    expect(numbers(grad(f)(zero))).toEqual([0, 0, 0, 0]);
  }
  expect(
    nn
      .lpPool2d(
        [
          [
            [1, -5],
            [3, 4],
          ],
        ],
        Infinity,
        2,
      )
      .toArray(),
  ).toEqual([[[4]]]);
});

test("the identity map gives the image back", () => {
  const x = values([2, 3, 4, 5]);
  const theta = tg.broadcastTo(
    tensor(
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      { dtype: "float64" },
    ),
    [2, 2, 3],
  );
  for (const alignCorners of [false, true]) {
    const grid = nn.affineGrid(theta, [2, 3, 4, 5], { alignCorners });
    for (const mode of ["bilinear", "nearest", "bicubic"] as const) {
      for (const paddingMode of ["zeros", "border", "reflection"] as const) {
        const y = nn.gridSample(x, grid, { mode, paddingMode, alignCorners });
        expectNear(numbers(y), numbers(x), `${mode} ${paddingMode}`, 1e-12, 1e-12);
      }
    }
  }
});

test("places far away, and of images of one element", () => {
  const x = values([1, 1, 3, 3]);
  const far = tensor(
    [
      [
        [
          [1e30, -1e30],
          [-5, 1e9],
        ],
      ],
    ],
    { dtype: "float64" },
  );
  for (const paddingMode of ["zeros", "border", "reflection"] as const) {
    for (const mode of ["bilinear", "nearest", "bicubic"] as const) {
      const f = (a: Tensor, g: Tensor): Tensor =>
        tg.sum(nn.gridSample(a, g, { mode, paddingMode }));
      expect(Number.isFinite(f(x, far).item())).toBe(true);
      expect(finite(grad(f)(x, far))).toBe(true);
      expect(finite(grad(f, { argnums: 1 })(x, far))).toBe(true);
    }
  }
  expect(numbers(nn.gridSample(x, far, { mode: "nearest" }))).toEqual([0, 0]);
  const one = tensor([[[[7]]]], { dtype: "float64" });
  const options = { paddingMode: "reflection", alignCorners: true } as const;
  expect(numbers(nn.gridSample(one, far, options))).toEqual([7, 7]);
  expect(nn.gridSample(tg.zeros([0, 2, 3, 3]), tg.zeros([0, 4, 5, 2])).shape).toEqual([0, 2, 4, 5]);
});

test("each error is one sentence", () => {
  const x = tg.ones([1, 2, 4, 4]);
  const grid = tg.zeros([1, 3, 3, 2]);
  expect(() => nn.maxPool2dWithIndices(x, 5)).toThrow(/^maxPool2dWithIndices: a window of \[5,5\]/);
  expect(() => nn.maxUnpool2d(x, tg.zeros([1, 2, 4], { dtype: "int32" }), 2)).toThrow(
    /^maxUnpool2d: there are indices of shape \[1,2,4\]/,
  );
  expect(() => nn.maxUnpool2d(x, tg.fullLike(x, 99).astype("int32"), 2)).toThrow(
    /^maxUnpool2d: .*99/,
  );
  expect(() => nn.lpPool2d(x, 0, 2)).toThrow(/^lpPool2d: normType is 0/);
  expect(() => nn.lpPool2d(x, 2, 5)).toThrow(/^lpPool2d: a window of \[5,5\]/);
  expect(() => nn.avgPool2d(x, 2, { divisorOverride: 0 })).toThrow(
    /^avgPool2d: divisorOverride is the number 0/,
  );
  expect(() => nn.avgPool3d(x, 2)).not.toThrow();
  expect(() => nn.avgPool3d(x, [3, 2, 2])).toThrow(/^avgPool3d: a window of/);
  expect(() => nn.maxPool3d(tg.ones([2, 2, 2]), 2)).toThrow(/^maxPool3d: x has 3 axes, not 5/);
  expect(() => nn.gridSample(x, tg.zeros([1, 3, 3, 3]))).toThrow(
    /^gridSample: x \[1,2,4,4\] and grid \[1,3,3,3\]/,
  );
  expect(() => nn.gridSample(x, grid, { mode: "linear" as "nearest" })).toThrow(
    /^gridSample: mode is the string "linear"/,
  );
  expect(() => nn.gridSample(x, grid, { paddingMode: "zero" as "zeros" })).toThrow(
    /^gridSample: paddingMode is/,
  );
  expect(() => nn.gridSample(tg.zeros([1, 2, 0, 4]), grid)).toThrow(
    /^gridSample: there is nothing to read/,
  );
  expect(() => nn.affineGrid(tg.ones([1, 2, 3]), [2, 1, 3, 3])).toThrow(
    /^affineGrid: theta \[1,2,3\] and size \[2,1,3,3\]/,
  );
});
