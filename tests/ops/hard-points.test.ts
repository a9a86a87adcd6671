// Where formulas break: zeros, infinities, NaN, subnormals, huge numbers, edges of domains. Values as
// IEEE 754 and C99 have them, derivatives as limits where there are any and as documented where not.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { check, INF, type Points, type Unary } from "./points.js";
import { f64, FLOATS, numbers } from "./support.js";

const TINY = { float32: 2 ** -149, float64: 2 ** -1074 };
const HUGE = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE };

/** [x, f, f', f''] of unary ops. */
const UNARY: Record<string, Points> = {
  abs: [
    [0, 0, 0, 0],
    [-0, 0, 0, 0],
    [-INF, INF, -1, 0],
    [NaN, NaN],
  ],
  relu: [
    [0, 0, 0, 0],
    [-INF, 0, 0, 0],
    [INF, INF, 1, 0],
    [NaN, NaN],
  ],
  sign: [
    [0, 0, 0],
    [INF, 1, 0],
    [-INF, -1, 0],
    [NaN, NaN],
  ],
  negative: [
    [0, -0, -1, 0],
    [-0, 0, -1, 0],
    [INF, -INF, -1],
  ],
  square: [
    [0, 0, 0, 2],
    [-INF, INF, -INF, 2],
  ],
  sqrt: [
    [0, 0, INF, -INF],
    [-0, -0],
    [INF, INF, 0],
    [-1, NaN, NaN],
    [0.25, 0.5, 1, -2],
  ],
  reciprocal: [
    [0, INF, -INF, INF],
    [-0, -INF, -INF, -INF],
    [INF, 0, 0, 0],
    [-INF, -0, 0, 0],
  ],
  exp: [
    [0, 1, 1, 1],
    [-0, 1, 1, 1],
    [-INF, 0, 0, 0],
    [INF, INF, INF, INF],
    [1000, INF, INF, INF],
    [-1000, 0, 0, 0],
    [NaN, NaN, NaN],
  ],
  expm1: [
    [0, 0, 1, 1],
    [-0, -0, 1, 1],
    [-INF, -1, 0, 0],
    [INF, INF, INF],
    [1e-30, 1e-30, 1, 1],
  ],
  log: [
    [0, -INF, INF, -INF],
    [-0, -INF],
    [1, 0, 1, -1],
    [INF, INF, 0, 0],
    [-1, NaN],
    [NaN, NaN],
  ],
  log1p: [
    [0, 0, 1, -1],
    [-0, -0, 1, -1],
    [-1, -INF, INF, -INF],
    [INF, INF, 0, 0],
    [-2, NaN],
    [1e-30, 1e-30, 1, -1],
  ],
  sin: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, NaN, NaN],
    [NaN, NaN],
  ],
  cos: [
    [0, 1, 0, -1],
    [-INF, NaN, NaN],
  ],
  tan: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, NaN],
  ],
  asin: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [1, Math.PI / 2, INF],
    [-1, -Math.PI / 2, INF],
    [1.5, NaN],
  ],
  acos: [
    [1, 0, -INF],
    [-1, Math.PI, -INF],
    [0, Math.PI / 2, -1, 0],
    [-1.5, NaN],
  ],
  atan: [
    [0, 0, 1, 0],
    [-0, -0],
    [INF, Math.PI / 2, 0, 0],
    [-INF, -Math.PI / 2, 0, 0],
  ],
  sinh: [
    [0, 0, 1, 0],
    [-0, -0],
    [-INF, -INF, INF],
    [1000, INF, INF],
  ],
  cosh: [
    [0, 1, 0, 1],
    [INF, INF, INF],
    [-1000, INF, -INF, INF],
  ],
  tanh: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, 1, 0, 0],
    [-INF, -1, 0, 0],
    [1000, 1, 0, 0],
    [NaN, NaN],
  ],
  sigmoid: [
    [0, 0.5, 0.25, 0],
    [INF, 1, 0, 0],
    [-INF, 0, 0, 0],
    [1000, 1, 0, 0],
    [NaN, NaN],
  ],
  softplus: [
    [-INF, 0, 0, 0],
    [INF, INF, 1, 0],
    [1000, 1000, 1, 0],
    [0, Math.LN2, 0.5, 0.25],
  ],
  gelu: [
    [0, 0, 0.5],
    [INF, INF, 1, 0],
    [-INF, -0, 0, 0],
    [-1000, -0, 0, 0],
    [NaN, NaN, NaN],
  ],
  silu: [
    [0, 0, 0.5, 0.5],
    [INF, INF, 1, 0],
    [-INF, -0, 0, 0],
    [-2000, -0, 0, 0],
    [NaN, NaN, NaN],
  ],
  floor: [
    [-0.5, -1, 0],
    [-0, -0, 0],
    [INF, INF, 0],
    [NaN, NaN],
  ],
  ceil: [
    [-0.5, -0, 0],
    [0.5, 1, 0],
    [2 ** 60, 2 ** 60, 0],
  ],
  round: [
    [0.5, 0, 0],
    [1.5, 2, 0],
    [2.5, 2, 0],
    [-0.5, -0, 0],
    [-1.5, -2, 0],
    [8388609, 8388609, 0],
  ],
  trunc: [
    [-1.9, -1, 0],
    [-0.9, -0, 0],
    [1.9, 1, 0],
  ],
};

