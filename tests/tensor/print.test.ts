// How tensors look as text.

import { arange, eye, full, ones, tensor, vmap, zeros, type Tensor } from "tapegrad";
import { expect, test } from "vitest";

const float64 = { dtype: "float64" } as const;
const int32 = { dtype: "int32" } as const;

test.each<[string, () => Tensor, string]>([
  ["a number", () => tensor(0.5), "Tensor(float32) 0.5"],
  ["a float32 number without false digits", () => tensor(0.1), "Tensor(float32) 0.1"],
  [
    "a float64 number with all digits",
    () => tensor(Math.PI, float64),
    `Tensor(float64) ${Math.PI}`,
  ],
  ["the famous one", () => tensor(0.419974341614026, float64), "Tensor(float64) 0.419974341614026"],
  ["an integer", () => tensor(7, int32), "Tensor(int32) 7"],
  ["a bool", () => tensor(true), "Tensor(bool) true"],
  ["whole floats", () => tensor([1, 2, 3]), "Tensor(float32) [1., 2., 3.]"],
  ["fractions align", () => tensor([1, 2.5, -0.25]), "Tensor(float32) [ 1.00,  2.50, -0.25]"],
  ["integers", () => tensor([1, -20, 300], int32), "Tensor(int32) [  1, -20, 300]"],
  ["bools", () => tensor([true, false]), "Tensor(bool) [ true, false]"],
  [
    "nan and inf",
    () => tensor([NaN, Infinity, -Infinity, 1]),
    "Tensor(float32) [ nan,  inf, -inf,   1.]",
  ],
  ["nothing but nan", () => tensor([NaN]), "Tensor(float32) [nan]"],
  ["nothing", () => tensor([]), "Tensor(float32) []"],
  ["nothing, with axes", () => zeros([2, 0, 3]), "Tensor(float32) [] (shape [2,0,3])"],
  [
    "large and small",
    () => tensor([1e-10, 1, 1e10], float64),
    "Tensor(float64) [1e-10,  1e+0, 1e+10]",
  ],
  [
    "a matrix",
    () =>
      tensor([
        [1, -2],
        [30, 4],
      ]),
    "Tensor(float32) [[ 1., -2.],\n [30.,  4.]]",
  ],
  [
    "three axes",
    () => arange(8).reshape([2, 2, 2]),
    "Tensor(int32) [[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]",
  ],
  ["one row", () => ones([1, 2]), "Tensor(float32) [[1., 1.]]"],
  ["one column", () => ones([2, 1]), "Tensor(float32) [[1.],\n [1.]]"],
  [
    "transposed",
    () =>
      tensor([
        [1, 2],
        [3, 4],
      ]).transpose(),
    "Tensor(float32) [[1., 3.],\n [2., 4.]]",
  ],
])("%s", (_name, make, text) => {
  // Rows stand below each other, to the right of the dtype.
  const indent = " ".repeat(Math.max(0, text.indexOf("[")));
  expect(make().toString()).toBe(text.replace(/\n(?=[^\n])/g, `\n${indent}`));
});

/** Text without the spaces that only align. */
const squeezed = (x: Tensor): string => String(x).replace(/[ \n]+/g, " ");

test("large tensors are elided", () => {
  expect(squeezed(arange(2000))).toBe("Tensor(int32) [ 0, 1, 2, …, 1997, 1998, 1999]");
  const lines = String(zeros([1000, 1000])).split("\n");
  expect(lines.length).toBeLessThan(10);
  expect(lines[0]).toBe("Tensor(float32) [[0., 0., 0., …, 0., 0., 0.],");
  expect(String(arange(1000))).not.toContain("…");
});

test("long rows are broken into lines", () => {
  const lines = String(arange(100)).split("\n");
  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("every line of a matrix has the same length", () => {
  const text = String(eye(4, 4, float64).multiply(-1234.5678));
  const lines = text.replace("Tensor(float64) [", " ".repeat(17)).split("\n");
  const lengths = lines.map((line) => line.replace(/[,\]]+$/, "").length);
  expect(new Set(lengths).size).toBe(1);
});

test("digits: float32 at most 6 after the point, float64 at most 8", () => {
  expect(String(tensor([1 / 3]))).toBe("Tensor(float32) [0.333333]");
  expect(String(tensor([1 / 3], float64))).toBe("Tensor(float64) [0.33333333]");
});

test("text does not change the tensor, nor needs its graph", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const y = w.multiply(2);
  expect(String(y)).toBe("Tensor(float32) [2., 4.]");
  y.sum().backward();
  expect(w.grad!.toArray()).toEqual([2, 2]);
});

test("inside vmap the shape is shown, for there is no one value", () => {
  let text = "";
  vmap((x: Tensor) => {
    text = String(x);
    return x;
  })(ones([2, 3]));
  expect(text).toBe("Tensor(float32, shape [3] inside vmap)");
});

test("a tensor that was disposed of", () => {
  const x = full([2], 1);
  x.dispose();
  expect(`${x}`).toBe("Tensor(disposed)");
});

test("console.log finds the text", () => {
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  const x = tensor([1, 2]) as unknown as Record<symbol, () => string>;
  expect(x[inspect]!()).toBe("Tensor(float32) [1., 2.]");
});
