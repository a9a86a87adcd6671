// checkGrads accepts right derivatives and rejects wrong ones.

import { abs, add, checkGrads, exp, matmul, multiply, noGrad, power, sin, square } from "tapegrad";
import { stopGradient, sum, tanh, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;

describe("accepts", () => {
  const x = tensor(pattern(2, 3), float64);
  const cases: [string, (...args: never[]) => unknown, unknown[]][] = [
    ["a function of a number", (v: Tensor) => sin(multiply(v, v)), [0.7]],
    ["a function of tensors", (a: Tensor, b: Tensor) => matmul(a, exp(b.transpose())), [x, x]],
    ["trees", (p: { a: Tensor }) => ({ y: tanh(p.a), list: [sum(p.a)] }), [{ a: x }]],
    ["typed arrays", (v: Tensor) => power(v, 3), [Float64Array.of(1, 2)]],
    ["a mapped function", (v: Tensor) => vmap((row: Tensor) => sum(square(row)))(v), [x]],
    ["a constant", (_v: Tensor) => tensor(5, float64), [0.7]],
    ["a number as result", (_v: Tensor) => 5, [0.7]],
    ["empty tensors", (v: Tensor) => square(v), [tensor([], float64)]],
  ];
  test.each(cases)("%s", (_name, f, args) => {
    checkGrads(f as never, args);
    checkGrads(f as never, args, { order: 1, modes: ["forward"] });
    checkGrads(f as never, args, { order: 3, modes: ["reverse"], atol: 1e-5 });
  });

  test("float32, with wider tolerances", () => {
    const options = { eps: 1e-2, atol: 1e-2, rtol: 1e-2, order: 1 };
    checkGrads((v: Tensor) => sin(v), [tensor([0.1, 0.2])], options);
    checkGrads((v: Tensor) => sin(v), [tensor([0.1, 0.2])]);
    const many = tensor(pattern(20, 30));
    checkGrads((v: Tensor) => sum(tanh(multiply(v, v))), [many]);
    checkGrads(
      (p: { a: Tensor }, b: Tensor) => matmul(exp(p.a), b),
      [{ a: many }, tensor(pattern(30, 2))],
    );
  });

  test("does not change its arguments, nor leave gradients behind", () => {
    const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    checkGrads((v: Tensor) => square(v), [w]);
    expect(w.grad).toBe(null);
    expect(w.toArray()).toEqual([1, 2]);
  });
});

describe("rejects", () => {
  const wrong: Record<string, (x: Tensor) => Tensor> = {
    "a missing factor": (x) => multiply(x, stopGradient(x)),
    "a lost summand": (x) => add(square(x), stopGradient(exp(x))),
    "a derivative cut by noGrad": (x) => noGrad(() => sin(x)),
    "a value read on the way": (x) => multiply(x, x.item()),
  };
  for (const mode of ["forward", "reverse"] as const) {
    test.each(Object.keys(wrong))(`%s, ${mode}`, (name) => {
      for (const x of [0.7, tensor(0.7)]) {
        expect(() => checkGrads(wrong[name]!, [x], { modes: [mode], order: 1 })).toThrow(
          new RegExp(`^checkGrads: the ${mode === "forward" ? "jvp" : "vjp"} differs`),
        );
      }
    });
  }

  test("a wrong second derivative only", () => {
    // The first derivative is right, but cut off from x.
    const f = (x: Tensor): Tensor => {
      const slope = stopGradient(x);
      return add(
        stopGradient(multiply(0.5, square(x))),
        multiply(slope, add(x, multiply(-1, slope))),
      );
    };
    checkGrads(f, [0.7], { order: 1 });
    expect(() => checkGrads(f, [0.7], { order: 2 })).toThrow(
      /^checkGrads: the .* of the .* differs/,
    );
  });

  test("one wrong element among many", () => {
    const f = (x: Tensor): Tensor =>
      add(x, stopGradient(multiply(x, tensor([0, 0, 1, 0], float64))));
    expect(() => checkGrads(f, [tensor([1, 2, 3, 4], float64)])).toThrow(/^checkGrads: /);
  });

  test("a kink right at the point", () => {
    expect(() => checkGrads((x: Tensor) => abs(add(x, 1e-6)), [0])).toThrow(/^checkGrads: /);
  });

  test("NaN is never right", () => {
    expect(() => checkGrads((x: Tensor) => power(multiply(x, NaN), 2), [0.7])).toThrow(
      /^checkGrads: /,
    );
  });
});

test("an exception of the function passes through", () => {
  const failing = (): never => {
    throw new Error("mine");
  };
  expect(() => checkGrads(failing, [1])).toThrow("mine");
});
