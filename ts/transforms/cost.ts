// What a program does, in numbers.
import { Family } from "../../assembly/shared/family.js";
import type { Dtype } from "../dtype.js";
import * as wasm from "../wasm.js";

/** A value of a program. */
export interface Value {
  /** Code of its op; 0 if it has none. */
  op: number;
  /** Name of the op, or what else it is. */
  name: string;
  /** Places of its inputs. */
  inputs: number[];
  dtype: Dtype;
  shape: number[];
}

/** What the runs of one op cost. */
export interface OpCost {
  count: number;
  flops: number;
  bytes: number;
}

/** What one run of a program costs; see {@link Program.cost} for what is counted. */
export interface ProgramCost {
  /** Arithmetic operations. */
  flops: number;
  /** Bytes that ops read and write. */
  bytes: number;
  /** Bytes that the program keeps for its values, constants not counted. */
  peakBytes: number;
  /** The same for each op, those with most operations first. */
  ops: Record<string, OpCost>;
}

/** Operations per element where a line of elements is read several times. */
const PER_LINE = 4;
const LINES = new Set([
  "softmax",
  "logSoftmax",
  "logsumexp",
  "softmaxSlope",
  "logSoftmaxBack",
  "normalize",
  "normalizeSlope",
]);
const MOVES = new Set<number>([
  Family.Shape,
  Family.Axes,
  Family.AxisPair,
  Family.Slice,
  Family.Join,
  Family.Cast,
]);

function sizeOf({ shape }: Value): number {
  return shape.reduce((a, b) => a * b, 1);
}

function bytesOf(value: Value): number {
  return sizeOf(value) * (value.dtype === "float64" ? 8 : 4);
}

/** Arithmetic of one value. */
function flopsOf(value: Value, inputs: readonly Value[]): number {
  const family = wasm.core().opFamily(value.op);
  const { name } = value;
  const first = inputs[0]!;
  const last = inputs.at(-1)!;
  if (LINES.has(name)) return PER_LINE * sizeOf(first);
  if (MOVES.has(family)) return 0;
  if (family <= Family.Ternary) return sizeOf(value);
  if (family === Family.Reduction || name.startsWith("cum")) return sizeOf(first);
  if (family === Family.Product) return 2 * sizeOf(value) * (first.shape.at(-1) ?? 1);
  switch (name) {
    case "conv2d":
      return 2 * sizeOf(value) * perOutput(last);
    case "conv2dInput":
      return 2 * sizeOf(first) * perOutput(last);
    case "conv2dFilters":
      return 2 * sizeOf(last) * perOutput(value);
    case "scatterAdd":
    case "poolMean":
    case "poolMeanBack":
    case "poolPick":
    case "poolSpread":
      return sizeOf(first);
    case "recur":
      return 2 * sizeOf(value);
    case "argsort":
      return sizeOf(value) * Math.max(1, Math.ceil(Math.log2(sizeOf(value) + 1)));
    case "argmax":
    case "argmin":
      return sizeOf(first);
    default:
      return 0;
  }
}

/** Multiplications per output of filters whose last axis is that of the outputs. */
function perOutput(filters: Value): number {
  return sizeOf(filters) / Math.max(1, filters.shape.at(-1) ?? 1);
}

/** True for what only shows another value. */
function isView(value: Value): boolean {
  const family = wasm.core().opFamily(value.op);
  return (
    value.name === "alias" ||
    (MOVES.has(family) && family !== (Family.Cast as number) && family !== (Family.Join as number))
  );
}

/** Sums up what the values of a program cost. */
export function costOf(values: readonly Value[], peakBytes: number): ProgramCost {
  const ops = new Map<string, OpCost>();
  for (const value of values) {
    if (value.inputs.length === 0) continue;
    const inputs = value.inputs.map((i) => values[i]!);
    const row = ops.get(value.name) ?? { count: 0, flops: 0, bytes: 0 };
    row.count++;
    row.flops += flopsOf(value, inputs);
    if (!isView(value)) {
      row.bytes += inputs.reduce((sum, input) => sum + bytesOf(input), bytesOf(value));
    }
    ops.set(value.name, row);
  }
  const rows = [...ops].sort(([, a], [, b]) => b.flops - a.flops);
  return {
    flops: rows.reduce((sum, [, row]) => sum + row.flops, 0),
    bytes: rows.reduce((sum, [, row]) => sum + row.bytes, 0),
    peakBytes,
    ops: Object.fromEntries(rows),
  };
}
