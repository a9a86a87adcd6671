// Which dtype comes out: bool < int32 < float32 < float64 whatever the rank, and numbers that adapt.

import * as tg from "tapegrad";
import { ones, setDefaultDtype, tensor, type Dtype, type Tensor } from "tapegrad";
import { afterEach, describe, expect, test } from "vitest";
import { numbers } from "./support.js";

const DTYPES: readonly Dtype[] = ["bool", "int32", "float32", "float64"];
const larger = (a: Dtype, b: Dtype): Dtype => (DTYPES.indexOf(a) > DTYPES.indexOf(b) ? a : b);
const pairs = DTYPES.flatMap((a) => DTYPES.map((b): [Dtype, Dtype] => [a, b]));
const shapes: [number[], number[]][] = [
  [[], []],
  [[2], []],
  [[], [2]],
  [[2, 1], [3]],
];

type Binary = (x: tg.TensorLike, y: tg.TensorLike) => Tensor;
const op = (name: string): Binary => tg[name as keyof typeof tg] as unknown as Binary;
const noBool = (d: Dtype): Dtype => (d === "bool" ? "int32" : d);
const floating = (d: Dtype): Dtype => (d === "bool" || d === "int32" ? tg.getDefaultDtype() : d);

afterEach(() => setDefaultDtype("float32"));

/** What a family of ops makes of the common dtype of its operands. */
const RESULTS: Record<string, (common: Dtype) => Dtype> = {
  add: noBool,
  subtract: noBool,
  multiply: noBool,
  power: noBool,
  maximum: noBool,
  minimum: noBool,
  divide: floating,
  equal: () => "bool",
  less: () => "bool",
  logicalAnd: () => "bool",
};

describe.each(Object.entries(RESULTS))("%s", (name, result) => {
  test.each(pairs)("%s with %s, of any ranks", (a, b) => {
    for (const [p, q] of shapes) {
      const got = op(name)(ones(p, { dtype: a }), ones(q, { dtype: b }));
      expect(got.dtype).toBe(result(larger(a, b)));
      const both = name === "add" ? 2 : name === "subtract" || name === "less" ? 0 : 1;
      expect(new Set(numbers(got))).toEqual(new Set([both]));
    }
  });

  test.each(DTYPES)("%s with numbers and booleans", (a) => {
    for (const shape of [[], [2]]) {
      const x = ones(shape, { dtype: a });
      const float = a === "float32" || a === "float64";
      const common = (y: number): Dtype =>
        float ? a : Number.isInteger(y) ? "int32" : tg.getDefaultDtype();
      for (const y of [2, 1e5, 0.5, NaN, Infinity]) {
        expect(op(name)(x, y).dtype, `${a} and ${y}`).toBe(result(common(y)));
        expect(op(name)(y, x).dtype, `${y} and ${a}`).toBe(result(common(y)));
      }
      expect(op(name)(x, true).dtype).toBe(result(a));
      expect(op(name)(false, x).dtype).toBe(result(a));
    }
  });
});

describe("integers beside numbers", () => {
  test("a number that int32 does not hold makes a float", () => {
    const x = tensor([1], { dtype: "int32" });
    for (const y of [2147483648, -2147483649, 1e300]) {
      expect(tg.add(x, y).dtype).toBe("float32");
      expect(numbers(tg.add(x, y))[0]).toBe(Math.fround(1 + y));
    }
    expect(numbers(tg.add(x, 2147483646))).toEqual([2147483647]);
    expect(tg.subtract(-2147483648, x).dtype).toBe("int32");
    expect(tg.maximum(x, -2147483648).dtype).toBe("int32");
    expect(tg.max(x, 0, { where: [false], initial: 0 }).dtype).toBe("int32");
    expect(tg.greater(x, 3e9).toArray()).toEqual([false]);
  });

  test("numbers adapt the same way in where, clip, stack and concatenate", () => {
    const c = tensor([true, false]);
    const i = tensor([1, 2], { dtype: "int32" });
    const f = tensor([1, 2]);
    const d = tensor([1, 2], { dtype: "float64" });
    for (const [x, y, want] of [
      [i, 2, "int32"],
      [i, 2.5, "float32"],
      [f, 2, "float32"],
      [f, 2.5, "float32"],
      [d, 2.5, "float64"],
    ] as [Tensor, number, Dtype][]) {
      expect(tg.where(c, x, y).dtype).toBe(want);
      expect(tg.where(c, y, x).dtype).toBe(want);
      expect(tg.clip(x, 0, y).dtype).toBe(want);
      expect(tg.stack([x.slice([0]), y]).dtype, `stack ${x.dtype}, ${y}`).toBe(want);
      expect(tg.stack([y, x.slice([0])]).dtype, `stack ${y}, ${x.dtype}`).toBe(want);
    }
  });

  test("stack keeps the fraction of a number between integers", () => {
    const one = tensor(1, { dtype: "int32" });
    const got = tg.stack([one, 2.5, one]);
    expect(got.dtype).toBe("float32");
    expect(numbers(got)).toEqual([1, 2.5, 1]);
  });
});

