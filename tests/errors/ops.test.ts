// What ops refuse: one sentence with the op's name, the rule and the values.

import * as tg from "tapegrad";
import {
  add,
  concatenate,
  expandDims,
  matmul,
  max,
  min,
  multiply,
  ones,
  power,
  reshape,
} from "tapegrad";
import {
  slice,
  squeeze,
  stack,
  sum,
  swapaxes,
  tensor,
  transpose,
  where,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, test } from "vitest";
import { expectRefusal } from "./canary.js";

const [a, b] = [ones([2, 3]), ones([4, 5])];
const ints = tensor([1, 2], { dtype: "int32" });
const any = (x: unknown): never => x as never;

type Case = [string, () => unknown, RegExp];

describe("shapes", () => {
  const cases: Case[] = [
    ["add", () => add(a, b), /^add: .*broadcast.*\[2,3\].*\[4,5\]/],
    ["multiply with an array", () => multiply(a, [1, 2]), /^multiply: .*\[2,3\].*\[2\]/],
    ["a method", () => a.divide(b), /^divide: .*\[2,3\].*\[4,5\]/],
    ["where", () => where(ones([2]), a, b), /^where: .*broadcast/],
    ["clip", () => tg.clip(a, b, 3), /^clip: .*broadcast/],
    [
      "matmul, inner sizes",
      () => matmul(a, b),
      /^matmul: inner sizes differ: \[2,3\] · \[4,5\] \(3 ≠ 4\)/,
    ],
    ["matmul of a number", () => matmul(a, 2), /^matmul: .*at least one axis.*multiply/],
    ["matmul, batches", () => matmul(ones([2, 3, 4]), ones([5, 4, 3])), /^matmul: .*broadcast/],
    ["reshape", () => reshape(a, [4]), /^reshape: .*\[2,3\] has 6 elements, \[4\] has 4/],
    ["reshape with -1", () => reshape(a, [4, -1]), /^reshape: 6 elements.*\[4,-1\]/],
    ["reshape with two -1", () => reshape(a, [-1, -1]), /^reshape: more than one size is -1/],
    ["reshape, negative", () => reshape(a, [-2, -3]), /^reshape: .*-2 is not a size/],
    ["broadcastTo", () => a.broadcastTo([2, 4]), /^broadcastTo: \[2,3\].*\[2,4\]/],
    ["broadcastTo fewer axes", () => a.broadcastTo([3]), /^broadcastTo: \[2,3\].*\[3\]/],
    [
      "concatenate, sizes",
      () => concatenate([a, b]),
      /^concatenate: .*\[2,3\] at position 0, \[4,5\] at/,
    ],
    [
      "concatenate, ranks",
      () => concatenate([a, ones([3])]),
      /^concatenate: ranks differ: .*\[3\]/,
    ],
    ["concatenate of numbers", () => concatenate([1, 2]), /^concatenate: no axis 0/],
    ["stack", () => stack([a, b]), /^stack: .*shapes? differ/],
    ["concatenate of nothing", () => concatenate([]), /^concatenate: .*at least one/],
    ["concatenate of a tensor", () => concatenate(any(a)), /^concatenate: .*list/],
    ["squeeze", () => squeeze(a, 0), /^squeeze: axis 0 has size 2/],
    ["transpose", () => transpose(a, [0]), /^transpose: .*\[0\].*order of 2 axes/],
    ["transpose, twice the same", () => transpose(a, [1, 1]), /^transpose: .*\[1,1\]/],
    ["slice, too many", () => slice(a, [0, 0, 0]), /^slice: 3 ranges for 2 axes/],
    ["slice, index", () => slice(a, [2]), /^slice: no index 2 along axis 0, which has size 2/],
    ["slice, negative index", () => slice(a, [-3]), /^slice: no index -3/],
    ["slice, step 0", () => slice(a, [[0, 2, 0]]), /^slice: a step of 0/],
    ["slice, fraction", () => slice(a, [0.5]), /^slice: index 0.5 is not an integer/],
    ["slice, text", () => slice(a, [any("x")]), /^slice: .*the string "x"/],
  ];
  test.each(cases)("%s", (_name, call, message) => {
    expectRefusal(call, message);
  });
});

