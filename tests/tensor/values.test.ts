// Reading values: item, data, toArray, JSON; and what a tensor tells of itself.

import * as tg from "tapegrad";
import { arange, full, isTensor, ones, tensor, zeros, Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";

describe("data", () => {
  test.each([
    ["float32", Float32Array],
    ["float64", Float64Array],
    ["int32", Int32Array],
    ["bool", Uint8Array],
  ] as const)("%s", (dtype, Kind) => {
    const data = tensor([1, 0, 1], { dtype }).data();
    expect(data).toBeInstanceOf(Kind);
    expect([...data]).toEqual([1, 0, 1]);
  });

  test("is a copy, before and after the memory grows", () => {
    const x = tensor([1, 2, 3]);
    const data = x.data();
    data[0] = 99;
    expect(x.toArray()).toEqual([1, 2, 3]);
    const kept = x.data();
    ones([5_000_000]);
    expect([...kept]).toEqual([1, 2, 3]);
    expect(kept.buffer.byteLength).toBe(12);
  });

  test("is in row-major order, whatever the strides", () => {
    const x = arange(6).reshape([2, 3]);
    expect([...x.transpose().data()]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([...x.slice([null, [null, null, -1]]).data()]).toEqual([2, 1, 0, 5, 4, 3]);
    expect([...tensor([1, 2]).broadcastTo([2, 2]).data()]).toEqual([1, 2, 1, 2]);
  });
});

describe("toArray and JSON", () => {
  test.each([
    [5, 5],
    [
      [1, 2],
      [1, 2],
    ],
    [
      [[1], [2]],
      [[1], [2]],
    ],
    [[[[1, 2]]], [[[1, 2]]]],
    [[], []],
  ])("%j", (given, array) => {
    const x = tensor(given);
    expect(x.toArray()).toEqual(array);
    expect(JSON.parse(JSON.stringify(x))).toEqual(array);
    expect(JSON.stringify({ x })).toBe(JSON.stringify({ x: array }));
  });

  test("bools, numbers that JSON lacks, empty axes", () => {
    expect(tensor([[true], [false]]).toArray()).toEqual([[true], [false]]);
    expect(tensor(true).toArray()).toBe(true);
    expect(tensor([NaN, -0, Infinity]).toArray()).toEqual([NaN, -0, Infinity]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2]).toArray()).toEqual([]);
  });

  test("what toArray gives makes the same tensor again", () => {
    const x = arange(24).reshape([2, 3, 4]);
    expect(tensor(x.toArray() as number[], { dtype: "int32" }).toArray()).toEqual(x.toArray());
  });
});

test("item: one element in any shape", () => {
  expect(tensor(2.5).item()).toBe(2.5);
  expect(tensor([[[-7]]], { dtype: "int32" }).item()).toBe(-7);
  expect(tensor(true).item()).toBe(1);
  expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
  expect(arange(10).slice([3]).item()).toBe(3);
});

describe("what a tensor tells of itself", () => {
  test("shape, ndim, size, dtype", () => {
    const x = zeros([2, 0, 3], { dtype: "int32" });
    expect([x.shape, x.ndim, x.size, x.dtype]).toEqual([[2, 0, 3], 3, 0, "int32"]);
    const y = tensor(1);
    expect([y.shape, y.ndim, y.size, y.dtype]).toEqual([[], 0, 1, "float32"]);
  });

  test("shape is a fresh array each time", () => {
    const x = ones([2, 3]);
    const { shape } = x;
    shape[0] = 99;
    shape.push(7);
    expect(x.shape).toEqual([2, 3]);
    expect(x.shape).not.toBe(x.shape);
  });

  test("instanceof, isTensor", () => {
    const x = tensor(1);
    expect(x).toBeInstanceOf(Tensor);
    expect([x, 1, [1], null, undefined, {}, Float32Array.of(1)].map(isTensor)).toEqual([
      true,
      ...Array<boolean>(6).fill(false),
    ]);
  });

  test("a name", () => {
    const x = tensor(1);
    expect(x.name).toBe(undefined);
    x.name = "bias";
    expect(x.name).toBe("bias");
  });
});

