// Kernels that take a short way where operands lie well: the same as plain JavaScript, however they lie.

import * as tg from "tapegrad";
import { checkGrads, tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers, randomFrom, uniform } from "./support.js";

const random = randomFrom(77);

/** A matrix, and the same one as a view of its transpose, of every second row, and mirrored. */
function layouts(data: number[], rows: number, columns: number, dtype: tg.Dtype): Tensor[] {
  const x = tensor(data, { dtype }).reshape([rows, columns]);
  const twice = tg.stack([x, tg.zerosLike(x)], 1).reshape([2 * rows, columns]);
  return [
    x,
    tg.transpose(tg.transpose(x).add(0)),
    twice.slice([[null, null, 2]]),
    tg.flip(tg.flip(x, 1).add(0), 1),
  ];
}

const lines = (data: number[], rows: number, columns: number, axis: 0 | 1 | null): number[][] => {
  if (axis === null) return [data];
  if (axis === 1) {
    return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
  }
  return Array.from({ length: columns }, (_, j) => data.filter((_, k) => k % columns === j));
};

const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: number[]): number => {
  const centre = mean(x);
  return mean(x.map((v) => (v - centre) ** 2));
};

const SIZES: [number, number][] = [
  [1, 1],
  [3, 5],
  [5, 300],
  [300, 5],
  [37, 1],
  [1, 1030],
  [2100, 3],
  [70, 333],
];

describe.each(FLOATS)("sums of terms in %s", (dtype) => {
  test.each(SIZES)("%i × %i", (rows, columns) => {
    const plain = uniform(random, rows * columns, -2, 3).map((v) => Math.fround(v));
    const holed = plain.map((v, i) => (i % 7 === 3 ? NaN : i % 5 === 1 ? 0 : v));
    for (const axis of [null, 0, 1] as const) {
      const of = (data: number[], f: (x: number[]) => number) =>
        lines(data, rows, columns, axis).map(f);
      const sum = (x: number[]) => x.reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0);
      layouts(plain, rows, columns, dtype).forEach((x, i) => {
        const near = dtype === "float32" ? 2e-6 : 1e-13;
        expectNear(numbers(tg.variance(x, axis)), of(plain, variance), `variance ${i}`, near);
        const own = numbers(tg.std(x, axis));
        expectNear(own, of(plain, variance).map(Math.sqrt), `std ${i}`, near);
      });
      layouts(holed, rows, columns, dtype).forEach((x, i) => {
        const near = dtype === "float32" ? 1e-4 : 1e-12;
        expectNear(numbers(tg.nansum(x, axis)), of(holed, sum), `nansum ${i}`, near);
        const counts = of(holed, (line) => line.filter((v) => v !== 0).length);
        const got = tg.countNonzero(x, axis);
        expect([got.dtype, numbers(got)]).toEqual(["int32", counts]);
      });
    }
  });

  test("no elements, NaN and infinities", () => {
    const none = tg.zeros([0, 2], { dtype });
    expect(numbers(tg.variance(none, 0))).toEqual([NaN, NaN]);
    expect(numbers(tg.nansum(none, 0))).toEqual([0, 0]);
    expect(numbers(tg.countNonzero(none, 0))).toEqual([0, 0]);
    expect(numbers(tg.variance(tg.zeros([2, 0], { dtype }), 0))).toEqual([]);
    const x = tensor([1, NaN, 2, 3, Infinity, 4], { dtype }).reshape([3, 2]);
    expect(numbers(tg.variance(x, 0))).toEqual([NaN, NaN]);
    expect(numbers(tg.nansum(x, 0))).toEqual([Infinity, 7]);
    expect(numbers(tg.variance(tensor([1, 2], { dtype }), { ddof: 2 }))).toEqual([Infinity]);
    // The mean overflows, and no term of the rows that are missing may spoil that.
    const most = dtype === "float32" ? 3e38 : 1.7e308;
    const large = tg.full([3, 200], most, { dtype });
    expect(new Set(numbers(tg.variance(large, 0)))).toEqual(new Set([Infinity]));
  });
});

test("derivatives of sums of terms, to order 2, in a batch too", () => {
  const x = tensor([0.5, -1, 2, 3.5, 1, -0.25], { dtype: "float64" }).reshape([2, 3]);
  for (const axis of [null, 0, 1] as const) {
    checkGrads((t: Tensor) => tg.variance(t, axis), [x], { order: 2 });
    checkGrads((t: Tensor) => tg.std(t, axis, { ddof: 1 }), [x], { order: 2 });
    checkGrads((t: Tensor) => tg.nansum(tg.square(t), axis), [x], { order: 2 });
    const each = [0, 1].map((i) => tg.variance(x.at(i)));
    expectNear(
      numbers(tg.vmap(tg.variance)(x)),
      each.map((y) => y.item()),
      "vmap",
      1e-15,
    );
  }
  const holed = tensor([1, NaN, 3], { dtype: "float64" });
  expect(numbers(tg.grad((t: Tensor) => tg.nansum(t))(holed))).toEqual([1, 0, 1]);
});

describe.each(FLOATS)("limits that stay, in %s", (dtype) => {
  test("are as limits of every element", () => {
    const list = [-3, -1, -0, 0, 0.5, 1, 7, NaN, Infinity, -Infinity];
    const x = tensor(
      Array.from({ length: 1103 }, (_, i) => list[i % list.length]!),
      { dtype },
    );
    const limits = [-1, 0, -0, 1, NaN, Infinity, -Infinity];
    for (const low of limits)
      for (const high of limits) {
        const all = tg.clip(x, tg.fullLike(x, low), tg.fullLike(x, high));
        expect(numbers(tg.clip(x, low, high)), `${low} ${high}`).toEqual(numbers(all));
      }
    expect(numbers(nn.relu6(x)).slice(0, 8)).toEqual([0, 0, 0, 0, 0.5, 1, 6, NaN]);
  });
});

