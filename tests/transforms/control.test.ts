// stopGradient and noGrad: what derivatives do not see.

import {
  add,
  exp,
  grad,
  jvp,
  multiply,
  noGrad,
  sin,
  square,
  stopGradient,
  sum,
  tensor,
} from "tapegrad";
import { valueAndGrad, vjp, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

describe("stopGradient", () => {
  test("the value passes, the derivative does not", () => {
    const f = (x: Tensor): Tensor => multiply(x, stopGradient(x));
    expect(valueAndGrad(f)(3)).toEqual([9, 3]);
    expect(jvp(f, [3] as never, [1] as never)).toEqual([9, 3]);
    expectClose(vjp(f, tensor(3))[1](tensor(1)), [3]);
    expectClose(vmap(grad(f))(tensor([1, 2])), [1, 2]);
    expect(grad(grad(f) as never)(3)).toBe(0);
  });

  test("of the whole result: zero", () => {
    expect(grad((x: Tensor) => stopGradient(exp(x)))(1)).toBe(0);
  });

  test("trees leaf by leaf, numbers too", () => {
    const tree = stopGradient({ a: tensor([1, 2]), list: [3], name: "x" });
    expectClose(tree, { a: [1, 2], list: [3], name: "x" });
    expectClose(stopGradient(5), 5);
    const f = (p: { a: Tensor; b: Tensor }): Tensor => {
      const { a, b } = stopGradient(p);
      return add(multiply(p.a, b), multiply(a, p.b));
    };
    expect(grad(f)({ a: 2, b: 5 })).toEqual({ a: 5, b: 2 });
  });

  test("keeps dtype and shape; works on leaves of the imperative style", () => {
    const w = tensor([[1], [2]], { dtype: "float64", requiresGrad: true });
    const c = stopGradient(w);
    expect([c.dtype, c.shape, c.requiresGrad]).toEqual(["float64", [2, 1], false]);
    sum(multiply(w, c)).backward();
    expectClose(w.grad, [[1], [2]]);
  });
});

describe("noGrad", () => {
  test("returns what the function returns, also nothing", () => {
    expect(noGrad(() => "text")).toBe("text");
    expect(noGrad(() => undefined)).toBe(undefined);
  });

  test("what is computed inside is constant for transforms around it", () => {
    const f = (x: Tensor): Tensor =>
      multiply(
        x,
        noGrad(() => square(x)),
      );
    expect(grad(f)(3)).toBe(9);
    expect(jvp(f, [3] as never, [1] as never)).toEqual([27, 9]);
    expectClose(vmap(grad(f))(tensor([1, 2])), [1, 4]);
  });

  test("transforms inside it work as always, to any order", () => {
    noGrad(() => {
      expect(grad((x: Tensor) => square(x))(3)).toBe(6);
      expect(grad(grad((x: Tensor) => sin(x)) as never)(1)).toBeCloseTo(-Math.sin(1), 14);
      expectClose(vmap(grad((x: Tensor) => square(x)))(tensor([1, 2])), [2, 4]);
    });
    const f = (x: Tensor): Tensor =>
      multiply(
        x,
        noGrad(() => grad((y: Tensor) => multiply(x, square(y)))(x) as Tensor),
      );
    expect(grad(f)(3)).toBe(18);
  });

  test("nests, and ends with its function", () => {
    const f = (x: Tensor): Tensor => {
      const a = noGrad(() => {
        noGrad(() => square(x));
        return square(x);
      });
      return add(a, square(x));
    };
    expect(grad(f)(3)).toBe(6);
  });

  test("a grad inside does not record for the noGrad around it", () => {
    const w = tensor(2, { requiresGrad: true });
    const y = noGrad(() => {
      grad((x: Tensor) => square(x))(1);
      return square(w);
    });
    expect(y.requiresGrad).toBe(false);
    expect(square(w).requiresGrad).toBe(true);
  });
});
