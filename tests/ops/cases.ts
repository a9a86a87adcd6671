// One line per op: how it is called, on which operands, and what it should give by plain JavaScript.
// No derivative is written here: those are measured.

import * as tg from "tapegrad";
import type { Tensor } from "tapegrad";
import {
  broadcast,
  build,
  concatenate,
  matmul,
  reduce,
  take,
  transpose,
  zip,
  type Nd,
} from "./ndarray.js";
import { count, randomFrom, uniform } from "./support.js";

type Range = readonly [low: number, high: number];

/** One way to call an op. */
export interface OpCase {
  op: string;
  label: string;
  call: (...x: Tensor[]) => Tensor;
  reference: (...x: Nd[]) => Nd;
  shapes: readonly (readonly number[])[];
  /** Values of each operand: a range, away from kinks and edges. */
  domains: readonly Range[];
  /** Allowed error of values, in ulps. */
  limit: number;
  /** True if it has a derivative worth measuring. */
  smooth: boolean;
  /** True if it works element by element. */
  elementwise: boolean;
}

const WIDE: Range = [-2, 2];
const POSITIVE: Range = [0.2, 3];

interface Formula {
  (...x: Tensor[]): Tensor;
}

function elementwise(
  op: string,
  f: (...x: number[]) => number,
  domains: readonly Range[],
  limit: number,
  smooth = true,
): OpCase[] {
  const call = tg[op as keyof typeof tg] as unknown as Formula;
  const rest = {
    op,
    call,
    reference: (...x: Nd[]) => zip(f, ...x),
    domains,
    limit,
    smooth,
    elementwise: true,
  };
  const same = domains.map(() => [3, 5]);
  const cases: OpCase[] = [{ ...rest, label: "one shape", shapes: same }];
  const [, second, third] = domains;
  if (second && !third) {
    cases.push(
      { ...rest, label: "row and column", shapes: [[3, 1], [4]] },
      { ...rest, label: "matrix and 0-d", shapes: [[2, 3], []] },
      { ...rest, label: "0-d and vector", shapes: [[], [5]] },
      {
        ...rest,
        label: "inner axis of size 1",
        shapes: [
          [2, 1, 3],
          [4, 1],
        ],
      },
    );
  }
  if (third) {
    cases.push(
      { ...rest, label: "three shapes", shapes: [[3, 1], [4], []] },
      { ...rest, label: "0-d first", shapes: [[], [2, 1], [2, 3]] },
    );
  }
  return cases;
}

