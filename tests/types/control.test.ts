// The types of branches and solvers: operands say what branches take, and results are no riddles.

import { cond, fixedPoint, multiply, sin, tensor, type Tensor } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";

const x = tensor(2);

describe("cond", () => {
  test("a branch may leave operands out", () => {
    const first = (v: Tensor): Tensor =>
      cond(
        true,
        () => multiply(2, 3),
        (u) => sin(u),
        v,
      );
    const second = (v: Tensor): Tensor =>
      cond(
        false,
        (u) => sin(u),
        () => multiply(2, 4),
        v,
      );
    expectTypeOf(first(x)).toEqualTypeOf<Tensor>();
    expect([first(x).item(), second(x).item()]).toEqual([6, 8]);
  });
});

describe("fixedPoint", () => {
  test("is an operand of other functions", () => {
    const y = multiply(
      x,
      fixedPoint(() => 3, 1, 0),
    );
    expectTypeOf(y).toEqualTypeOf<Tensor>();
    expect(y.item()).toBe(6);
    const z = fixedPoint((a, v) => multiply(0.5, multiply(a, v)), 1, 0);
    expectTypeOf(z).toEqualTypeOf<Tensor>();
  });
});
