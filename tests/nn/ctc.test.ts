// Labels of sequences: against the sum over all paths, and where nothing can be said.

import * as tg from "tapegrad";
import { checkGrads, grad, tensor, vmap, type Tensor } from "tapegrad";
import { ctcLoss } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, numbers, randomFrom, shaped, uniform } from "../ops/support.js";

const random = randomFrom(8);
const scores = (shape: number[]): Tensor =>
  shaped(
    uniform(
      random,
      shape.reduce((a, b) => a * b, 1),
      -2,
      2,
    ),
    shape,
  );
const ints = (list: number[]): Tensor => tensor(list, { dtype: "int32" });

/** −log of the sum over all paths of one sequence [T, C]. */
function naive(x: number[][], labels: number[], blank: number): number {
  const steps = x.length;
  const classes = x[0]?.length ?? 0;
  let total = 0;
  for (let code = 0; code < classes ** steps; code++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
    const read = path.filter((c, t) => c !== blank && c !== path[t - 1]);
    if (read.join() !== labels.join()) continue;
    total += Math.exp(path.reduce((sum, c, t) => sum + x[t]![c]!, 0));
  }
  return -Math.log(total);
}

const sequence = (x: Tensor, n: number): number[][] =>
  (x.toArray() as number[][][]).map((step) => step[n]!);

test("is the sum over all paths", () => {
  const x = tg.logSoftmax(scores([5, 6, 3]));
  const labels = [[1], [2, 2], [1, 2, 1], [], [1, 1, 1], [2, 1]];
  for (const blank of [0, 2]) {
    const known = labels.map((list) => list.map((c) => (blank === 2 ? c - 1 : c)));
    const got = ctcLoss(
      x,
      ints(known.flat()),
      [5, 5, 5, 5, 5, 5],
      known.map((l) => l.length),
      {
        reduction: "none",
        blank,
      },
    );
    const want = known.map((l, n) => naive(sequence(x, n), l, blank));
    expectNear(numbers(got), want, "losses", 1e-13, 1e-13);
  }
});

describe("what cannot be said", () => {
  const x = scores([2, 3, 3]);
  const targets = tensor(
    [
      [1, 1],
      [1, 2],
      [2, 1],
    ],
    { dtype: "int32" },
  );
  const loss =
    (options: object) =>
    (v: Tensor): Tensor =>
      ctcLoss(tg.logSoftmax(v), targets, [2, 2, 1], [2, 2, 2], { reduction: "sum", ...options });

  test("is infinite, and has derivative 0 at any order", () => {
    expect(loss({})(x).item()).toBe(Infinity);
    const g = grad(loss({}))(x).toArray() as number[][][];
    expect(g.flat(2).every(Number.isFinite)).toBe(true);
    expect(g.flatMap((step) => [...step[0]!, ...step[2]!]).every((v) => v === 0)).toBe(true);
    expect(g.flatMap((step) => step[1]!).some((v) => v !== 0)).toBe(true);
  });

  test("counts 0 if that is wanted", () => {
    expect(Number.isFinite(loss({ zeroInfinity: true })(x).item())).toBe(true);
    checkGrads(loss({ zeroInfinity: true }), [x], { order: 2 });
  });

  test("impossible classes", () => {
    const certain = tensor(
      [
        [-Infinity, 0, -Infinity],
        [-Infinity, -Infinity, 0],
      ],
      { dtype: "float64" },
    );
    const f = (v: Tensor): Tensor => ctcLoss(v, [1, 2], 2, 2, { reduction: "sum" });
    expect(f(certain).item()).toBeCloseTo(0, 15);
    expectNear(numbers(grad(f)(certain)), [0, -1, 0, 0, 0, -1], "slope");
    const second = grad((v: Tensor) => tg.sum(tg.square(grad(f)(v))))(certain);
    expect(numbers(second).every(Number.isFinite)).toBe(true);
  });
});

