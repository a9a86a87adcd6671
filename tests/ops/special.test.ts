// The functions of tests/reference/special.py and all their derivatives to order 3 against mpmath, over
// their whole range: orders, shape parameters and mixed derivatives included.

import * as tapegrad from "tapegrad";
import { betainc, elementwiseGrad, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import reference from "../reference/special.json" with { type: "json" };
import { FLOATS, numbers, shaped, type Float } from "./support.js";

type Call = (...x: Tensor[]) => Tensor;
type Rows = readonly (readonly number[])[];

const named = (name: string): Call => tapegrad[name as keyof typeof tapegrad] as unknown as Call;

/** Allowed relative errors of derivatives of order 0 … 3. */
const LIMITS: Record<Float, number[]> = {
  float64: [1e-15, 1e-14, 1e-13, 2e-12],
  float32: [4e-7, 2e-6, 2e-5, 2e-4],
};

/** Where more is lost: how many times as much. */
const LOSSES: Record<string, number> = {
  // Near zeros the error is that of the amplitude.
  j1: 4,
  y0: 4,
  jn: 20,
  yn: 20,
  // Polynomials for Φ that are exact next to 1 only.
  gelu: 100,
  // beta(a, b) = 1 / a + … near a = 0: the pole cancels in mixed derivatives.
  beta: 300,
  // Sums of derivatives of the factors of 1 / gamma.
  rgamma: 2,
  // exp(-x) I(v, x) where neither is large: its derivatives are differences.
  ive: 4,
  // A rounded result squared in an exponent.
  erfcinv: 4,
  ndtri: 4,
};

/** Derivatives of these orders in each operand, one operand after the other. */
function derivative(f: Call, orders: readonly number[]): Call {
  let g = f;
  orders.forEach((n, argnums) => {
    for (let i = 0; i < n; i++) g = elementwiseGrad(g, { argnums }) as unknown as Call;
  });
  return g;
}

/** Compares f and its derivatives, column by column; `given` operands come first in each row. */
function compare(
  name: string,
  f: Call,
  rows: Rows,
  given: number,
  orders: readonly (readonly number[])[],
  dtype: Float,
): void {
  orders.forEach((order, column) => {
    const total = order.reduce((a, b) => a + b, 0);
    const fits = (y: number): boolean =>
      dtype === "float64" || (Math.abs(y) < 1e30 && Math.abs(y) > 1e-30) || y === 0;
    const used = rows.filter(
      (row) => fits(row[given + column]!) && row.every((x, i) => i >= given || fits(x)),
    );
    if (used.length === 0) return;
    const x = Array.from({ length: given }, (_, i) =>
      shaped(
        used.map((row) => row[i]!),
        undefined,
        dtype,
      ),
    );
    const got = numbers(derivative(f, order)(...x));
    const limits = LIMITS[dtype].map((limit) => limit * (LOSSES[name] ?? 1));
    used.forEach((row, i) => {
      const want = row[given + column]!;
      const error = Math.abs(got[i]! - want) / Math.max(Math.abs(want), 1e-300);
      if (got[i] === want || error <= limits[total]!) return;
      const at = row.slice(0, given).join(", ");
      expect
        .soft(error, `${name}(${at}), order ${order.join(",")}: ${got[i]}, not ${want}`)
        .toBeLessThanOrEqual(limits[total]!);
    });
  });
}

const ONE = [[0], [1], [2], [3]];
const FIRST = [0, 1, 2, 3];
const TWO = FIRST.flatMap((n) => FIRST.slice(0, n + 1).map((j) => [n - j, j]));
const THREE = FIRST.flatMap((n) =>
  FIRST.slice(0, n + 1).flatMap((k) => FIRST.slice(0, k + 1).map((j) => [n - k, k - j, j])),
);

describe.each(FLOATS)("in %s", (dtype) => {
  test.each(Object.entries<Rows>(reference.unary))("%s", (name, rows) => {
    compare(name, named(name), rows, 1, ONE, dtype);
  });

  test.each(Object.entries<Rows>(reference.binary))("%s", (name, rows) => {
    compare(name, named(name), rows, 2, TWO, dtype);
  });

  test.each(Object.entries<Rows>(reference.second))("%s", (name, rows) => {
    const orders = FIRST.map((n) => [0, n]);
    compare(name, named(name), rows, 2, orders, dtype);
  });

  test("betainc", () => {
    compare("betainc", betainc as Call, reference.betainc, 3, THREE, dtype);
  });
});
