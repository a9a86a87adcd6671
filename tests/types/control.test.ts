// The types of branches, solvers and odeint: operands say what branches take, and results are no riddles.

import { cond, fixedPoint, multiply, odeint, sin, tensor, type Tensor } from "tapegrad";
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

describe("odeint", () => {
  test("takes tuples, literals and containers as they are", () => {
    const [place, speed] = odeint(([a, b]) => [b, multiply(-1, a)], [1, 0], [0, 1]);
    expectTypeOf(place).toEqualTypeOf<Tensor>();
    expectTypeOf(speed).toEqualTypeOf<Tensor>();
    expect(place.at(1).item()).toBeCloseTo(Math.cos(1));
    const one = odeint((y) => multiply(y, -1), 1, [0, 1]);
    expectTypeOf(one).toEqualTypeOf<Tensor>();
    const tree = odeint(
      ({ p, q: [r] }) => ({ p: multiply(p, -1), q: [multiply(r, 2)] }),
      { p: x, q: [0] },
      [0, 1],
    );
    expectTypeOf(tree.p).toEqualTypeOf<Tensor>();
    expectTypeOf(tree.q[0]).toEqualTypeOf<Tensor>();
    expect(tree.q[0].shape).toEqual([2]);
    // @ts-expect-error: one too few
    expect(() => odeint(([a]) => [a], [1, 0], [0, 1])).toThrow(/another form/);
  });
});
