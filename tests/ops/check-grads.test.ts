// checkGrads finds what is wrong. stopGradient makes derivatives that are: the value depends on x,
// the derivative does not know.

import {
  add,
  checkGrads,
  exp,
  multiply,
  sin,
  square,
  stopGradient,
  sum,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { f64 } from "./support.js";

const x = f64([0.3, -0.7, 1.1]);
const hidden = (v: Tensor): Tensor => multiply(v, stopGradient(v));

describe("wrong derivatives", () => {
  test("of first order, in either mode", () => {
    expect(() => checkGrads(hidden, [x], { modes: ["forward"], order: 1 })).toThrow(
      /^checkGrads: the jvp/,
    );
    expect(() => checkGrads(hidden, [x], { modes: ["reverse"], order: 1 })).toThrow(
      /^checkGrads: the vjp/,
    );
    expect(() => checkGrads(hidden, [0.5])).toThrow(/^checkGrads/);
    expect(() => checkGrads((v: Tensor) => sum(hidden(v)), [x])).toThrow(/^checkGrads/);
  });

  test("of second order only", () => {
    const second = (v: Tensor): Tensor => {
      const s = stopGradient(v);
      // x³ with the slope 3x², which does not know that it varies with x.
      return add(multiply(s, square(s)), multiply(multiply(3, square(s)), add(v, multiply(-1, s))));
    };
    for (const modes of [["forward"], ["reverse"], ["forward", "reverse"]] as const) {
      checkGrads(second, [x], { modes, order: 1 });
      expect(() => checkGrads(second, [x], { modes, order: 2 })).toThrow(/^checkGrads/);
    }
  });

  test("in one of several arguments, or in one of several results", () => {
    const f = (a: Tensor, b: Tensor): Tensor => multiply(sin(a), hidden(b));
    expect(() => checkGrads(f, [x, x], { order: 1 })).toThrow(/^checkGrads/);
    const g = (a: Tensor): Tensor[] => [exp(a), hidden(a)];
    expect(() => checkGrads(g, [x], { order: 1 })).toThrow(/^checkGrads/);
    const h = (p: { w: Tensor; b: Tensor }): Tensor => add(exp(p.w), hidden(p.b));
    expect(() => checkGrads(h, [{ w: x, b: x }], { order: 1 })).toThrow(/^checkGrads/);
  });

  test("by a factor of 1.001", () => {
    const f = (v: Tensor): Tensor =>
      add(multiply(1.001, sin(v)), multiply(-0.001, stopGradient(sin(v))));
    expect(() => checkGrads(f, [x], { order: 1 })).toThrow(/^checkGrads/);
  });

  test("that are NaN", () => {
    const f = (v: Tensor): Tensor => add(v, multiply(0, multiply(v, NaN)));
    expect(() => checkGrads(f, [x], { order: 1 })).toThrow(/^checkGrads/);
  });
});

describe("right derivatives", () => {
  test("of any arguments pass", () => {
    checkGrads((v: Tensor) => multiply(sin(v), exp(v)), [x], { order: 3, eps: 1e-4 });
    checkGrads(
      (p: { w: Tensor; b: Tensor[] }) => [add(p.w, p.b[0]!), exp(p.b[1]!)],
      [{ w: x, b: [x, x] }],
    );
    checkGrads((v: Tensor, n: number) => multiply(v, n), [x, 2.5]);
    checkGrads(() => f64(3), [x]);
    checkGrads((v: Tensor) => sum(v), [f64([])]);
    const single = f64([0.5, 0.25]).astype("float32");
    checkGrads((v: Tensor) => sin(v), [single], { order: 1, eps: 1e-2, atol: 1e-3, rtol: 1e-3 });
  });
});
