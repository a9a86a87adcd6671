// More elements of x itself around it, along one axis: its edge, mirrored, or repeated.
import { add, multiply, take } from "../../build/generated/ops.js";
import { fromData } from "../convert.js";
import type { Tensor } from "../tensor.js";

/** Modes that repeat elements of x. */
export type MirrorMode = "edge" | "reflect" | "symmetric" | "wrap";

/** Which of n elements stands at place i, before (negative) or behind them. */
function source(i: number, n: number, mode: MirrorMode): number {
  const modulo = (period: number) => ((i % period) + period) % period;
  if (mode === "wrap") return modulo(n);
  if (mode === "symmetric") return Math.min(modulo(2 * n), 2 * n - 1 - modulo(2 * n));
  if (mode === "edge" || n === 1) return Math.min(Math.max(i, 0), n - 1);
  const at = modulo(2 * n - 2);
  return Math.min(at, 2 * n - 2 - at);
}

/**
 * x with more elements before and behind it; `odd` mirrors values at the edge as well, so that slopes
 * go on: every other image is turned, and each turn adds twice the edge.
 */
export function mirrored(
  x: Tensor,
  axis: number,
  before: number,
  after: number,
  mode: MirrorMode,
  odd = false,
): Tensor {
  const n = x.shape[axis]!;
  if (n === 0) throw new RangeError(`pad: axis ${axis} has no elements for mode "${mode}"`);
  const count = before + n + after;
  const table = (f: (i: number) => number): Int32Array =>
    Int32Array.from({ length: count }, (_, k) => f(k - before));
  const y = take(
    x,
    table((i) => source(i, n, mode)),
    axis,
  );
  if (!odd || n === 1) return y;
  const half = mode === "symmetric" ? n : n - 1;
  const images = (i: number): number => Math.floor(i / half);
  const turned = (i: number): boolean => images(i) % 2 !== 0;
  const along = (values: Int32Array): Tensor =>
    fromData(values, undefined, "pad").reshape(x.shape.map((_, k) => (k === axis ? -1 : 1)));
  const edge = (place: number): Tensor => take(x, [place], axis);
  // On even images values rise by the difference of the edges for each; odd ones are turned at the edge.
  const last = table((i) => images(i) + (turned(i) ? 1 : 0));
  const first = table((i) => (turned(i) ? 1 : 0) - images(i));
  const sign = table((i) => (turned(i) ? -1 : 1));
  return add(
    multiply(y, along(sign)),
    add(multiply(edge(-1), along(last)), multiply(edge(0), along(first))),
  );
}
