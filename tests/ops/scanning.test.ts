// Running maxima and sums of exponentials at ties, NaN and infinities; convolution's axes; what is refused.

import * as tg from "tapegrad";
import { grad, stats, tensor, vmap, zeros, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { f64, numbers } from "./support.js";

const lists = (pair: [Tensor, Tensor]) => pair.map((x) => x.toArray());

describe("cummax, cummin", () => {
  test("of equal elements the last one counts, for the derivative too", () => {
    expect(lists(tg.cummax([2, 2, 1, 2]))).toEqual([
      [2, 2, 2, 2],
      [0, 1, 1, 3],
    ]);
    expect(numbers(grad((x: Tensor) => tg.cummin(x)[0].sum())(f64([1, 1, 2])) as Tensor)).toEqual([
      1, 2, 0,
    ]);
  });

  test("NaN stays, infinities are numbers", () => {
    expect(lists(tg.cummax([1, NaN, 5]))).toEqual([
      [1, NaN, NaN],
      [0, 1, 1],
    ]);
    expect(lists(tg.cummin([Infinity, NaN, NaN]))).toEqual([
      [Infinity, NaN, NaN],
      [0, 1, 2],
    ]);
    expect(lists(tg.cummax([-Infinity, -Infinity]))).toEqual([
      [-Infinity, -Infinity],
      [0, 1],
    ]);
  });

  test("integers, nothing, a number", () => {
    const x = tensor(
      [
        [3, 1],
        [2, 5],
      ],
      { dtype: "int32" },
    );
    expect(tg.cummax(x, 0)[0].dtype).toBe("int32");
    expect(lists(tg.cummin(x, 1))).toEqual([
      [
        [3, 1],
        [2, 2],
      ],
      [
        [0, 1],
        [0, 0],
      ],
    ]);
    expect(tg.cummax(zeros([0, 2]), 0)[1].shape).toEqual([0, 2]);
    expect(tg.cummax(zeros([2, 0]), 0)[0].shape).toEqual([2, 0]);
    expect(lists(tg.cummax(7))).toEqual([[7], [0]]);
    expect(() => tg.cummax([1], 1)).toThrow("cummax: no axis 1");
  });

  test("100 elements as a loop finds them, under vmap", () => {
    const data = Array.from({ length: 200 }, (_, i) => (i * 7919) % 101);
    const rows = f64(data).reshape([2, 100]);
    const [values, places] = vmap((x: Tensor) => tg.cummax(x))(rows);
    for (const row of [0, 1]) {
      let [top, at] = [-Infinity, -1];
      for (let i = 0; i < 100; i++) {
        if (data[100 * row + i]! >= top) [top, at] = [data[100 * row + i]!, i];
        expect(values.at(row, i).item()).toBe(top);
        expect(places.at(row, i).item()).toBe(at);
      }
    }
  });
});

describe("logcumsumexp", () => {
  test("infinities have finite derivatives", () => {
    const x = f64([-Infinity, -Infinity, 0, 1]);
    expect(tg.logcumsumexp(x).toArray()).toEqual([-Infinity, -Infinity, 0, Math.log1p(Math.E)]);
    const slope = numbers(grad((y: Tensor) => tg.logcumsumexp(y).at([2]).sum())(x) as Tensor);
    expect(slope).toEqual([0, 0, 1, 0]);
    expect(tg.logcumsumexp([1, Infinity, 2]).toArray()).toEqual([1, Infinity, Infinity]);
  });

  test("integers become floats; nothing stays nothing", () => {
    expect(tg.logcumsumexp(tensor([0, 0], { dtype: "int32" })).dtype).toBe("float32");
    expect(tg.logcumsumexp(zeros([0])).shape).toEqual([0]);
  });
});

describe("what is refused", () => {
  const x = zeros([2, 3]);
  const cases: [() => unknown, RegExp][] = [
    [
      () => tg.convolve(x, x, { axes: [[0], [0, 1]] }),
      /^convolve: operands have axes of different/,
    ],
    [() => tg.convolve(x, zeros([3]), {}), /^convolve: operands have axes of different number/],
    [() => tg.convolve(x, x, { dotAxes: [0, 1] }), /^convolve: axes to sum over differ in size/],
    [
      () => tg.convolve(x, x, { axes: [0, 0], dotAxes: [0, 1] }),
      /^convolve: axis 0 is named in axes/,
    ],
    [
      () =>
        tg.convolve(x, x, {
          axes: [
            [0, 0],
            [0, 1],
          ],
        }),
      /^convolve: an axis is named twice/,
    ],
    [() => tg.convolve(x, zeros([3, 2]), { mode: "valid" }), /^convolve: neither operand fits/],
    [() => tg.convolve(x, zeros([0, 2]), {}), /^convolve: an operand has no elements/],
    [() => tg.convolve(x, x, { mode: "all" as never }), /^convolve: mode is the string "all"/],
    [() => tg.einsum(x, [0, 99]), /^einsum: a label must be an integer from 0 to 51, got 99/],
    [() => tg.einsum(x, x as never), /^einsum: begins with subscripts, or has a list/],
    [() => tg.around(x, 0.5), /^around: decimals must be an integer, got 0.5/],
    [
      () => stats.multivariateNormal.pdf([1, 2], 0, [1, 2, 3]),
      /^stats\.multivariateNormal\.pdf: cov must be/,
    ],
    [
      () => stats.multivariateNormal.pdf([1, 2], [1, 2, 3]),
      /^stats\.multivariateNormal\.pdf: x and mean must/,
    ],
    [
      () => stats.multivariateNormal.pdf(zeros([0])),
      /^stats\.multivariateNormal\.pdf: a vector must have/,
    ],
  ];
  test.each(cases)("%#", (f, message) => {
    expect(f).toThrow(message);
  });
});

test("a covariance that is none gives NaN; both triangles of one have equal derivatives", () => {
  expect(
    stats.multivariateNormal
      .pdf([0, 0], 0, [
        [1, 2],
        [2, 1],
      ])
      .item(),
  ).toBeNaN();
  const cov = f64([2, 0.5, 0.5, 1]).reshape([2, 2]);
  const f = (c: Tensor): Tensor => stats.multivariateNormal.logpdf(f64([1, -1]), 0, c);
  const g = numbers(grad(f)(cov) as Tensor);
  expect(g[1]).toBe(g[2]);
});
