// More elements around x.
import { concatenate, take } from "../../build/generated/ops.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

/** What stands around: see {@link pad}. */
export type PadMode = "constant" | "edge" | "reflect" | "symmetric" | "wrap";

/** One width for all sides, [before, after] for all axes, or a pair for each axis. */
export type PadWidth = number | readonly number[] | readonly (readonly number[])[];

/** Options of {@link pad}. */
export interface PadOptions {
  /** What stands around, if it is not given as an argument. Default "constant". */
  mode?: PadMode;
  /** Values of mode "constant": one, [before, after], or a pair for each axis. Default 0. */
  constantValues?: PadWidth | Tensor;
}

/** A pair for each axis. */
function pairs(x: PadWidth, rank: number, what: string): (readonly [number, number])[] {
  const pair = (p: unknown): readonly [number, number] => {
    const list = typeof p === "number" ? [p] : p;
    if (!Array.isArray(list) || list.length < 1 || list.length > 2) {
      throw new TypeError(`pad: ${what} has ${describe(p)}, not a number or a pair`);
    }
    const [first, second] = list as number[];
    return [first!, second ?? first!];
  };
  const nested = Array.isArray(x) && x.some((p) => Array.isArray(p));
  if (!nested) return new Array<readonly [number, number]>(rank).fill(pair(x));
  const list = x as readonly (readonly number[])[];
  if (list.length === 1) return new Array<readonly [number, number]>(rank).fill(pair(list[0]));
  if (list.length !== rank) {
    throw new RangeError(`pad: ${what} has ${list.length} pairs for ${rank} axes`);
  }
  return list.map(pair);
}

/** Which of n elements stands at place i, before (negative) or behind them. */
function source(i: number, n: number, mode: PadMode): number {
  const modulo = (period: number) => ((i % period) + period) % period;
  if (mode === "wrap") return modulo(n);
  if (mode === "symmetric") return Math.min(modulo(2 * n), 2 * n - 1 - modulo(2 * n));
  if (mode === "edge" || n === 1) return Math.min(Math.max(i, 0), n - 1);
  const at = modulo(2 * n - 2);
  return Math.min(at, 2 * n - 2 - at);
}

const MODES = ["constant", "edge", "reflect", "symmetric", "wrap"];

/**
 * x with so many elements more before and after each axis: constants, its edge, itself mirrored at the
 * edge ("reflect") or just outside of it ("symmetric"), or itself repeated ("wrap").
 *
 * @param how - the mode, or options
 * @example
 * ```ts
 * pad([1, 2, 3], [1, 2], "reflect").toArray(); // [2, 1, 2, 3, 2, 1]
 * ```
 * @throws if widths are negative or do not suit the axes, if there is no such mode, or if an axis
 * without elements should give some
 */
export function pad(
  x: TensorLike,
  padWidth: PadWidth,
  how: PadMode | PadOptions = "constant",
  more: PadOptions = {},
): Tensor {
  const options = typeof how === "string" ? more : how;
  checkOptions(options, "pad", "mode constantValues");
  const mode = typeof how === "string" ? how : (how.mode ?? "constant");
  let y = toTensor(x, "pad");
  const rank = y.ndim;
  if (!MODES.includes(mode)) {
    throw new RangeError(`pad: no mode ${JSON.stringify(mode)} (there are ${MODES.join(", ")})`);
  }
  const given = options.constantValues ?? 0;
  const values = isHandle(given) ? undefined : pairs(given, rank, "constantValues");
  pairs(padWidth, rank, "padWidth").forEach(([before, after], axis) => {
    for (const width of [before, after]) {
      if (!Number.isInteger(width) || width < 0) {
        throw new RangeError(`pad: ${describe(width)} is not a width`);
      }
    }
    if (before + after === 0) return;
    const { shape } = y;
    const n = shape[axis]!;
    if (mode === "constant") {
      const side = (width: number, i: 0 | 1): Tensor => {
        const value = isHandle(given) ? given : toTensor(values![axis]![i], "pad");
        return value.astype(y.dtype).broadcastTo(shape.map((d, k) => (k === axis ? width : d)));
      };
      y = concatenate([side(before, 0), y, side(after, 1)], axis);
      return;
    }
    if (n === 0) throw new RangeError(`pad: axis ${axis} has no elements for mode "${mode}"`);
    const index = Int32Array.from({ length: before + n + after }, (_, i) =>
      source(i - before, n, mode),
    );
    y = take(y, index, axis);
  });
  return y;
}
