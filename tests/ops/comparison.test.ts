// Comparisons, logic and classification: NaN, signed zeros, every dtype.

import * as tg from "tapegrad";
import { tensor, type Dtype, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { FLOATS, numbers } from "./support.js";

const INF = Infinity;
const VALUES = [NaN, -INF, -2, -0, 0, 1, 2, INF];
const yes = (x: boolean): number => (x ? 1 : 0);

const COMPARISONS: Record<string, (x: number, y: number) => boolean> = {
  equal: (x, y) => x === y,
  notEqual: (x, y) => x !== y,
  greater: (x, y) => x > y,
  greaterEqual: (x, y) => x >= y,
  less: (x, y) => x < y,
  lessEqual: (x, y) => x <= y,
};

// NaN is not zero, so it counts as true.
const LOGIC: Record<string, (x: boolean, y: boolean) => boolean> = {
  logicalAnd: (x, y) => x && y,
  logicalOr: (x, y) => x || y,
  logicalXor: (x, y) => x !== y,
};

type Binary = (x: Tensor, y: Tensor) => Tensor;
const op = (name: string): Binary => tg[name as keyof typeof tg] as unknown as Binary;

function everyPair(
  f: Binary,
  values: number[],
  dtype: Dtype,
  want: (x: number, y: number) => boolean,
): void {
  const n = values.length;
  const column = tensor(values, { dtype }).reshape([n, 1]);
  const row = tensor(values, { dtype });
  const got = f(column, row);
  expect(got.dtype).toBe("bool");
  expect(numbers(got)).toEqual(values.flatMap((x) => values.map((y) => yes(want(x, y)))));
}

describe.each(Object.entries(COMPARISONS))("%s", (name, want) => {
  test.each(FLOATS)("in %s", (dtype) => everyPair(op(name), VALUES, dtype, want));
  test("in int32", () => everyPair(op(name), [-2147483648, -1, 0, 1, 2147483647], "int32", want));
  test("of bools", () => everyPair(op(name), [0, 1], "bool", want));
  test("has derivative 0 and stays out of the tape", () => {
    const f = (x: Tensor): Tensor =>
      tg.sum(tg.multiply(op(name)(x, tensor(1, { dtype: "float64" })), 3));
    expect(numbers(op(name)(tensor([1, 2]), tensor([2, 1])))).toHaveLength(2);
    expect(tg.grad((x: Tensor) => tg.add(f(x).astype("float64"), x))(1)).toBe(1);
  });
});

describe.each(Object.entries(LOGIC))("%s", (name, want) => {
  const truth = (x: number, y: number): boolean => want(x !== 0, y !== 0);
  test.each(FLOATS)("in %s", (dtype) => everyPair(op(name), VALUES, dtype, truth));
  test("in int32", () => everyPair(op(name), [-5, 0, 1, 256], "int32", truth));
  test("of bools", () => everyPair(op(name), [0, 1], "bool", truth));
});

test("logicalNot", () => {
  for (const dtype of FLOATS) {
    const got = tg.logicalNot(tensor(VALUES, { dtype }));
    expect(got.dtype).toBe("bool");
    expect(got.toArray()).toEqual(VALUES.map((x) => x === 0));
  }
  expect(tg.logicalNot(tensor([256, 0], { dtype: "int32" })).toArray()).toEqual([false, true]);
  expect(tg.logicalNot([true, false]).toArray()).toEqual([false, true]);
});

test("isnan, isinf, isfinite", () => {
  for (const dtype of FLOATS) {
    const x = tensor([...VALUES, 2 ** -149, 3e38, -3e38], { dtype });
    const list = numbers(x);
    expect(tg.isnan(x).toArray()).toEqual(list.map(Number.isNaN));
    expect(tg.isinf(x).toArray()).toEqual(list.map((v) => Math.abs(v) === INF));
    expect(tg.isfinite(x).toArray()).toEqual(list.map(Number.isFinite));
  }
  const ints = tensor([-2147483648, 0, 5], { dtype: "int32" });
  expect(tg.isnan(ints).toArray()).toEqual([false, false, false]);
  expect(tg.isinf(ints).toArray()).toEqual([false, false, false]);
  expect(tg.isfinite(tensor([true, false])).toArray()).toEqual([true, true]);
});

describe("where", () => {
  test("any dtype is a condition: what is not zero holds", () => {
    const pick = (c: Tensor): number[] => numbers(tg.where(c, tensor([1, 2, 3, 4]), -1));
    expect(pick(tensor([NaN, 0, -0, 2 ** -149]))).toEqual([1, -1, -1, 4]);
    expect(pick(tensor([NaN, 0, -0, 2 ** -1074], { dtype: "float64" }))).toEqual([1, -1, -1, 4]);
    expect(pick(tensor([256, 0, -1, 0], { dtype: "int32" }))).toEqual([1, -1, 3, -1]);
    expect(pick(tensor([true, false, true, false]))).toEqual([1, -1, 3, -1]);
  });

  test("every dtype can be chosen, bits unchanged", () => {
    const c = tensor([true, false, true]);
    for (const [dtype, x, y] of [
      ["float32", [NaN, 1, -0], [2, INF, 3]],
      ["float64", [NaN, 1, -0], [2, -INF, 3]],
      ["int32", [-2147483648, 1, 5], [2, 2147483647, 3]],
      ["bool", [1, 1, 0], [0, 0, 1]],
    ] as [Dtype, number[], number[]][]) {
      const got = tg.where(c, tensor(x, { dtype }), tensor(y, { dtype }));
      expect(got.dtype).toBe(dtype);
      expect(numbers(got)).toEqual([x[0], y[1], x[2]]);
    }
  });

  test("a float condition gets derivative 0", () => {
    const f = (c: Tensor): Tensor => tg.sum(tg.where(c, c.multiply(3), 5));
    expect(numbers(tg.grad(f)(tensor([0, 2])))).toEqual([0, 3]);
  });
});
