// int32 and bool: wrapping arithmetic, integer powers, conversions between all dtypes.

import * as tg from "tapegrad";
import { tensor, type Dtype, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { numbers, randomFrom } from "./support.js";

const MIN = -2147483648;
const MAX = 2147483647;
const ints = (data: number[]): Tensor => tensor(data, { dtype: "int32" });
const EDGES = [MIN, MIN + 1, -65537, -3, -1, 0, 1, 2, 7, 46341, 65536, MAX - 1, MAX];

describe("int32", () => {
  const rows: [string, (x: number, y: number) => number][] = [
    ["add", (x, y) => (x + y) | 0],
    ["subtract", (x, y) => (x - y) | 0],
    ["multiply", (x, y) => Math.imul(x, y)],
    ["maximum", Math.max],
    ["minimum", Math.min],
  ];
  test.each(rows)("%s wraps as machines do", (name, f) => {
    const n = EDGES.length;
    const op = tg[name as keyof typeof tg] as unknown as (x: Tensor, y: Tensor) => Tensor;
    const got = op(ints(EDGES).reshape([n, 1]), ints(EDGES));
    expect(got.dtype).toBe("int32");
    expect(numbers(got)).toEqual(EDGES.flatMap((x) => EDGES.map((y) => f(x, y))));
  });

  test("unary ops", () => {
    const x = ints(EDGES);
    const zero = (v: number): number => v | 0;
    expect(numbers(tg.negative(x))).toEqual(EDGES.map((v) => zero(-v)));
    expect(numbers(tg.abs(x))).toEqual(EDGES.map((v) => zero(Math.abs(v))));
    expect(numbers(tg.square(x))).toEqual(EDGES.map((v) => Math.imul(v, v)));
    expect(numbers(tg.sign(x))).toEqual(EDGES.map((v) => zero(Math.sign(v))));
    expect(numbers(tg.relu(x))).toEqual(EDGES.map((v) => Math.max(v, 0)));
    for (const f of [tg.floor, tg.ceil, tg.round, tg.trunc]) expect(numbers(f(x))).toEqual(EDGES);
    expect(tg.round(x, 2).dtype).toBe("int32");
    expect(numbers(tg.round(x, 2))).toEqual(EDGES);
    const tens = tg.around(ints([MIN + 8, -25, -15, 5, 16777217, 99999995]), -1);
    expect(tens.dtype).toBe("int32");
    expect(numbers(tens)).toEqual([-2147483640, -20, -20, 0, 16777220, 100000000]);
    expect(numbers(tg.clip(x, -5, 5))).toEqual(EDGES.map((v) => Math.min(Math.max(v, -5), 5)));
  });

  test("power by repeated multiplication, modulo 2³²", () => {
    for (const base of EDGES) {
      for (let y = 0; y < 40; y++) {
        let want = 1;
        for (let i = 0; i < y; i++) want = Math.imul(want, base);
        expect(tg.power(ints([base]), ints([y])).item(), `${base} ** ${y}`).toBe(want);
      }
    }
    expect(() => tg.power(ints([2, 3]), ints([1, -1]))).toThrow(/power.*negative/);
    expect(() => tg.power(tensor([true]), -1)).toThrow(/power.*negative/);
    expect(tg.power(ints([2]), tensor([-1])).item()).toBe(0.5);
    expect(tg.power(ints([4]), 0.5).item()).toBe(2);
  });

  test("sums and products wrap; max and min of the edges", () => {
    const random = randomFrom(9);
    for (const n of [1, 5, 16, 1000, 3001]) {
      const x = Array.from({ length: n }, () => Math.floor(random() * 2 ** 32) + MIN);
      expect(tg.sum(ints(x)).item()).toBe(x.reduce((a, b) => (a + b) | 0, 0));
      expect(tg.prod(ints(x)).item()).toBe(x.reduce((a, b) => Math.imul(a, b), 1));
      expect(tg.max(ints(x)).item()).toBe(Math.max(...x));
      expect(tg.min(ints(x)).item()).toBe(Math.min(...x));
    }
    expect(tg.max(ints([MIN])).item()).toBe(MIN);
    expect(tg.min(ints([MAX])).item()).toBe(MAX);
  });

  test("the mean and quotients are floats", () => {
    expect(tg.mean(ints([1, 2])).item()).toBe(1.5);
    expect(numbers(tg.divide(ints([7, -7, 1, 0]), ints([2, 2, 0, 0])))).toEqual([
      3.5,
      -3.5,
      Infinity,
      NaN,
    ]);
  });
});

describe("bools", () => {
  test("count as integers in arithmetic", () => {
    const t = tensor([true, true, false, false]);
    const u = tensor([true, false, true, false]);
    expect(numbers(tg.add(t, u))).toEqual([2, 1, 1, 0]);
    expect(numbers(tg.subtract(t, u))).toEqual([0, 1, -1, 0]);
    expect(numbers(tg.multiply(t, u))).toEqual([1, 0, 0, 0]);
    expect(numbers(tg.negative(t))).toEqual([-1, -1, 0, 0]);
    expect(numbers(tg.power(t, u))).toEqual([1, 1, 0, 1]);
    expect(tg.sum(t).item()).toBe(2);
    expect(tg.mean(t).item()).toBe(0.5);
    expect(tg.max(t).toArray()).toBe(true);
    expect(tg.min(t).toArray()).toBe(false);
  });

  test("are kept by movements", () => {
    const t = tensor([
      [true, false],
      [true, true],
    ]);
    expect(tg.transpose(t).toArray()).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(tg.concatenate([t, t], 1).dtype).toBe("bool");
    expect(t.slice([0, [null, null, -1]]).toArray()).toEqual([false, true]);
  });
});

describe("astype", () => {
  const VALUES = [
    0,
    -0,
    0.5,
    -0.5,
    1.9,
    -1.9,
    2.5,
    1e9,
    -1e9,
    16777217,
    MAX,
    MIN,
    3e9,
    -3e9,
    1e30,
    Infinity,
    -Infinity,
    NaN,
  ];
  const DTYPES: readonly Dtype[] = ["bool", "int32", "float32", "float64"];

  /** What a number is in a dtype: floats lose their fraction, and stop at the ends of int32. */
  const as = (x: number, dtype: Dtype): number => {
    if (dtype === "float64") return x;
    if (dtype === "float32") return Math.fround(x);
    if (dtype === "bool") return x !== 0 ? 1 : 0;
    return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, MIN), MAX)) | 0;
  };

  test.each(DTYPES.flatMap((a) => DTYPES.map((b): [Dtype, Dtype] => [a, b])))(
    "%s to %s",
    (from, to) => {
      const source =
        from === "int32"
          ? EDGES
          : from === "bool"
            ? [0, 1]
            : VALUES.map((x) => (from === "float32" ? Math.fround(x) : x));
      const long = Array.from({ length: 700 }, (_, i) => source[i % source.length]!);
      for (const list of [source, long, []]) {
        const x = tensor(list, { dtype: from });
        expect(x.astype(to).dtype).toBe(to);
        expect(numbers(x.astype(to))).toEqual(list.map((v) => as(v, to)));
        const backwards = x.slice([[null, null, -1]]).astype(to);
        expect(numbers(backwards)).toEqual(list.map((v) => as(v, to)).reverse());
      }
      const scalar = tensor(source[1]!, { dtype: from });
      expect(scalar.astype(to).item()).toBe(as(source[1]!, to));
      const spread = tensor(1, { dtype: from }).broadcastTo([3, 300]).astype(to);
      expect(new Set(numbers(spread))).toEqual(new Set([1]));
    },
  );

  test("passes derivatives between floats, none through integers", () => {
    const f = (to: Dtype) => (x: Tensor) => tg.sum(tg.multiply(x.astype(to).astype("float64"), x));
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor([1.5, -2.5], { dtype });
      expect(numbers(tg.grad(f("float32"))(x))).toEqual([3, -5]);
      expect(tg.grad(f("float32"))(x).dtype).toBe(dtype);
      expect(numbers(tg.grad(f("int32"))(x))).toEqual([1, -2]);
      expect(numbers(tg.grad(f("bool"))(x))).toEqual([1, 1]);
      expect(numbers(tg.jvp(f("int32"), [x], [x])[1])).toEqual([1.5 + 5]);
    }
  });

  test("NaN is true, whichever way it becomes a bool", () => {
    expect(tensor([NaN, 0, -0, 2], { dtype: "bool" }).toArray()).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(tensor(new Float64Array([NaN, 0]), { dtype: "bool" }).toArray()).toEqual([true, false]);
    expect(tensor(NaN, { dtype: "bool" }).toArray()).toBe(true);
    expect(tensor([NaN]).astype("bool").toArray()).toEqual([true]);
    expect(tg.full([1], NaN, { dtype: "float32" }).astype("bool").toArray()).toEqual([true]);
  });
});
