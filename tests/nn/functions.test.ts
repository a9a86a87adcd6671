// Softmax and its kin, losses, normalisation and layers: against plain float64 loops, differences,
// loops for vmap, and at hard points.

import * as tg from "tapegrad";
import { checkGrads, tensor, type Tensor } from "tapegrad";
import {
  batchNorm,
  crossEntropy,
  gelu,
  layerNorm,
  linear,
  logSoftmax,
  logsumexp,
  mseLoss,
  silu,
  softmax,
} from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers, randomFrom, uniform } from "../ops/support.js";

const random = randomFrom(13);
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function values(shape: number[], dtype: tg.Dtype = "float64", range = 2): Tensor {
  const data = Float64Array.from(uniform(random, count(shape), -range, range));
  return tensor(data, { dtype }).reshape(shape);
}
const ints = (list: number[], shape = [list.length]): Tensor =>
  tensor(list, { dtype: "int32" }).reshape(shape);

/** Rows of a matrix. */
const rows = (x: Tensor): number[][] => {
  const width = x.shape.at(-1)!;
  const all = numbers(x);
  return Array.from({ length: all.length / width }, (_, i) =>
    all.slice(i * width, (i + 1) * width),
  );
};
const lse = (row: number[]): number => {
  const m = Math.max(...row);
  return m + Math.log(row.reduce((s, v) => s + Math.exp(v - m), 0));
};

describe.each(FLOATS)("values in %s", (dtype) => {
  const near = (got: Tensor, want: number[], what: string): void => {
    expect(got.dtype).toBe(dtype);
    expectNear(numbers(got), want, what, dtype === "float32" ? 2e-6 : 1e-14, 1e-6);
  };
  const x = values([5, 7], dtype, 30);

  test("softmax, logSoftmax, logsumexp", () => {
    near(
      softmax(x),
      rows(x).flatMap((r) => r.map((v) => Math.exp(v - lse(r)))),
      "softmax",
    );
    near(
      logSoftmax(x),
      rows(x).flatMap((r) => r.map((v) => v - lse(r))),
      "logSoftmax",
    );
    near(logsumexp(x, 1), rows(x).map(lse), "logsumexp");
    near(logsumexp(x, 1, { keepdims: true }), rows(x).map(lse), "logsumexp");
    near(logsumexp(x), [lse(numbers(x))], "logsumexp of all");
    expect(logsumexp(x, 1, { keepdims: true }).shape).toEqual([5, 1]);
    near(softmax(x.transpose(), 0), numbers(softmax(x).transpose()), "softmax of columns");
  });

  test("layerNorm and batchNorm", () => {
    const weight = values([7], dtype);
    const bias = values([7], dtype);
    const each = (r: number[], eps: number): number[] => {
      const m = r.reduce((a, b) => a + b, 0) / r.length;
      const v = r.reduce((a, b) => a + (b - m) ** 2, 0) / r.length;
      return r.map((a) => (a - m) / Math.sqrt(v + eps));
    };
    near(
      layerNorm(x, 7),
      rows(x).flatMap((r) => each(r, 1e-5)),
      "layerNorm",
    );
    near(
      layerNorm(x, [7], { weight, bias, eps: 0.1 }),
      rows(x).flatMap((r) =>
        each(r, 0.1).map((v, i) => v * numbers(weight)[i]! + numbers(bias)[i]!),
      ),
      "layerNorm with weight and bias",
    );
    near(layerNorm(x, [5, 7]), each(numbers(x), 1e-5), "layerNorm over two axes");
    const columns = rows(x.transpose()).map((r) => each(r, 1e-5));
    near(
      batchNorm(x, null, null, { training: true }),
      rows(x).flatMap((r, i) => r.map((_, j) => columns[j]![i]!)),
      "batchNorm",
    );
  });

  test("mseLoss, linear, silu, gelu", () => {
    const y = values([5, 7], dtype);
    const squares = numbers(x).map((v, i) => (v - numbers(y)[i]!) ** 2);
    near(mseLoss(x, y, { reduction: "none" }), squares, "mseLoss");
    const sum = squares.reduce((a, b) => a + b, 0);
    near(mseLoss(x, y, { reduction: "sum" }), [sum], "mseLoss");
    near(mseLoss(x, y), [sum / 35], "mseLoss");
    const w = values([3, 7], dtype);
    const b = values([3], dtype);
    near(
      linear(x, w, b),
      rows(x).flatMap((r) =>
        rows(w).map((c, j) => r.reduce((s, v, i) => s + v * c[i]!, 0) + numbers(b)[j]!),
      ),
      "linear",
    );
    near(
      silu(x),
      numbers(x).map((v) => v / (1 + Math.exp(-v))),
      "silu",
    );
    near(
      gelu(x, { approximate: "tanh" }),
      numbers(x).map(
        (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))),
      ),
      "gelu by tanh",
    );
  });

  test("crossEntropy", () => {
    const target = [3, 0, 6, 3, 1];
    const each = rows(x).map((r, i) => lse(r) - r[target[i]!]!);
    near(crossEntropy(x, ints(target), { reduction: "none" }), each, "each");
    const sum = each.reduce((a, b) => a + b, 0);
    near(crossEntropy(x, ints(target), { reduction: "sum" }), [sum], "sum");
    near(crossEntropy(x, ints(target)), [sum / 5], "mean");
    near(
      crossEntropy(x, ints([3, -100, 6, 3, -100])),
      [(each[0]! + each[2]! + each[3]!) / 3],
      "without the ignored",
    );
    near(crossEntropy(x.slice([0]), 3), [each[0]!], "one number");
    const image = values([2, 3, 4], dtype);
    const classes = [0, 2, 1, 1, 2, 2, 0, 1];
    const pixels = numbers(image.transpose([0, 2, 1]));
    const want = classes.map((c, i) => {
      const r = pixels.slice(3 * i, 3 * i + 3);
      return lse(r) - r[c]!;
    });
    near(crossEntropy(image, ints(classes, [2, 4]), { reduction: "none" }), want, "of pixels");
  });
});

