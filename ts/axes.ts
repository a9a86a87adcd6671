// Axes and ranges as users write them, checked and normalised.
import { describe } from "./convert.js";
import { shapeText } from "./errors.js";

/** Number of the axis, counted from 0; negative ones count from the end. */
export function toAxis(axis: number, rank: number, who: string): number {
  if (typeof axis !== "number" || !Number.isInteger(axis)) {
    throw new TypeError(`${who}: axis ${describe(axis)} is not an integer`);
  }
  if (axis < -rank || axis >= rank) {
    const range = rank === 0 ? "has none" : `has axes ${-rank} to ${rank - 1}`;
    throw new RangeError(`${who}: no axis ${axis}: a tensor of ${rank} axes ${range}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** One axis or a list of them, as a list. */
export function toAxes(axes: number | readonly number[], who: string): readonly number[] {
  if (typeof axes === "number") return [axes];
  if (Array.isArray(axes)) return axes as readonly number[];
  throw new TypeError(`${who}: axis ${describe(axes)} is not a number, a list of numbers or null`);
}

/** Axes as bits; undefined or null means all of them. */
export function toMask(
  axes: number | readonly number[] | null | undefined,
  rank: number,
  who: string,
): number {
  if (axes === undefined || axes === null) return (1 << rank) - 1;
  let mask = 0;
  for (const axis of toAxes(axes, who)) {
    const bit = 1 << toAxis(axis, rank, who);
    if (mask & bit) throw new RangeError(`${who}: axis ${axis} is named twice`);
    mask |= bit;
  }
  return mask;
}

/** A range along one axis: an index, `[start, stop, step]` as in Python, or null for all of it. */
export type Range = number | null | readonly [(number | null)?, (number | null)?, (number | null)?];

/** First element, step and number of elements of a range over an axis of this size. */
export function toRange(
  range: Range,
  size: number,
  axis: number,
  who: string,
): [number, number, number] {
  if (range === null) return [0, 1, size];
  if (typeof range === "number") {
    if (!Number.isInteger(range)) throw new TypeError(`${who}: index ${range} is not an integer`);
    if (range < -size || range >= size) {
      throw new RangeError(`${who}: no index ${range} along axis ${axis}, which has size ${size}`);
    }
    return [range < 0 ? range + size : range, 1, 1];
  }
  if (!Array.isArray(range) || range.length > 3) {
    throw new TypeError(
      `${who}: a range is [start, stop, step], an index or null, not ${describe(range)}`,
    );
  }
  const start = integerIn(range, 0, who);
  const stop = integerIn(range, 1, who);
  const by = integerIn(range, 2, who) ?? 1;
  if (by === 0) throw new RangeError(`${who}: a step of 0 in ${shapeText(range as number[])}`);
  const from = clamped(start, by > 0 ? 0 : size - 1, size, by);
  const to = clamped(stop, by > 0 ? size : -1, size, by);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return [count === 0 ? 0 : from, by, count];
}

/** Entry i of a range; null if it is left out. */
function integerIn(range: Range & object, i: 0 | 1 | 2, who: string): number | null {
  const x = range[i] ?? null;
  if (x === null || Number.isInteger(x)) return x;
  throw new TypeError(`${who}: ${describe(x)} in a range is not an integer`);
}

/** An end of a range as an index, or just outside; `missing` if it is left out. */
function clamped(x: number | null, missing: number, size: number, by: number): number {
  if (x === null) return missing;
  const at = x < 0 ? x + size : x;
  return by > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
}

/** The shape that shapes broadcast to. */
export function broadcastOf(shapes: readonly (readonly number[])[], who: string): number[] {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((d) => d !== 1) ?? 1;
    if (sizes.some((d) => d !== size && d !== 1)) {
      throw new RangeError(
        `${who}: shapes do not broadcast: ${shapes.map(shapeText).join(" and ")}`,
      );
    }
    return size;
  });
}

/** Elements that the given axes hold together. */
export function sizeAlong(
  shape: readonly number[],
  axes: number | readonly number[] | null | undefined,
  who: string,
): number {
  const mask = toMask(axes, shape.length, who);
  return shape.reduce((n, d, i) => (mask & (1 << i) ? n * d : n), 1);
}
