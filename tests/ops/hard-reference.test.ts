// Far tails, poles, roots, subnormal and huge operands, and both sides of the points where kernels change
// their way, against the numbers of tests/reference/hard.py (mpmath), to order 3 in every mix.

import * as tapegrad from "tapegrad";
import { elementwiseGrad, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import reference from "../reference/hard.json" with { type: "json" };
import { f64 } from "./support.js";

type Call = (...x: Tensor[]) => Tensor;
type Rows = readonly (readonly [readonly number[], Readonly<Record<string, number>>])[];

/** Allowed relative errors of derivatives of order 0 … 3. */
const LIMITS = [3e-15, 1e-14, 4e-14, 2e-13];

/** Where more is lost: how many times as much. */
const LOSSES: Record<string, number> = {
  // Squares in exponents of hundreds.
  gelu: 20,
  logaddexp2: 20,
  // Near zeros the error is that of the amplitude.
  jn: 10,
  // beta(a, b) = 1 / a + … near a = 0: the pole cancels in mixed derivatives.
  beta: 10,
  // Derivatives of exp(-x) I(v, x) inside the range of its expansion are differences.
  ive: 1000,
};

describe.each(Object.entries(reference as unknown as Record<string, Rows>))("%s", (name, rows) => {
  const f = tapegrad[name as keyof typeof tapegrad] as unknown as Call;
  const all = new Set(rows.flatMap(([, derivatives]) => Object.keys(derivatives)));
  test.each([...all])("derivative of order %s", (key) => {
    const orders = key.split(",").map(Number);
    const total = orders.reduce((a, b) => a + b, 0);
    const used = rows.filter(([, derivatives]) => key in derivatives);
    let g = f;
    orders.forEach((n, argnums) => {
      for (let i = 0; i < n; i++) g = elementwiseGrad(g, { argnums }) as unknown as Call;
    });
    const operands = orders.map((_, i) => f64(used.map(([x]) => x[i]!)));
    const got = g(...operands).data();
    used.forEach(([x, derivatives], i) => {
      const want = derivatives[key]!;
      // Among subnormal numbers the last place counts.
      const error = Math.abs(got[i]! - want) / Math.max(Math.abs(want), 1e-290);
      const label = `${name}(${x.join(", ")}), order ${key}: ${got[i]}, not ${want}`;
      expect.soft(error, label).toBeLessThanOrEqual(LIMITS[total]! * (LOSSES[name] ?? 1));
    });
  });
});
