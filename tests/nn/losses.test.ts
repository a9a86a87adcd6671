// Losses where differences do not reach: huge scores, certain and impossible things, kinks, nothing.

import * as tg from "tapegrad";
import { grad, tensor, vmap, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers } from "../ops/support.js";

const f64 = (list: number[]): Tensor => tensor(list, { dtype: "float64" });
const slopes = (f: (x: Tensor) => Tensor, at: Tensor): number[] => numbers(grad(f)(at));
const second = (f: (x: Tensor) => Tensor, at: Tensor): number[] =>
  numbers(grad((x: Tensor) => tg.sum(grad(f)(x)))(at));

describe("scores of yes and no", () => {
  test.each(FLOATS)("bceWithLogits keeps its digits in %s", (dtype) => {
    for (const size of [1, 10, 30, 80]) {
      for (const [x, t] of [
        [size, 1],
        [-size, 0],
      ] as const) {
        const score = tensor([x], { dtype });
        const rest = 1 / (1 + Math.exp(size));
        const limit = dtype === "float32" ? 4e-7 : 1e-15;
        const loss = (v: Tensor): Tensor => nn.bceWithLogits(v, [t]);
        expectNear([loss(score).item()], [Math.log1p(Math.exp(-size))], "loss", limit, 0);
        expectNear(slopes(loss, score), [t === 1 ? -rest : rest], "slope", limit, 0);
        expectNear(second(loss, score), [rest * (1 - rest)], "second", limit, 0);
      }
    }
  });

  test("bceWithLogits far out", () => {
    const loss = (v: Tensor): Tensor => nn.bceWithLogits(v, [1, 0], { reduction: "sum" });
    expect(loss(f64([-1e300, 0])).item()).toBe(1e300);
    expect(slopes(loss, f64([-1e5, 1e5]))).toEqual([-1, 1]);
    expect(second(loss, f64([-1e5, 1e5]))).toEqual([0, 0]);
  });

  test("bceLoss where probabilities are 0 and 1", () => {
    const loss = (t: number[]) => (x: Tensor) => nn.bceLoss(x, t, { reduction: "sum" });
    const certain = f64([0, 1]);
    expect(loss([0, 1])(certain).item()).toBeCloseTo(0, 15);
    expect(loss([1, 0])(certain).item()).toBe(200);
    expectNear(slopes(loss([0, 1]), certain), [1, -1], "right");
    expectNear(slopes(loss([1, 0]), certain), [-1e12, 1e12], "wrong");
    expect(second(loss([1, 0]), certain).every(Number.isFinite)).toBe(true);
  });
});

