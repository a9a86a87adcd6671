// Ties, edges and branches: who gets the derivative, and that what is not taken stays silent.

import * as tg from "tapegrad";
import { jvp, tensor, vjp, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { check, INF, modes, type Unary } from "./points.js";
import { f64, FLOATS, numbers } from "./support.js";

describe("ties and edges", () => {
  const by = (
    f: (x: Tensor, y: Tensor) => Tensor,
    x: number[],
    y: number[],
  ): [number[], number[]] => {
    const [z, pullback] = vjp(f, f64(x), f64(y));
    const [gx, gy] = pullback(tg.onesLike(z));
    const [, tx] = jvp(f, [f64(x), f64(y)], [tg.onesLike(f64(x)), tg.zerosLike(f64(y))]);
    expect(numbers(tx)).toEqual(numbers(gx as Tensor));
    return [numbers(gx as Tensor), numbers(gy as Tensor)];
  };

  test("maximum and minimum share equally", () => {
    expect(by(tg.maximum, [1, 2, 3, INF], [2, 2, 2, INF])).toEqual([
      [0, 0.5, 1, 0.5],
      [1, 0.5, 0, 0.5],
    ]);
    expect(by(tg.minimum, [1, 2, 3, -INF], [2, 2, 2, -INF])).toEqual([
      [1, 0.5, 0, 0.5],
      [0, 0.5, 1, 0.5],
    ]);
    expect(by(tg.maximum, [0], [-0])).toEqual([[0.5], [0.5]]);
  });

  test("maximum and minimum: NaN wins, and 0 is larger than -0", () => {
    for (const dtype of FLOATS) {
      const x = tensor([NaN, 1, 0, -0], { dtype });
      const y = tensor([1, NaN, -0, 0], { dtype });
      expect(numbers(tg.maximum(x, y))).toEqual([NaN, NaN, 0, 0]);
      expect(numbers(tg.minimum(x, y))).toEqual([NaN, NaN, -0, -0]);
    }
  });

  test.each(["max", "min"] as const)("%s shares equally among all winners", (name) => {
    const x = name === "max" ? [1, 3, 3, 2, 3, 0] : [3, 1, 1, 2, 1, 4];
    const f = (v: Tensor): Tensor => tg[name](v);
    const want = [0, 1, 1, 0, 1, 0].map((wins) => wins / 3);
    expect(numbers(tg.grad(f)(f64(x)))).toEqual(want);
    // Along rows, and kept.
    const rows = f64([x, x.map((v) => -v)]);
    const g = numbers(tg.grad((v: Tensor) => tg.sum(tg[name](v, 1, { keepdims: true })))(rows));
    expect(g.slice(0, 6)).toEqual(want);
    expect(g.slice(6)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(numbers(jvp(f, [f64(x)], [f64([6, 3, 0, 9, 0, 1])])[1])).toEqual([1]);
    expect(numbers(tg.hessian(f)(f64(x))).every((v) => v === 0)).toBe(true);
  });

  test("max and min of infinities and NaN", () => {
    for (const dtype of FLOATS) {
      for (const n of [1, 3, 17, 1500]) {
        const with_ = (v: number, at: number): Tensor => {
          const data = new Array<number>(n).fill(v === -INF ? INF : -INF);
          data[at] = v;
          return tensor(data, { dtype });
        };
        for (const at of [0, n >> 1, n - 1]) {
          expect(tg.max(with_(NaN, at)).item()).toBe(NaN);
          expect(tg.min(with_(NaN, at)).item()).toBe(NaN);
          expect(tg.max(with_(7, at)).item()).toBe(7);
          expect(tg.min(with_(-INF, at)).item()).toBe(-INF);
        }
        expect(tg.max(with_(-INF, 0).multiply(-1)).item()).toBe(n === 1 ? INF : INF);
      }
    }
  });

  test("clip passes at its edges and not beyond", () => {
    const clip: Unary = (x) => tg.clip(x, -1, 1);
    check(clip, [
      [-1, -1, 1, 0],
      [1, 1, 1, 0],
      [0, 0, 1, 0],
      [2, 1, 0, 0],
      [-INF, -1, 0, 0],
      [NaN, NaN],
    ]);
    const low: Unary = (m) => tg.clip(f64([0, 1, 2]), m, 5);
    expect(numbers(modes.vjp(low)(f64([1, 1, 1])))).toEqual([1, 0, 0]);
    const high: Unary = (m) => tg.clip(f64([0, 1, 2]), -5, m);
    expect(numbers(modes.vjp(high)(f64([1, 1, 1])))).toEqual([0, 0, 1]);
  });

  test("clip with min above max gives max, whose derivative it passes", () => {
    const f = (x: Tensor, a: Tensor, b: Tensor): Tensor => tg.clip(x, a, b);
    for (const x of [-1, 0, 1, 2, 3]) {
      expect(f(f64(x), f64(2), f64(0)).item()).toBe(0);
      expect(tg.grad(f, { argnums: [0, 1, 2] })(x, 2, 0)).toEqual([0, 0, 1]);
    }
  });
});

describe("masking: the branch that is not taken stays silent", () => {
  const root: Unary = (x) => tg.where(tg.greater(x, 0), tg.sqrt(x), x);

  test("where(x > 0, sqrt(x), x)", () => {
    check(root, [
      [-1, -1, 1, 0],
      [0, 0, 1, 0],
      [4, 2, 0.25, -1 / 32],
    ]);
  });

  test("where(x != 0, sin(x) / x, 1)", () => {
    const sinc: Unary = (x) => tg.where(tg.notEqual(x, 0), tg.divide(tg.sin(x), x), 1);
    check(sinc, [[0, 1, 0, 0]]);
  });

  test("where(x > 0, x · log(x), 0)", () => {
    const entropy: Unary = (x) => tg.where(tg.greater(x, 0), tg.multiply(x, tg.log(x)), 0);
    check(entropy, [
      [0, 0, 0, 0],
      [-1, 0, 0, 0],
      [1, 0, 1, 1],
    ]);
  });

  test("an output with cotangent 0", () => {
    const f: Unary = (x) => tg.sum(tg.sqrt(x).slice([[1, null]]));
    expect(numbers(tg.grad(f)(f64([0, 4])))).toEqual([0, 0.25]);
    expect(numbers(tg.hessian(f)(f64([0, 4])))).toEqual([0, 0, 0, -1 / 32]);
  });

  test("a tangent of 0", () => {
    expect(numbers(jvp(tg.sqrt, [f64([0, 4])], [f64([0, 1])])[1])).toEqual([0, 0.25]);
  });

  test("exp that overflows in the other branch", () => {
    const elu: Unary = (x) => tg.where(tg.greater(x, 0), x, tg.expm1(x));
    check(elu, [
      [1000, 1000, 1, 0],
      [-1000, -1, 0, 0],
    ]);
  });
});
