// Ops that work element by element.

import * as tg from "tapegrad";
import type { Tensor } from "tapegrad";
import { screen } from "../../../scripts/accuracy/reference.js";
import type { OpCase, Range } from "../cases.js";
import { zip, type Nd } from "../ndarray.js";

const WIDE: Range = [-2, 2];
const POSITIVE: Range = [0.2, 3];

interface Formula {
  (...x: Tensor[]): Tensor;
}

export function elementwise(
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
const erf = screen.erf as (x: number) => number;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const halfEven = (x: number): number => {
  const near = Math.round(x);
  return Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
};

export const ELEMENTWISE: OpCase[] = [
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
  elementwise("erf", erf, [[-1.5, 1.5]], 8),
  elementwise("gelu", (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)), [[-0.5, 2]], 6),
  elementwise("silu", (x) => x * sigmoid(x), [WIDE], 4),
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
