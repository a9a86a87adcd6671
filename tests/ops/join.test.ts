// concatenate and stack: shapes, many operands, empty ones, views, derivatives.

import {
  concatenate,
  grad,
  multiply,
  slice,
  stack,
  sum,
  tensor,
  transpose,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { build, concatenate as joined, toTensor, type Nd } from "./ndarray.js";
import { f64, numbers, shaped } from "./support.js";

let next = 0;
const fresh = (shape: number[]): Nd => build(shape, () => ++next);

describe("concatenate", () => {
  test.each([
    [[[2], [3], [0], [1]], 0],
    [
      [
        [2, 3],
        [1, 3],
      ],
      0,
    ],
    [
      [
        [2, 3],
        [2, 1],
        [2, 0],
      ],
      1,
    ],
    [
      [
        [2, 3],
        [2, 4],
      ],
      -1,
    ],
    [
      [
        [2, 1, 3],
        [2, 5, 3],
        [2, 2, 3],
      ],
      1,
    ],
    [
      [
        [0, 2],
        [0, 2],
      ],
      0,
    ],
    [
      [
        [3, 0],
        [3, 0],
      ],
      0,
    ],
    [[[4]], 0],
  ])("%j along %i", (shapes, axis) => {
    const parts = shapes.map(fresh);
    const at = axis < 0 ? axis + shapes[0]!.length : axis;
    const want = joined(parts, at);
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const got = concatenate(
        parts.map((x) => toTensor(x, dtype)),
        axis,
      );
      expect(got.dtype).toBe(dtype);
      expect(got.shape).toEqual(want.shape);
      expect(numbers(got)).toEqual(want.data);
    }
    const w = fresh(want.shape);
    const f = (...x: Tensor[]): Tensor => sum(multiply(toTensor(w), concatenate(x, axis)));
    const g = grad(f, { argnums: parts.map((_, i) => i) })(
      ...parts.map((x) => toTensor(x)),
    ) as Tensor[];
    expect(g.map((x) => x.shape)).toEqual(shapes);
    g.forEach((x, i) => {
      const expected = parts[i]!.data.map((v) => w.data[want.data.indexOf(v)]!);
      expect(numbers(x)).toEqual(expected);
    });
  });

  test("of views", () => {
    const x = toTensor(fresh([3, 4]));
    const got = concatenate([transpose(x), slice(transpose(x), [[null, null, -1]])], 1);
    const rows = transpose(x).toArray() as number[][];
    expect(got.toArray()).toEqual(rows.map((row, i) => [...row, ...rows.at(-1 - i)!]));
  });

  test.each([3, 100, 254, 255, 256, 257, 1000, 4000])("%i operands", (n) => {
    const parts = Array.from({ length: n }, (_, i) => f64([i, i + 0.5]));
    const want = parts.flatMap((_, i) => [i, i + 0.5]);
    expect(numbers(concatenate(parts))).toEqual(want);
    expect(stack(parts).shape).toEqual([n, 2]);
    expect(numbers(stack(parts, 1))).toEqual([
      ...parts.map((_, i) => i),
      ...parts.map((_, i) => i + 0.5),
    ]);
    const x = f64([1, 2]);
    const g = grad((v: Tensor) => sum(multiply(concatenate(parts.map(() => v)), f64(want))))(x);
    const total = (n * (n - 1)) / 2;
    expect(numbers(g)).toEqual([total, total + n / 2]);
  });

  test("arrays, typed arrays and numbers", () => {
    expect(concatenate([[1, 2], new Float32Array([3])]).toArray()).toEqual([1, 2, 3]);
    expect(stack([1, 2, 3]).toArray()).toEqual([1, 2, 3]);
    expect(
      stack(
        [
          [1, 2],
          [3, 4],
        ],
        1,
      ).toArray(),
    ).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  test("what does not fit says so", () => {
    expect(() => concatenate([])).toThrow(/^concatenate/);
    expect(() => concatenate([zeros([2]), zeros([2, 2])])).toThrow(/^concatenate/);
    expect(() => concatenate([zeros([2, 3]), zeros([2, 2])])).toThrow(/^concatenate/);
    expect(() => concatenate([zeros([2])], 1)).toThrow(/^concatenate/);
    expect(() => concatenate([tensor(1), tensor(2)])).toThrow(/^concatenate/);
    expect(() => stack([zeros([2]), zeros([3])])).toThrow(/^stack/);
    expect(() => stack([zeros([2])], 2)).toThrow(/^stack/);
    expect(() => stack(zeros([2, 2]) as never)).toThrow(/^stack/);
  });
});

describe("stack", () => {
  test("along every axis", () => {
    const [a, b] = [fresh([2, 3]), fresh([2, 3])];
    for (let axis = 0; axis <= 2; axis++) {
      const shape = [2, 3].toSpliced(axis, 0, 1);
      const want = joined(
        [
          { ...a, shape },
          { ...b, shape },
        ],
        axis,
      );
      for (const given of [axis, axis - 3]) {
        const got = stack([toTensor(a), toTensor(b)], given);
        expect(got.shape).toEqual(want.shape);
        expect(numbers(got)).toEqual(want.data);
      }
    }
    expect(stack([shaped([], [0])]).shape).toEqual([1, 0]);
  });
});
