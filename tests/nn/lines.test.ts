// Functions of whole lines (softmax and its like, normalisation) over lines of any length and layout,
// against plain float64; their laws; infinities.

import * as tg from "tapegrad";
import { checkGrads, slice, tensor, transpose, vmap, type Tensor } from "tapegrad";
import { layerNorm, logSoftmax, logsumexp, softmax } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { along, build, reduce, toNd, toTensor, type Nd } from "../ops/ndarray.js";
import { expectNear, expectSame, FLOATS, numbers, randomFrom, uniform } from "../ops/support.js";

const random = randomFrom(31);
const values = (shape: number[], range = 3): Nd => {
  const data = uniform(
    random,
    shape.reduce((a, b) => a * b, 1),
    -range,
    range,
  );
  return { shape, data };
};

const lse = (x: number[]): number => {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((sum, v) => sum + Math.exp(v - most), 0));
};
const less = (x: number[]): number[] => {
  const all = lse(x);
  return x.map((v) => v - all);
};
const standard = (x: number[]): number[] => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return x.map((v) => (v - mean) / Math.sqrt(variance + 0.1));
};

/** Each function on lines along the last axis, and what it should give. */
const FUNCTIONS: Record<string, [(x: Tensor) => Tensor, (x: Nd) => Nd]> = {
  softmax: [
    (x) => softmax(x),
    (x) => along(x, [x.shape.length - 1], (line) => less(line).map(Math.exp)),
  ],
  logSoftmax: [(x) => logSoftmax(x), (x) => along(x, [x.shape.length - 1], less)],
  logsumexp: [(x) => logsumexp(x, -1), (x) => reduce(x, [x.shape.length - 1], lse)],
  layerNorm: [
    // Where all elements are nearly equal, what float32 loses in the mean grows with 1 / √eps.
    (x) => layerNorm(x, x.shape.at(-1)!, { eps: 0.1 }),
    (x) => along(x, [x.shape.length - 1], standard),
  ],
};
const NAMES = Object.entries(FUNCTIONS);
/** Allowed errors, relative to the largest element and absolute. */
const limits = (dtype: string): [number, number] =>
  dtype === "float32" ? [3e-6, 1e-6] : [1e-14, 1e-14];
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 100, 255, 256, 257, 1023, 1025, 2500];

describe.each(NAMES)("%s", (name, [f, reference]) => {
  test.each(FLOATS)("of lines of any length, in %s", (dtype) => {
    for (const length of LENGTHS) {
      for (const lines of [1, 3, length > 100 ? 4 : 90]) {
        const x = values([lines, length]);
        const what = `${name} of [${lines},${length}]`;
        const got = f(toTensor(x, dtype));
        expect(got.dtype).toBe(dtype);
        expectNear(numbers(got), reference(x).data, what, ...limits(dtype));
      }
    }
  });

  test.each(FLOATS)("of views, in %s", (dtype) => {
    const x = toTensor(values([34, 21, 18]), dtype);
    const views = [
      transpose(x),
      transpose(x, [1, 2, 0]),
      transpose(x, [0, 2, 1]),
      slice(x, [[1, null, 3], null, [null, null, -1]]),
      slice(x, [null, [2, 7], [1, 18]]),
      slice(x, [5, 3, [1, 6]]),
      tg.broadcastTo(slice(x, [0, 0]), [7, 18]),
      tg.broadcastTo(slice(x, [0, null, [4, 5]]), [21, 9]),
    ];
    for (const view of views) {
      const want = reference(toNd(view));
      const got = f(view);
      expect(got.shape).toEqual(want.shape);
      expectNear(numbers(got), want.data, `${name} of a view`, ...limits(dtype));
    }
  });

  test("of nothing", () => {
    for (const shape of [[0, 3], [3, 0], [0, 0], [0]]) {
      const x = tg.zeros(shape, { dtype: "float64" });
      const y = f(x);
      expect(y.shape).toEqual(name === "logsumexp" ? shape.slice(0, -1) : shape);
      if (name === "logsumexp") expect(numbers(y).every((v) => v === -Infinity)).toBe(true);
      expect(tg.grad((v: Tensor) => tg.sum(f(v)))(x).shape).toEqual(shape);
    }
  });

  test("derivatives to order 3, of some lines whose bytes are whole vectors and some not", () => {
    for (const shape of [[4], [2, 3]]) {
      const x = toTensor(values(shape, 2));
      const weights = toTensor(values(reference(values(shape)).shape, 1));
      const loss = (v: Tensor): Tensor => tg.sum(tg.sin(tg.multiply(f(v), weights)));
      checkGrads(loss, [x], { order: 3, eps: 1e-4 });
    }
  });

  test("vmap is a loop, in value, gradient and its gradient", () => {
    const x = toTensor(values([4, 3, 6], 2));
    const c = toTensor(values(name === "logsumexp" ? [4, 3] : [4, 3, 6], 1));
    const loss = (v: Tensor, w: Tensor): Tensor => tg.sum(tg.multiply(f(v), w));
    const first = tg.grad(loss);
    const second = tg.grad((v: Tensor, w: Tensor) => tg.sum(tg.square(first(v, w))));
    for (const g of [f, first, second] as ((...v: Tensor[]) => Tensor)[]) {
      const parts = [0, 1, 2, 3].map((i) => numbers(g(slice(x, [i]), slice(c, [i]))));
      const all = vmap((v: Tensor, w: Tensor) => g(v, w))(x, c);
      expectNear(numbers(all), parts.flat(), name, 1e-12, 1e-13);
      // One operand is the same for all examples.
      const one = slice(c, [0]);
      const shared = [0, 1, 2, 3].map((i) => numbers(g(slice(x, [i]), one)));
      expectNear(numbers(vmap((v: Tensor) => g(v, one))(x)), shared.flat(), name, 1e-12, 1e-13);
      const fixed = slice(x, [0]);
      const others = [0, 1, 2, 3].map((i) => numbers(g(fixed, slice(c, [i]))));
      const mapped = vmap((w: Tensor) => tg.multiply(g(fixed, w), 1))(c);
      if (g !== f) expectNear(numbers(mapped), others.flat(), name, 1e-12, 1e-13);
    }
    // The sum over examples, differentiated from outside.
    const outside = tg.grad((v: Tensor) => tg.sum(vmap((w: Tensor) => loss(v, w))(c)));
    const inside = [0, 1, 2, 3].map((i) => first(slice(x, [1]), slice(c, [i])));
    const total = numbers(inside.reduce((a, b) => tg.add(a, b)));
    expectNear(numbers(outside(slice(x, [1]))), total, "outside", 1e-12, 1e-13);
  });

  test("float32 is float64 rounded, derivatives included", () => {
    const x = values([7, 50], 4);
    const w = values(reference(x).shape, 1);
    const at = (dtype: "float32" | "float64"): number[] => {
      const loss = (v: Tensor): Tensor => tg.sum(tg.multiply(f(v), toTensor(w, dtype)));
      const g = tg.grad(loss);
      const v = toTensor(x, dtype);
      return [...numbers(g(v)), ...numbers(tg.grad((u: Tensor) => tg.sum(tg.square(g(u))))(v))];
    };
    expectNear(at("float32"), at("float64"), name, 5e-6);
  });
});

