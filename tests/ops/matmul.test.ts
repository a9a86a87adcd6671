// Matrix products of all small sizes, of odd ones, of views, batches and integers.

import fc from "fast-check";
import {
  grad,
  matmul,
  multiply,
  slice,
  sum,
  swapaxes,
  tensor,
  transpose,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { at, build, matmul as naive, toNd, toTensor, type Nd } from "./ndarray.js";
import { count, expectNear, FLOATS, numbers, randomFrom, shaped, uniform } from "./support.js";

const random = randomFrom(31);
/** Small integers: their products are exact in every dtype, whatever the order of the sums. */
const whole = (shape: number[]): Nd => ({
  shape,
  data: uniform(random, count(shape), -5, 6).map(Math.floor),
});
const real = (shape: number[]): Nd => ({ shape, data: uniform(random, count(shape), -1, 1) });

/** C[i, j] = Σ A[i, l] · B[l, j], on flat arrays: fast enough for thousands of sizes. */
function flatProduct(a: Nd, b: Nd): number[] {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const c = new Array<number>(m * n).fill(0);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      for (let j = 0; j < n; j++) c[i * n + j]! += a.data[i * k + l]! * b.data[l * n + j]!;
    }
  }
  return c;
}

const turned = (x: Nd): Nd => build([...x.shape].reverse(), ([i, j]) => at(x, [j!, i!]));

describe.each([...FLOATS, "int32"] as const)("in %s", (dtype) => {
  test("every m, n, k up to 20, a quarter of them transposed each way", () => {
    let which = 0;
    for (let m = 0; m <= 20; m++) {
      for (let n = 0; n <= 20; n++) {
        for (let k = 0; k <= 20; k++) {
          const [a, b] = [whole([m, k]), whole([k, n])];
          which++;
          const x = which & 1 ? transpose(toTensor(turned(a), dtype)) : toTensor(a, dtype);
          const y = which & 2 ? transpose(toTensor(turned(b), dtype)) : toTensor(b, dtype);
          const got = matmul(x, y);
          const want = flatProduct(a, b);
          const data = got.data();
          let wrong = got.dtype !== dtype || data.length !== want.length;
          for (let i = 0; i < want.length; i++) if (data[i] !== want[i]) wrong = true;
          if (wrong) expect.fail(`[${m},${k}] · [${k},${n}]: [${data}], should be [${want}]`);
        }
      }
    }
  });

  test.each([
    [33, 65, 17],
    [1, 257, 1],
    [5, 1, 300],
    [129, 3, 2],
    [64, 64, 64],
    [100, 1000, 7],
    [7, 100, 101],
    // Past the edges of blocks: 256 products, 64 or 32 rows, 1,024 or 512 columns.
    [70, 259, 41],
    [66, 513, 1],
    [1, 600, 37],
    [3, 5, 1030],
    [37, 256, 515],
  ])("%i × %i × %i, in all layouts", (m, k, n) => {
    const [a, b] = [whole([m, k]), whole([k, n])];
    const want = flatProduct(a, b);
    const xs = [toTensor(a, dtype), transpose(toTensor(turned(a), dtype)), stepped(a, dtype)];
    const ys = [toTensor(b, dtype), transpose(toTensor(turned(b), dtype)), stepped(b, dtype)];
    for (const x of xs) for (const y of ys) expectNear(numbers(matmul(x, y)), want, "product", 0);
  });
});

/** The same elements as every second one of a larger tensor, read backwards. */
function stepped(x: Nd, dtype: "float32" | "float64" | "int32"): Tensor {
  const [m, n] = x.shape as [number, number];
  const wide = build([2 * m, 2 * n], ([i, j]) =>
    i! % 2 && j! % 2 ? at(x, [m - 1 - (i! - 1) / 2, n - 1 - (j! - 1) / 2]) : 99,
  );
  return slice(toTensor(wide, dtype), [
    [null, null, -2],
    [null, null, -2],
  ]);
}

