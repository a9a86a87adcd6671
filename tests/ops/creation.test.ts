// Tensors from nothing: contents, shapes, dtypes, and sizes that cannot be.

import * as tg from "tapegrad";
import {
  arange,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
  type Dtype,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { build } from "./ndarray.js";
import { count, numbers } from "./support.js";

const DTYPES: readonly Dtype[] = ["bool", "int32", "float32", "float64"];

describe("zeros, ones, full", () => {
  test.each([[[]], [[0]], [[3]], [[2, 0, 3]], [[5, 7]], [[1, 1, 1, 1, 1, 1, 1, 2]]])(
    "%j",
    (shape) => {
      const n = count(shape);
      for (const dtype of DTYPES) {
        const x = ones(shape, { dtype });
        expect(x.shape).toEqual(shape);
        expect(x.dtype).toBe(dtype);
        expect(numbers(x)).toEqual(new Array(n).fill(1));
        expect(numbers(zeros(shape, { dtype }))).toEqual(new Array(n).fill(0));
        expect(numbers(full(shape, 1, { dtype }))).toEqual(new Array(n).fill(1));
        for (const like of [zerosLike(x), onesLike(x), fullLike(x, 1)]) {
          expect(like.shape).toEqual(shape);
          expect(like.dtype).toBe(dtype);
        }
      }
      expect(numbers(full(shape, -2.5, { dtype: "float64" }))).toEqual(new Array(n).fill(-2.5));
    },
  );

  test("numbers and booleans", () => {
    expect(zeros(3).shape).toEqual([3]);
    expect(full([2], true).dtype).toBe("bool");
    expect(full([2], true, { dtype: "float32" }).dtype).toBe("float32");
    expect(numbers(full([2], NaN))).toEqual([NaN, NaN]);
    expect(numbers(full([2], -0))).toEqual([-0, -0]);
    expect(numbers(full([1], 2147483647, { dtype: "int32" }))).toEqual([2147483647]);
  });

  test("an int32 that is none says so", () => {
    for (const value of [0.5, NaN, Infinity, 3e9, -2147483649]) {
      expect(() => full([2], value, { dtype: "int32" }), `full ${value}`).toThrow(/^full: .*int32/);
      expect(() => fullLike(tensor([1], { dtype: "int32" }), value), `fullLike ${value}`).toThrow(
        /int32/,
      );
      expect(() => tensor([value], { dtype: "int32" }), `tensor ${value}`).toThrow(/int32/);
    }
  });

  test("impossible shapes say so", () => {
    for (const shape of [[-1], [1.5], [NaN], [2, "3"], null, "2", [1, 1, 1, 1, 1, 1, 1, 1, 1]]) {
      expect(() => zeros(shape as number[]), JSON.stringify(shape)).toThrow(/^zeros/);
    }
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow();
    expect(() => zeros([2 ** 40])).toThrow();
    expect(numbers(zeros([2]))).toEqual([0, 0]);
  });
});

describe("arange", () => {
  test("as NumPy counts", () => {
    const rows: [number, number | undefined, number | undefined, number[]][] = [
      [3, undefined, undefined, [0, 1, 2]],
      [0, undefined, undefined, []],
      [-2, undefined, undefined, []],
      [2, 5, undefined, [2, 3, 4]],
      [5, 2, undefined, []],
      [5, 2, -1, [5, 4, 3]],
      [0, 10, 3, [0, 3, 6, 9]],
      [10, 0, -4, [10, 6, 2]],
      [0, 1, 0.25, [0, 0.25, 0.5, 0.75]],
      [1, 0, -0.5, [1, 0.5]],
    ];
    for (const [start, stop, step, want] of rows) {
      const x = arange(start, stop, step);
      expect(numbers(x)).toEqual(want);
      expect(x.dtype).toBe(step !== undefined && step % 1 !== 0 ? "float32" : "int32");
      expect(numbers(arange(start, stop, step, { dtype: "float64" }))).toEqual(want);
    }
  });

  test("has no drift: element i is start + i · step", () => {
    const x = numbers(arange(0, 100, 0.1, { dtype: "float64" }));
    expect(x).toHaveLength(1000);
    x.forEach((v, i) => expect(v).toBe(i * 0.1));
  });

  test("integers that int32 does not hold are not cut silently", () => {
    for (const [start, stop, step] of [
      [2147483646, 2147483650, 1],
      [-3e9, -3e9 + 2, 1],
      [0, 1e10, 4e9],
    ] as const) {
      let got: number[];
      try {
        got = numbers(arange(start, stop, step).astype("float64"));
      } catch (error) {
        expect(String(error)).toMatch(/arange/);
        continue;
      }
      got.forEach((v, i) => expect(v).toBe(Math.fround(start + i * step)));
    }
  });

  test("what cannot be says so", () => {
    expect(() => arange(0, 1, 0)).toThrow(/^arange/);
    expect(() => arange(NaN)).toThrow(/^arange/);
    expect(() => arange(0, Infinity)).toThrow(/^arange/);
    expect(() => arange(0, 1e12)).toThrow(/arange/);
    expect(() => arange("3" as never)).toThrow(/^arange/);
  });
});

describe("linspace", () => {
  test("ends exactly where it should", () => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const [a, b, n] of [
        [0, 1, 3],
        [0, 0.7, 50],
        [-7, 7, 200],
        [5, -3, 17],
        [1e-3, 1e3, 1000],
      ] as const) {
        const x = numbers(linspace(a, b, n, { dtype }));
        const round = dtype === "float32" ? Math.fround : Number;
        expect(x).toHaveLength(n);
        expect(x[0]).toBe(round(a));
        expect(x.at(-1)).toBe(round(b));
        x.forEach((v, i) => expect(Math.abs(v - (a + ((b - a) * i) / (n - 1)))).toBeLessThan(1e-4));
        for (let i = 1; i < n; i++) expect(Math.sign(x[i]! - x[i - 1]!)).toBe(Math.sign(b - a));
      }
    }
    expect(numbers(linspace(2, 3, 1))).toEqual([2]);
    expect(numbers(linspace(2, 3, 0))).toEqual([]);
    expect(linspace(0, 1).size).toBe(50);
    expect(numbers(linspace(2, 2, 3))).toEqual([2, 2, 2]);
    expect(() => linspace(0, 1, -1)).toThrow(/^linspace/);
    expect(() => linspace(0, NaN, 3)).toThrow(/^linspace/);
  });
});