describe("axes", () => {
  const cases: Case[] = [
    ["sum", () => sum(a, 2), /^sum: no axis 2: a tensor of 2 axes has axes -2 to 1/],
    ["negative", () => sum(a, -3), /^sum: no axis -3/],
    ["of a number", () => sum(5, 0), /^sum: no axis 0: .*none/],
    ["named twice", () => sum(a, [0, -2]), /^sum: axis -2 is named twice/],
    ["a fraction", () => sum(a, 0.5), /^sum: axis the number 0.5 is not an integer/],
    ["NaN", () => sum(a, NaN), /^sum: axis the number NaN/],
    ["text", () => sum(a, any("0")), /^sum: .*the string "0"/],
    [
      "options in place of axes",
      () => sum(a, any({ keepDims: 1 })),
      /^sum: unknown option keepDims/,
    ],
    ["an object in place of axes", () => sum(a, any(new Map())), /^sum: axis a value of class Map/],
    ["swapaxes", () => swapaxes(a, 0, 2), /^swapaxes: no axis 2/],
    ["stack", () => stack([a, a], 3), /^stack: no axis 3/],
    ["expandDims", () => expandDims(a, 4), /^expandDims: no axis 4/],
    ["expandDims without", () => expandDims(a), /^expandDims: which axis/],
    [
      "too many",
      () => expandDims(ones([1, 1, 1, 1, 1, 1, 1, 1]), 0),
      /^expandDims: 9 axes are more than 8/,
    ],
    ["too many sizes", () => ones([1, 1, 1, 1, 1, 1, 1, 1, 1]), /^ones: 9 axes are more than 8/],
    ["stack of many axes", () => stack([ones([1, 1, 1, 1, 1, 1, 1, 1])]), /^stack: .*9 axes.*8/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("reductions of nothing", () => {
  const cases: Case[] = [
    ["max", () => max(zeros([0])), /^max: no elements.*\[0\]/],
    ["min along an axis", () => min(zeros([2, 0]), 1), /^min: no elements.*\[2,0\]/],
    ["a method", () => zeros([0, 3]).max(0), /^max: no elements.*\[0,3\]/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("dtypes", () => {
  const cases: Case[] = [
    ["power of integers", () => power(ints, -1), /^power: .*negative.*-1/],
    [
      "power of integers, tensors",
      () => power(ints, tensor([1, -2], { dtype: "int32" })),
      /^power: .*-2/,
    ],
    ["astype", () => a.astype(any("float16")), /^astype: no dtype "float16".*float32/],
    ["a dtype that is no string", () => a.astype(any(32)), /^astype: no dtype 32/],
    ["an inherited name", () => a.astype(any("toString")), /^astype: no dtype "toString"/],
    ["default dtype", () => tg.setDefaultDtype(any("int32")), /^setDefaultDtype: int32/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("kinds of operands", () => {
  const kinds: [string, unknown, RegExp][] = [
    ["undefined", undefined, /undefined/],
    ["null", null, /null/],
    ["a string", "12", /the string "12"/],
    ["a bigint", 1n, /bigint/],
    ["a symbol", Symbol("s"), /symbol/i],
    ["a function", Math.sin, /a function/],
    ["a Date", new Date(0), /class Date/],
    ["a Map", new Map(), /class Map/],
    ["a Set", new Set([1]), /class Set/],
    ["a plain object", { a: 1 }, /an object/],
    ["an object without prototype", Object.create(null), /an object/],
    ["a promise", Promise.resolve(1), /promise/],
    ["a DataView", new DataView(new ArrayBuffer(8)), /DataView/],
    ["an ArrayBuffer", new ArrayBuffer(8), /ArrayBuffer/],
    ["a BigInt64Array", BigInt64Array.of(1n), /BigInt64Array/],
    ["an array of strings", ["1"], /the string "1" at \[0\]/],
    ["an array with undefined", [1, undefined], /undefined at \[1\]/],
    ["an array with a hole", [, 1], /undefined at \[0\]/], // eslint-disable-line no-sparse-arrays
    ["an array with null", [[1], [null]], /null at \[1,0\]/],
    ["an array of bigints", [1n], /bigint/],
    ["ragged arrays", [[1, 2], [3]], /ragged.*\[1\]/],
    ["ragged depths", [[1], 2], /ragged.*\[1\]/],
    ["ragged depths, deeper", [1, [2]], /ragged.*\[1\]/],
    ["an array of typed arrays", [Float32Array.of(1)], /\[0\]/],
    ["an array of tensors", [tensor(1)], /tensor inside an array at \[0\].*stack/],
    ["nine nested arrays", [[[[[[[[[1]]]]]]]]], /more than 8/],
  ];
  test.each(kinds)("%s", (_name, x, message) => {
    expectRefusal(() => tensor(any(x)), message);
    expectRefusal(() => tensor(any(x)), /^tensor: /);
    expectRefusal(() => add(a, any(x)), /^add: /);
    expectRefusal(() => add(any(x), 1), /^add: /);
    expectRefusal(() => tg.sin(any(x)), /^sin: /);
    expectRefusal(() => a.matmul(any(x)), /^matmul: /);
    expectRefusal(() => sum(any(x)), /^sum: /);
    expectRefusal(() => where(a, any(x), 1), /^where: /);
  });

  const operands: [string, () => unknown, RegExp][] = [
    [
      "numbers that are no int32",
      () => tensor([1.5], { dtype: "int32" }),
      /^tensor: 1.5 is not an int32/,
    ],
    ["NaN as int32", () => tensor(NaN, { dtype: "int32" }), /^tensor: NaN is not an int32/],
    ["too large an int32", () => tensor([2 ** 31], { dtype: "int32" }), /^tensor: 2147483648/],
    ["floats as int32", () => tensor(Float64Array.of(0.5), { dtype: "int32" }), /^tensor: 0.5/],
    ["full of text", () => tg.full([2], any("1")), /^full: the string "1"/],
    ["full of a fraction, int32", () => tg.full([2], 0.5, { dtype: "int32" }), /^full: 0.5/],
    ["an unknown dtype", () => tensor([1], { dtype: any("float") }), /^tensor: no dtype "float"/],
  ];
  test.each(operands)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("sizes", () => {
  const wrong: [unknown, RegExp][] = [
    [-1, /-1 is not a size/],
    [1.5, /1.5 is not a size/],
    [NaN, /NaN is not a size/],
    [Infinity, /Infinity/],
    ["3", /./],
    [[2, -1], /-1 is not a size/],
    [[2, undefined], /undefined is not a size/],
    [undefined, /undefined/],
    [{}, /an object/],
    [2 ** 31, /4 GB/],
    [2 ** 40, /4 GB/],
    [2 ** 53, /4 GB/],
    [1e300, /4 GB/],
    [[2 ** 20, 2 ** 20], /4 GB/],
    [[2 ** 16, 2 ** 16, 2 ** 16], /4 GB/],
    [[2 ** 31, 2 ** 31, 2], /4 GB/],
    [[2 ** 30, 4], /4 GB/],
  ];
  test.each(wrong)("%s", (size, message) => {
    expectRefusal(() => zeros(any(size)), message);
    expectRefusal(() => zeros(any(size)), /^zeros: /);
    expectRefusal(() => tg.ones(any(size), { dtype: "float64" }), /^ones: /);
    expectRefusal(() => tg.full(any(size), 1), /^full: /);
    expectRefusal(() => tensor(1).broadcastTo(any(size)), /^broadcastTo: /);
  });

  const made: Case[] = [
    ["eye", () => tg.eye(2 ** 20), /^eye: .*4 GB/],
    ["eye, negative", () => tg.eye(-1), /^eye: .*-1 is not a size/],
    ["arange", () => tg.arange(2 ** 40), /^arange: .*4 GB/],
    ["arange of NaN", () => tg.arange(NaN), /^arange: .*NaN/],
    ["arange to infinity", () => tg.arange(0, Infinity), /^arange: .*Infinity/],
    ["arange, step 0", () => tg.arange(0, 1, 0), /^arange: a step of 0/],
    ["arange, tiny step", () => tg.arange(0, 1, 1e-300), /^arange: /],
    ["linspace", () => tg.linspace(0, 1, 2 ** 31), /^linspace: num is 2147483648, more than/],
    ["linspace, negative", () => tg.linspace(0, 1, -1), /^linspace: num/],
    [
      "linspace of text",
      () => tg.linspace(any("0"), 1),
      /^linspace: start is the string "0", not a finite number/,
    ],
    [
      "an outer product",
      () => multiply(ones([2 ** 17, 1]), ones([2 ** 17])),
      /^multiply: a result of .* 4 GB/,
    ],
    ["a matrix product", () => matmul(ones([2 ** 17, 1]), ones([1, 2 ** 17])), /^matmul: .*4 GB/],
  ];
  test.each(made)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("zero sizes beside huge ones are fine", () => {
  test("no element, no memory", () => {
    for (const shape of [
      [0, 2 ** 31],
      [2 ** 31, 0, 2 ** 31],
    ]) {
      const x: Tensor = zeros(shape);
      sum(x);
      add(x, 1);
    }
  });
});
