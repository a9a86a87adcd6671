// Lists and numbers beside float64 tensors are float64: they are not rounded to float32 on the way. Every
// public function with several operands is called with each of them as a list (or number) in turn.

import {
  add,
  concatenate,
  digitize,
  equal,
  interp,
  isTensor,
  isin,
  searchsorted,
  tensor,
  where,
  type Tensor,
  type TensorLike,
} from "tapegrad";
import * as core from "tapegrad";
import * as nn from "tapegrad/nn";
import * as random from "tapegrad/random";
import { expect, test } from "vitest";
import { ARRAY_CASES, callArray, type ArrayCase } from "./array-cases.js";
import { CASES, operands } from "./cases.js";
import { f64, numbers } from "./support.js";

/** Digits that float32 has no room for; whole numbers stay, and so does the order. */
const fine = (v: number): number => (Number.isInteger(v) ? v : v * (1 - 2 ** -40));

/** What a call gives, as lists of numbers with their dtypes. */
function told(y: unknown): unknown {
  if (isTensor(y)) return [y.dtype, y.shape, numbers(y)];
  return Array.isArray(y) ? y.map(told) : y;
}

type Call = (x: Tensor[]) => unknown;

/** Where a list instead of a tensor gives something else. An empty list does not know its shape. */
function different(call: Call, x: readonly Tensor[], from: number): string[] {
  const want = JSON.stringify(told(call([...x])));
  return x.flatMap((t, i) => {
    if (i < from || t.size === 0) return [];
    const list = t.toArray() as unknown as Tensor;
    const got = JSON.stringify(told(call(x.map((other, k) => (k === i ? list : other)))));
    return got === want ? [] : [`operand ${i}: ${got}, not ${want}`];
  });
}

/** Here lists are containers, every operand stands alone, or tensors are changed. */
const APART = new Set([
  "array",
  "block",
  "atleast1d",
  "atleast2d",
  "atleast3d",
  "pad",
  "nn.instanceNorm",
]);
/** Methods, whose first operand is a tensor. */
const METHODS = new Set(["set", "addAt"]);
/** Calls of tests/ops/cases that compute their operands from what they get. */
const DERIVED = new Set(["betainc"]);

const arrays = (ARRAY_CASES as [string, ArrayCase][]).filter(
  ([, row]) => row.operands.length > 1 && !APART.has(row.op),
);

test.each([...new Set(arrays.map(([, row]) => row.op))])("%s", (op) => {
  const odd = arrays
    .filter(([, row]) => row.op === op)
    .flatMap(([name, row]) => {
      const x = row.operands.map((o) => f64(o.data.map((v) => fine(Number(v)))).reshape(o.shape));
      const lines = different((given) => callArray(row, given), x, METHODS.has(op) ? 1 : 0);
      return lines.map((line) => `${name}: ${line}`);
    });
  expect(odd).toEqual([]);
});

const rows = CASES.filter((row) => row.shapes.length > 1 && !DERIVED.has(row.op));

test.each([...new Set(rows.map((row) => row.op))])("%s, a row", (op) => {
  const odd = rows
    .filter((row) => row.op === op)
    .flatMap((row) => {
      const x = operands(row).map(({ shape, data }) => f64(Array.from(data, fine)).reshape(shape));
      return different((given) => row.call(...given), x, 0).map((line) => `${row.label}: ${line}`);
    });
  expect(odd).toEqual([]);
});

/** What a list gives with a dtype, beside what it gives as a float64 tensor. */
const TYPED: [string, (x: TensorLike, dtype: "float64") => unknown][] = [
  ["sum", (x, dtype) => core.sum(x, { dtype })],
  ["prod", (x, dtype) => core.prod(x, { dtype })],
  ["mean", (x, dtype) => core.mean(x, 0, { dtype })],
  ["mean, where", (x, dtype) => core.mean(x, { dtype, where: [true, false, true] })],
  ["variance", (x, dtype) => core.variance(x, { dtype })],
  ["std", (x, dtype) => core.std(x, { dtype, ddof: 1 })],
  ["cov", (x, dtype) => core.cov(x, { dtype })],
  ["cov, y", (x, dtype) => core.cov(x, x, { dtype, aweights: [1, 0.3, 2] })],
  ["corrcoef", (x, dtype) => core.corrcoef(x, x, { dtype })],
  ["cumsum", (x, dtype) => core.cumsum(x, { dtype })],
  ["cumprod", (x, dtype) => core.cumprod(x, { dtype })],
  ["cumulativeSum", (x, dtype) => core.cumulativeSum(x, { dtype, includeInitial: true })],
  ["cumulativeProd", (x, dtype) => core.cumulativeProd(x, { dtype })],
  ["nansum", (x, dtype) => core.nansum(x, { dtype })],
  ["nanprod", (x, dtype) => core.nanprod(x, { dtype })],
  ["nanmean", (x, dtype) => core.nanmean(x, { dtype })],
  ["nanvar", (x, dtype) => core.nanvar(x, { dtype })],
  ["nanstd", (x, dtype) => core.nanstd(x, { dtype })],
  ["nancumsum", (x, dtype) => core.nancumsum(x, { dtype })],
  ["nancumprod", (x, dtype) => core.nancumprod(x, { dtype })],
  ["astype", (x, dtype) => core.astype(x, dtype)],
  ["array", (x, dtype) => core.array([x, x] as number[][], { dtype })],
  ["linspace", (x, dtype) => core.linspace(x, 2, 3, { dtype })],
  ["linspace, stop", (x, dtype) => core.linspace(0.1, x, 3, { dtype })],
  ["logspace", (x, dtype) => core.logspace(x, x, 3, { dtype, base: 2.1 })],
  ["logspace, base", (x, dtype) => core.logspace(0.1, 0.7, 3, { dtype, base: x })],
  ["geomspace", (x, dtype) => core.geomspace(x, 7, 3, { dtype })],
  ["random.uniform", (x, dtype) => random.uniform([0, 1], 3, { dtype, minval: x, maxval: 2 })],
];

