// What the arguments of a transform mean.
import { toList } from "../arguments.js";
import { toAxes, toAxis } from "../axes.js";
import { shapeText } from "../errors.js";
import type { FftNorm } from "./parts.js";

/** Arguments of a transform along one axis, by name. */
export interface FftOptions {
  /** Elements that are transformed: x is cut, or zeros are put behind it. Default: those of x. */
  n?: number | null;
  /** Default: the last one. */
  axis?: number;
  /** Which direction is divided by the number of elements. Default "backward". */
  norm?: FftNorm | null;
}

/** Arguments of a transform along several axes, by name. */
export interface FftnOptions {
  /** Elements along each axis: x is cut, or zeros are put behind it; -1: those of x. Default: all. */
  s?: readonly number[] | null;
  /** Default: the last ones, as many as `s` has, or all; of functions in two dimensions the last two. */
  axes?: number | readonly number[] | null;
  /** Which direction is divided by the number of elements. Default "backward". */
  norm?: FftNorm | null;
}

/** A transform along one axis. */
export interface Line {
  n: number | undefined;
  axis: number;
  norm: FftNorm | null | undefined;
}

export function lineOf(
  rank: number,
  n: number | null | undefined,
  axis: number | undefined,
  options: FftOptions | undefined,
  who: string,
): Line {
  return {
    n: n ?? options?.n ?? undefined,
    axis: toAxis(axis ?? options?.axis ?? -1, rank, who),
    norm: options?.norm,
  };
}

/** A transform along several axes, in the order in which they are named; -1: as many as there are. */
export interface Lines {
  s: readonly number[];
  axes: readonly number[];
  norm: FftNorm | null | undefined;
}

export function linesOf(
  rank: number,
  s: readonly number[] | null | undefined,
  axes: number | readonly number[] | null | undefined,
  options: FftnOptions | undefined,
  who: string,
): Lines {
  const wanted = s ?? options?.s ?? undefined;
  const sizes = wanted === undefined ? undefined : toList(wanted, "s", who);
  const given = axes ?? options?.axes ?? undefined;
  const count = sizes?.length ?? rank;
  const list =
    given === undefined ? Array.from({ length: count }, (_, i) => i - count) : toAxes(given, who);
  if (sizes !== undefined && sizes.length !== list.length) {
    throw new RangeError(
      `${who}: sizes and axes differ in number: ${shapeText(sizes)} and ${shapeText(list)}`,
    );
  }
  if (list.length === 0) throw new RangeError(`${who}: at least one axis is needed, got none`);
  return {
    s: sizes ?? list.map(() => -1),
    axes: list.map((axis) => toAxis(axis, rank, who)),
    norm: options?.norm,
  };
}
