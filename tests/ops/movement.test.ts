// Reshapes, transposes, broadcasts, inserted and dropped axes: shapes, elements, chains of views.

import fc from "fast-check";
import * as tg from "tapegrad";
import {
  broadcastTo,
  expandDims,
  grad,
  multiply,
  reshape,
  squeeze,
  sum,
  swapaxes,
  transpose,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { broadcast, build, toNd, toTensor, transpose as permuted, type Nd } from "./ndarray.js";
import { count, numbers, shaped } from "./support.js";

const counted = (shape: readonly number[]): Nd => {
  let next = 0;
  return build(shape, () => ++next);
};
const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) =>
        Array.from({ length: n }, (_, i) => p.toSpliced(i, 0, n - 1)),
      );

function expectNd(got: Tensor, want: Nd): void {
  expect(got.shape).toEqual(want.shape);
  expect(numbers(got)).toEqual(want.data);
}

describe("transpose", () => {
  test.each([[[]], [[3]], [[2, 3]], [[2, 3, 4]], [[2, 1, 3, 2]], [[0, 2, 3]]])(
    "every order of %j",
    (shape) => {
      const x = counted(shape);
      for (const axes of permutations(shape.length)) {
        for (const dtype of ["float64", "float32", "int32", "bool"] as const) {
          const data = dtype === "bool" ? { ...x, data: x.data.map((v) => v % 2) } : x;
          expectNd(transpose(toTensor(data, dtype), axes), permuted(data, axes));
        }
        const negative = axes.map((axis) => axis - shape.length);
        expectNd(transpose(toTensor(x), negative), permuted(x, axes));
      }
      expectNd(
        transpose(toTensor(x)),
        permuted(
          x,
          shape.map((_, i) => shape.length - 1 - i),
        ),
      );
      for (let a = 0; a < shape.length; a++) {
        for (let b = 0; b < shape.length; b++) {
          const axes = shape.map((_, i) => (i === a ? b : i === b ? a : i));
          expectNd(swapaxes(toTensor(x), a, b - shape.length), permuted(x, axes));
        }
      }
    },
  );

  test("what is no order says so", () => {
    const x = toTensor(counted([2, 3]));
    for (const axes of [[0], [0, 0], [0, 2], [0, 1, 2]])
      expect(() => transpose(x, axes)).toThrow(/^transpose/);
    expect(() => swapaxes(x, 0, 2)).toThrow(/^swapaxes/);
  });
});

