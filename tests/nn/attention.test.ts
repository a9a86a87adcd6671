// Attention, tables and normalisation where differences do not reach.

import * as tg from "tapegrad";
import { checkGrads, grad, jvp, tensor, vmap, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers, randomFrom, shaped, uniform } from "../ops/support.js";

const random = randomFrom(3);
const values = (shape: number[], dtype: tg.Dtype = "float64"): Tensor =>
  shaped(
    uniform(
      random,
      shape.reduce((a, b) => a * b, 1),
      -1,
      1,
    ),
    shape,
    dtype,
  );
const finite = (x: Tensor): boolean => numbers(x).every(Number.isFinite);
const attention = nn.scaledDotProductAttention;

describe("attention", () => {
  const [q, k, v] = [values([2, 3, 4]), values([2, 5, 4]), values([2, 5, 2])];
  const nothing = tensor(new Array(5).fill(false), { dtype: "bool" });

  test("queries that see nothing get zeros and pass nothing, at any order", () => {
    const row = tg.where(tensor([[true], [false], [true]], { dtype: "bool" }), true, nothing);
    for (const attnMask of [row, tg.where(row, 0, -Infinity)]) {
      const f = (a: Tensor, b: Tensor, c: Tensor): Tensor =>
        tg.sum(tg.square(attention(a, b, c, { attnMask })));
      expect(numbers(attention(q, k, v, { attnMask }).slice([null, 1]))).toEqual([0, 0, 0, 0]);
      for (const argnums of [0, 1, 2]) expect(finite(grad(f, { argnums })(q, k, v))).toBe(true);
      expect(numbers(grad(f)(q, k, v).slice([null, 1])).every((x) => x === 0)).toBe(true);
      checkGrads(f, [q, k, v], { order: 2 });
    }
    expect(numbers(attention(q, k, v, { attnMask: nothing })).every((x) => x === 0)).toBe(true);
  });

  test("a mask that is differentiated", () => {
    const mask = tensor([[0, -Infinity, 0, 0, 1]], { dtype: "float64" });
    const f = (m: Tensor): Tensor => tg.sum(tg.square(attention(q, k, v, { attnMask: m })));
    expect(finite(grad(f)(mask))).toBe(true);
    const dark = tg.fullLike(mask, -Infinity);
    expect(numbers(grad(f)(dark))).toEqual([0, 0, 0, 0, 0]);
    const [, tangent] = jvp(f, [dark], [tg.onesLike(dark)]) as [Tensor, Tensor];
    expect(tangent.item()).toBe(0);
  });

  test.each(FLOATS)("huge scores in %s", (dtype) => {
    const one = tensor([[1e18]], { dtype });
    const f = (a: Tensor): Tensor =>
      tg.sum(attention(a, tensor([[1e18], [-1e18]], { dtype }), tensor([[2], [3]], { dtype })));
    expect(f(one).item()).toBe(2);
    expect(numbers(grad(f)(one))).toEqual([0]);
  });

  test("no keys, no queries, no batch", () => {
    expect(numbers(attention(tg.ones([2, 3]), tg.ones([0, 3]), tg.ones([0, 1])))).toEqual([0, 0]);
    expect(attention(tg.ones([0, 3]), tg.ones([2, 3]), tg.ones([2, 1])).shape).toEqual([0, 1]);
    expect(attention(tg.ones([0, 2, 3]), tg.ones([0, 2, 3]), tg.ones([0, 2, 1])).shape).toEqual([
      0, 2, 1,
    ]);
  });

  test("vmap over heads is a batch of heads", () => {
    const mapped = vmap((a: Tensor, b: Tensor, c: Tensor) =>
      attention(a, b, c, { isCausal: true }),
    );
    expectNear(numbers(mapped(q, k, v)), numbers(attention(q, k, v, { isCausal: true })), "vmap");
  });

  test("each error is one sentence", () => {
    expect(() => attention(q, v, v)).toThrow(/^scaledDotProductAttention: query \[2,3,4\], key/);
    expect(() => attention(q, k, v, { attnMask: nothing, isCausal: true })).toThrow(
      /^scaledDotProductAttention: there is an attnMask, and isCausal is true/,
    );
    expect(() => attention(values([3, 1, 2]), values([2, 1, 2]), values([2, 1, 2]))).toThrow(
      /^scaledDotProductAttention: shapes do not broadcast/,
    );
    const options = { enableGqa: true };
    expect(() =>
      attention(values([3, 1, 2]), values([2, 1, 2]), values([2, 1, 2]), options),
    ).toThrow(/^scaledDotProductAttention: heads of query \[3,1,2\] are no multiple/);
  });
});