describe("names", () => {
  test("aliases are the same function under another name", () => {
    const [a, b] = [tensor([4, 9]), tensor([2, 3])];
    const pairs: [unknown, unknown][] = [
      [tg.sub(a, b), tg.subtract(a, b)],
      [tg.mul(a, b), tg.multiply(a, b)],
      [tg.div(a, b), tg.divide(a, b)],
      [tg.pow(a, b), tg.power(a, b)],
      [tg.neg(a), tg.negative(a)],
      [tg.absolute(a), tg.abs(a)],
      [tg.concat([a, b]), tg.concatenate([a, b])],
      [tg.rint(a), tg.round(a)],
      [a.sub(b), tg.subtract(a, b)],
      [a.mul(b), tg.multiply(a, b)],
      [a.div(b), tg.divide(a, b)],
      [a.pow(b), tg.power(a, b)],
      [a.neg(), tg.negative(a)],
    ];
    for (const [x, y] of pairs) expect((x as Tensor).toArray()).toEqual((y as Tensor).toArray());
  });

  test("functions and methods are one: keepdims, axes, chains", () => {
    const x = full([2, 3], 2);
    expect(x.exp().sum(0, { keepdims: true }).shape).toEqual([1, 3]);
    expect(tg.sum(tg.exp(x), 0, { keepdims: true }).toArray()).toEqual(
      x.exp().sum(0, { keepdims: true }).toArray(),
    );
  });
});

describe("from data", () => {
  test.each([
    ["Float64Array", Float64Array.of(1.5), "float64"],
    ["Float32Array", Float32Array.of(1.5), "float32"],
    ["Int8Array", Int8Array.of(-1), "int32"],
    ["Uint8Array", Uint8Array.of(255), "int32"],
    ["Uint8ClampedArray", Uint8ClampedArray.of(255), "int32"],
    ["Int16Array", Int16Array.of(-1), "int32"],
    ["Uint16Array", Uint16Array.of(65535), "int32"],
    ["Int32Array", Int32Array.of(-(2 ** 31)), "int32"],
    ["Uint32Array", Uint32Array.of(2 ** 32 - 1), "float64"],
    ["numbers", [1.5], "float32"],
    ["whole numbers", [1], "float32"],
    ["bools", [true], "bool"],
    ["bools and numbers", [true, 2], "float32"],
  ] as const)("%s", (_name, data, dtype) => {
    const x = tensor(data as readonly number[]);
    expect(x.dtype).toBe(dtype);
    expect([...x.data()]).toEqual(Array.from(data as readonly number[], Number));
  });

  test("later changes of the array do not reach the tensor", () => {
    const data = Float32Array.of(1, 2);
    const list = [[1, 2]];
    const [x, y] = [tensor(data), tensor(list)];
    data[0] = 9;
    list[0]![0] = 9;
    expect([x.toArray(), y.toArray()]).toEqual([[1, 2], [[1, 2]]]);
  });

  test("part of a buffer", () => {
    const buffer = new Float64Array([1, 2, 3, 4]).buffer;
    expect(tensor(new Float64Array(buffer, 8, 2)).toArray()).toEqual([2, 3]);
  });

  test("the default dtype", () => {
    expect(tg.getDefaultDtype()).toBe("float32");
    tg.setDefaultDtype("float64");
    try {
      expect([tensor([1]).dtype, zeros([1]).dtype, tensor(1).dtype]).toEqual([
        "float64",
        "float64",
        "float64",
      ]);
      expect(tensor(Float32Array.of(1)).dtype).toBe("float32");
    } finally {
      tg.setDefaultDtype("float32");
    }
  });
});

test("tensors cannot be cloned or posted, and say so", () => {
  const light = tg.grad((x: Tensor) => {
    expect(() => structuredClone(x)).toThrow("tensors cannot be cloned");
    return tg.exp(x);
  })(1);
  expect(light).toBeCloseTo(Math.E, 15);
  for (const x of [
    tensor([1, 2]),
    tensor(1),
    tensor([1], { requiresGrad: true }),
    tg.exp(tensor(2)),
  ]) {
    expect(() => structuredClone(x)).toThrow("send x.data() and x.shape");
    expect(() => structuredClone({ x })).toThrow("send x.data() and x.shape");
  }
});
