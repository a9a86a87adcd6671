// Ops that take the elements along some axes as one: softmax and its like.

import * as tg from "tapegrad";
import type { OpCase } from "../cases.js";
import { along, reduce, type Nd } from "../ndarray.js";

/** Logarithm of a sum of exponentials. */
function total(x: readonly number[]): number {
  const most = Math.max(...x);
  return most + Math.log(x.reduce((sum, v) => sum + Math.exp(v - most), 0));
}

const SHAPES: [label: string, shape: number[], axis: number | number[] | null][] = [
  ["last axis", [3, 4], -1],
  ["first axis", [3, 4], 0],
  ["middle axis", [2, 3, 4], 1],
  ["two axes", [2, 3, 4], [0, 2]],
  ["last two axes", [2, 3, 2], [1, 2]],
  ["all axes", [2, 5], null],
  ["no axes", [2, 3], []],
  ["an axis of size 1", [3, 1], 1],
  ["a 0-d tensor", [], null],
];

/** The axes as a list of numbers from 0 up. */
function axesOf(shape: readonly number[], axis: number | number[] | null): number[] {
  if (axis === null) return shape.map((_, i) => i);
  return [axis].flat().map((i) => (i < 0 ? i + shape.length : i));
}

function rows(op: "softmax" | "logSoftmax", f: (x: number[]) => number[], limit: number): OpCase[] {
  return SHAPES.map(([label, shape, axis]) => ({
    op,
    label,
    call: (x) => tg[op](x!, axis),
    reference: (x) => along(x!, axesOf(shape, axis), f),
    shapes: [shape],
    domains: [[-2, 2]],
    limit,
    smooth: true,
    elementwise: false,
  }));
}

const folded = SHAPES.map(([label, shape, axis], i): OpCase => {
  const keepdims = i % 2 === 0;
  return {
    op: "logsumexp",
    label: keepdims ? `${label}, kept` : label,
    call: (x) => tg.logsumexp(x!, axis, { keepdims }),
    reference: (x: Nd) => reduce(x, axesOf(shape, axis), total, keepdims),
    shapes: [shape],
    domains: [[0.5, 2]],
    limit: 4,
    smooth: true,
    elementwise: false,
  };
});

export const LINES: OpCase[] = [
  ...rows("softmax", (x) => x.map((v) => Math.exp(v - total(x))), 8),
  ...rows("logSoftmax", (x) => x.map((v) => v - total(x)), 16),
  ...folded,
];
