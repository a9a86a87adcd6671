// Cross-entropy of indices: against plain float64 for any shape, ignored targets, vmap, derivatives.

import * as tg from "tapegrad";
import { checkGrads, tensor, vmap, type Tensor } from "tapegrad";
import { crossEntropy } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { at, build, indices, toNd, toTensor, type Nd } from "../ops/ndarray.js";
import { expectNear, FLOATS, numbers, randomFrom } from "../ops/support.js";

const random = randomFrom(77);
const scores = (shape: number[]): Nd => build(shape, () => Math.fround(6 * random() - 3));
const classes = (shape: number[], n: number): Nd => build(shape, () => Math.floor(n * random()));
const ints = (y: Nd): Tensor => tensor(y.data, { dtype: "int32" }).reshape(y.shape);

/** The loss of each place by its definition; ignored ones are 0. */
function losses(x: Nd, y: Nd, ignored: number): number[] {
  const axis = x.shape.length === 1 ? 0 : 1;
  return indices(y.shape).map((index) => {
    const target = at(y, index);
    if (target === ignored) return 0;
    const line = Array.from({ length: x.shape[axis]! }, (_, c) =>
      at(x, [...index.slice(0, axis), c, ...index.slice(axis)]),
    );
    return Math.log(line.reduce((sum, v) => sum + Math.exp(v), 0)) - line[target]!;
  });
}

const SHAPES = [[5], [1], [4, 3], [1, 1], [7, 10], [2, 3, 4], [3, 5, 2, 3], [0, 3], [2, 3, 0]];

describe.each(FLOATS)("in %s", (dtype) => {
  test.each(SHAPES.map((shape) => [shape]))("scores %j", (shape) => {
    const x = scores(shape);
    const rest = shape.filter((_, i) => i !== (shape.length === 1 ? 0 : 1));
    const y = classes(rest, shape.length === 1 ? shape[0]! : shape[1]!);
    for (const ignoreIndex of [-100, 0, -1]) {
      const want = losses(x, y, ignoreIndex);
      const call = (reduction: "none" | "sum" | "mean"): number[] =>
        numbers(crossEntropy(toTensor(x, dtype), ints(y), { reduction, ignoreIndex }));
      const limit = dtype === "float32" ? 2e-6 : 1e-14;
      expectNear(call("none"), want, "each", limit, limit);
      const total = want.reduce((a, b) => a + b, 0);
      expectNear(call("sum"), [total], "sum", limit, limit);
      const count = y.data.filter((target) => target !== ignoreIndex).length;
      expectNear(call("mean"), [total / count], "mean", limit, limit);
    }
  });
});

test("derivatives to order 3, also where targets are ignored", () => {
  for (const shape of [[5], [3, 4], [2, 3, 2]]) {
    const x = toTensor(scores(shape));
    const rest = shape.filter((_, i) => i !== (shape.length === 1 ? 0 : 1));
    const y = ints(classes(rest, 3));
    for (const ignoreIndex of [-100, 1]) {
      const loss = (v: Tensor): Tensor =>
        tg.sum(tg.square(crossEntropy(v, y, { reduction: "none", ignoreIndex })));
      checkGrads(loss, [x], { order: 3, eps: 1e-4 });
    }
  }
});

test("scores that are views", () => {
  const x = toTensor(scores([6, 4, 5]));
  const view = tg.slice(tg.transpose(x, [1, 2, 0]), [null, [null, null, -2], [1, null]]);
  const y = classes([4, 5], 3);
  const got = crossEntropy(view, ints(y), { reduction: "none" });
  expectNear(numbers(got), losses(toNd(view), y, -100), "views", 1e-14);
});

test("vmap is a loop over scores, targets, or both", () => {
  const x = toTensor(scores([3, 4, 5]));
  const y = ints(classes([3, 4], 5));
  const gradient = tg.grad((v: Tensor, t: Tensor) => crossEntropy(v, t));
  const part = (t: Tensor, i: number): Tensor => tg.slice(t, [i]);
  type Loss = (v: Tensor, t: Tensor) => Tensor;
  for (const f of [(v: Tensor, t: Tensor) => crossEntropy(v, t), gradient as Loss]) {
    const loop = (g: (i: number) => Tensor): number[] => [0, 1, 2].flatMap((i) => numbers(g(i)));
    const both = vmap((v: Tensor, t: Tensor) => f(v, t))(x, y);
    expectNear(
      numbers(both),
      loop((i) => f(part(x, i), part(y, i))),
      "both",
      1e-13,
    );
    const first = vmap((v: Tensor) => f(v, part(y, 0)))(x);
    expectNear(
      numbers(first),
      loop((i) => f(part(x, i), part(y, 0))),
      "scores",
      1e-13,
    );
    const second = vmap((t: Tensor) => tg.multiply(f(part(x, 0), t), 1))(y);
    expectNear(
      numbers(second),
      loop((i) => f(part(x, 0), part(y, i))),
      "targets",
      1e-13,
    );
  }
  const outside = tg.grad((v: Tensor) => tg.sum(vmap((t: Tensor) => crossEntropy(v, t))(y)));
  const each = [0, 1, 2].map((i) => gradient(part(x, 0), part(y, i)));
  const total = numbers(each.reduce((a, b) => tg.add(a, b)));
  expectNear(numbers(outside(part(x, 0))), total, "outside", 1e-13);
});

test("a score of -∞ beside a sure target costs next to nothing", () => {
  const x = tensor([[100, -Infinity, 0]]);
  const y = tensor([0], { dtype: "int32" });
  // What the third score adds: e^-100, a subnormal number.
  expect(Math.abs((crossEntropy(x, y).item() as number) - Math.exp(-100))).toBeLessThan(2 ** -148);
  expectNear(numbers(tg.grad((v: Tensor) => crossEntropy(v, y))(x)), [0, 0, 0], "slope", 0, 1e-30);
});