describe("shapes", () => {
  const SHAPES: [number[], number[]][] = [
    [[3], [3]],
    [[0], [0]],
    [[4, 3], [3]],
    [[3], [3, 5]],
    [
      [2, 4, 3],
      [3, 5],
    ],
    [
      [2, 4, 3],
      [2, 3, 5],
    ],
    [
      [2, 1, 4, 3],
      [7, 3, 5],
    ],
    [
      [1, 4, 3],
      [6, 3, 1],
    ],
    [
      [2, 3, 1, 4],
      [4, 5],
    ],
    [
      [2, 3, 1, 4],
      [2, 3, 4, 1],
    ],
    [[3], [2, 3, 4]],
    [[2, 4, 3], [3]],
    [[2, 2, 2, 3], [3]],
    [
      [0, 3],
      [3, 2],
    ],
    [
      [2, 0, 3],
      [3, 4],
    ],
    [
      [5, 2, 0],
      [0, 3],
    ],
    [
      [0, 2, 3],
      [1, 3, 2],
    ],
  ];

  test.each(SHAPES)("%j · %j", (p, q) => {
    const [a, b] = [whole(p), whole(q)];
    const want = naive(a, b);
    for (const dtype of [...FLOATS, "int32"] as const) {
      const [x, y] = [toTensor(a, dtype), toTensor(b, dtype)];
      const got = matmul(x, y);
      expect(got.shape).toEqual(want.shape);
      expect(numbers(got)).toEqual(want.data);
      expect(numbers(x.matmul(y))).toEqual(want.data);
    }
    // The gradient of ⟨w, x · y⟩ is linear in w: unit by unit it is what the definition multiplies.
    const w = whole(want.shape);
    const loss = (x: Tensor, y: Tensor): Tensor => sum(multiply(toTensor(w), matmul(x, y)));
    const [gx, gy] = grad(loss, { argnums: [0, 1] })(toTensor(a), toTensor(b)) as [Tensor, Tensor];
    expect(gx.shape).toEqual(p);
    expect(gy.shape).toEqual(q);
    const value = (x: Nd, y: Nd): number =>
      naive(x, y).data.reduce((s, v, i) => s + v * w.data[i]!, 0);
    const plus = (x: Nd, i: number): Nd => ({
      ...x,
      data: x.data.map((v, j) => (i === j ? v + 1 : v)),
    });
    const base = value(a, b);
    expect(numbers(gx).map((v) => v + 0)).toEqual(
      a.data.map((_, i) => value(plus(a, i), b) - base),
    );
    expect(numbers(gy).map((v) => v + 0)).toEqual(
      b.data.map((_, i) => value(a, plus(b, i)) - base),
    );
  });

  test("batches by chance", () => {
    const size = fc.integer({ min: 1, max: 4 });
    const outer = fc.array(fc.tuple(size, fc.constantFrom("x", "y", "both")), { maxLength: 3 });
    fc.assert(
      fc.property(outer, size, size, size, fc.boolean(), (axes, m, k, n, swapped) => {
        const prefix = (side: string): number[] =>
          axes.map(([d, who]) => (who === side || who === "both" ? d : 1));
        const a = whole([...prefix("x"), m, k]);
        const b = whole([...prefix("y"), k, n]);
        const x = toTensor(a);
        const y = swapped
          ? swapaxes(toTensor(toNd(swapaxes(toTensor(b), -1, -2))), -1, -2)
          : toTensor(b);
        const want = naive(a, b);
        const got = matmul(x, y);
        expect(got.shape).toEqual(want.shape);
        expect(numbers(got)).toEqual(want.data);
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  test("what does not fit says so", () => {
    const x = zeros([2, 3]);
    expect(() => matmul(x, zeros([2, 3]))).toThrow(/^matmul: .*3.*2/);
    expect(() => matmul(x, tensor(1))).toThrow(/^matmul/);
    expect(() => matmul(2, x)).toThrow(/^matmul/);
    expect(() => matmul(zeros([2, 2, 3]), zeros([3, 3, 2]))).toThrow(/^matmul/);
  });
});

describe("values", () => {
  test("infinities and NaN stay where they belong", () => {
    const x = tensor([
      [1, Infinity],
      [0, 1],
    ]);
    const y = tensor([
      [2, 0],
      [3, 1],
    ]);
    expect(numbers(matmul(x, y))).toEqual([Infinity, Infinity, 3, 1]);
    const z = tensor([
      [1, NaN, 1],
      [2, 3, 4],
      [5, 6, 7],
    ]);
    const got = numbers(matmul(z, zeros([3, 9])));
    expect(got.map(Number.isNaN)).toEqual(got.map((_, i) => i < 9));
  });

  test.each(FLOATS)("rounding stays within k ulps of the sum of sizes in %s", (dtype) => {
    const [a, b] = [real([13, 400]), real([400, 11])];
    const got = numbers(matmul(toTensor(a, dtype), toTensor(b, dtype)));
    const want = flatProduct(a, b);
    const sizes = flatProduct(
      { ...a, data: a.data.map(Math.abs) },
      { ...b, data: b.data.map(Math.abs) },
    );
    const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
    got.forEach((v, i) => expect(Math.abs(v - want[i]!)).toBeLessThan(400 * unit * sizes[i]!));
  });

  test("bools and mixed dtypes", () => {
    const t = tensor([
      [true, true],
      [false, true],
    ]);
    expect(matmul(t, t).toArray()).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(matmul(t, t).dtype).toBe("int32");
    const i = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "int32" },
    );
    expect(matmul(i, tensor([0.5, 0.25])).dtype).toBe("float32");
    expect(numbers(matmul(i, tensor([0.5, 0.25])))).toEqual([1, 2.5]);
    expectNear(numbers(matmul([[1, 2]], shaped([3, 4]))), [11], "arrays");
  });
});