test.each([1, 4, 63, 64, 65, 333])("rows of %i elements beside columns and rows", (n) => {
  for (const dtype of [...FLOATS, "int32"] as const) {
    const a = tg.arange(0, 7, 1, { dtype }).reshape([7, 1]);
    const b = tg.arange(1, n + 1, 1, { dtype });
    const at = (f: (i: number, j: number) => number) =>
      Array.from({ length: 7 * n }, (_, k) => f(Math.floor(k / n), (k % n) + 1));
    expect(numbers(tg.multiply(a, b))).toEqual(at((i, j) => i * j));
    expect(numbers(tg.subtract(b, a))).toEqual(at((i, j) => j - i));
    expect(numbers(tg.less(a, b))).toEqual(at((i, j) => Number(i < j)));
    const whole = tg.multiply(a, b);
    expect(numbers(tg.subtract(whole, b))).toEqual(at((i, j) => i * j - j));
    expect(numbers(tg.subtract(a, whole))).toEqual(at((i, j) => i - i * j));
  }
});

test("what surrounds a part is filled, in every dtype", () => {
  for (const dtype of [...FLOATS, "int32"] as const)
    for (const value of [0, -0, 5]) {
      const x = tg.arange(1, 301, 1, { dtype }).reshape([3, 100]);
      const got = numbers(
        tg.pad(
          x,
          [
            [1, 2],
            [3, 0],
          ],
          { constantValues: value },
        ),
      );
      const want = Array.from({ length: 6 * 103 }, (_, k) => {
        const [i, j] = [Math.floor(k / 103) - 1, (k % 103) - 3];
        const filled = dtype === "int32" ? value + 0 : value;
        return i < 0 || i > 2 || j < 0 ? filled : i * 100 + j + 1;
      });
      expect(got).toEqual(want);
    }
  const wide = numbers(tg.diag(tg.arange(1, 301)));
  expect(wide.every((v, k) => v === (k % 301 === 0 ? k / 301 + 1 : 0))).toBe(true);
  const back = tg.grad((t: Tensor) => tg.sum(tg.slice(t, [[null, null, -100]])));
  expect(numbers(back(tg.ones([300]))).filter(Boolean)).toHaveLength(3);
});

test("indices out of bounds are found wherever they are, and negative ones count", () => {
  const x = tg.arange(0, 10);
  for (let at = 0; at < 21; at++) {
    for (const bad of [10, -11, 2147483647, -2147483648]) {
      const index = Array.from({ length: 21 }, (_, i) => (i === at ? bad : i % 10));
      expect(() => tg.take(x, index).data()).toThrow(String(bad));
    }
  }
  const added = tg.scatterAdd([0, 0, 0], 0, [-1, 0, -3, 2, 1, -1], [1, 2, 3, 4, 5, 6]);
  expect(numbers(added)).toEqual([5, 5, 11]);
});

test("sigmoid of float32 is within 2 ulp, far away too", () => {
  const points = Array.from({ length: 40_000 }, (_, i) => Math.fround(-104 + i * 0.0032));
  const got = numbers(tg.sigmoid(tensor(points, { dtype: "float32" })));
  const worst = points.map((x, i) => {
    const want = x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
    const ulp = 2 ** Math.max(Math.floor(Math.log2(want)) - 23, -149);
    return Math.abs(got[i]! - want) / ulp;
  });
  expect(Math.max(...worst)).toBeLessThan(2);
  const odd = tensor([NaN, Infinity, -Infinity, 1e30, -1e30], { dtype: "float32" });
  expect(numbers(tg.sigmoid(odd))).toEqual([NaN, 1, 0, 1, 0]);
});

test.each(FLOATS)("windows of 2 × 2 in %s", (dtype) => {
  const [height, width] = [6, 14];
  const data = uniform(random, height * width, -1, 1).map((v) => Math.fround(v));
  data[20] = NaN;
  const at = (y: number, z: number) => {
    const k = 2 * y * width + 2 * z;
    return [data[k]!, data[k + 1]!, data[k + width]!, data[k + width + 1]!];
  };
  const windows = Array.from({ length: 21 }, (_, i) => at(Math.floor(i / 7), i % 7));
  const x = tensor(data, { dtype }).reshape([1, 1, height, width]);
  expect(numbers(nn.maxPool2d(x, 2))).toEqual(windows.map((w) => Math.max(...w)));
  const near = dtype === "float32" ? 1e-6 : 1e-15;
  expectNear(numbers(nn.avgPool2d(x, 2)), windows.map(mean), "means", near);
});

test("a norm is the same whether it is known or recorded", () => {
  for (const dtype of FLOATS)
    for (const size of [1e-300, 1e-40, 1e-18, 1e-9, 1, 1e9, 1e19, 1e37, 1e300]) {
      const x = tg.multiply(tensor([3, -4, 0, 12], { dtype }), size);
      const known = tg.linalg.norm(x).item();
      expect(
        tg
          .compile((t: Tensor) => tg.linalg.norm(t))(x)
          .item(),
        `${size}`,
      ).toBe(known);
      const exact = Math.hypot(...numbers(x));
      if (exact > 0 && exact < Infinity) {
        expect(Math.abs(known / exact - 1), `${size}`).toBeLessThan(1e-6);
      }
    }
  const slope = tg.grad((t: Tensor) => tg.linalg.norm(t));
  expectNear(numbers(slope(tensor([3, 4], { dtype: "float64" }))), [0.6, 0.8], "slope", 1e-15);
  expect(numbers(slope(tensor([0, 0])))).toEqual([0, 0]);
});
