// prod with zeros among the factors: derivatives of every order without division.

import * as tg from "tapegrad";
import { type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { INF } from "./points.js";
import { f64, numbers } from "./support.js";

describe("prod with zeros", () => {
  test("first, second and third derivatives", () => {
    const third = tg.jacobian(tg.hessian((x: Tensor) => tg.prod(x)));
    for (const x of [
      [0, 2, 3, 5],
      [0, 0, 3, 5],
      [0, 0, 0, 5],
      [1, 2, 3, 4],
    ]) {
      // Of a product that is linear in each factor, a derivative is the product of the other factors.
      const others = (...gone: number[]): number =>
        new Set(gone).size < gone.length
          ? 0
          : x.reduce((p, v, i) => (gone.includes(i) ? p : p * v), 1);
      const all = [0, 1, 2, 3];
      expect(numbers(tg.grad((v: Tensor) => tg.prod(v))(f64(x)))).toEqual(
        all.map((i) => others(i)),
      );
      expect(numbers(tg.hessian((v: Tensor) => tg.prod(v))(f64(x)))).toEqual(
        all.flatMap((i) => all.map((j) => others(i, j))),
      );
      expect(numbers(third(f64(x)))).toEqual(
        all.flatMap((i) => all.flatMap((j) => all.map((k) => others(i, j, k)))),
      );
    }
  });

  test("an infinite factor beside a zero", () => {
    expect(numbers(tg.grad((x: Tensor) => tg.prod(x))(f64([0, INF])))).toEqual([INF, 0]);
  });

  test.each([1, 2, 3, 5, 8, 17, 100])("%i factors", (n) => {
    const x = Array.from({ length: n }, (_, i) => 1 + ((i * 7) % 5) / 64);
    x[n >> 1] = 0;
    const rest = x.reduce((p, v, i) => (i === n >> 1 ? p : p * v), 1);
    const g = numbers(tg.grad((v: Tensor) => tg.prod(v))(f64(x)));
    g.forEach((v, i) => (i === n >> 1 ? expect(v).toBeCloseTo(rest, 10) : expect(v).toBe(0)));
  });
});