describe("the default dtype", () => {
  test("is what integers become in float functions, and what fractions make of them", () => {
    const i = tensor([1, 4], { dtype: "int32" });
    for (const dtype of ["float32", "float64"] as const) {
      setDefaultDtype(dtype);
      expect(tg.getDefaultDtype()).toBe(dtype);
      for (const x of [i, tensor([true, true])]) {
        for (const y of [
          tg.sqrt(x),
          tg.exp(x),
          tg.divide(x, 2),
          tg.mean(x),
          tg.add(x, 0.5),
          tg.power(x, 0.5),
        ]) {
          expect(y.dtype).toBe(dtype);
        }
      }
      expect(tensor([1, 2]).dtype).toBe(dtype);
      expect(tg.zeros(2).dtype).toBe(dtype);
      expect(tg.linspace(0, 1, 3).dtype).toBe(dtype);
      expect(tg.eye(2).dtype).toBe(dtype);
      expect(tg.full([2], 1).dtype).toBe(dtype);
      expect(tg.arange(0, 1, 0.5).dtype).toBe(dtype);
      expect(tg.arange(3).dtype).toBe("int32");
      expect(tensor(new Float64Array(2)).dtype).toBe("float64");
      expect(tensor(new Float32Array(2)).dtype).toBe("float32");
    }
  });
});

describe("numbers alone", () => {
  test("compute in float64, and stay weak until a tensor joins", () => {
    const third = tg.divide(1, 3);
    expect(third.dtype).toBe("float64");
    expect(third.item()).toBe(1 / 3);
    expect(tg.sin(0.5).item()).toBeCloseTo(Math.sin(0.5), 15);
    expect(tg.grad((x: Tensor) => tg.divide(x, 3))(1)).toBe(1 / 3);
    const got = tg.grad((x: Tensor) => tg.sum(tg.multiply(tensor([1, 2]), x)))(2);
    expect(got).toBe(3);
  });
});

describe("unary ops and reductions", () => {
  const KEEP = ["negative", "abs", "square", "sign", "floor", "ceil", "round", "trunc", "relu"];
  test.each(KEEP)("%s keeps numeric dtypes", (name) => {
    for (const dtype of DTYPES) {
      const x = ones([2], { dtype });
      expect((op(name) as unknown as (x: Tensor) => Tensor)(x).dtype).toBe(noBool(dtype));
    }
  });

  test("sum and prod count bools as integers; max and min keep them; mean is a float", () => {
    for (const dtype of DTYPES) {
      const x = ones([3], { dtype });
      expect(tg.sum(x).dtype).toBe(noBool(dtype));
      expect(tg.prod(x).dtype).toBe(noBool(dtype));
      expect(tg.max(x).dtype).toBe(dtype);
      expect(tg.min(x).dtype).toBe(dtype);
      expect(tg.mean(x).dtype).toBe(floating(dtype));
      expect(tg.matmul(x, x).dtype).toBe(noBool(dtype));
    }
    expect(tg.sum(tensor([true, true, false])).item()).toBe(2);
  });
});

describe("joins", () => {
  test.each(pairs)("%s and %s", (a, b) => {
    for (const list of [
      [a, b],
      [a, b, a],
      [b, a, a],
    ]) {
      const x = list.map((dtype) => ones([2], { dtype }));
      expect(tg.concatenate(x).dtype).toBe(larger(a, b));
      expect(tg.stack(x).dtype).toBe(larger(a, b));
      expect(new Set(numbers(tg.stack(x)))).toEqual(new Set([1]));
    }
  });
});
