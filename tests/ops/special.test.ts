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

describe("far out", () => {
  const points: [string, () => Tensor | number, number, number?][] = [
    ["j0(1e308)", () => tapegrad.j0(1e308), -2.470656412079008e-155],
    ["j1(1e308)", () => tapegrad.j1(1e308), 7.586687955241802e-155],
    ["y0(1e308)", () => tapegrad.y0(1e308), 7.586687955241802e-155],
    ["y1(1e308)", () => tapegrad.y1(1e308), 2.470656412079008e-155],
    ["i0e(1e308)", () => tapegrad.i0e(1e308), 3.989422804014327e-155],
    ["i1(1e308)", () => tapegrad.i1(1e308), Infinity],
    ["a subnormal gammaincc", () => tapegrad.gammaincc(9, 760), 2.40863832697e-312, 1e-11],
    ["gammainc at shape 10^6", () => tapegrad.gammainc(1e6, 1e6), 0.5001329807608726, 1e-11],
    ["gammaincinv at shape 10^6", () => tapegrad.gammaincinv(1e6, 0.5), 999999.6666666864, 1e-13],
    [
      "gammainccinv at shape 10^6",
      () => tapegrad.gammainccinv(1e6, 1e-9),
      1006009.4697334396,
      1e-13,
    ],
    ["betaincinv at shape 10^6", () => tapegrad.betaincinv(1e6, 3, 0.2), 0.9999957209835739],
    ["the slope of rgamma at 180", () => tapegrad.grad((x: number) => tapegrad.rgamma(x))(180), 0],
  ];
  test.each(points)("%s", (_, f, want, rtol = 4e-16) => {
    const found = f();
    const got = typeof found === "number" ? found : (found.item() as number);
    if (want === 0 || want === Infinity) expect(got + 0).toBe(want);
    else expect(Math.abs(got / want - 1)).toBeLessThan(rtol);
  });

  test("inverses outside of their domains are NaN", () => {
    expect(tapegrad.gammaincinv(-1, 0.5).item()).toBeNaN();
    expect(tapegrad.gammainccinv(1, [-0.1, 1.1, NaN]).toArray()).toEqual([NaN, NaN, NaN]);
    expect(tapegrad.betaincinv([0, 1], 1, [0.5, 2]).toArray()).toEqual([NaN, NaN]);
  });

  test("inverses undo their functions over many magnitudes", () => {
    for (const a of [1e-2, 0.3, 1, 7, 90, 4000]) {
      for (const p of [1e-250, 1e-20, 1e-3, 0.2, 0.5, 0.8, 0.999]) {
        const x = tapegrad.gammaincinv(a, p);
        const y = tapegrad.gammainccinv(a, p);
        if ((x.item() as number) > 1e-290) {
          expect(Math.abs((tapegrad.gammainc(a, x).item() as number) / p - 1)).toBeLessThan(3e-11);
        }
        if ((y.item() as number) > 1e-290) {
          expect(Math.abs((tapegrad.gammaincc(a, y).item() as number) / p - 1)).toBeLessThan(3e-11);
        }
        for (const b of [0.2, 3, 500]) {
          const z = tapegrad.betaincinv(a, b, p);
          const here = z.item() as number;
          // Near 1 the result's own rounding decides.
          if (here < 1e-290 || here > 0.9) continue;
          expect(Math.abs((betainc(a, b, z).item() as number) / p - 1)).toBeLessThan(3e-11);
        }
      }
    }
  });
});

// By mpmath.
test.each([
  [171, 10, 1.2410181644579104e137],
  [180, 100, -2.40802169974166e-33],
  [300, 500, -2.7637919479914358e-198],
  [1000, 400, -9.54632866022891e-38],
  [1000, 900, -0],
  [1000, 3, -Infinity],
])("polygamma(%d, %d): beyond n = 170 n! alone is no number", (n, x, want) => {
  const got = tapegrad.polygamma(n, tapegrad.tensor(x, { dtype: "float64" })).item() as number;
  if (want === 0 || !Number.isFinite(want)) expect(got).toBe(want);
  else expect(Math.abs(got / want - 1)).toBeLessThan(1e-12);
});

test("slopes of erf keep their digits in float32, where exp(-x²) is small too", () => {
  let g: Call = tapegrad.erf as unknown as Call;
  const x = tapegrad.linspace(-9, 9, 1001);
  for (let order = 1; order <= 3; order++) {
    g = elementwiseGrad(g) as unknown as Call;
    const [got, want] = [numbers(g(x)), numbers(g(x.astype("float64")))];
    got.forEach((y, i) => {
      // Near a zero of a polynomial factor the error is that of its terms.
      const size = Math.abs(want[i]!) + 0.1 * Math.exp(-(x.data()[i]! ** 2)) + 1e-37;
      expect.soft(Math.abs(y - want[i]!) / size, `at ${x.data()[i]}`).toBeLessThan(1e-6);
    });
  }
});