describe("derivatives, both modes, to second order", () => {
  const x = values([3, 4]);
  const target = ints([2, 0, 3]);
  const weights = values([3, 4]);
  const weigh = (y: Tensor): Tensor => tg.sum(tg.multiply(y, weights));
  const functions: Record<string, (x: Tensor) => Tensor> = {
    softmax: (a) => weigh(softmax(a)),
    logSoftmax: (a) => weigh(logSoftmax(a, 0)),
    logsumexp: (a) => tg.sum(tg.square(logsumexp(a, 1))),
    crossEntropy: (a) => crossEntropy(a, target),
    "crossEntropy without some": (a) => crossEntropy(a, ints([2, -100, 3])),
    layerNorm: (a) => weigh(tg.sin(layerNorm(a, 4, { weight: values([4]), bias: [1, 2, 3, 4] }))),
    "batchNorm in training": (a) => weigh(tg.sin(batchNorm(a, null, null, { training: true }))),
    batchNorm: (a) => weigh(tg.sin(batchNorm(a, tg.ones(4), tg.full([4], 2)))),
    mseLoss: (a) => mseLoss(a, weights),
    linear: (a) => tg.sum(tg.sin(linear(a, values([2, 4]), [1, 2]))),
    gelu: (a) => weigh(gelu(a)),
    "gelu by tanh": (a) => weigh(gelu(a, { approximate: "tanh" })),
    silu: (a) => weigh(silu(a)),
    erf: (a) => weigh(tg.erf(a)),
  };
  test.each(Object.entries(functions))("%s", (name, f) => {
    // Weights are drawn once: a function must not change between its calls.
    const state = name === "layerNorm" || name === "linear";
    const fixed = { w4: values([4]), w24: values([2, 4]) };
    const g = !state
      ? f
      : name === "linear"
        ? (a: Tensor) => tg.sum(tg.sin(linear(a, fixed.w24, [1, 2])))
        : (a: Tensor) => weigh(tg.sin(layerNorm(a, 4, { weight: fixed.w4, bias: [1, 2, 3, 4] })));
    checkGrads(g, [x], { order: 2 });
    const batch = tg.stack([x, weights, tg.negative(x)]);
    const each = [x, weights, tg.negative(x)].map((part) => numbers(tg.grad(g)(part)));
    expectNear(numbers(tg.vmap(tg.grad(g))(batch)), each.flat(), "vmap", 1e-12, 1e-12);
  });

  test("of parameters", () => {
    const parameters = [values([2, 4]), values([2])] as const;
    checkGrads((w: Tensor, b: Tensor) => tg.sum(tg.sin(linear(x, w, b))), [...parameters], {
      order: 2,
    });
    checkGrads(
      (weight: Tensor, bias: Tensor) => tg.sum(tg.sin(layerNorm(x, 4, { weight, bias }))),
      [values([4]), values([4])],
      { order: 2 },
    );
  });
});

