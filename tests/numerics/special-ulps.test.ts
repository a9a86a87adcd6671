// Special functions where rounded steps of sums, recurrences and continued fractions add up: within a few
// units in the last place (tests/reference/special-ulps.py).

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import rows from "../reference/special-ulps.json" with { type: "json" };

type Row = [operands: number[], value: number, size: number];
type Op = (...operands: Tensor[]) => Tensor;

describe("float64", () => {
  const table = Object.entries(rows) as unknown as [string, [number, Row[]]][];
  test.each(table)("%s", (name, [bound, points]) => {
    const columns = points[0]![0].map((_, k) => points.map(([operands]) => operands[k]!));
    const op = (tg as unknown as Record<string, Op>)[name]!;
    const got = op(...columns.map((x) => tensor(x, { dtype: "float64" }))).data();
    points.forEach(([operands, value, size], i) => {
      const ulp = 2 ** Math.max(Math.floor(Math.log2(size)) - 52, -1074);
      const error = Math.abs(got[i]! - value) / ulp;
      // The reference is rounded as well.
      expect(error, `${name}(${operands.join()}) is ${got[i]}`).toBeLessThan(bound + 0.5);
    });
  });
});

describe("one element leads: what the others add to 1 is not lost", () => {
  test("logsumexp is log1p of it", () => {
    const x = tensor([0, -40], { dtype: "float64" });
    expect(tg.logsumexp(x).item()).toBe(Math.log1p(Math.exp(-40)));
  });

  // By mpmath: -log(1 + e^-20 + e^-21).
  test.each(["float64", "float32"] as const)("logSoftmax in %s", (dtype) => {
    const y = tg.logSoftmax(tensor([[5, -15, -16]], { dtype })).toArray() as number[][];
    const want = -2.819409661255213e-9;
    expect(Math.abs(y[0]![0]! / want - 1)).toBeLessThan(dtype === "float64" ? 4e-16 : 2e-7);
    expect(y[0]![1]).toBeCloseTo(-20, 7);
  });

  test("of several largest one is taken out", () => {
    const x = tensor([7, 7, 7, 7, 6], { dtype: "float64" });
    expect(Math.abs((tg.logsumexp(x).item() as number) - 8.474277637597291)).toBeLessThan(2e-15);
  });
});