describe("kinks", () => {
  test("of distances", () => {
    const zero = f64([0]);
    expect(slopes((x) => nn.l1Loss(x, zero), zero)).toEqual([0]);
    expect(slopes((x) => nn.smoothL1Loss(x, zero), f64([1]))).toEqual([1]);
    expect(slopes((x) => nn.huberLoss(x, zero, { delta: 2 }), f64([-2]))).toEqual([-2]);
    expect(slopes((x) => nn.smoothL1Loss(x, zero), f64([1e200]))).toEqual([1]);
    expect(slopes((x) => nn.huberLoss(x, zero), f64([-1e200]))).toEqual([-1]);
  });

  test("of margins, where torch's derivative is that of the slope", () => {
    expect(slopes((x) => nn.hingeEmbeddingLoss(x, [-1]), f64([1]))).toEqual([-1]);
    expect(slopes((x) => nn.marginRankingLoss(x, f64([0]), [1]), f64([0]))).toEqual([-1]);
    expect(slopes((x) => nn.multiMarginLoss(x, 0), f64([1, 0]))).toEqual([0, 0]);
  });

  test("vectors of length 0", () => {
    const zero = tg.zeros([1, 3], { dtype: "float64" });
    const other = tg.ones([1, 3], { dtype: "float64" });
    for (const f of [
      (x: Tensor) => tg.sum(nn.normalize(x)),
      (x: Tensor) => tg.sum(nn.cosineSimilarity(x, other)),
      (x: Tensor) => tg.sum(nn.pairwiseDistance(x, zero, { eps: 0 })),
      (x: Tensor) => nn.cosineEmbeddingLoss(x, other, [1]),
      (x: Tensor) => nn.tripletMarginLoss(x, zero, other, { eps: 0 }),
    ]) {
      expect(Number.isFinite(f(zero).item())).toBe(true);
      expect(slopes(f, zero).every(Number.isFinite)).toBe(true);
      expect(second(f, zero).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("classes", () => {
  test("that are impossible, and not expected", () => {
    const x = f64([0, -Infinity, 0]).reshape([1, 3]);
    const t = tensor([[0.5, 0, 0.5]], { dtype: "float64" });
    const loss = (v: Tensor): Tensor => nn.crossEntropy(v, t);
    expect(loss(x).item()).toBeCloseTo(Math.LN2, 15);
    expectNear(slopes(loss, x), [0, 0, 0], "slope");
    expect(nn.crossEntropy(x, [0]).item()).toBeCloseTo(Math.LN2, 15);
    expectNear(
      slopes((v) => nn.crossEntropy(v, [0]), x),
      [-0.5, 0, 0.5],
      "slope",
    );
  });

  test("klDiv without what has no probability", () => {
    const x = f64([0, -Infinity]);
    const loss = (v: Tensor): Tensor => nn.klDiv(v, f64([1, 0]), { reduction: "sum" });
    expect(loss(x).item()).toBe(0);
    expectNear(slopes(loss, x), [-1, 0], "slope");
    const logs = (v: Tensor): Tensor =>
      nn.klDiv(v, f64([0, -Infinity]), { reduction: "sum", logTarget: true });
    expect(logs(x).item()).toBe(0);
    expectNear(slopes(logs, x), [-1, 0], "slope");
  });

  test("huge scores", () => {
    const x = f64([1e300, -1e300, 0]).reshape([1, 3]);
    expect(nn.crossEntropy(x, [0]).item()).toBe(0);
    expect(nn.crossEntropy(x, [2]).item()).toBe(1e300);
    expectNear(
      slopes((v) => nn.crossEntropy(v, [2], { labelSmoothing: 0.3 }), x),
      [0.1 - 0 + 0.8, -0.1, -0.8],
      "slope",
    );
  });

  test("all ignored, or none there", () => {
    const x = tg.ones([2, 3]);
    expect(nn.crossEntropy(x, [-100, -100], { reduction: "sum" }).item()).toBe(0);
    expect(nn.crossEntropy(x, [-100, -100]).item()).toBeNaN();
    expect(
      slopes((v) => nn.crossEntropy(v, [-100, 1], { labelSmoothing: 0.5 }), x).slice(0, 3),
    ).toEqual([0, 0, 0]);
    expect(
      nn
        .crossEntropy(tg.zeros([0, 3]), tg.zeros([0], { dtype: "int32" }), { reduction: "sum" })
        .item(),
    ).toBe(0);
    expect(
      nn.nllLoss(tg.zeros([0, 3]), tg.zeros([0], { dtype: "int32" }), { reduction: "none" }).shape,
    ).toEqual([0]);
    expect(nn.mseLoss(tg.zeros([0, 3]), tg.zeros([0, 3]), { reduction: "sum" }).item()).toBe(0);
  });

  test("vmap over targets", () => {
    const x = tensor(
      [
        [1, 2, 3],
        [0, 1, 0],
      ],
      { dtype: "float64" },
    );
    const t = tensor(
      [
        [0, 1],
        [2, -100],
      ],
      { dtype: "int32" },
    );
    for (const options of [
      {},
      { labelSmoothing: 0.2 },
      { weight: [1, 2, 3], labelSmoothing: 0.2 },
    ]) {
      const loss = (y: Tensor): Tensor => nn.crossEntropy(x, y, options);
      const loop = [0, 1].map((i) => loss(t.slice([i])).item());
      expectNear(numbers(vmap(loss)(t)), loop, "vmap");
    }
  });
});

test("other names", () => {
  expect(nn.binaryCrossEntropy).toBe(nn.bceLoss);
  expect(nn.binaryCrossEntropyWithLogits).toBe(nn.bceWithLogits);
  expect(nn.smoothL1).toBe(nn.smoothL1Loss);
  expect(nn.huber).toBe(nn.huberLoss);
  expect(nn.hinge).toBe(nn.hingeEmbeddingLoss);
  expect(nn.cosineEmbedding).toBe(nn.cosineEmbeddingLoss);
  expect(nn.tripletMargin).toBe(nn.tripletMarginLoss);
});

test("each error is one sentence", () => {
  const x = tg.ones([2, 3]);
  expect(() => nn.l1Loss(x, tg.ones(3))).toThrow(/^l1Loss: input \[2,3\] and target \[3\]/);
  expect(() => nn.l1Loss(x, x, { reduction: "max" as "sum" })).toThrow(/^l1Loss: reduction is/);
  expect(() => nn.huberLoss(x, x, { delta: 0 })).toThrow(/^huberLoss: delta is 0/);
  expect(() => nn.smoothL1Loss(x, x, { beta: -1 })).toThrow(/^smoothL1Loss: beta is -1/);
  expect(() => nn.bceLoss([1.5], [1])).toThrow(/^bceLoss: input has elements from 1.5 to 1.5/);
  expect(() => nn.bceLoss([NaN], [1])).toThrow(/^bceLoss: input has elements from NaN/);
  expect(() => nn.nllLoss(x, [0, 3])).toThrow(/^nllLoss: target 3 names none of 3 classes/);
  expect(() => nn.nllLoss(x, [0, 1], { weight: [1, 2] })).toThrow(
    /^nllLoss: weight has shape \[2\]/,
  );
  expect(() => nn.nllLoss(1, 0)).toThrow(/^nllLoss: input has no axis of classes/);
  expect(() => nn.crossEntropy(x, x, { labelSmoothing: 2 })).toThrow(
    /^crossEntropy: labelSmoothing/,
  );
  expect(() => nn.crossEntropy(x, tg.ones([3, 2]))).toThrow(/^crossEntropy: probabilities have/);
  expect(() => nn.multiMarginLoss(x, [0, 1], { p: 3 })).toThrow(/^multiMarginLoss: p is 3/);
  expect(() => nn.gaussianNllLoss([1], [1], [-1])).toThrow(/^gaussianNllLoss: a variance is -1/);
  expect(() => nn.gaussianNllLoss(x, x, [1, 2, 3, 4])).toThrow(
    /^gaussianNllLoss: variances of shape/,
  );
  expect(() => nn.cosineEmbeddingLoss(x, x, [1])).toThrow(/^cosineEmbeddingLoss: vectors \[N, D\]/);
  expect(() => nn.normalize(x, { dim: 2 })).toThrow(/^normalize: no axis 2/);
});
