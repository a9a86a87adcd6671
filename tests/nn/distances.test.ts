// Distances between many rows, which are computed in blocks, and bags of very different lengths.

import {
  checkGrads,
  grad,
  memory,
  resetPeakMemory,
  sin,
  sum,
  tensor,
  arange,
  vmap,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import {
  cdist,
  cosineSimilarity,
  embedding,
  embeddingBag,
  gumbelSoftmax,
  normalize,
  pairwiseDistance,
  pdist,
} from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, numbers } from "../ops/support.js";

const MB = 2 ** 20;

/** A matrix of numbers between -1 and 1. */
const rows = (n: number, size: number, phase = 0): Tensor =>
  sin(arange(n * size, undefined, 1, { dtype: "float64" }).add(phase)).reshape([n, size]);

/** Most bytes that a call takes beside what is there. */
function peakOf(call: () => Tensor): number {
  resetPeakMemory();
  const before = memory().residentBytes;
  call().data();
  return memory().peakBytes - before;
}

/** Euclidean distances in plain JavaScript. */
function distances(a: Tensor, b: Tensor): number[] {
  const [x, y] = [a.toArray() as number[][], b.toArray() as number[][]];
  return x.flatMap((u) => y.map((v) => Math.hypot(...u.map((ui, i) => ui - v[i]!))));
}

