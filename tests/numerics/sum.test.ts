// How exact long sums are, and that their bits depend on the elements alone.

import { matmul, max, mean, min, prod, slice, sum, tensor, transpose, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectSame, numbers, randomFrom, uniform } from "../ops/support.js";

const UNIT = { float32: 2 ** -24, float64: 2 ** -53 };
const random = randomFrom(51);

/** The sum of floats, exact: in units of 2^-k as a bigint. */
function exactly(x: ArrayLike<number>, k: number): number {
  let total = 0n;
  for (let i = 0; i < x.length; i++) total += BigInt(x[i]! * 2 ** k);
  return Number(total) / 2 ** k;
}

describe("accuracy of float32 sums", () => {
  test.each([1000, 4099, 100_000, 1_000_000])(
    "%i positive numbers: error of pairs, not of a chain",
    (n) => {
      const x = Float32Array.from(uniform(random, n, 0, 1));
      const want = exactly(x, 24 + 20);
      const error = Math.abs(sum(tensor(x)).item() - want) / want / UNIT.float32;
      // A chain of n additions would be off by about √n here, in the worst case by n.
      expect(error).toBeLessThan(4);
    },
  );

  test("numbers of both signs: error relative to the sum of sizes", () => {
    const x = Float32Array.from(uniform(random, 300_000, -1, 1));
    const sizes = x.reduce((a, b) => a + Math.abs(b), 0);
    const error = Math.abs(sum(tensor(x)).item() - exactly(x, 44));
    expect(error).toBeLessThan(2 * UNIT.float32 * Math.sqrt(sizes) * 4);
  });

  test("equal numbers: a chain would come to a halt at 2^24", () => {
    const n = 40_000_000;
    const ones = tensor(1).broadcastTo([n]);
    expect(sum(ones).item()).toBe(n);
    expect(mean(ones).item()).toBe(1);
    // Equal numbers are rounded alike, so errors within a block add up: 64 additions per lane.
    const tenths = sum(tensor(0.1).broadcastTo([10_000_000])).item();
    const want = Math.fround(0.1) * 1e7;
    expect(Math.abs(tenths / want - 1) / UNIT.float32).toBeLessThan(64);
  });

  test("down the columns, along rows, and over both", () => {
    const [m, n] = [20_000, 24];
    const x = Float32Array.from(uniform(random, m * n, 0, 1));
    const table = tensor(x).reshape([m, n]);
    const columns = Array.from({ length: n }, (_, j) =>
      exactly(
        x.filter((_, i) => i % n === j),
        44,
      ),
    );
    const near = (got: Tensor, want: number[]): void => {
      numbers(got).forEach((v, i) =>
        expect(Math.abs(v / want[i]! - 1) / UNIT.float32).toBeLessThan(4),
      );
    };
    near(sum(table, 0), columns);
    near(sum(transpose(table), 1), columns);
    near(sum(table.reshape([100, 200, n]), [0, 1]), columns);
    near(sum(table), [exactly(x, 44)]);
    near(
      mean(table, 0),
      columns.map((v) => v / m),
    );
  });

  test("large numbers that cancel leave the small ones", () => {
    const x = [1e8, 1, -1e8, 1];
    expect(sum(tensor(x, { dtype: "float64" })).item()).toBe(2);
    const blocks = [...Array<number>(1024).fill(1), ...Array<number>(1024).fill(-1), 2 ** -20];
    expect(sum(tensor(blocks)).item()).toBe(2 ** -20);
  });

  test("float64 sums", () => {
    const x = Float64Array.from({ length: 100_000 }, () => random());
    const parts = exactly(x, 84);
    expect(Math.abs(sum(tensor(x)).item() - parts) / parts / UNIT.float64).toBeLessThan(4);
  });

  test("subnormals are not flushed", () => {
    expect(sum(tensor(Array<number>(64).fill(2 ** -149))).item()).toBe(2 ** -143);
    expect(sum(tensor(Array<number>(64).fill(2 ** -1074), { dtype: "float64" })).item()).toBe(
      2 ** -1068,
    );
  });

  test("infinities and NaN", () => {
    for (const n of [1, 7, 1500]) {
      const fill = (v: number): number[] => [
        ...Array<number>(n).fill(1),
        v,
        ...Array<number>(n).fill(2),
      ];
      expect(sum(tensor(fill(Infinity))).item()).toBe(Infinity);
      expect(sum(tensor([...fill(Infinity), -Infinity])).item()).toBe(NaN);
      expect(sum(tensor(fill(NaN))).item()).toBe(NaN);
    }
  });
});

