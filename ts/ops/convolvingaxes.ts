// Convolution along some axes, with a product over others: windows of the larger operand, gathered axis
// by axis, times the smaller one.
import { take, transpose } from "../../build/generated/ops.js";
import { toAxes, toAxis } from "../axes.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { pad } from "./padding.js";
import { tensordot } from "./products.js";
import { flip } from "./turning.js";

const who = "convolve";

/** One axis (or a list of them) of each operand. */
export type AxisPairs = readonly [x: number | readonly number[], y: number | readonly number[]];

/** Axes of one operand: convolved, summed over, and all others. */
interface Roles {
  along: number[];
  dot: number[];
  rest: number[];
}

/** Where the result begins in the full one, and its size. */
type Extent = readonly [start: number, count: number];

function axesOf(x: Tensor, list: number | readonly number[] | undefined): number[] | undefined {
  if (list === undefined) return undefined;
  const axes = toAxes(list, who).map((axis) => toAxis(axis, x.ndim, who));
  if (new Set(axes).size < axes.length) {
    throw new RangeError(`${who}: an axis is named twice: [${toAxes(list, who).join()}]`);
  }
  return axes;
}

function rolesOf(
  x: Tensor,
  axes: number | readonly number[] | undefined,
  dotAxes: number | readonly number[],
): Roles {
  const dot = axesOf(x, dotAxes)!;
  const others = x.shape.map((_, i) => i).filter((i) => !dot.includes(i));
  const along = axesOf(x, axes) ?? others;
  const both = along.find((axis) => dot.includes(axis));
  if (both !== undefined) {
    throw new RangeError(`${who}: axis ${both} is named in axes and in dotAxes`);
  }
  return { along, dot, rest: others.filter((i) => !along.includes(i)) };
}

function extentOf(n: number, m: number, mode: string): Extent {
  if (mode === "full") return [0, n + m - 1];
  if (mode === "same") return [(m - 1) >> 1, n];
  return [Math.min(n, m) - 1, Math.abs(n - m) + 1];
}

/** x with an axis of windows, [count, m], in the place of each axis of `along`, the last one first. */
function windows(x: Tensor, along: number[], sizes: number[], extents: Extent[]): Tensor {
  let y = x;
  const order = along.map((_, i) => i).sort((a, b) => along[b]! - along[a]!);
  for (const i of order) {
    const [axis, m, [start, count]] = [along[i]!, sizes[i]!, extents[i]!];
    const n = x.shape[axis]!;
    const before = Math.max(0, m - 1 - start);
    const after = Math.max(0, start + count - n);
    const widths = y.shape.map((_, k) => (k === axis ? [before, after] : [0, 0]));
    const first = start - (m - 1) + before;
    const index = Int32Array.from(
      { length: count * m },
      (_, k) => first + Math.floor(k / m) + (k % m),
    );
    const { shape } = y;
    y = take(pad(y, widths), index, axis);
    y = y.reshape([...shape.slice(0, axis), count, m, ...shape.slice(axis + 1)]);
  }
  return y;
}

/** Convolution of x with the smaller y: axes of x that are left, those of y, those convolved. */
function convolved(x: Tensor, y: Tensor, p: Roles, q: Roles, extents: Extent[]): Tensor {
  const sizes = q.along.map((axis) => y.shape[axis]!);
  const wide = windows(x, p.along, sizes, extents);
  // Each convolved axis of x has become two.
  const place = (axis: number): number => axis + p.along.filter((other) => other < axis).length;
  const inner = [...p.along.map((axis) => place(axis) + 1), ...p.dot.map(place)];
  const z = tensordot(wide, flip(y, q.along), [inner, [...q.along, ...q.dot]]);
  // Now: the axes of x in their order, with counts for those convolved, then those of y.
  const kept = x.shape.map((_, i) => i).filter((i) => !p.dot.includes(i));
  const of = (axis: number): number => kept.indexOf(axis);
  const behind = q.rest.map((_, i) => kept.length + i);
  return transpose(z, [...p.rest.map(of), ...behind, ...p.along.map(of)]);
}

/** x and y convolved along pairs of axes, and summed over others. */
export function convolvedAlong(
  x: Tensor,
  y: Tensor,
  axes: AxisPairs | undefined,
  dotAxes: AxisPairs,
  mode: string,
): Tensor {
  const p = rolesOf(x, axes?.[0], dotAxes[0]);
  const q = rolesOf(y, axes?.[1], dotAxes[1]);
  const shapes = `${shapeText(x.shape)} and ${shapeText(y.shape)}`;
  if (p.along.length !== q.along.length || p.dot.length !== q.dot.length) {
    throw new RangeError(`${who}: operands have axes of different number to pair: ${shapes}`);
  }
  if (p.dot.some((axis, i) => x.shape[axis] !== y.shape[q.dot[i]!])) {
    throw new RangeError(`${who}: axes to sum over differ in size: ${shapes}`);
  }
  const n = p.along.map((axis) => x.shape[axis]!);
  const m = q.along.map((axis) => y.shape[axis]!);
  if ([...n, ...m].includes(0))
    throw new RangeError(`${who}: an operand has no elements: ${shapes}`);
  const shorter = n.some((size, i) => size < m[i]!);
  if (mode === "valid" && shorter && n.some((size, i) => size > m[i]!)) {
    throw new RangeError(`${who}: neither operand fits into the other: ${shapes}`);
  }
  const extents = n.map((size, i) => extentOf(size, m[i]!, mode));
  const volume = (sizes: number[]): number => sizes.reduce((a, b) => a * b, 1);
  if (volume(m) <= volume(n)) return convolved(x, y, p, q, extents);
  const z = convolved(y, x, q, p, extents);
  const [a, b] = [p.rest.length, q.rest.length];
  const order = z.shape.map((_, i) => i);
  return transpose(z, [...order.slice(b, b + a), ...order.slice(0, b), ...order.slice(a + b)]);
}
