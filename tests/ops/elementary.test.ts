// The elementary functions and their derivatives to order 3 against mpmath, over their whole range:
// what textbook formulas lose by cancellation (tanh' at 40, log1p near 0) would show here.

import * as tapegrad from "tapegrad";
import { elementwiseGrad, power, type Tensor } from "tapegrad";
import { describe, test } from "vitest";
import reference from "../reference/elementary.json" with { type: "json" };
import { expectUlps, FLOATS, numbers, shaped } from "./support.js";

type Unary = (x: Tensor) => Tensor;

/** Functions of our own SIMD promise less than those that go through NativeMath. */
const CORE = new Set(["exp", "log", "sin", "cos", "tanh", "sigmoid"]);
const EXACT = new Set(["sqrt", "reciprocal", "square"]);

function valueLimit(name: string, dtype: string): number {
  if (EXACT.has(name)) return 0.5;
  if (!CORE.has(name)) return 2.5;
  return dtype === "float64" ? 1.5 : 2;
}

/** A derivative of order n is a few ops on top of n functions. */
const DERIVATIVE_LIMITS = [0, 8, 32, 256];

describe.each(Object.keys(reference).filter((name) => name !== "power"))("%s", (name) => {
  const rows = reference[name as keyof typeof reference] as number[][];
  const f = tapegrad[name as keyof typeof tapegrad] as Unary;

  test.each(FLOATS)("value and derivatives in %s", (dtype) => {
    let derivative = f;
    for (let order = 0; order <= 3; order++) {
      // Where the result leaves the range of the dtype, intermediate steps may do so before it.
      const fits = (y: number) =>
        order === 0 || dtype === "float64" || (Math.abs(y) < 1e36 && Math.abs(y) > 1e-36);
      const used = rows.filter((row) => fits(row[order + 1]!));
      const x = used.map((row) => row[0]!);
      const got = numbers(derivative(shaped(x, [x.length], dtype)));
      const want = used.map((row) => row[order + 1]!);
      const limit = order === 0 ? valueLimit(name, dtype) : DERIVATIVE_LIMITS[order]!;
      const what = `${name}, derivative ${order} at [${x.join(", ")}]`;
      expectUlps(got, want, limit, dtype, what);
      derivative = elementwiseGrad(derivative);
    }
  });
});

describe("power", () => {
  const rows = reference.power as number[][];
  const column = (i: number): number[] => rows.map((row) => row[i]!);

  test.each(FLOATS)("value, both slopes and the second derivatives in %s", (dtype) => {
    const x = shaped(column(0), undefined, dtype);
    const y = shaped(column(1), undefined, dtype);
    const dx = elementwiseGrad((a: Tensor, b: Tensor) => power(a, b));
    const dy = elementwiseGrad((a: Tensor, b: Tensor) => power(a, b), { argnums: 1 });
    const parts: [string, Tensor][] = [
      ["value", power(x, y)],
      ["d/dx", dx(x, y)],
      ["d/dy", dy(x, y)],
      ["d²/dx²", elementwiseGrad(dx)(x, y)],
      ["d²/dxdy", elementwiseGrad(dx, { argnums: 1 })(x, y)],
      ["d²/dydx", elementwiseGrad(dy)(x, y)],
      ["d²/dy²", elementwiseGrad(dy, { argnums: 1 })(x, y)],
    ];
    const columns = [2, 3, 4, 5, 6, 6, 7];
    parts.forEach(([what, got], i) => {
      const limit = i === 0 ? 1 : 40;
      expectUlps(numbers(got), column(columns[i]!), limit, dtype, `power, ${what}`);
    });
  });
});
