// The cases of tests/reference/arrays as calls: what a function is called with, and by which name.

import * as tapegrad from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { ARRAYS } from "../reference/arrays.js";
import { shaped, type Float, isPublic } from "./support.js";

/** A tensor, or several of them, as NumPy gave it. */
export interface Values {
  shape: number[];
  dtype?: string;
  data: (number | string | boolean)[];
}

/** One call of a function, and what it should give. */
export interface ArrayCase {
  op: string;
  label: string;
  operands: Values[];
  args: unknown[];
  want: Values | Values[];
  smooth: boolean;
  mapped: boolean;
}

/** All of them, with names for tests. */
export const ARRAY_CASES = (ARRAYS as ArrayCase[]).map((row): [string, ArrayCase] => [
  `${row.op}(${row.label})`,
  row,
]);

/** Arguments with tensors in the place of their descriptions. */
function decoded(arg: unknown, x: readonly Tensor[]): unknown {
  if (typeof arg === "string" && /^\$\d$/.test(arg)) return x[Number(arg[1])];
  if (Array.isArray(arg)) return arg.map((item) => decoded(item, x));
  if (typeof arg !== "object" || arg === null) return arg;
  if ("int" in arg) return tensor(arg.int as number[], { dtype: "int32" });
  if ("number" in arg) return Number(arg.number);
  if ("bool" in arg) return tensor(arg.bool as boolean[], { dtype: "bool" });
  return Object.fromEntries(Object.entries(arg).map(([key, item]) => [key, decoded(item, x)]));
}

type Call = (...args: unknown[]) => unknown;

const everything: object = { ...tapegrad, nn };
const found = new Map<string, Call | undefined>();

/** What "solve", "linalg.solve" or "nn.conv2d" means; undefined for a method. */
function named(path: string): Call | undefined {
  if (!found.has(path)) {
    let value: unknown = isPublic(path) ? everything : {};
    for (const name of path.split(".")) value = (value as Record<string, unknown>)[name];
    found.set(path, value as Call | undefined);
  }
  return found.get(path);
}

/** The function or method of a case, and what it is called with. */
export function arrayCall(row: ArrayCase, x: readonly Tensor[]): { call: Call; args: unknown[] } {
  const args = row.args.map((arg) => decoded(arg, x));
  const method: Call = (...all) => {
    const [first, ...rest] = all as [Record<string, Call>, ...unknown[]];
    return first[row.op]!(...rest);
  };
  return { call: named(row.op) ?? method, args };
}

/** What a case gives for these operands, as a list. */
export function callArray(row: ArrayCase, x: readonly Tensor[]): unknown[] {
  const { call, args } = arrayCall(row, x);
  const y = call(...args);
  return Array.isArray(row.want) ? (y as unknown[]) : [y];
}

/** Operands of a case. */
export function arrayOperands(row: ArrayCase, dtype: Float = "float64"): Tensor[] {
  return row.operands.map((x) => shaped(x.data.map(Number), x.shape, dtype));
}
