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
  where,
  type Tensor,
} from "tapegrad";
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