describe("bits", () => {
  const lengths = [1, 2, 3, 5, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 2047, 4099, 9000];

  test.each(["float32", "float64"] as const)(
    "of a contiguous run are the same at every alignment in %s",
    (dtype) => {
      for (const n of lengths) {
        const x = uniform(random, n, -1, 1);
        const plain = tensor(x, { dtype });
        for (const fold of [sum, prod, mean]) {
          const want = fold(plain).item();
          for (let shift = 1; shift <= 8; shift++) {
            const padded = tensor([...Array<number>(shift).fill(NaN), ...x, NaN, NaN], { dtype });
            expect(fold(slice(padded, [[shift, shift + n]])).item()).toBe(want);
          }
          // Read through a cursor: every other element of a larger tensor, and backwards twice.
          const spaced = tensor(
            x.flatMap((v) => [v, NaN]),
            { dtype },
          );
          expect(fold(slice(spaced, [[null, null, 2]])).item()).toBe(want);
          const reversed = tensor([...x].reverse(), { dtype });
          expect(fold(slice(reversed, [[null, null, -1]])).item()).toBe(want);
        }
      }
    },
  );

  test.each(["float32", "float64"] as const)(
    "of a row are those of the row alone in %s",
    (dtype) => {
      for (const n of [3, 17, 1024, 1500]) {
        const table = tensor(uniform(random, 5 * n, -1, 1), { dtype }).reshape([5, n]);
        const rows = numbers(sum(table, 1));
        rows.forEach((v, i) => expect(sum(slice(table, [i])).item()).toBe(v));
        const kept = numbers(sum(table, 1, { keepdims: true }));
        expect(kept).toEqual(rows);
      }
    },
  );

  // Rows, columns and gathered runs: the order of a fold depends on its shape, never on the layout.
  test.each(["float32", "float64", "int32"] as const)(
    "are the same in every layout in %s",
    (dtype) => {
      const shapes = [
        [70, 5],
        [1030, 9],
        [5, 1030],
        [2100, 3],
        [4, 37, 6],
        [3, 300, 2, 70],
        [17, 1, 520],
        [2, 2, 2],
      ];
      for (const shape of shapes) {
        const n = shape.reduce((a, b) => a * b, 1);
        const x = tensor(
          uniform(random, n, -2, 2).map((v) => (dtype === "int32" ? Math.round(v * 100) : v)),
          { dtype },
        ).reshape(shape);
        const axes = shape.map((_, i) => i);
        for (let mask = 1; mask < 2 ** shape.length; mask++) {
          const folded = axes.filter((i) => mask & (1 << i));
          for (const fold of [sum, prod, max, min]) {
            const want = fold(x, folded);
            for (let turn = 1; turn < 4; turn++) {
              // The same elements, stored in another order of axes.
              const order = axes.map((_, i) =>
                turn === 3 ? axes.length - 1 - i : (i + turn) % axes.length,
              );
              const back = axes.map((i) => order.indexOf(i));
              const stored = tensor(transpose(x, order).data()).reshape(
                order.map((i) => shape[i]!),
              );
              expectSame(
                fold(transpose(stored, back), folded),
                want,
                `[${shape.join()}] over ${mask}`,
              );
            }
          }
        }
      }
    },
  );

  test("of a sum are the same whenever it is repeated", () => {
    const x = tensor(uniform(random, 50_000, -1, 1));
    const want = sum(x).item();
    for (let i = 0; i < 5; i++) expect(sum(x).item()).toBe(want);
    expect(sum(tensor(x.data())).item()).toBe(want);
  });
});

describe("products of matrices in float32", () => {
  test("stay within a few ulps of the sum of sizes for ordinary inner sizes", () => {
    const k = 512;
    const x = uniform(random, 8 * k, -1, 1);
    const y = uniform(random, k * 8, -1, 1);
    const got = numbers(matmul(tensor(x).reshape([8, k]), tensor(y).reshape([k, 8])));
    got.forEach((v, at) => {
      const [i, j] = [Math.floor(at / 8), at % 8];
      let want = 0;
      let sizes = 0;
      for (let l = 0; l < k; l++) {
        const p = x[i * k + l]! * y[l * 8 + j]!;
        want += p;
        sizes += Math.abs(p);
      }
      expect(Math.abs(v - want)).toBeLessThan(8 * UNIT.float32 * sizes);
    });
  });
});
