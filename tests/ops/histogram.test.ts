// Bins along several axes: two of them are histogram2d, which is compared with NumPy elsewhere.

import {
  arange,
  histogram,
  histogram2d,
  histogramBinEdges,
  histogramdd,
  sin,
  stack,
  tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const x = sin(arange(40)).astype("float64");
const wave = sin(arange(40).astype("float64"));
const y = sin(arange(0, 80, 2)).astype("float64");

describe("histogram", () => {
  test('"stone" counts within the range, as NumPy does', () => {
    const z = sin(arange(200, undefined, 1, { dtype: "float64" })).power(3);
    for (const [range, bins] of [
      [[-0.3, 1], 95],
      [[-2, 3], 248],
      [undefined, 93],
    ] as const) {
      expect(histogram(z, "stone", { range })[0].size).toBe(bins);
    }
  });

  test("says what is wrong with its range and its number of bins", () => {
    expect(() => histogram(x, 1e12)).toThrow(
      /^histogram: the number of bins is 1000000000000, more/,
    );
    expect(() => histogram(x, 3, { range: 1 as never })).toThrow(
      /^histogram: range is the number 1, not a list/,
    );
    expect(() => histogram(x, 3, { range: [1] as never })).toThrow(
      /^histogram: range is \[1\], not \[first, last\]/,
    );
  });
});

describe("histogram2d", () => {
  test("takes edges for both axes as a tensor or typed array", () => {
    const edges = [-1, -0.5, 0, 0.5, 1];
    const want = [
      [5, 2, 1, 5],
      [2, 1, 1, 2],
      [2, 1, 2, 2],
      [5, 2, 1, 6],
    ];
    const given = [edges, Float64Array.from(edges), tensor(edges, { dtype: "float64" })];
    for (const bins of given) expect(histogram2d(x, y, bins)[0].toArray()).toEqual(want);
    const one = tensor([-1, 1], { dtype: "float64" });
    expect(histogram2d(x, y, one)[0].toArray()).toEqual([[40]]);
  });
});

describe("of float64", () => {
  const z = tensor([0.1, 0.2, 0.3, 0.7], { dtype: "float64" });
  const weights = tensor([0.1, 0.2, 0.3, 0.4], { dtype: "float64" });

  test("edges in a list do not round", () => {
    const [counts, edges] = histogram(z, [0, 0.1, 0.2, 1]);
    expect(counts.toArray()).toEqual([0, 1, 3]);
    expect(edges.toArray()).toEqual([0, 0.1, 0.2, 1]);
  });

  test("densities are float64 whatever the edges are", () => {
    const edges = tensor([0, 0.25, 1]);
    const [shares] = histogram(z, edges, { weights, density: true });
    expect(shares.toArray()).toEqual([
      expect.closeTo((0.1 + 0.2) / 0.25, 14),
      expect.closeTo((0.3 + 0.4) / 0.75, 14),
    ]);
    const [grid] = histogram2d(z, z, [edges, edges], { density: true });
    expect(grid.at(1, 1).item()).toBeCloseTo(0.5 / 0.75 ** 2, 14);
  });

  test("the rule of Stone counts over the range", () => {
    // NumPy 2.4: np.histogram_bin_edges(np.sin(np.arange(40)), "stone", (-1, 4)).size, …
    const sizes = [
      [-1, 4],
      [-3, 1],
    ].map((range) => histogramBinEdges(wave, "stone", { range: range as [number, number] }).size);
    expect(sizes).toEqual([27, 6]);
  });
});

describe("histogramdd", () => {
  const options = { density: true, range: [[-0.5, 1], null] as [[number, number], null] };

  test("of two axes is histogram2d", () => {
    const [counts, edges] = histogramdd(stack([x, y], 1), [3, 4], options);
    const [want, first, second] = histogram2d(x, y, [3, 4], options);
    expect(counts.toArray()).toEqual(want.toArray());
    expect(edges.map((e) => e.toArray())).toEqual([first.toArray(), second.toArray()]);
  });

  test("takes a list of coordinates", () => {
    const [counts] = histogramdd([x, y], 3);
    expect(counts.toArray()).toEqual(histogram2d(x, y, 3)[0].toArray());
  });

  test("of one axis is histogram", () => {
    const [counts, [edges]] = histogramdd(x.reshape([-1, 1]), 5);
    const [want, wanted] = histogram(x, 5);
    expect(counts.toArray()).toEqual(want.toArray());
    expect(edges!.toArray()).toEqual(wanted.toArray());
  });

  test("sums over other axes are the histograms of one", () => {
    const z = tensor(Float64Array.from(x.data(), (v) => v * v));
    const [counts] = histogramdd([x, y, z], [2, 3, 4]);
    expect(counts.sum([0, 1]).toArray()).toEqual(histogram(z, 4)[0].toArray());
  });

  test("says what is wrong with bins", () => {
    expect(() => histogramdd([x, y], [3])).toThrow(
      /^histogramdd: bins are a number, or a number or/,
    );
    expect(() => histogramdd(x.reshape([2, 4, 5]))).toThrow(
      /^histogramdd: points are rows of a matrix/,
    );
    expect(() => histogram2d(x, y.slice([[1]]))).toThrow(
      /^histogram2d: x and y are vectors of one size/,
    );
    expect(() => histogram(x, "many" as never)).toThrow(/^histogram: no rule the string "many"/);
  });
});
