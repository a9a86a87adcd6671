// power at its hard points: base 0, exponents 0, 1, 2, negative bases, infinities.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { check, INF, modes, type Unary } from "./points.js";
import { f64, FLOATS, numbers } from "./support.js";

describe("power", () => {
  test("of a negative base to a fraction next to an integer is NaN, of -∞ what ∞ has", () => {
    for (const dtype of FLOATS) {
      for (const step of [2 ** -20, 2 ** -21, -(2 ** -20)]) {
        for (const n of [1, 2, 3, 7]) {
          const y = tensor(n + step, { dtype });
          expect(tg.power(tensor(-3, { dtype }), y).item()).toBeNaN();
          expect(tg.power(tensor(-INF, { dtype }), y).item()).toBe(INF);
          expect(tg.power(tensor(-INF, { dtype }), tg.negative(y)).item()).toBe(0);
        }
      }
    }
    for (const step of [2 ** -23, 2 ** -33, 2 ** -40, 2 ** -51]) {
      expect(tg.power(f64(-3), f64(1 + step)).item()).toBeNaN();
      expect(tg.power(f64(-3), f64(1 + step * 2)).item()).toBeNaN();
    }
    expect(tg.power(f64([-3, -3]), f64([5, -1])).toArray()).toEqual([-243, expect.closeTo(-1 / 3)]);
  });

  const at =
    (y: number): Unary =>
    (x) =>
      tg.power(x, y);

  test("values as C99 has them", () => {
    const rows: [number, number, number][] = [
      [0, 0, 1],
      [-0, 0, 1],
      [NaN, 0, 1],
      [INF, 0, 1],
      [1, NaN, 1],
      [1, INF, 1],
      [-1, INF, 1],
      [0, 2, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [0, -1, INF],
      [-0, -1, -INF],
      [0, -2, INF],
      [2, INF, INF],
      [0.5, INF, 0],
      [2, -INF, 0],
      [0.5, -INF, INF],
      [-8, 3, -512],
      [-8, -1, -0.125],
      [-8, 1 / 3, NaN],
      [-INF, 3, -INF],
      [-INF, 2, INF],
      [INF, -1, 0],
      [NaN, 1, NaN],
      [2, NaN, NaN],
    ];
    for (const dtype of FLOATS) {
      const x = tensor(
        rows.map((row) => row[0]),
        { dtype },
      );
      const y = tensor(
        rows.map((row) => row[1]),
        { dtype },
      );
      expect(numbers(tg.power(x, y))).toEqual(rows.map((row) => row[2]));
    }
  });

  test("the exponent 0, 1, 2, 3 at base 0 and at negative bases", () => {
    check(at(0), [
      [0, 1, 0, 0],
      [-2, 1, 0, 0],
      [INF, 1, 0],
    ]);
    check(at(1), [
      [0, 0, 1, 0],
      [-2, -2, 1, 0],
    ]);
    check(at(2), [
      [0, 0, 0, 2],
      [-2, 4, -4, 2],
    ]);
    check(at(3), [
      [0, 0, 0, 0],
      [-2, -8, 12, -12],
    ]);
    check(at(0.5), [
      [0, 0, INF, -INF],
      [4, 2, 0.25, -1 / 32],
    ]);
    check(at(-1), [
      [0, INF, -INF, INF],
      [-2, -0.5, -0.25, -0.25],
    ]);
  });

  test("the derivatives of order 3 and 4 at base 0", () => {
    const nth = (f: Unary, n: number): Unary => (n === 0 ? f : nth(modes.jvp(f), n - 1));
    for (const [y, n, want] of [
      [2, 3, 0],
      [3, 3, 6],
      [3, 4, 0],
      [4, 4, 24],
      [1, 3, 0],
      [0, 4, 0],
    ] as const) {
      expect(numbers(nth(at(y), n)(f64([0])))[0]! + 0, `order ${n} of x ** ${y}`).toBe(want);
    }
  });

  test("by the exponent: 0 where the base is 0 and the exponent is not negative", () => {
    const by: Unary = (y) => tg.power(f64([0, 0, 0]), y);
    for (const mode of Object.values(modes)) {
      expect(numbers(mode(by)(f64([0, 1, 2.5]))).map(Math.abs)).toEqual([0, 0, 0]);
    }
    // Below, x ** y is infinite at 0, and falls from there as y grows.
    for (const mode of Object.values(modes)) {
      expect(numbers(mode(by)(f64([-1, -0.5, -3])))).toEqual([-INF, -INF, -INF]);
    }
    const one: Unary = (y) => tg.power(1, y);
    check(one, [
      [0, 1, 0, 0],
      [5, 1, 0, 0],
      [INF, 1, 0, 0],
    ]);
  });

  test("by both, where the exponent is 0: x ** y varies with x as soon as y does", () => {
    const f = (p: Tensor): Tensor => tg.power(p.slice([0]), p.slice([1]));
    const h = tg.hessian(f)(f64([4, 0]));
    const logarithm = Math.log(4);
    expect(numbers(h)).toEqual([0, 0.25, 0.25, expect.closeTo(logarithm * logarithm, 12)]);
  });

  test("a NaN of the unused slope stays out of the used one", () => {
    // log(-2) is NaN, but nobody asked for the derivative by the exponent.
    expect(tg.grad((x: Tensor) => tg.power(x, f64(3)))(-2)).toBe(12);
  });
});