test("third derivatives, long sequences, vmap", () => {
  const small = scores([3, 1, 3]);
  const f = (v: Tensor): Tensor => ctcLoss(tg.logSoftmax(v), ints([1]), [3], [1]);
  checkGrads(f, [small], { order: 3, eps: 1e-3 });
  const long = scores([300, 1, 5]).multiply(50);
  const g = grad((v: Tensor) => ctcLoss(tg.logSoftmax(v), ints([1, 2, 2, 4]), [300], [4]))(long);
  expect(numbers(g).every(Number.isFinite)).toBe(true);
  const batch = scores([2, 4, 3, 3]);
  const targets = tensor(
    [
      [
        [1, 2],
        [2, 1],
        [1, 0],
      ],
      [
        [2, 1],
        [1, 2],
        [2, 2],
      ],
    ],
    { dtype: "int32" },
  );
  const h = (v: Tensor, t: Tensor): Tensor =>
    ctcLoss(v, t, [4, 4, 3], [2, 2, 1], { reduction: "none" });
  const each = [0, 1].flatMap((i) => numbers(h(batch.slice([i]), targets.slice([i]))));
  expectNear(numbers(vmap(h)(batch, targets)), each, "vmap", 1e-13, 1e-13);
});

test("nothing to say, no steps, no batch", () => {
  const x = tg.logSoftmax(scores([3, 2, 3]));
  const silent = ctcLoss(x, tg.zeros([2, 1], { dtype: "int32" }), [3, 3], [0, 0], {
    reduction: "none",
  });
  const blanks = (x.toArray() as number[][][]).reduce(
    (sum, step) => sum.map((s, n) => s - step[n]![0]!),
    [0, 0],
  );
  expectNear(numbers(silent), blanks, "silence", 1e-14, 1e-14);
  expect(numbers(ctcLoss(x, ints([1]), [0, 0], [0, 1], { reduction: "none" }))).toEqual([
    -0,
    Infinity,
  ]);
  expect(
    ctcLoss(
      tg.zeros([3, 0, 3]),
      tg.zeros([0, 2], { dtype: "int32" }),
      tg.zeros([0], { dtype: "int32" }),
      tg.zeros([0], { dtype: "int32" }),
      { reduction: "none" },
    ).shape,
  ).toEqual([0]);
});

test("each error is one sentence", () => {
  const x = tg.zeros([4, 2, 3]);
  expect(() => ctcLoss(tg.zeros([3]), [1], 1, 1)).toThrow(/^ctcLoss: logProbs has shape \[3\]/);
  expect(() => ctcLoss(x, [1, 2], [4, 4], [1, 2])).toThrow(
    /^ctcLoss: targets are 2 labels, but targetLengths say 3/,
  );
  expect(() => ctcLoss(x, [1, 2], [4], [1, 1])).toThrow(
    /^ctcLoss: inputLengths has shape \[1\], but there are 2/,
  );
  expect(() => ctcLoss(x, [1, 2], [5, 4], [1, 1])).toThrow(/^ctcLoss: inputLengths has 5/);
  expect(() => ctcLoss(x, [[1], [2]], [4, 4], [1, 2])).toThrow(/^ctcLoss: targetLengths has 2/);
  expect(() => ctcLoss(x, [1, 0], [4, 4], [1, 1])).toThrow(/^ctcLoss: label 0 is the blank/);
  expect(() => ctcLoss(x, [1, 3], [4, 4], [1, 1])).toThrow(
    /^ctcLoss: label 3 names none of 3 classes/,
  );
  expect(() => ctcLoss(x, [1, 2], [4, 4], [1, 1], { blank: 3 })).toThrow(
    /^ctcLoss: blank the number 3/,
  );
  expect(() => ctcLoss(x, [[[1]]], [4, 4], [1, 1])).toThrow(
    /^ctcLoss: targets have shape \[1,1,1\]/,
  );
});
