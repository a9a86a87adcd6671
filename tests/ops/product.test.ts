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

describe("prod over any axes, with zeros", () => {
  test.each([[[3, 5, 4]], [[1, 7, 2]], [[6, 1, 3]], [[2, 9, 1]], [[4, 0, 2]]])("of %j", (shape) => {
    const n = shape.reduce((a, b) => a * b, 1);
    const data = Array.from({ length: n }, (_, i) => (i % 4 === 1 ? 0 : 0.5 + ((i * 7) % 5) / 4));
    const x = f64(data).reshape(shape);
    for (const axes of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
      const f = (v: Tensor) => tg.prod(v, axes);
      const g = numbers(tg.grad((v: Tensor) => tg.sum(f(v)))(x));
      for (let i = 0; i < n; i++) {
        // The function is linear in each element: a difference is the derivative.
        const at = (value: number) =>
          tg.sum(f(f64(data.map((v, j) => (i === j ? value : v))).reshape(shape))).item();
        expect(g[i]!).toBeCloseTo(at(1) - at(0), 9);
      }
      const [, tangent] = tg.jvp(f, [x], [tg.onesLike(x)]);
      const pulled = tg.vjp(f, x)[1](tg.onesLike(f(x)))[0]!;
      expect(numbers(tg.sum(tangent))[0]!).toBeCloseTo(tg.sum(pulled).item(), 9);
      if (n > 0) tg.checkGrads((v: Tensor) => tg.sum(tg.square(f(v))), [x], { order: 2 });
    }
  });
});