describe("cdist", () => {
  const [a, b] = [rows(250, 256), rows(150, 256, 0.5)];

  test("of many rows is what it is one by one, in little memory", () => {
    let y!: Tensor;
    // All differences at once would be 77 MB, and several times as much with what is made of them.
    expect(peakOf(() => (y = cdist(a, b)))).toBeLessThan(150 * MB);
    expect(y.shape).toEqual([250, 150]);
    expectNear(numbers(y), distances(a, b), "cdist", 1e-14);
  });

  test("with batches, in blocks and not", () => {
    const many = tensor(Float64Array.from(rows(2 * 900, 50).data())).reshape([2, 900, 50]);
    const few = rows(60, 50, 0.25);
    const y = cdist(many, few);
    expect(y.shape).toEqual([2, 900, 60]);
    for (const i of [0, 1]) {
      expectNear(numbers(y.at(i)), distances(many.at(i), few), `batch ${i}`, 1e-14);
    }
    const mapped = vmap((x: Tensor) => cdist(x, few))(many);
    expectNear(numbers(mapped), numbers(y), "vmap", 1e-14);
  });

  test("derivatives of blocks are those of rows, and 0 where rows are equal", () => {
    const g = grad((x: Tensor) => sum(cdist(x, b).slice([[0, 3]])))(a);
    const few = grad((x: Tensor) => sum(cdist(x, b)))(a.slice([[0, 3]]));
    expectNear(numbers(g.slice([[0, 3]])), numbers(few), "gradient", 1e-13);
    expect(sum(g.slice([[3, null]])).item()).toBe(0);
    const x = tensor([[1, 2], [1, 2]], { dtype: "float64" }); // prettier-ignore
    expect(grad((v: Tensor) => sum(cdist(v, x)))(x).toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });

  test("near points keep their digits", () => {
    const [x, y] = [tensor([[1e8, 1]], { dtype: "float64" }), tensor([[1e8, 1 + 2 ** -30]], { dtype: "float64" })]; // prettier-ignore
    expect(cdist(x, y).item()).toBe(2 ** -30);
  });

  test("there are no negative orders", () => {
    expect(() => cdist(a, b, -1)).toThrow(/^cdist: p is -1, not from 0 up$/);
    expect(() => pdist(a, -0.5)).toThrow(/^pdist: p is -0.5, not from 0 up$/);
  });
});

test("pdist of many rows is the upper triangle of cdist", () => {
  const x = rows(300, 128);
  const all = cdist(x, x).toArray() as number[][];
  const upper = all.flatMap((row, i) => row.slice(i + 1));
  expectNear(numbers(pdist(x)), upper, "pdist", 1e-14);
});

describe("embeddingBag with one long bag among short ones", () => {
  const weight = rows(50, 8);
  // 2,000 bags of one index, an empty one, and one of 5,000.
  const offsets = [...Array.from({ length: 2000 }, (_, i) => i), 2000, 2000];
  const index = Array.from({ length: 7000 }, (_, i) => (7 * i) % 50);
  const options = { offsets: tensor(offsets, { dtype: "int32" }) };
  const table = weight.toArray() as number[][];

  test.each(["sum", "mean", "max"] as const)("%s", (mode) => {
    let y!: Tensor;
    // With every bag as long as the longest it would be 640 MB.
    const peak = peakOf(() => (y = embeddingBag(index, weight, { ...options, mode })));
    expect(peak).toBeLessThan(16 * MB);
    const got = y.toArray() as number[][];
    expect(got.length).toBe(2002);
    expect(got.slice(0, 2000)).toEqual(index.slice(0, 2000).map((i) => table[i]));
    expect(got[2000]).toEqual(new Array(8).fill(0));
    const long = index.slice(2000).map((i) => table[i]!);
    const want = Array.from({ length: 8 }, (_, k) => {
      const column = long.map((row) => row[k]!);
      if (mode === "max") return Math.max(...column);
      const total = column.reduce((s, v) => s + v, 0);
      return mode === "sum" ? total : total / column.length;
    });
    expectNear(got[2001]!, want, mode, 1e-12, 1e-12);
  });

  test("derivatives, with factors and padding", () => {
    const small = rows(6, 3);
    const short = { offsets: [0, 1, 1, 4], mode: "sum" as const, paddingIdx: 2 };
    const at = [5, 0, 2, 1, 4, 3, 2, 0, 1, 5, 5, 3];
    checkGrads(
      (w: Tensor, f: Tensor) => embeddingBag(at, w, { ...short, perSampleWeights: f }),
      [small, sin(arange(12, undefined, 1, { dtype: "float64" }))],
      { order: 2 },
    );
    checkGrads((w: Tensor) => embeddingBag(at, w, { ...short, mode: "max" }), [small]);
  });
});

describe("embeddingBag at the edges", () => {
  test("indices that no bag holds name rows as well", () => {
    const options = { offsets: [0, 1], includeLastOffset: true };
    for (const index of [
      [0, 9],
      [0, -2],
    ])
      // prettier-ignore
      expect(() => embeddingBag(index, [[1, 2]], options)).toThrow(/^embeddingBag: index/);
    expect(embeddingBag([0, -1], [[1, 2]], options).toArray()).toEqual([[1, 2]]);
    expect(embeddingBag([0, 0], [[1, 2]], { ...options, offsets: [0] }).shape).toEqual([0, 2]);
  });

  test("of no indices all is 0, whatever the table holds", () => {
    const none = tensor([], { dtype: "int32" });
    for (const table of [
      [[Infinity, NaN]],
      [
        [3e38, 3e38],
        [3e38, 3e38],
      ],
    ])
      // prettier-ignore
      for (const mode of ["sum", "mean", "max"] as const) {
        const bag = (offsets: number[]) => embeddingBag(none, table, { offsets, mode });
        expect(bag([0, 0]).toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
        expect(embeddingBag(none.reshape([1, 0]), table, { mode }).toArray()).toEqual([[0, 0]]);
      }
    expect(embeddingBag(none, [[1, 2]], { offsets: [0] }).dtype).toBe("float32");
  });

  test("padding is known from both ends", () => {
    const table = [[1, 2], [3, 4]]; // prettier-ignore
    for (const paddingIdx of [1, -1]) {
      for (const index of [[[0, -1]], [[0, 1]], [[-2, -1]]])
        expect(embeddingBag(index, table, { paddingIdx, mode: "sum" }).toArray()).toEqual([[1, 2]]);
      const back = grad((w: Tensor) => sum(embedding([0, -1, 1], w, { paddingIdx })));
      expect(back(tensor(table)).toArray()).toEqual([[1, 1], [0, 0]]); // prettier-ignore
    }
  });
});

describe("the axis has one name", () => {
  const x = rows(3, 4);

  test("and torch's beside it", () => {
    expect(normalize(x, { axis: 0 }).toArray()).toEqual(normalize(x, { dim: 0 }).toArray());
    const cosines = cosineSimilarity(x, x.add(1), { axis: 0 });
    expect(cosines.shape).toEqual([4]);
    expect(cosines.toArray()).toEqual(cosineSimilarity(x, x.add(1), { dim: 0 }).toArray());
    const key = [0, 1];
    const soft = gumbelSoftmax(x, { key, axis: 0 });
    expect(soft.toArray()).toEqual(gumbelSoftmax(x, { key, dim: 0 }).toArray());
    expectNear(numbers(sum(soft, 0)), [1, 1, 1, 1], "sums", 1e-14);
    expect(pairwiseDistance(x, x, { keepdims: true }).shape).toEqual([3, 1]);
    expect(pairwiseDistance(x, x, { keepdim: true }).shape).toEqual([3, 1]);
  });

  test("but not both", () => {
    expect(() => normalize(x, { axis: 0, dim: 0 })).toThrow(
      /^normalize: axis and dim are one and the same/,
    );
    expect(() => normalize(x, { axis: 2 })).toThrow(/^normalize: no axis 2/);
  });
});
