// The nuclear norm where singular values meet: its second derivatives against differences of its first
// ones, which other tests measure. There the values alone have none, but their sum has.

import {
  abs,
  add,
  divide,
  grad,
  jvp,
  max,
  multiply,
  norm,
  subtract,
  sum,
  tensor,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { f64 } from "../ops/support.js";

const CASES: Record<string, number[][]> = {
  "twice the unit matrix": [
    [2, 0],
    [0, 2],
  ],
  "a rotation, not symmetric": [
    [0, 3, 0],
    [-3, 0, 0],
    [0, 0, 3],
  ],
  tall: [
    [2, 0],
    [0, 2],
    [0, 0],
  ],
  wide: [
    [2, 0, 0],
    [0, 2, 0],
  ],
  "nearly equal": [
    [2, 0],
    [0, 2 + 1e-9],
  ],
  "all different": [
    [1, 2],
    [3, -1],
  ],
};

const slope = grad((x: Tensor) => norm(x, "nuc"));

describe("second derivatives", () => {
  test.each(Object.entries(CASES))("%s", (_, rows) => {
    const x = f64(rows);
    const v = f64(rows.map((row, i) => row.map((_, j) => Math.sin(3 * i + j + 1))));
    const step = multiply(v, 1e-4);
    const measured = divide(subtract(slope(add(x, step)), slope(subtract(x, step))), 2e-4);
    const pushed = jvp(slope, [x], [v])[1] as Tensor;
    const pulled = grad((y: Tensor) => sum(multiply(slope(y), v)))(x);
    for (const found of [pushed, pulled]) {
      expect(max(abs(subtract(found, measured))).item()).toBeLessThan(1e-6);
    }
    expect(max(abs(measured)).item()).toBeGreaterThan(0.1);
  });
});

test("singular values that are 0 are kinks: they have derivative 0", () => {
  const ones = [
    [0.5, 0.5],
    [0.5, 0.5],
  ];
  const found = slope(
    f64([
      [1, 1],
      [1, 1],
    ]),
  ).toArray() as number[][];
  found.forEach((row, i) => row.forEach((d, j) => expect(d).toBeCloseTo(ones[i]![j]!, 14)));
  expect(
    slope(
      f64([
        [0, 0],
        [0, 0],
      ]),
    ).toArray(),
  ).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(
    norm(
      f64([
        [NaN, 1],
        [1, 1],
      ]),
      "nuc",
    ).item(),
  ).toBeNaN();
  expect(norm(f64([[]]), "nuc").item()).toBe(0);
});

test("small singular values count, and turn with the others", () => {
  for (const [dtype, small] of [
    ["float32", 3e-6],
    ["float64", 3e-14],
  ] as const) {
    const x = tensor(
      [
        [1, 0],
        [0, small],
      ],
      { dtype },
    );
    expect(norm(x, "nuc").item() - 1).toBeCloseTo(small, dtype === "float32" ? 7 : 15);
    expect(slope(x).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  }
});

test("what is rounding beside the largest singular value counts, with derivative 0", () => {
  const x = f64([
    [1, 0],
    [0, 1e-15],
  ]);
  expect(norm(x, "nuc").item()).toBe(1 + 1e-15);
  expect(slope(x).toArray()).toEqual([
    [1, 0],
    [0, 0],
  ]);
});
