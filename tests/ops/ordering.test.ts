// Kernels along one axis against plain loops: random sizes around the limits of each way, every dtype,
// NaN, infinities, both zeros and many ties.

import * as tg from "tapegrad";
import { tensor, type Dtype, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectNear, f64, numbers, randomFrom } from "./support.js";

const SIZES = [1, 2, 3, 23, 24, 25, 26, 100, 257, 1000, 5000];
const ODD = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e-30, -1e30, 2 ** 31 - 1];

/** Numbers with ties, and now and then one of the odd ones. */
function mixed(n: number, seed: number, dtype: Dtype): number[] {
  const random = randomFrom(seed);
  return Array.from({ length: n }, () => {
    if (dtype === "bool") return random() < 0.5 ? 0 : 1;
    if (dtype === "int32") return Math.floor((random() - 0.5) * (random() < 0.5 ? 20 : 2 ** 32));
    const odd = ODD[Math.floor(random() * ODD.length * 8)];
    return odd ?? Math.fround(Math.round((random() - 0.5) * 50) / (random() < 0.5 ? 1 : 7));
  });
}

/** NaN behind all others, equal ones as they were. */
function order(x: readonly number[]): number[] {
  const rank = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return x.map((_, i) => i).sort((i, j) => rank(x[i]!, x[j]!) || i - j);
}

describe.each(["float64", "float32", "int32", "bool"] as const)("argsort of %s", (dtype) => {
  test.each(SIZES)("%i elements", (n) => {
    for (let seed = 1; seed <= 4; seed++) {
      const x = mixed(n, seed * n, dtype);
      expect(numbers(tg.argsort(tensor(x, { dtype })))).toEqual(order(x));
    }
  });

  test("along any axis", () => {
    const x = tensor(mixed(2 * 30 * 3, 5, dtype), { dtype }).reshape([2, 30, 3]);
    const places = tg.argsort(x, 1);
    for (const i of [0, 1]) {
      for (const k of [0, 1, 2]) {
        expect(numbers(places.at(i, ":", k))).toEqual(order(numbers(x.at(i, ":", k))));
      }
    }
  });
});

describe("searchsorted", () => {
  test.each(SIZES)("among %i elements", (n) => {
    const x = mixed(n, n, "float64");
    const sorted = order(x).map((i) => x[i]!);
    const values = [...mixed(20, 9, "float64"), ...sorted.slice(0, 5)];
    const before = (a: number, b: number): boolean =>
      a < b || (Number.isNaN(b) && !Number.isNaN(a));
    for (const side of ["left", "right"] as const) {
      const want = values.map(
        (v) => sorted.filter((s) => (side === "left" ? before(s, v) : !before(v, s))).length,
      );
      expect(numbers(tg.searchsorted(f64(sorted), f64(values), { side }))).toEqual(want);
    }
  });
});

describe("rows by index", () => {
  const random = randomFrom(3);
  const whole = (n: number): number => Math.floor(random() * n);

  test("gather and its transpose over random shapes", () => {
    for (let round = 0; round < 60; round++) {
      const [outer, n, inner, m] = [1 + whole(3), 1 + whole(6), whole(9), whole(7)] as const;
      for (const dtype of ["float64", "float32", "int32"] as const) {
        const data = Array.from({ length: outer * n * inner }, () => whole(1000) - 500);
        const index = Array.from({ length: m }, () => whole(2 * n) - n);
        const x = tensor(data, { dtype }).reshape([outer, n, inner]);
        const place = (i: number): number => (i < 0 ? i + n : i);
        const want = [];
        const back = new Array<number>(data.length).fill(0);
        for (let o = 0; o < outer; o++) {
          for (const i of index) {
            for (let k = 0; k < inner; k++) {
              const at = (o * n + place(i)) * inner + k;
              back[at]! += want.length + 1;
              want.push(data[at]!);
            }
          }
        }
        const got = tg.take(x, Int32Array.from(index), 1);
        expect(got.shape).toEqual([outer, m, inner]);
        expect(numbers(got)).toEqual(want);
        if (dtype === "int32") continue;
        const weights = tensor(
          want.map((_, i) => i + 1),
          { dtype },
        ).reshape(got.shape);
        const [, pull] = tg.vjp((v: Tensor) => tg.take(v, Int32Array.from(index), 1), x);
        const [slope] = pull(weights);
        expect(numbers(slope)).toEqual(back);
      }
    }
  });
});

describe("cumulative", () => {
  test.each([1, 2, 7, 64, 1000])("sums and products of %i elements", (n) => {
    const random = randomFrom(n);
    const x = Array.from({ length: n * 3 }, () => 0.5 + random());
    const t = f64(x).reshape([n, 3]);
    for (const [f, fold] of [
      [tg.cumsum, (a: number, b: number) => a + b],
      [tg.cumprod, (a: number, b: number) => a * b],
    ] as const) {
      const want = [...x];
      for (let i = 3; i < want.length; i++) want[i] = fold(want[i - 3]!, want[i]!);
      expectNear(numbers(f(t, 0)), want, "along axis 0", 1e-15);
      expectNear(numbers(f(t.transpose(), 1).transpose()), want, "along axis 1", 1e-15);
    }
  });

  test("signs of zeros stay", () => {
    expect(
      Object.is(
        tg
          .cumprod(f64([-0, 1]))
          .at(1)
          .item(),
        -0,
      ),
    ).toBe(true);
    expect(
      Object.is(
        tg
          .cumsum(f64([-0, -0]))
          .at(1)
          .item(),
        -0,
      ),
    ).toBe(true);
  });
});

