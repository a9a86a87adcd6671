// Reductions, movements, joins and products: ops with a shape of their own.

import * as tg from "tapegrad";
import type { Tensor } from "tapegrad";
import type { OpCase, Range } from "../cases.js";
import { broadcast, concatenate, matmul, reduce, take, transpose, type Nd } from "../ndarray.js";

const WIDE: Range = [-2, 2];
const POSITIVE: Range = [0.2, 3];

/** An op with a shape of its own. */
function shaping(
  op: string,
  label: string,
  shapes: readonly (readonly number[])[],
  call: (...x: Tensor[]) => Tensor,
  reference: (...x: Nd[]) => Nd,
  limit = 0,
  domain: Range = WIDE,
): OpCase {
  const domains = shapes.map(() => domain);
  return { op, label, call, reference, shapes, domains, limit, smooth: true, elementwise: false };
}

const total = (x: number[]): number => x.reduce((a, b) => a + b, 0);
const product = (x: number[]): number => x.reduce((a, b) => a * b, 1);
const reshaped = (x: Nd, shape: number[]): Nd => ({ ...x, shape });

type Fold = (x: Tensor, axis?: tg.Axes, options?: tg.ReductionOptions) => Tensor;

function folding(op: string, call: Fold, f: (x: number[]) => number, limit: number): OpCase[] {
  const row = (
    label: string,
    shape: number[],
    axes: number[] | undefined,
    keepdims: boolean,
  ): OpCase =>
    shaping(
      op,
      label,
      [shape],
      (x) => call(x, axes, { keepdims }),
      (x) => reduce(x, axes ?? shape.map((_, i) => i), f, keepdims),
      limit,
      POSITIVE,
    );
  return [
    row("all axes", [3, 4], undefined, false),
    row("rows", [3, 4], [1], false),
    row("columns", [3, 4], [0], false),
    row("middle axis", [2, 3, 4], [1], false),
    row("outer axes, kept", [2, 3, 4], [0, 2], true),
    row("no axes", [2, 3], [], false),
    row("a 0-d tensor", [], undefined, false),
    row("an axis of size 1", [3, 1], [1], true),
  ];
}

export const SHAPING: OpCase[] = [
  ...folding("sum", tg.sum, total, 4),
  ...folding("mean", tg.mean, (x) => total(x) / x.length, 4),
  ...folding("prod", tg.prod, product, 8),
  ...folding("max", tg.max, (x) => Math.max(...x), 0),
  ...folding("min", tg.min, (x) => Math.min(...x), 0),
  shaping(
    "reshape",
    "fold",
    [[2, 6]],
    (x) => tg.reshape(x, [3, -1]),
    (x) => reshaped(x, [3, 4]),
  ),
  shaping(
    "reshape",
    "to 0-d",
    [[1, 1]],
    (x) => tg.reshape(x, []),
    (x) => reshaped(x, []),
  ),
  shaping(
    "broadcastTo",
    "rows",
    [[3, 1]],
    (x) => tg.broadcastTo(x, [2, 3, 4]),
    (x) => broadcast(x, [2, 3, 4]),
  ),
  shaping(
    "broadcastTo",
    "0-d",
    [[]],
    (x) => tg.broadcastTo(x, [2, 2]),
    (x) => broadcast(x, [2, 2]),
  ),
  shaping(
    "transpose",
    "reversed",
    [[2, 3, 4]],
    (x) => tg.transpose(x),
    (x) => transpose(x, [2, 1, 0]),
  ),
  shaping(
    "transpose",
    "cycle",
    [[2, 3, 4]],
    (x) => tg.transpose(x, [1, 2, 0]),
    (x) => transpose(x, [1, 2, 0]),
  ),
  shaping(
    "swapaxes",
    "ends",
    [[2, 3, 4]],
    (x) => tg.swapaxes(x, 0, -1),
    (x) => transpose(x, [2, 1, 0]),
  ),
  shaping(
    "expandDims",
    "both ends",
    [[2, 3]],
    (x) => tg.expandDims(x, [0, -1]),
    (x) => reshaped(x, [1, 2, 3, 1]),
  ),
  shaping(
    "squeeze",
    "all",
    [[1, 3, 1]],
    (x) => tg.squeeze(x),
    (x) => reshaped(x, [3]),
  ),
  shaping(
    "squeeze",
    "one",
    [[1, 3, 1]],
    (x) => tg.squeeze(x, -1),
    (x) => reshaped(x, [1, 3]),
  ),
  shaping(
    "slice",
    "steps",
    [[6, 5]],
    (x) =>
      tg.slice(x, [
        [1, null, 2],
        [null, null, -2],
      ]),
    (x) =>
      take(x, [
        [1, 3, 5],
        [4, 2, 0],
      ]),
  ),
  shaping(
    "slice",
    "index",
    [[4, 3]],
    (x) => tg.slice(x, [-2, [1]]),
    (x) => reshaped(take(x, [[2], [1, 2]]), [2]),
  ),
  shaping(
    "slice",
    "nothing",
    [[4, 3]],
    (x) => tg.slice(x, [[3, 1]]),
    (x) => take(x, [[], [0, 1, 2]]),
  ),
  shaping(
    "concatenate",
    "rows",
    [
      [2, 3],
      [1, 3],
      [0, 3],
    ],
    (...x) => tg.concatenate(x),
    (...x) => concatenate(x, 0),
  ),
  shaping(
    "concatenate",
    "columns",
    [
      [2, 3],
      [2, 1],
    ],
    (...x) => tg.concatenate(x, -1),
    (...x) => concatenate(x, 1),
  ),
  shaping(
    "concatenate",
    "one operand twice",
    [[2, 3]],
    (x) => tg.concatenate([x, x], 1),
    (x) => concatenate([x, x], 1),
  ),
  shaping(
    "stack",
    "0-d",
    [[], [], []],
    (...x) => tg.stack(x),
    (...x) =>
      concatenate(
        x.map((v) => reshaped(v, [1])),
        0,
      ),
  ),
  shaping(
    "stack",
    "last axis",
    [
      [2, 3],
      [2, 3],
    ],
    (...x) => tg.stack(x, -1),
    (...x) =>
      concatenate(
        x.map((v) => reshaped(v, [2, 3, 1])),
        2,
      ),
  ),
  ...(
    [
      ["matrices", [3, 4], [4, 2]],
      ["vectors", [4], [4]],
      ["matrix and vector", [3, 4], [4]],
      ["vector and matrix", [4], [4, 3]],
      ["batch and matrix", [2, 3, 4], [4, 2]],
      ["matrix and batch", [3, 4], [2, 4, 2]],
      ["batches broadcast", [2, 1, 3, 4], [3, 4, 2]],
      ["batch and vector", [2, 3, 4], [4]],
      ["vector and batch", [4], [2, 4, 3]],
      ["inner size 0", [2, 0], [0, 3]],
    ] as const
  ).map(([label, x, y]) => shaping("matmul", label, [x, y], tg.matmul, matmul, 8, POSITIVE)),
  shaping(
    "astype",
    "itself",
    [[2, 3]],
    (x) => tg.astype(x, "float64"),
    (x) => x,
  ),
];