test.each(TYPED)("%s of a list in float64", (_, call) => {
  const x = f64([0.1, 0.7, 1 / 3]);
  expect(told(call(x.toArray() as number[], "float64"))).toEqual(told(call(x, "float64")));
});

test("a list takes int32 as it is, and cuts fractions off", () => {
  expect(core.sum([16777217, 2], { dtype: "int32" }).item()).toBe(16777219);
  expect(core.sum([1.9, -1.9, 2], { dtype: "int32" }).item()).toBe(2);
  expect(core.sum([true, true], { dtype: "int32" }).item()).toBe(2);
});

test("what stands among options widens lists as well", () => {
  const x = f64([0.1, 0.7, 1 / 3, 0.9]).reshape([1, 2, 2]);
  const wide = told(x) && x.toArray();
  const same = (call: (x: TensorLike) => unknown): void =>
    expect(told(call(wide as number[]))).toEqual(told(call(x)));
  const two = f64([0.3, 0.6]);
  const kernel = [[[0.1], [0.7]]];
  same((z) => nn.conv1d(z, kernel, f64([0.1])));
  same((z) =>
    nn.convTranspose1d(
      z,
      kernel.flat().map((k) => [k]),
      f64([0.1]),
    ),
  );
  const volume = f64([0.1, 0.7, 1 / 3, 0.9]).reshape([1, 1, 1, 2, 2]);
  const filter = [[[[[0.1, 0.7]]]]];
  const list = volume.toArray() as number[][][][][];
  for (const call of [nn.conv3d, nn.convTranspose3d]) {
    expect(told(call(list, filter, f64([0.1])))).toEqual(told(call(volume, filter, f64([0.1]))));
  }
  same((z) => nn.batchNorm(z, two, two));
  same((z) => nn.batchNorm(z, null, null, { training: true, weight: two }));
  same((z) => nn.batchNorm(z, null, null, { training: true, bias: two }));
  same((z) => nn.instanceNorm(z, { runningMean: two, runningVar: two, useInputStats: false }));
  same((z) => nn.instanceNorm(z, { weight: two }));
  same((z) => nn.layerNorm(z, 2, { weight: two }));
  same((z) => nn.layerNorm(z, 2, { bias: two }));
  same((z) => nn.groupNorm(z, 1, { bias: two }));
  same((z) => nn.scaledDotProductAttention(z, z, z, { attnMask: f64([0.1, 0.7]) }));
  same((z) => core.nansum(z, { initial: f64(0.1) }));
  same((z) => core.nanmax(z, { initial: f64(0.1) }));
});

test("a float64 mask widens what it is added to", () => {
  const q = tensor([[0.1], [0.7]], { dtype: "float32" });
  const y = nn.scaledDotProductAttention(q, q, q, { attnMask: f64([0.1, 0.7]) });
  const z = q.astype("float64");
  expect(told(y)).toEqual(told(nn.scaledDotProductAttention(z, z, z, { attnMask: [0.1, 0.7] })));
});

test("values that were asked for by name", () => {
  const x = f64([0.1, 0.25, 0.3]);
  expect(isin(x, [0.1, 0.3]).toArray()).toEqual([true, false, true]);
  expect(isin([0.1, 0.2], x).toArray()).toEqual([true, false]);
  expect(equal(x, [0.1, 0.25, 0.3]).toArray()).toEqual([true, true, true]);
  expect(digitize(x, [0.1, 0.3]).toArray()).toEqual([1, 1, 2]);
  expect(searchsorted(x, [0.1, 0.3]).toArray()).toEqual([0, 2]);
  expect(searchsorted([0.1, 0.3], x, "right").toArray()).toEqual([1, 1, 2]);
  expect(interp(x, [0.1, 0.3], [0.7, 0.9]).at(0).item()).toBe(0.7);
  expect(where([true, false, true], x, [1, 0.2, 3]).toArray()).toEqual([0.1, 0.2, 0.3]);
  expect(concatenate([[0.1], x]).toArray()).toEqual([0.1, 0.1, 0.25, 0.3]);
  // typed arrays and tensors keep their own dtype, and so does a list beside float32
  expect(equal(Float64Array.of(0.1), [0.1]).toArray()).toEqual([true]);
  expect(equal(x.slice([[0, 1]]), Float32Array.of(0.1)).toArray()).toEqual([false]);
  expect(add(Float32Array.of(0.1), [0.1]).dtype).toBe("float32");
  expect(add([0.1], [0.1]).dtype).toBe("float32");
  // a condition only chooses
  expect(where(f64([1, 0]), [1, 2], [3, 4]).dtype).toBe("float32");
});

test("lists are read exactly, whatever dtype is asked for", () => {
  expect(core.nansum([2 ** 24 + 1, 2], { dtype: "int32" }).item()).toBe(2 ** 24 + 3);
  expect(core.nanprod([2 ** 24 + 1, 1], { dtype: "int32" }).item()).toBe(2 ** 24 + 1);
  expect(core.nancumsum([2 ** 24 + 1, 2], { dtype: "int32" }).toArray()).toEqual([
    2 ** 24 + 1,
    2 ** 24 + 3,
  ]);
  expect(core.array([core.tensor(1), 0.1], { dtype: "float64" }).toArray()).toEqual([1, 0.1]);
  expect(core.array([[core.tensor(1), 0.1], [0.2, 0.3]], { dtype: "float64" }).toArray()).toEqual([[1, 0.1], [0.2, 0.3]]); // prettier-ignore
});