describe("the few that come first", () => {
  const sizes = [1, 2, 3, 5, 17, 100, 1000];

  test.each(["float64", "float32", "int32", "bool"] as const)("of %s", (dtype) => {
    for (const n of sizes) {
      const x = mixed(n, 3 * n, dtype);
      const rising = order(x);
      // NaN is larger than everything, and equal ones keep their order here as well.
      const falling = order(x.map((v) => (Number.isNaN(v) ? -Infinity : -v)));
      const nans = x.flatMap((v, i) => (Number.isNaN(v) ? [i] : []));
      const greatest = [...nans, ...falling.filter((i) => !nans.includes(i))];
      for (const k of new Set([0, 1, 2, 10, 16, 17, n].filter((k) => k <= n))) {
        const t = tensor(x, { dtype });
        for (const [largest, want] of [
          [true, greatest],
          [false, rising],
        ] as const) {
          const [values, places] = tg.topK(t, k, -1, { largest });
          expect(numbers(places)).toEqual(want.slice(0, k));
          expect(values.dtype).toBe(dtype);
          expect(numbers(values)).toEqual(want.slice(0, k).map((i) => numbers(t)[i]!));
        }
      }
    }
  });

  test("along any axis, of views and of batches", () => {
    const x = tensor(mixed(4 * 30 * 5, 8, "float64")).reshape([4, 30, 5]);
    const [, places] = tg.topK(x, 7, 1);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 5; j++) {
        const line = x.at(i, ":", j).add(0);
        expect(numbers(places.at(i, ":", j))).toEqual(numbers(tg.topK(line, 7)[1]));
      }
    }
    const turned = tg.topK(x.transpose([2, 1, 0]), 7, 1)[1];
    expect(numbers(turned.transpose([2, 1, 0]))).toEqual(numbers(places));
    const mapped = tg.vmap((line: Tensor) => tg.topK(line, 7, 0)[1])(x);
    expect(numbers(mapped)).toEqual(numbers(places));
  });
});

describe("argmax and argmin", () => {
  /** The place of the first NaN, or of the first best one. */
  function first(x: readonly number[], smallest: boolean): number {
    const nan = x.findIndex((v) => Number.isNaN(v));
    if (nan >= 0) return nan;
    return x.reduce((p, v, i) => ((smallest ? v < x[p]! : v > x[p]!) ? i : p), 0);
  }

  test.each(["float64", "float32", "int32", "bool"] as const)("of %s, any axis", (dtype) => {
    const random = randomFrom(31);
    const whole = (n: number): number => 1 + Math.floor(random() * n);
    for (let round = 0; round < 150; round++) {
      const shape = [whole(4), whole(round % 3 ? 40 : 3), whole(round % 2 ? 3 : 19)];
      const [a, b, c] = shape as [number, number, number];
      const few = Math.floor(random() * 3);
      const data = mixed(a * b * c, round + 1, dtype).map((v, i) =>
        few === 0 && i % 7 ? 1 : few === 1 && Number.isNaN(v) ? 2 : v,
      );
      const x = tensor(data, { dtype }).reshape(shape);
      const got = numbers(x);
      for (const smallest of [false, true]) {
        const f = smallest ? tg.argmin : tg.argmax;
        for (const axis of [0, 1, 2]) {
          const order = [...[0, 1, 2].filter((i) => i !== axis), axis];
          const lines = x.transpose(order).reshape([-1, shape[axis]!]);
          const want = lines.toArray() as number[][];
          const places = want.map((line) => first(line.map(Number), smallest));
          expect(numbers(f(x, axis))).toEqual(places);
          expect(numbers(f(x.transpose(order), 2))).toEqual(places);
        }
        expect(f(x).item()).toBe(first(got, smallest));
        expect(numbers(tg.vmap((t: Tensor) => f(t, 0))(x))).toEqual(numbers(f(x, 1)));
      }
    }
  });
});

describe("searchsorted among ties and NaN", () => {
  test.each(["float64", "float32", "int32"] as const)("of %s", (dtype) => {
    const limits = dtype === "int32" ? [2 ** 31 - 1, -(2 ** 31), 0, 1] : ODD.map(Math.fround);
    for (let n = 0; n <= 40; n++) {
      const x = Array.from({ length: n }, (_, i) => limits[(i * 7 + n) % limits.length]!);
      const sorted = order(x).map((i) => x[i]!);
      for (const m of [0, 1, 2, 3, 4, 5, 11]) {
        const values = Array.from({ length: m }, (_, i) => limits[(i + n) % limits.length]!);
        const before = (a: number, b: number): boolean =>
          a < b || (Number.isNaN(b) && !Number.isNaN(a));
        for (const side of ["left", "right"] as const) {
          const want = values.map(
            (v) => sorted.filter((s) => (side === "left" ? before(s, v) : !before(v, s))).length,
          );
          const got = tg.searchsorted(tensor(sorted, { dtype }), tensor(values, { dtype }), side);
          expect(numbers(got)).toEqual(want);
        }
      }
    }
  });
});

test("a few values among many numbers of any dtype: the numbers stay as they are", () => {
  const n = 100_000;
  for (const dtype of ["int32", "float32", "float64"] as const) {
    const sorted = tg.arange(n).astype(dtype);
    sorted.data(); // computed now
    tg.resetPeakMemory();
    const before = tg.memory().peakBytes;
    expect(tg.searchsorted(sorted, f64([-1, 0, 0.5, 77_777, 1e9, NaN])).toArray()).toEqual([
      0,
      0,
      1,
      77_777,
      n,
      n,
    ]);
    expect(tg.memory().peakBytes - before).toBeLessThan(n);
    const right = tg.searchsorted(sorted, f64([-1, 0, 0.5, n - 1, NaN]), "right");
    expect(right.toArray()).toEqual([0, 1, 1, n, n]);
  }
});