describe("laws", () => {
  test.each(FLOATS)("softmax sums to 1, logSoftmax is its logarithm, in %s", (dtype) => {
    const x = toTensor(values([40, 333], 10), dtype);
    const limit = dtype === "float32" ? 1e-6 : 1e-14;
    expectNear(numbers(tg.sum(softmax(x), 1)), new Array<number>(40).fill(1), "sums", limit);
    expectNear(numbers(tg.exp(logSoftmax(x))), numbers(softmax(x)), "exp", limit);
    expectNear(numbers(tg.log(tg.sum(tg.exp(x), 1))), numbers(logsumexp(x, 1)), "log", limit);
    const shifted = softmax(tg.add(x, 1));
    expectNear(numbers(shifted), numbers(softmax(x)), "shifted", 10 * limit);
  });

  test("axes in front are the last ones of the transpose", () => {
    const x = toTensor(values([6, 4, 5]));
    for (const f of [softmax, logSoftmax]) {
      expectSame(f(x, 0), transpose(f(transpose(x, [1, 2, 0])), [2, 0, 1]), "first");
      expectSame(f(x, [0, 1]), transpose(f(transpose(x, [2, 0, 1]), [1, 2]), [1, 2, 0]), "two");
    }
    expectSame(logsumexp(x, [0, 1]), logsumexp(transpose(x, [2, 0, 1]), [1, 2]), "logsumexp");
  });

  test("a normalised line has mean 0 and variance 1 wherever its mean was", () => {
    const x = toTensor(build([3, 1000], ([i, k]) => 1e4 * i! + Math.sin(k!)));
    const y = layerNorm(x, 1000, { eps: 0 });
    expectNear(numbers(tg.mean(y, 1)), [0, 0, 0], "mean", 0, 1e-9);
    expectNear(numbers(tg.mean(tg.square(y), 1)), [1, 1, 1], "variance", 1e-9);
  });
});

describe("infinities and NaN", () => {
  const lines = tensor([
    [-Infinity, 0, 1],
    [-Infinity, -Infinity, -Infinity],
    [Infinity, 0, 1],
    [NaN, 0, 1],
    [3, 3, 3],
  ]);
  const nan = [NaN, NaN, NaN];
  const third = Math.fround(1 / 3);

  test("softmax and logSoftmax as in torch", () => {
    const e = Math.exp(1);
    expectNear(
      numbers(softmax(lines)),
      [0, 1 / (1 + e), e / (1 + e), ...nan, ...nan, ...nan, third, third, third],
      "softmax",
      1e-7,
    );
    const got = numbers(logSoftmax(lines));
    expect(got.slice(0, 1)).toEqual([-Infinity]);
    expect(got.slice(3, 12)).toEqual([...nan, ...nan, ...nan]);
  });

  test("logsumexp keeps them; where there is nothing, its derivative is 0", () => {
    const y = numbers(logsumexp(lines, 1));
    expect(y.slice(1, 4)).toEqual([-Infinity, Infinity, NaN]);
    const g = numbers(tg.grad((x: Tensor) => tg.sum(logsumexp(x, 1)))(lines));
    expect(g.slice(3, 6)).toEqual([0, 0, 0]);
    expect(g[0]).toBe(0);
    const h = tg.grad((x: Tensor) => tg.sum(tg.grad((v: Tensor) => tg.sum(logsumexp(v, 1)))(x)));
    expect(numbers(h(lines)).slice(3, 6)).toEqual([0, 0, 0]);
  });

  test("a line that nobody uses poisons nothing", () => {
    for (const f of [
      softmax,
      logSoftmax,
      (x: Tensor) => logsumexp(x, 1, { keepdims: true }),
      (x: Tensor) => layerNorm(x, 3),
    ]) {
      const used = tensor([[1], [0], [0], [0], [1]]).astype("bool");
      const loss = (x: Tensor): Tensor => tg.sum(tg.where(used, tg.square(f(x)), 0));
      const g = numbers(tg.grad(loss)(lines));
      if (f !== logSoftmax) expect(g.slice(3, 12)).toEqual(new Array<number>(9).fill(0));
    }
  });
});
