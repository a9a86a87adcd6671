// Kernels with a short way for most vectors and a long one for the rest: both give the same answers, in
// whatever lanes they meet.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { INF } from "./points.js";
import { FLOATS, numbers } from "./support.js";

const { fround } = Math;

/** Numbers of all sizes, the same in every run. */
function* stream(seed: number): Generator<number, never> {
  for (let s = seed; ;) {
    s = (Math.imul(s, 1103515245) + 12345) >>> 0;
    yield (s >>> 8) / 2 ** 24;
  }
}

/** NumPy's floor_divide and remainder; `%` is exact. */
function divided(x: number, y: number): [number, number] {
  const left = x % y;
  const below = left !== 0 && left < 0 !== y < 0;
  let q = (x - left) / y - (below ? 1 : 0);
  if (y === 0) q = x / y;
  else if (q === 0) q = (x < 0 || Object.is(x, -0)) === y < 0 ? 0 : -0;
  else q = Math.round(q);
  if (left === 0) return [q, y < 0 || Object.is(y, -0) ? -0 : 0];
  return [q, below ? left + y : left];
}

describe("division of float32 with remainder", () => {
  const at = stream(7);
  const draw = (): number => at.next().value;
  const pairs: [number, number][] = [];
  for (let i = 0; i < 30000; i++) {
    const sign = (): number => (draw() < 0.5 ? -1 : 1);
    const y = fround(sign() * (1 + draw()) * 2 ** Math.floor(60 * draw() - 30));
    const whole = Math.floor(2 ** (15 * draw()));
    // Quotients of all lengths, those next to an integer among them.
    const x = i % 3 ? fround(y * whole * (1 + (i % 2 ? 0 : 2 ** -23))) : fround(y * whole * draw());
    pairs.push([fround(sign() * x), y]);
  }
  const odd = [0, -0, 1, -1, 2.5, -7, 1e-45, -1e-45, 1e-38, 3e38, -3e38, INF, -INF, NaN];
  for (const x of odd) for (const y of odd) pairs.push([fround(x), fround(y)]);
  const x = tensor(new Float32Array(pairs.map(([a]) => a)));
  const y = tensor(new Float32Array(pairs.map(([, b]) => b)));

  test("floorDivide", () => {
    const got = numbers(tg.floorDivide(x, y));
    const want = pairs.map(([a, b]) => fround(divided(a, b)[0]));
    expect(pairs.filter((_, i) => !Object.is(got[i], want[i])).slice(0, 5)).toEqual([]);
  });

  test("remainder and fmod", () => {
    const some = numbers(tg.remainder(x, y));
    const others = numbers(tg.fmod(x, y));
    const wrong = pairs.filter(([a, b], i) => {
      // Of an infinite y NumPy says y where signs differ.
      const want = b === 0 ? NaN : divided(a, b)[1];
      return !Object.is(some[i], fround(want)) || !Object.is(others[i], fround(a % b));
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test("floorDivide of float64 next to integers", () => {
    const near = [3, 2.9999999999999996, 3.0000000000000004, -3, 0.1, 1e300, 4503599627370497];
    for (const b of [1, -1, 0.1, 3, 1e-300]) {
      const got = numbers(tg.floorDivide(tensor(near, { dtype: "float64" }), b));
      expect(got).toEqual(near.map((a) => divided(a, b)[0]));
    }
  });
});

describe("logarithms of float32", () => {
  test("log2 is exact for powers of 2", () => {
    const exponents = Array.from({ length: 277 }, (_, i) => i - 149);
    const x = tensor(new Float32Array(exponents.map((k) => 2 ** k)));
    expect(numbers(tg.log2(x))).toEqual(exponents);
  });

  test("log10 is exact for powers of 10", () => {
    const exponents = Array.from({ length: 11 }, (_, i) => i);
    const x = tensor(new Float32Array(exponents.map((k) => 10 ** k)));
    expect(numbers(tg.log10(x))).toEqual(exponents);
  });

  test.each(["log2", "log10"] as const)("%s: no lane disturbs its neighbours", (name) => {
    const at = stream(11);
    const x = Float32Array.from({ length: 4096 }, (_, i) => {
      const u = at.next().value;
      return [1 + u - 0.5, 2 ** (250 * u - 125), 1e-41 * u, -u, 0, INF, NaN][
        i % 29 ? i % 3 : i % 7
      ]!;
    });
    const got = numbers(tg[name](tensor(x)));
    x.forEach((v, i) => {
      const want = Math[name](v);
      if (!Number.isFinite(want)) expect(got[i]).toBe(want);
      else expect(Math.abs(got[i]! - want)).toBeLessThanOrEqual(Math.abs(want) * 2 ** -23.9);
    });
  });
});

describe("slopes in the plane", () => {
  const sizes = [1e-42, 1e-20, 1e-15, 1, 3, 1e10, 1e16, 3e37];
  const points = sizes.flatMap((a) =>
    sizes.flatMap((b) => [
      [a, b],
      [-a, b],
    ]),
  ) as [number, number][];
  const by = (f: (x: Tensor, y: Tensor) => Tensor, dtype: "float32" | "float64"): number[][] => {
    const column = (k: 0 | 1): Tensor =>
      tensor(new Float32Array(points.map((p) => p[k]))).astype(dtype);
    const sum = (x: Tensor, y: Tensor): Tensor => tg.sum(f(x, y));
    return tg
      .grad(sum, { argnums: [0, 1] })(column(0), column(1))
      .map(numbers);
  };

  test.each(["hypot", "atan2"] as const)("of %s, of all sizes", (name) => {
    const exact = by(tg[name], "float64");
    const short = by(tg[name], "float32");
    exact.forEach((slopes, k) =>
      slopes.forEach((want, i) => {
        const got = short[k]![i]!;
        if (Math.abs(want) > 3.4e38) expect(Math.abs(got)).toBe(INF);
        else expect(Math.abs(got - want)).toBeLessThanOrEqual(Math.abs(want) * 2 ** -22 + 1e-44);
      }),
    );
  });

  test("of hypot at the origin, far out and of NaN", () => {
    for (const dtype of FLOATS) {
      const x = tensor([0, INF, -INF, 3, NaN, 3, 1, 0], { dtype });
      const y = tensor([0, 1, 1, INF, 1, NaN, 0, 2], { dtype });
      const g = tg.grad((v: Tensor) => tg.sum(tg.hypot(v, y)))(x) as Tensor;
      expect(numbers(g)).toEqual([0, 1, -1, 0, NaN, NaN, 1, 0]);
    }
  });
});

test("slopes of error functions are 0 far out, infinite for inverses, and NaN of NaN", () => {
  for (const dtype of FLOATS) {
    const x = tensor([-INF, -1e200, -50, 0, 50, 1e30, INF, NaN], { dtype });
    const slope = (f: (v: Tensor) => Tensor): number[] =>
      numbers(tg.grad((v: Tensor) => tg.sum(f(v)))(x) as Tensor);
    const middle = -2 / Math.sqrt(Math.PI);
    const want = [0, 0, 0, dtype === "float32" ? fround(middle) : middle, 0, 0, 0, NaN];
    expect(slope(tg.erfc).map(Math.abs)).toEqual(want.map(Math.abs));
    expect(numbers(tg.grad(tg.erfinv)(tensor([1, -1], { dtype }).at(0)) as Tensor)).toEqual([INF]);
  }
});

describe("three operands", () => {
  // A tile holds 1,024 float32: shapes around it, operands whole, single and spread.
  test.each([1, 3, 1023, 1025, 5000])("clip and where of rows of %d", (n) => {
    for (const dtype of FLOATS) {
      const at = stream(n);
      const column = Array.from({ length: 3 * n }, () => fround(4 * at.next().value - 2));
      const x = tensor(column, { dtype }).reshape([3, n]);
      const row = tensor(
        column.slice(0, n).map((v) => -Math.abs(v)),
        { dtype },
      );
      const ends = tensor([[0.5], [1], [1.5]], { dtype });
      const turned = x.transpose().reshape([n, 3]);
      const clipped = (v: number, low: number, high: number): number =>
        Math.min(Math.max(v, low), high);
      expect(numbers(tg.clip(x, -0.5, 0.75))).toEqual(column.map((v) => clipped(v, -0.5, 0.75)));
      expect(numbers(tg.clip(x, row, ends))).toEqual(
        column.map((v, i) => clipped(v, -Math.abs(column[i % n]!), 0.5 + 0.5 * Math.floor(i / n))),
      );
      expect(numbers(tg.where(tg.greater(turned, 0), turned, 7).transpose())).toEqual(
        column.map((v) => (v > 0 ? v : 7)),
      );
    }
  });

  test("clip: a limit where both are zero, NaN where an operand is", () => {
    for (const dtype of FLOATS) {
      const x = tensor([-0, 0, NaN, 1, 1, -5], { dtype });
      const low = tensor([0, -0, 0, NaN, 0, -INF], { dtype });
      const high = tensor([1, 1, 1, 2, NaN, INF], { dtype });
      expect(numbers(tg.clip(x, low, high))).toEqual([0, -0, NaN, NaN, NaN, -5]);
      expect(numbers(tg.clip(x.slice([[0, 2]]), -1, -0))).toEqual([-0, -0]);
    }
  });
});

describe("activations of one pass", () => {
  const x = [-INF, -1e30, -90, -30, -17, -1, -1e-3, -1e-30, -0, 0, 1e-30, 0.5, 3, 90, INF, NaN];

  test("elu", () => {
    for (const dtype of FLOATS) {
      const place = dtype === "float32" ? 2 ** -23 : 2 ** -52;
      for (const alpha of [1, 0.3, -2]) {
        numbers(nn.elu(tensor(x, { dtype }), { alpha })).forEach((got, i) => {
          const v = dtype === "float32" ? fround(x[i]!) : x[i]!;
          const factor = dtype === "float32" ? fround(alpha) : alpha;
          const want = v < 0 ? factor * Math.expm1(v) : v;
          if (want === 0 || !Number.isFinite(want)) expect(got).toBe(want);
          else expect(Math.abs(got - want)).toBeLessThanOrEqual(2 * place * Math.abs(want));
        });
      }
    }
  });

  test("their slopes, to any order", () => {
    const inside = tensor([-4, -2.5, -1, 0.7, 2, 2.9, 4], { dtype: "float64" });
    for (const f of [
      (v: Tensor) => nn.elu(v, { alpha: 0.7 }),
      (v: Tensor) => nn.leakyRelu(v, { negativeSlope: 0.2 }),
      (v: Tensor) => nn.hardtanh(v, { minVal: -2, maxVal: 2.5 }),
      nn.relu6,
      nn.hardsigmoid,
      nn.hardswish,
    ]) {
      tg.checkGrads(f, [inside], { order: 2 });
    }
  });
});