/** As above, of special functions. */
const SPECIAL: Record<string, Points> = {
  y0: [
    [0, -INF, INF, -INF],
    [-0, -INF, INF, -INF],
    [INF, 0, 0, 0],
    [-1, NaN, NaN, NaN],
  ],
  y1: [
    [0, -INF, INF, -INF],
    [INF, 0, 0, 0],
  ],
  gamma: [[-INF, NaN]],
  rgamma: [
    [-INF, NaN],
    [-200.5, -INF],
    [-201.5, INF],
    [200, 0, 0, 0],
    [INF, 0, 0, 0],
  ],
  digamma: [
    [-INF, NaN, NaN],
    [INF, INF, 0, 0],
  ],
  trigamma: [[-INF, NaN]],
  gammasgn: [
    [0, 1, 0],
    [-0, -1, 0],
    [-1, NaN, 0],
    [-1.5, 1, 0],
    [-INF, NaN, 0],
    [INF, 1, 0],
    [NaN, NaN, 0],
  ],
  erfcinv: [
    [0, INF, -INF, INF],
    [2, -INF, -INF, -INF],
    [-1, NaN, NaN],
  ],
  ndtri: [
    [0, -INF, INF, -INF],
    [1, INF, INF, INF],
    [2, NaN, NaN],
  ],
  logit: [
    [0, -INF, INF, -INF],
    [1, INF, INF, INF],
    [0.5, 0, 4, 0],
  ],
};

describe("special functions", () => {
  test.each(Object.entries(SPECIAL))("%s", (name, points) => {
    check(tg[name as keyof typeof tg] as unknown as Unary, points);
  });

  test("incomplete functions have the slopes of their densities at the ends", () => {
    check((x) => tg.gammainc(2, x), [[0, 0, 0, 1]]);
    check((x) => tg.gammaincc(1, x), [[0, 1, -1, 1]]);
    check(
      (x) => tg.betainc(2, 3, x),
      [
        [0, 0, 0, 12],
        [1, 1, 0, 0],
      ],
    );
    const third = (f: Unary) => tg.elementwiseGrad(tg.elementwiseGrad(tg.elementwiseGrad(f)));
    expect(numbers(third((x) => tg.gammainc(2, x))(f64([0])))).toEqual([-2]);
    expect(numbers(third((x) => tg.betainc(2, 3, x))(f64([0, 1])))).toEqual([-48, 24]);
  });

  test("yn overflows to the infinity of its highest order", () => {
    const slope = tg.grad((x: number) => tg.yn(2, x));
    expect(slope(0)).toBe(INF);
    expect(slope(1e-310)).toBe(INF);
    expect(tg.grad((x: number) => tg.yn(-1, x))(0)).toBe(-INF);
  });
});

describe.each(["logaddexp", "logaddexp2"] as const)("%s", (name) => {
  test.each([INF, -INF])("of equal infinities %d shares its slope", (x) => {
    const f = tg[name];
    expect(f(x, x).item()).toBe(x);
    expect(tg.grad((a: number) => f(a, x))(x)).toBe(0.5);
    expect(tg.jvp((a: Tensor) => f(x, a), [f64([x])], [f64([1])])[1].toArray()).toEqual([0.5]);
    expect(tg.grad((a: number) => f(a, 0))(x)).toBe(x > 0 ? 1 : 0);
  });
});

describe("unary ops", () => {
  test.each(Object.entries(UNARY))("%s", (name, points) => {
    check(tg[name as keyof typeof tg] as unknown as Unary, points);
  });

  test.each([
    "abs",
    "negative",
    "sqrt",
    "sin",
    "tan",
    "asin",
    "atan",
    "sinh",
    "tanh",
    "expm1",
    "log1p",
  ])("%s of the smallest number is not flushed to 0", (name) => {
    const f = tg[name as keyof typeof tg] as unknown as Unary;
    for (const dtype of FLOATS) {
      const x = TINY[dtype];
      const [got] = numbers(f(tensor([x], { dtype })));
      const root = dtype === "float32" ? Math.fround(Math.sqrt(x)) : Math.sqrt(x);
      expect(Math.abs(got!)).toBe(name === "sqrt" ? root : x);
    }
  });

  test("the largest numbers", () => {
    for (const dtype of FLOATS) {
      const x = tensor([HUGE[dtype], -HUGE[dtype]], { dtype });
      expect(numbers(tg.abs(x))).toEqual([HUGE[dtype], HUGE[dtype]]);
      expect(numbers(tg.add(x, x))).toEqual([INF, -INF]);
      expect(numbers(tg.square(x))).toEqual([INF, INF]);
      expect(numbers(tg.tanh(x))).toEqual([1, -1]);
      expect(numbers(tg.isfinite(x))).toEqual([1, 1]);
      expect(numbers(tg.trunc(x))).toEqual([HUGE[dtype], -HUGE[dtype]]);
    }
  });
});

describe("slopes that do not fade into rounding", () => {
  // 4 exp(-2|x|) and exp(-|x|), correct to far below the last digit at these x.
  test.each([20, 40, 100, 300])("tanh and sigmoid at ±%i", (x) => {
    for (const s of [x, -x]) {
      const near = (got: number, want: number): void =>
        expect(Math.abs(got / want - 1)).toBeLessThan(4e-15);
      near(tg.grad(tg.tanh)(s), 4 * Math.exp(-2 * x));
      if (x >= 40) near(tg.grad(tg.sigmoid)(s), Math.exp(-x));
    }
  });
});

describe("divide", () => {
  test("by zero and by infinity", () => {
    const x = f64([1, -1, 0, 1, INF]);
    const y = f64([0, 0, 0, INF, INF]);
    expect(numbers(tg.divide(x, y))).toEqual([INF, -INF, NaN, 0, NaN]);
    expect(tg.grad((v: Tensor) => tg.divide(1, v))(0)).toBe(-INF);
    expect(tg.grad((v: Tensor) => tg.divide(v, INF))(1)).toBe(0);
  });
});