describe("tables", () => {
  test("padding gets no derivative, in either mode", () => {
    const w = values([3, 2]);
    for (const paddingIdx of [1, -2]) {
      const f = (x: Tensor): Tensor => nn.embedding([1, 0, 1, 0], x, { paddingIdx });
      expect(numbers(f(w))).toEqual(numbers(nn.embedding([1, 0, 1, 0], w)));
      expect(numbers(grad((x: Tensor) => tg.sum(f(x)))(w))).toEqual([2, 2, 0, 0, 0, 0]);
      const [, tangent] = jvp(f, [w], [tg.onesLike(w)]) as Tensor[];
      expect(numbers(tangent!)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    }
  });

  test("each error is one sentence", () => {
    const w = values([3, 2]);
    expect(() => nn.embedding([3], w)).toThrow(/^embedding: .*3/);
    expect(() => nn.embedding(tensor([1]), w)).toThrow(/^embedding: indices are integers/);
    expect(() => nn.embedding([1], values([3]))).toThrow(/^embedding: weight has shape \[3\]/);
    expect(() => nn.embedding([1], w, { paddingIdx: 3 })).toThrow(/^embedding: paddingIdx .*3/);
    expect(() => nn.bilinear([1], [1, 2], values([1, 2, 2]))).toThrow(/^bilinear: x1 \[1\]/);
    expect(nn.embedding(tg.zeros([0, 2], { dtype: "int32" }), w).shape).toEqual([0, 2, 2]);
  });
});

describe("normalisation", () => {
  test("of what does not vary", () => {
    const x = tg.ones([2, 4, 3], { dtype: "float64" });
    for (const f of [
      (v: Tensor) => nn.groupNorm(v, 2),
      (v: Tensor) => nn.instanceNorm(v),
      (v: Tensor) => nn.rmsNorm(v.multiply(0), 3),
      (v: Tensor) => nn.localResponseNorm(v.multiply(0), 3),
    ]) {
      expect(numbers(f(x)).every((y) => y === 0)).toBe(true);
      expect(finite(grad((v: Tensor) => tg.sum(tg.square(f(v))))(x))).toBe(true);
    }
  });

  test("instanceNorm's running values follow the means over the batch", () => {
    const x = values([3, 2, 4]);
    const runningMean = tg.zeros(2, { dtype: "float64" });
    const runningVar = tg.ones(2, { dtype: "float64" });
    nn.instanceNorm(x, { runningMean, runningVar, momentum: 0.25 });
    expectNear(numbers(runningMean), numbers(x.mean([0, 2]).multiply(0.25)), "mean");
    const spread = tg.variance(x, 2, { ddof: 1 }).mean(0);
    expectNear(numbers(runningVar), numbers(spread.multiply(0.25).add(0.75)), "variance");
  });

  test("nothing to normalise", () => {
    expect(nn.groupNorm(tg.zeros([0, 4, 2]), 2).shape).toEqual([0, 4, 2]);
    expect(nn.instanceNorm(tg.zeros([0, 4, 2])).shape).toEqual([0, 4, 2]);
    expect(nn.localResponseNorm(tg.zeros([0, 4, 2]), 3).shape).toEqual([0, 4, 2]);
    expect(nn.rmsNorm(tg.zeros([0, 4]), 4).shape).toEqual([0, 4]);
  });

  test("each error is one sentence", () => {
    const x = tg.ones([2, 4, 1]);
    expect(() => nn.groupNorm(x, 3)).toThrow(/^groupNorm: 4 channels do not divide into 3 groups/);
    expect(() => nn.groupNorm([1], 1)).toThrow(/^groupNorm: x has shape \[1\]/);
    expect(() => nn.groupNorm(x, 2, { weight: [1] })).toThrow(/^groupNorm: weight has shape \[1\]/);
    expect(() => nn.instanceNorm(x)).toThrow(/^instanceNorm: x of shape \[2,4,1\] has 1 element/);
    expect(() => nn.instanceNorm(x, { useInputStats: false })).toThrow(/^instanceNorm: without/);
    expect(() => nn.localResponseNorm(x, 0)).toThrow(/^localResponseNorm: size is/);
    expect(() => nn.rmsNorm(x, 4)).toThrow(
      /^rmsNorm: x of shape \[2,4,1\] does not end with \[4\]/,
    );
  });
});
