// Copies of views: large enough for squares, odd enough for their edges.

import {
  add,
  broadcastTo,
  multiply,
  reshape,
  slice,
  tensor,
  transpose,
  type Tensor,
} from "tapegrad";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const DTYPES = ["float32", "float64", "int32", "bool"] as const;

/** The elements of x in row-major order, one index after the other. */
function naive(data: ArrayLike<number>, shape: number[], strides: number[], offset = 0): number[] {
  let places = [offset];
  shape.forEach((d, i) => {
    places = places.flatMap((p) => Array.from({ length: d }, (_, k) => p + k * strides[i]!));
  });
  return places.map((p) => data[p]!);
}

const stridesOf = (shape: number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);
const numbered = (n: number, dtype: (typeof DTYPES)[number]): Tensor =>
  tensor(
    Array.from({ length: n }, (_, i) => (dtype === "bool" ? (i * 7) % 3 === 0 : i)),
    { dtype },
  );
/** Lists are long, and the runner compares them slowly. */
function expectSameNumbers(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  const at = got.findIndex((x, i) => !Object.is(x, want[i]));
  if (at >= 0) expect.fail(`element ${at} is ${got[at]}, should be ${want[at]}`);
}

const copied = (x: Tensor): number[] => [...reshape(x, [-1]).data()];

describe.each(DTYPES)("%s", (dtype) => {
  test.each([
    [
      [64, 64],
      [1, 0],
    ],
    [
      [5, 37],
      [1, 0],
    ],
    [
      [37, 5],
      [1, 0],
    ],
    [
      [3, 100],
      [1, 0],
    ],
    [
      [100, 3],
      [1, 0],
    ],
    [
      [17, 33, 5],
      [2, 1, 0],
    ],
    [
      [17, 33, 5],
      [0, 2, 1],
    ],
    [
      [4, 19, 21, 3],
      [0, 2, 3, 1],
    ],
    [
      [4, 3, 19, 21],
      [0, 3, 1, 2],
    ],
    [
      [6, 1, 18, 20],
      [3, 1, 2, 0],
    ],
    [
      [0, 8, 8],
      [2, 1, 0],
    ],
  ])("%j with axes %j", (shape, order) => {
    const x = numbered(count(shape), dtype).reshape(shape);
    const strides = stridesOf(shape);
    const want = naive(
      x.data(),
      order.map((i) => shape[i]!),
      order.map((i) => strides[i]!),
    );
    expectSameNumbers(copied(transpose(x, order)), want);
  });
});

test("any order of axes of any part, repeated or not", () => {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 24 }),
    from: fc.nat(2),
    step: fc.constantFrom(1, 1, 2, -1),
    key: fc.nat(99),
    extra: fc.constantFrom(0, 0, 0, 3),
  });
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 4 }), (axes) => {
      const full = axes.map(({ size, from }) => size + from);
      const x = numbered(count(full), "float32").reshape(full);
      const part = slice(
        x,
        axes.map(({ from, step }) => (step > 0 ? [from, null, step] : [null, from, step])),
      );
      const order = axes.map((_, i) => i).sort((a, b) => axes[a]!.key - axes[b]!.key || a - b);
      const view = transpose(part, order);
      const strides = stridesOf(full);
      let offset = 0;
      axes.forEach(({ size, from, step }, i) => {
        offset += (step > 0 ? from : size + from - 1) * strides[i]!;
      });
      const seen = order.map((i) => part.shape[i]!);
      const steps = order.map((i) => strides[i]! * axes[i]!.step);
      expectSameNumbers(copied(view), naive(x.data(), seen, steps, offset));
      const extra = axes[0]!.extra;
      if (extra === 0) return;
      const repeated = broadcastTo(view, [extra, ...seen]);
      expectSameNumbers(copied(repeated), naive(x.data(), [extra, ...seen], [0, ...steps], offset));
    }),
    { numRuns: 300 },
  );
});

test("transposed operands of several operations at once", () => {
  for (const [rows, columns] of [
    [40, 40],
    [67, 35],
    [3, 500],
    [500, 3],
    [130, 129],
  ] as const) {
    const n = rows * columns;
    const x = numbered(n, "float32").reshape([rows, columns]);
    const y = numbered(n, "float32").reshape([columns, rows]);
    const z = numbered(columns * 7 * rows, "float32").reshape([columns, 7, rows]);
    const part = slice(transpose(z, [2, 1, 0]), [null, 3]);
    const got = add(multiply(add(x, transpose(y)), 2), part);
    const [a, b, c] = [x.data(), y.data(), z.data()];
    const want = Array.from({ length: n }, (_, k) => {
      const [i, j] = [Math.floor(k / columns), k % columns];
      return 2 * (a[k]! + b[j * rows + i]!) + c[(j * 7 + 3) * rows + i]!;
    });
    expectSameNumbers(copied(got), want);
  }
});