describe("eye", () => {
  test("every diagonal", () => {
    for (const [n, m] of [
      [3, 3],
      [2, 4],
      [4, 2],
      [0, 3],
      [1, 1],
    ] as const) {
      for (let k = -5; k <= 5; k++) {
        for (const dtype of DTYPES) {
          const x = eye(n, m, { k, dtype });
          expect(x.dtype).toBe(dtype);
          expect(x.shape).toEqual([n, m]);
          expect(numbers(x)).toEqual(build([n, m], ([i, j]) => (j! - i! === k ? 1 : 0)).data);
        }
      }
    }
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(() => eye(-1)).toThrow(/^eye/);
    expect(() => eye(2, 2, { k: 0.5 })).toThrow(/^eye/);
  });
});

describe("requiresGrad", () => {
  test("is an option of all of them", () => {
    for (const x of [
      zeros([2], { requiresGrad: true }),
      ones([2], { requiresGrad: true }),
      full([2], 3, { requiresGrad: true }),
      linspace(0, 1, 2, { requiresGrad: true }),
      eye(2, 2, { requiresGrad: true }),
      arange(0, 1, 0.5, { requiresGrad: true }),
      tensor([1, 2], { requiresGrad: true }),
    ]) {
      expect(x.requiresGrad).toBe(true);
      tg.sum(tg.multiply(x, x)).backward();
      expect(numbers(x.grad!)).toEqual(numbers(x).map((v) => 2 * v));
    }
    expect(() => arange(3, undefined, 1, { requiresGrad: true })).toThrow(/float/);
  });
});
