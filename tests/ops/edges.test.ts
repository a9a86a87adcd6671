// Conventions at the edges of the further elementwise functions: values as NumPy and SciPy have them,
// derivatives as limits where there are any. Where it differs, it says so.

import * as tg from "tapegrad";
import { elementwiseGrad, grad, tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { check, INF, type Points, type Unary } from "./points.js";
import { f64, numbers } from "./support.js";

/** [x, f, f', f''] */
const UNARY: Record<string, Points> = {
  asinh: [
    [0, 0, 1, 0],
    [-0, -0, 1],
    [INF, INF, 0],
    [-INF, -INF, 0],
  ],
  acosh: [
    [1, 0, INF, -INF],
    [0.5, NaN, NaN],
    [INF, INF, 0],
  ],
  atanh: [
    [0, 0, 1, 0],
    [1, INF, INF],
    [-1, -INF, INF],
    [2, NaN],
  ],
  cbrt: [
    [0, 0, INF, -INF],
    [-8, -2],
    [INF, INF, 0],
  ],
  exp2: [
    [-INF, 0, 0, 0],
    [INF, INF, INF, INF],
    [10, 1024],
  ],
  log2: [
    [0, -INF, INF, -INF],
    [8, 3],
    [-1, NaN],
  ],
  log10: [
    [0, -INF, INF, -INF],
    [1000, 3],
    [-1, NaN],
  ],
  // NumPy's sin(π) is not 0, so nor is its sinc(1); at infinity it has NaN.
  sinc: [
    [0, 1, 0],
    [1, -0, -1, 2],
    [-2, 0, -0.5, -0.5],
    [INF, 0, 0, 0],
  ],
  erfc: [
    [0, 1],
    [INF, 0, 0, 0],
    [-INF, 2, 0, 0],
  ],
  erfinv: [
    [0, 0],
    [1, INF, INF, INF],
    [-1, -INF, INF, -INF],
    [2, NaN],
  ],
  ndtr: [
    [0, 0.5],
    [INF, 1, 0, 0],
    [-INF, 0, 0, 0],
  ],
  ndtri: [
    [0, -INF, INF, -INF],
    [1, INF, INF, INF],
    [0.5, 0],
    [-1, NaN],
  ],
  logNdtr: [
    [INF, -0, 0],
    [-INF, -INF, INF],
  ],
  logit: [
    [0, -INF, INF],
    [1, INF, INF],
    [0.5, 0, 4, 0],
    [2, NaN],
  ],
  entr: [
    [0, 0, INF, -INF],
    [1, -0, -1, -1],
    [-1, -INF],
  ],
  gammaln: [
    [1, 0],
    [2, 0],
    [0, INF, -INF, INF],
    [-1, INF],
    [INF, INF, INF, 0],
  ],
  gamma: [
    [0, INF],
    [-0, -INF],
    [-1, NaN],
    [5, 24],
    [INF, INF],
    [200, INF],
  ],
  rgamma: [
    [0, 0, 1],
    [-1, 0, -1],
    [-2, 0, 2],
    [5, 1 / 24],
    [INF, 0, 0],
  ],
  digamma: [
    [0, -INF, INF, -INF],
    [-0, INF],
    [-1, NaN],
    [INF, INF, 0],
  ],
  // SciPy has NaN at infinity for these three.
  j0: [
    [0, 1, 0, -0.5],
    [INF, 0],
  ],
  j1: [
    [0, 0, 0.5, 0],
    [-INF, 0],
  ],
  y0: [
    [0, -INF, INF],
    [-1, NaN],
    [INF, 0],
  ],
  i0: [
    [0, 1, 0, 0.5],
    [-INF, INF, -INF],
  ],
  i1: [
    [0, 0, 0.5, 0],
    [-INF, -INF],
  ],
  // At its kink i0e has the derivative of its even part, 0, as in PyTorch.
  i0e: [
    [0, 1, 0],
    [INF, 0, 0],
  ],
  xlogx: [
    [0, 0],
    [1, 0, 1, 1],
  ],
};

const xlogx: Unary = (x) => tg.xlogy(x, x);

describe("edges", () => {
  test.each(Object.entries(UNARY))("%s", (name, points) => {
    const f = name === "xlogx" ? xlogx : (tg[name as keyof typeof tg] as unknown as Unary);
    check(f, [...points, [NaN, NaN]]);
  });

  test("remainders have the sign of the divisor, or of the dividend", () => {
    const x = f64([7, -7, 7, -7, 5, -5, 1, 1]);
    const y = f64([3, 3, -3, -3, INF, INF, 0, NaN]);
    expect(numbers(tg.remainder(x, y))).toEqual([1, 2, -2, -1, 5, INF, NaN, NaN]);
    expect(numbers(tg.fmod(x, y))).toEqual([1, -1, 1, -1, 5, -5, NaN, NaN]);
    expect(numbers(tg.floorDivide(x, y))).toEqual([2, -3, -3, 2, 0, -1, INF, NaN]);
    expect(grad(tg.remainder, { argnums: [0, 1] })(-7, 3)).toEqual([1, 3]);
    expect(grad(tg.fmod, { argnums: [0, 1] })(-7, 3)).toEqual([1, 2]);
  });

  test("remainders of integers", () => {
    const x = tensor([7, -7, 7, -7, 5, -(2 ** 31)], { dtype: "int32" });
    const y = tensor([3, 3, -3, -3, 0, -1], { dtype: "int32" });
    expect(numbers(tg.remainder(x, y))).toEqual([1, 2, -2, -1, 0, 0]);
    expect(numbers(tg.fmod(x, y))).toEqual([1, -1, 1, -1, 0, 0]);
    expect(numbers(tg.floorDivide(x, y)).slice(0, 5)).toEqual([2, -3, -3, 2, 0]);
  });

  test("fmax and fmin take NaN for nothing", () => {
    const x = f64([NaN, 1, NaN, 2]);
    const y = f64([3, NaN, NaN, 2]);
    expect(numbers(tg.fmax(x, y))).toEqual([3, 1, NaN, 2]);
    expect(numbers(tg.fmin(x, y))).toEqual([3, 1, NaN, 2]);
    expect(numbers(elementwiseGrad(tg.fmax as unknown as Unary2)(x, y)).slice(0, 2)).toEqual([
      0, 1,
    ]);
    expect(grad(tg.fmax, { argnums: [0, 1] })(2, 2)).toEqual([0.5, 0.5]);
  });

  test("copysign, signbit and predicates see -0", () => {
    expect(numbers(tg.copysign(f64([2, -2, 0]), f64([-0, 0, -1])))).toEqual([-2, 2, -0]);
    expect(tg.signbit(f64([-0, 0, -INF])).toArray()).toEqual([true, false, true]);
    expect(tg.isposinf(f64([INF, -INF, NaN])).toArray()).toEqual([true, false, false]);
    expect(tg.isneginf(f64([INF, -INF, NaN])).toArray()).toEqual([false, true, false]);
    expect(numbers(tg.heaviside(f64([-1, 0, 2, NaN]), 0.5))).toEqual([0, 0.5, 1, NaN]);
  });

  test("nanToNum", () => {
    const x = f64([NaN, INF, -INF, 2]);
    expect(numbers(tg.nanToNum(x))).toEqual([0, Number.MAX_VALUE, -Number.MAX_VALUE, 2]);
    expect(numbers(tg.nanToNum(x, { nan: 1, posinf: 5, neginf: -5 }))).toEqual([1, 5, -5, 2]);
    expect(numbers(elementwiseGrad((v: Tensor) => tg.nanToNum(v))(x))).toEqual([0, 0, 0, 1]);
  });

  test("hypot and atan2 neither overflow nor divide by 0", () => {
    expect(
      numbers(tg.hypot(f64([3e300, 3 * 2 ** -1000, 0, INF]), f64([4e300, 4 * 2 ** -1000, 0, NaN]))),
    ).toEqual([5e300, 5 * 2 ** -1000, 0, INF]);
    expect(grad(tg.hypot, { argnums: [0, 1] })(0, 0)).toEqual([0, 0]);
    expect(grad(tg.atan2, { argnums: [0, 1] })(1e200, 0)).toEqual([0, -1e-200]);
    expect(numbers(tg.atan2(f64([0, -0, 1]), f64([-1, -1, -0])))).toEqual([
      Math.PI,
      -Math.PI,
      Math.PI / 2,
    ]);
  });

  test("floatPower computes in float64", () => {
    const y = tg.floatPower(tensor([2, 3]), tensor([0.5, -1]));
    expect(y.dtype).toBe("float64");
    expect(numbers(y)).toEqual([Math.SQRT2, 1 / 3]);
  });

  test("multigammaln refuses other dimensions", () => {
    expect(() => tg.multigammaln(2, 0)).toThrow(
      "multigammaln: the dimension is 0, not a whole number from 1 up",
    );
  });
});

type Unary2 = (x: Tensor, y: Tensor) => Tensor;

describe("what has no derivative says so", () => {
  test.each(["polygamma", "jn", "yn", "iv", "ive", "zeta"] as const)("%s, in its order", (name) => {
    const f = tg[name] as Unary2;
    expect(() => grad(f)(2, 1.5)).toThrow(
      `no derivative (of this order) with respect to operand 0`,
    );
    expect(tg.grad(f, { argnums: 1 })(2, 1.5)).toEqual(expect.any(Number));
    // After the error everything goes on.
    expect(grad(tg.square)(3)).toBe(6);
  });

  test("betainc, beyond order 3 in its shapes", () => {
    const f = (a: Tensor): Tensor => tg.betainc(a, 2, 0.3);
    expect(() => grad(grad(grad(grad(f))))(1.5)).toThrow("no derivative");
  });
});