describe("hard points", () => {
  test("numbers of any size", () => {
    expect(numbers(softmax([1000, 1000]))).toEqual([0.5, 0.5]);
    expect(numbers(softmax([-1e30, 0]))).toEqual([0, 1]);
    expect(numbers(logSoftmax([1000, 0]))).toEqual([0, -1000]);
    expect(logsumexp([-1000, -1000]).item()).toBeCloseTo(-1000 + Math.LN2, 3);
    const g = tg.grad((x: Tensor) => crossEntropy(x, ints([0])))(tensor([[1e4, -1e4]]));
    expect(numbers(g)).toEqual([0, 0]);
  });

  test("infinities and NaN", () => {
    expect(numbers(softmax([-Infinity, 0]))).toEqual([0, 1]);
    expect(numbers(softmax([-Infinity, -Infinity]))).toEqual([NaN, NaN]);
    expect(logsumexp([-Infinity, -Infinity]).item()).toBe(-Infinity);
    expect(logsumexp([Infinity, 1]).item()).toBe(Infinity);
    expect(logsumexp([NaN, 1]).item()).toBeNaN();
    const g = tg.grad((x: Tensor) => logsumexp(x));
    expect(numbers(g(tensor([-Infinity, 0])))).toEqual([0, 1]);
    expect(numbers(g(tensor([-Infinity, -Infinity])))).toEqual([0, 0]);
  });
});

test("running values", () => {
  const x = values([4, 3, 2]);
  const mean = tg.zeros(3, { dtype: "float64" });
  const variance = tg.ones(3, { dtype: "float64" });
  const f = (a: Tensor): Tensor =>
    tg.sum(batchNorm(a, mean, variance, { training: true, momentum: 0.25 }));
  tg.grad(f)(x);
  const channels = rows(x.transpose([1, 0, 2]).reshape([3, 8]));
  const m = channels.map((c) => c.reduce((a, b) => a + b, 0) / 8);
  const v = channels.map((c, i) => c.reduce((a, b) => a + (b - m[i]!) ** 2, 0) / 7);
  expectNear(
    numbers(mean),
    m.map((a) => 0.25 * a),
    "mean",
    1e-14,
    1e-14,
  );
  expectNear(
    numbers(variance),
    v.map((a) => 0.75 + 0.25 * a),
    "variance",
    1e-14,
    1e-14,
  );
  const y = batchNorm(x, mean, variance);
  const first = (numbers(x)[0]! - 0.25 * m[0]!) / Math.sqrt(0.75 + 0.25 * v[0]! + 1e-5);
  expect(numbers(y)[0]).toBeCloseTo(first, 12);
});

test("each error is one sentence", () => {
  const x = tg.ones([2, 3]);
  expect(() => softmax(x, 2)).toThrow(/no axis 2/);
  expect(() => crossEntropy(x, ints([0, 3]))).toThrow(
    /^crossEntropy: target 3 names none of 3 classes/,
  );
  expect(() => crossEntropy(x, ints([0, -1]))).toThrow(/^crossEntropy: target -1/);
  expect(() => crossEntropy(x, ints([0]))).toThrow(/^crossEntropy: input \[2,3\] wants targets/);
  expect(() => crossEntropy(x, tensor([0, 1]))).toThrow(/^crossEntropy: target is float32/);
  expect(() => crossEntropy(x, ints([0, 1]), { reduction: "all" as "sum" })).toThrow(
    /^crossEntropy: reduction is/,
  );
  expect(() => mseLoss(x, tg.ones(3))).toThrow(/^mseLoss: input \[2,3\] and target \[3\]/);
  expect(() => layerNorm(x, 2)).toThrow(/^layerNorm: x of shape \[2,3\] does not end with \[2\]/);
  expect(() => layerNorm(x, 3, { weight: [1] })).toThrow(/^layerNorm: weight has shape \[1\]/);
  expect(() => batchNorm(tg.ones(3), null, null)).toThrow(/^batchNorm: x has shape \[3\]/);
  expect(() => batchNorm(x, null, null)).toThrow(/^batchNorm: outside training it needs/);
  expect(() => batchNorm(tg.ones([1, 3]), null, null, { training: true })).toThrow(
    /^batchNorm: x of shape \[1,3\] has 1 value/,
  );
  expect(() => linear(x, tg.ones([3, 2]))).toThrow(
    /^linear: x \[2,3\] and weight \[3,2\] do not fit/,
  );
  expect(() => gelu(1, { approximate: "erf" as "tanh" })).toThrow(
    /^gelu: approximate is the string "erf"/,
  );
});