const yes = (x: boolean): number => (x ? 1 : 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const halfEven = (x: number): number => {
  const near = Math.round(x);
  return Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
};

const ELEMENTWISE: OpCase[] = [
  elementwise("add", (x, y) => x + y, [WIDE, WIDE], 0.5),
  elementwise("subtract", (x, y) => x - y, [WIDE, WIDE], 0.5),
  elementwise("multiply", (x, y) => x * y, [WIDE, WIDE], 0.5),
  elementwise("divide", (x, y) => x / y, [WIDE, POSITIVE], 0.5),
  elementwise("power", Math.pow, [POSITIVE, WIDE], 1.5),
  elementwise("negative", (x) => -x, [WIDE], 0),
  elementwise("abs", Math.abs, [[0.2, 3]], 0),
  elementwise("abs", Math.abs, [[-3, -0.2]], 0),
  elementwise("sign", Math.sign, [[0.2, 3]], 0),
  elementwise("sign", Math.sign, [[-3, -0.2]], 0),
  elementwise("square", (x) => x * x, [WIDE], 0.5),
  elementwise("sqrt", Math.sqrt, [POSITIVE], 0.5),
  elementwise("reciprocal", (x) => 1 / x, [POSITIVE], 0.5),
  elementwise(
    "maximum",
    Math.max,
    [
      [-1, 0],
      [0.2, 1],
    ],
    0,
  ),
  elementwise(
    "maximum",
    Math.max,
    [
      [0.2, 1],
      [-1, 0],
    ],
    0,
  ),
  elementwise(
    "minimum",
    Math.min,
    [
      [-1, 0],
      [0.2, 1],
    ],
    0,
  ),
  elementwise(
    "minimum",
    Math.min,
    [
      [0.2, 1],
      [-1, 0],
    ],
    0,
  ),
  elementwise("exp", Math.exp, [WIDE], 2),
  elementwise("expm1", Math.expm1, [WIDE], 3),
  elementwise("log", Math.log, [POSITIVE], 2),
  elementwise("log1p", Math.log1p, [[-0.8, 3]], 3),
  elementwise("sin", Math.sin, [WIDE], 2),
  elementwise("cos", Math.cos, [WIDE], 2),
  elementwise("tan", Math.tan, [[-1.2, 1.2]], 3),
  elementwise("asin", Math.asin, [[-0.8, 0.8]], 3),
  elementwise("acos", Math.acos, [[-0.8, 0.8]], 3),
  elementwise("atan", Math.atan, [WIDE], 3),
  elementwise("sinh", Math.sinh, [WIDE], 3),
  elementwise("cosh", Math.cosh, [WIDE], 3),
  elementwise("tanh", Math.tanh, [WIDE], 3),
  elementwise("sigmoid", sigmoid, [WIDE], 3),
  elementwise("softplus", (x) => Math.log(1 + Math.exp(x)), [WIDE], 6),
  elementwise("relu", (x) => Math.max(x, 0), [[0.2, 3]], 0),
  elementwise("relu", (x) => Math.max(x, 0), [[-3, -0.2]], 0),
  elementwise("floor", Math.floor, [[1.2, 1.8]], 0),
  elementwise("ceil", Math.ceil, [[-1.8, -1.2]], 0),
  elementwise("round", halfEven, [[1.6, 2.4]], 0),
  elementwise("trunc", Math.trunc, [[-2.8, -2.2]], 0),
  elementwise("floor", Math.floor, [[-9, 9]], 0, false),
  elementwise("ceil", Math.ceil, [[-9, 9]], 0, false),
  elementwise("round", halfEven, [[-9, 9]], 0, false),
  elementwise("trunc", Math.trunc, [[-9, 9]], 0, false),
  elementwise(
    "clip",
    (x, low, high) => Math.min(Math.max(x, low), high),
    [
      [-1, 1],
      [-3, -2],
      [2, 3],
    ],
    0,
  ),
  elementwise(
    "clip",
    (x, low, high) => Math.min(Math.max(x, low), high),
    [
      [-5, -4],
      [-3, -2],
      [2, 3],
    ],
    0,
  ),
  elementwise(
    "clip",
    (x, low, high) => Math.min(Math.max(x, low), high),
    [
      [4, 5],
      [-3, -2],
      [2, 3],
    ],
    0,
  ),
  elementwise("where", (c, x, y) => (c !== 0 ? x : y), [POSITIVE, WIDE, WIDE], 0),
  elementwise("where", (c, x, y) => (c !== 0 ? x : y), [[0, 0], WIDE, WIDE], 0, false),
  elementwise(
    "equal",
    (x, y) => yes(x === y),
    [
      [0, 4],
      [0, 4],
    ],
    0,
    false,
  ),
  elementwise(
    "notEqual",
    (x, y) => yes(x !== y),
    [
      [0, 4],
      [0, 4],
    ],
    0,
    false,
  ),
  elementwise("greater", (x, y) => yes(x > y), [WIDE, WIDE], 0, false),
  elementwise("greaterEqual", (x, y) => yes(x >= y), [WIDE, WIDE], 0, false),
  elementwise("less", (x, y) => yes(x < y), [WIDE, WIDE], 0, false),
  elementwise("lessEqual", (x, y) => yes(x <= y), [WIDE, WIDE], 0, false),
  elementwise(
    "logicalAnd",
    (x, y) => yes(x !== 0 && y !== 0),
    [
      [0, 2],
      [0, 2],
    ],
    0,
    false,
  ),
  elementwise(
    "logicalOr",
    (x, y) => yes(x !== 0 || y !== 0),
    [
      [0, 2],
      [0, 2],
    ],
    0,
    false,
  ),
  elementwise(
    "logicalXor",
    (x, y) => yes((x !== 0) !== (y !== 0)),
    [
      [0, 2],
      [0, 2],
    ],
    0,
    false,
  ),
  elementwise("logicalNot", (x) => yes(x === 0), [[0, 2]], 0, false),
  elementwise("isnan", (x) => yes(Number.isNaN(x)), [WIDE], 0, false),
  elementwise("isinf", (x) => yes(Math.abs(x) === Infinity), [WIDE], 0, false),
  elementwise("isfinite", (x) => yes(Number.isFinite(x)), [WIDE], 0, false),
].flat();

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

const SHAPING: OpCase[] = [
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

/** Every case. */
export const CASES: readonly OpCase[] = [...ELEMENTWISE, ...SHAPING];

/** Operands of a case: random, the same in every run, no two of one operand closer than 1/50. */
export function operands(row: OpCase, seed = 1): Nd[] {
  const random = randomFrom(seed);
  return row.shapes.map((shape, i) => {
    const [low, high] = row.domains[i]!;
    const n = count(shape);
    const offsets = uniform(random, n, 0, 1);
    const order = offsets.map((_, k) => k).sort((a, b) => offsets[a]! - offsets[b]!);
    const data = order.map((k) =>
      Math.fround(low + ((high - low) * (k + 0.5 * offsets[k]!)) / Math.max(n, 1)),
    );
    return build(shape, () => data.shift()!);
  });
}