describe("reshape", () => {
  test("keeps row-major order, of views as well", () => {
    const x = counted([4, 6]);
    for (const shape of [
      [24],
      [2, 12],
      [2, 2, 6],
      [4, 3, 2],
      [1, 24, 1],
      [8, 3],
      [-1, 3],
      [2, -1, 4],
      [-1],
    ]) {
      const sizes = shape
        .map((d) => (d < 0 ? -24 / shape.reduce((a, b) => a * b) : d))
        .map(Math.abs);
      expectNd(reshape(toTensor(x), shape), { shape: sizes, data: x.data });
      const t = permuted(x, [1, 0]);
      expectNd(reshape(transpose(toTensor(x)), shape), { shape: sizes, data: t.data });
    }
    expectNd(reshape(toTensor(x), 24), { shape: [24], data: x.data });
    expect(toTensor(x).reshape([2, 12]).shape).toEqual([2, 12]);
  });

  test("empty and single elements", () => {
    expect(reshape(toTensor(counted([0, 3])), [3, 0, 2]).shape).toEqual([3, 0, 2]);
    expect(reshape(toTensor(counted([0, 3])), [0]).shape).toEqual([0]);
    expect(reshape(5, [1, 1]).toArray()).toEqual([[5]]);
    expect(reshape([[7]], []).toArray()).toBe(7);
    const spread = broadcastTo(toTensor(counted([1])), [2, 3]);
    expect(numbers(reshape(spread, [3, 2]))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("what does not fit says so", () => {
    const x = toTensor(counted([2, 3]));
    for (const shape of [[4], [2, 2], [], [-1, -1], [-1, 4], [7, -1], [0, -1], [-2, 3], [1.5, 4]]) {
      expect(() => reshape(x, shape), JSON.stringify(shape)).toThrow(/^reshape/);
    }
  });
});

describe("broadcastTo", () => {
  test.each([
    [[], [2, 3]],
    [[3], [2, 3]],
    [
      [2, 1],
      [2, 3],
    ],
    [
      [1, 1],
      [4, 5],
    ],
    [
      [2, 1, 3],
      [4, 2, 5, 3],
    ],
    [[1], [0]],
    [
      [1, 3],
      [0, 3],
    ],
    [[2], [2]],
  ])("%j to %j", (from, to) => {
    const x = counted(from);
    const want = broadcast(x, to);
    expectNd(broadcastTo(toTensor(x), to), want);
    // The derivative counts how often an element is used.
    const g = grad((v: Tensor) => sum(broadcastTo(v, to)))(toTensor(x));
    expect(g.shape).toEqual(from);
    expect(numbers(g)).toEqual(x.data.map((v) => want.data.filter((u) => u === v).length));
  });

  test("what does not broadcast says so", () => {
    for (const [from, to] of [
      [[2], [3]],
      [[2, 3], [3]],
      [[2], [2, 3]],
      [[3], [-1]],
      [[0], [1]],
    ] as const) {
      expect(() => broadcastTo(toTensor(counted(from)), to)).toThrow(/^broadcastTo/);
    }
  });
});

describe("expandDims and squeeze", () => {
  test("place ones and take them away", () => {
    const x = counted([2, 3]);
    for (const [axes, shape] of [
      [0, [1, 2, 3]],
      [1, [2, 1, 3]],
      [-1, [2, 3, 1]],
      [2, [2, 3, 1]],
      [
        [0, 1],
        [1, 1, 2, 3],
      ],
      [
        [0, 2],
        [1, 2, 1, 3],
      ],
      [
        [-1, 0],
        [1, 2, 3, 1],
      ],
      [[], [2, 3]],
    ] as [number | number[], number[]][]) {
      const y = expandDims(toTensor(x), axes);
      expectNd(y, { shape, data: x.data });
      expectNd(squeeze(y, axes), x);
      expectNd(squeeze(y), x);
    }
    expect(expandDims(5, 0).shape).toEqual([1]);
    expect(squeeze(toTensor(counted([1, 1]))).shape).toEqual([]);
    expect(squeeze(toTensor(counted([1, 0, 1]))).shape).toEqual([0]);
  });

  test("what cannot be says so", () => {
    const x = toTensor(counted([1, 3]));
    expect(() => squeeze(x, 1)).toThrow(/^squeeze.*3/);
    expect(() => squeeze(x, 2)).toThrow(/^squeeze/);
    expect(() => expandDims(x, 3)).toThrow(/^expandDims/);
    expect(() => expandDims(x, [0, 0])).toThrow(/^expandDims/);
    expect(() => expandDims(toTensor(counted([1, 1, 1, 1, 1, 1, 1, 1])), 0)).toThrow(/^expandDims/);
  });
});

describe("chains of views", () => {
  type Step = { name: string; tensor: (x: Tensor) => Tensor; nd: (x: Nd) => Nd };
  const reversedAxes = (x: { shape: number[] }): number[] =>
    x.shape.map((_, i) => x.shape.length - 1 - i);
  const every = (x: Nd, axis: number): Nd => {
    const shape = x.shape.map((d, i) => (i === axis ? Math.ceil(d / 2) : d));
    const rank = x.shape.length;
    // The last index first, then every second one before it.
    return build(
      shape,
      (index) =>
        x.data[
          index.reduce(
            (s, i, k) => s * x.shape[k]! + (k === axis ? x.shape[axis]! - 1 - 2 * i : i),
            0,
          )
        ]! +
        0 * rank,
    );
  };
  const steps: Step[] = [
    { name: "transpose", tensor: (x) => transpose(x), nd: (x) => permuted(x, reversedAxes(x)) },
    {
      name: "flatten",
      tensor: (x) => reshape(x, [-1]),
      nd: (x) => ({ ...x, shape: [count(x.shape)] }),
    },
    {
      name: "fold",
      tensor: (x) => (x.size % 2 ? x : reshape(x, [2, x.size / 2])),
      nd: (x) => (x.data.length % 2 ? x : { ...x, shape: [2, x.data.length / 2] }),
    },
    {
      name: "expand",
      tensor: (x) => (x.ndim < 5 ? expandDims(x, 1 - Number(x.ndim === 0)) : x),
      nd: (x) =>
        x.shape.length < 5 ? { ...x, shape: x.shape.toSpliced(x.shape.length ? 1 : 0, 0, 1) } : x,
    },
    {
      name: "repeat",
      tensor: (x) => (x.ndim < 5 ? broadcastTo(x, [2, ...x.shape]) : x),
      nd: (x) => (x.shape.length < 5 ? broadcast(x, [2, ...x.shape]) : x),
    },
    {
      name: "backwards",
      tensor: (x) => (x.ndim ? tg.slice(x, [[null, null, -2]]) : x),
      nd: (x) => (x.shape.length ? every(x, 0) : x),
    },
    {
      name: "last axis backwards",
      tensor: (x) =>
        x.ndim ? tg.slice(x, [...Array<null>(x.ndim - 1).fill(null), [null, null, -2]]) : x,
      nd: (x) => (x.shape.length ? every(x, x.shape.length - 1) : x),
    },
    { name: "copy", tensor: (x) => multiply(x, 1), nd: (x) => x },
  ];

  test("of up to eight steps give the elements of copies, and their derivatives", () => {
    const chain = fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 8 });
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(shape, chain, (sizes, list) => {
        const x = counted(sizes);
        const follow = (v: Tensor): Tensor => list.reduce((y, i) => steps[i]!.tensor(y), v);
        const want = list.reduce((y, i) => steps[i]!.nd(y), x);
        const got = follow(toTensor(x));
        expectNd(got, want);
        // ⟨w, f(x)⟩ for w = 1, 2, 3, …: each element of x collects the w of its copies.
        const w = counted(want.shape);
        const g = grad((v: Tensor) => sum(multiply(toTensor(w), follow(v))))(toTensor(x));
        const expected = x.data.map((v) =>
          want.data.reduce((s, u, i) => (u === v ? s + w.data[i]! : s), 0),
        );
        expect(numbers(g)).toEqual(expected);
        expect(toNd(tg.jvp(follow, [toTensor(x)], [toTensor(x)])[1])).toEqual(want);
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});

test("eight axes", () => {
  const shape = [2, 1, 2, 1, 2, 1, 2, 2];
  const x = counted(shape);
  const axes = [7, 6, 5, 4, 3, 2, 1, 0];
  expectNd(transpose(toTensor(x)), permuted(x, axes));
  const g = grad((v: Tensor) => sum(multiply(transpose(v), transpose(v))))(toTensor(x));
  expect(numbers(g)).toEqual(x.data.map((v) => 2 * v));
  const row = shaped([1, 2]);
  expect(tg.hessian((v: Tensor) => sum(multiply(v, multiply(v, toTensor(x)))))(row).shape).toEqual([
    2, 2,
  ]);
  expect(() => reshape(toTensor(x), [1, ...shape])).toThrow(/^reshape/);
  expect(
    tg.vmap((v: Tensor) => transpose(v))(tg.stack([toTensor(counted([2, 2, 2, 2, 2, 2, 2]))]))
      .shape,
  ).toHaveLength(8);
});
