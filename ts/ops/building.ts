// Tensors from a mixture of tensors, numbers and ranges: what NumPy calls array, r_ and c_.
import { concatenate, stack } from "../../build/generated/ops.js";
import { checkOperands } from "../arguments.js";
import { unrounded, toTensor, type TensorLike } from "../convert.js";
import { arange, getDefaultDtype, tensor } from "../create.js";
import type { Dtype } from "../dtype.js";
import { casted } from "../families.js";
import { isHandle } from "../handle.js";
import { Slice } from "../indexing.js";
import type { Tensor } from "../tensor.js";
import { resultType } from "./comparing.js";
import { checkOptions } from "../options.js";

/** Numbers, booleans and tensors in arrays in arrays …. */
export type MixedArray = TensorLike | readonly MixedArray[];

function hasTensor(x: MixedArray): boolean {
  return Array.isArray(x) && x.some((item: MixedArray) => isHandle(item) || hasTensor(item));
}

/**
 * A tensor from nested arrays that may hold tensors as well, from which derivatives are taken: each array
 * is a new first axis.
 *
 * @example
 * ```ts
 * const x = tensor(3);
 * array([[1, x], [x.multiply(2), 4]]).toArray(); // [[1, 3], [6, 4]]
 * ```
 * @throws if parts of one array have different shapes
 */
export function array(data: MixedArray, options: { dtype?: Dtype } = {}): Tensor {
  checkOptions(options, "array", "dtype");
  const { dtype } = options;
  const x = mixed(data, dtype);
  return dtype === undefined ? x : x.astype(dtype);
}

function mixed(data: MixedArray, dtype?: Dtype): Tensor {
  // Numbers beside it are rounded to its dtype.
  if (isHandle(data)) return dtype === "float64" ? data.astype(dtype) : data;
  if (!hasTensor(data)) {
    checkOperands("array", data as TensorLike);
    return dtype === undefined
      ? tensor(data as TensorLike)
      : casted(data as TensorLike, dtype, "array");
  }
  const parts = (data as readonly MixedArray[]).map((item) =>
    typeof item === "number" ? item : mixed(item, dtype),
  );
  return stack(parts);
}

/** What `r_` and `c_` put side by side: tensors, numbers, and ranges as `x.at` takes them. */
export type Piece = TensorLike | Slice | string;

/** Where pieces go: along an axis, with so many axes at least, of which new ones stand in front. */
interface Directive {
  axis: number;
  least: number;
  /** Where the first axis of a piece goes if others are new; -1: behind them. */
  first: number;
}

const RANGE =
  /^\s*(-?[\d.]+(?:e-?\d+)?)?\s*:\s*(-?[\d.]+(?:e-?\d+)?)\s*(?::\s*(-?[\d.]+(?:e-?\d+)?)\s*)?$/i;

/** A range of numbers, or undefined if it is none. */
function ranged(piece: Piece, who: string): Tensor | undefined {
  if (piece instanceof Slice) {
    if (piece.stop === null) throw new RangeError(`${who}: a range needs an end`);
    return arange(piece.start ?? 0, piece.stop, piece.step ?? 1);
  }
  if (typeof piece !== "string") return undefined;
  const found = RANGE.exec(piece);
  if (found === null)
    throw new TypeError(`${who}: no range ${JSON.stringify(piece)}: "1:3", "0:1:0.1"`);
  const [start, stop, step] = found.slice(1).map((x) => (x === undefined ? undefined : Number(x)));
  return arange(start ?? 0, stop, step ?? 1);
}

/** A piece with at least so many axes. */
function widened(x: Tensor, { least, first }: Directive): Tensor {
  const missing = least - x.ndim;
  if (missing <= 0) return x;
  const at = first < 0 ? first + missing + 1 : first;
  const shape = new Array<number>(missing).fill(1);
  return x.reshape([...shape.slice(0, at), ...x.shape, ...shape.slice(at)]);
}

function joined(pieces: readonly Piece[], directive: Directive, who: string): Tensor {
  if (pieces.length === 0) throw new TypeError(`${who}: needs at least one piece`);
  const list = unrounded(who, ...(pieces as TensorLike[])).map((piece: Piece) => {
    const range = ranged(piece, who);
    if (range !== undefined) return range;
    return typeof piece === "number" ? piece : toTensor(piece as TensorLike, who);
  });
  const tensors = list.filter((x) => typeof x !== "number");
  const numbers = list.filter((x) => typeof x === "number");
  const own = tensors.length > 0 ? resultType(...tensors) : getDefaultDtype();
  const float = own.startsWith("float");
  const dtype = float ? own : numbers.every(Number.isInteger) ? "int32" : getDefaultDtype();
  const least = Math.max(directive.least, 1);
  return concatenate(
    list.map((x) =>
      widened(typeof x === "number" ? tensor(x, { dtype }) : x, { ...directive, least }),
    ),
    directive.axis,
  );
}

/**
 * Pieces one behind the other, along axis 0: tensors, numbers, and ranges ("1:4", "0:1:0.25",
 * `slice(1, 4)`). A first string of numbers says otherwise, as in NumPy: the axis, how many axes pieces
 * have at least, and where their first axis goes then ("0,2": vectors as rows).
 *
 * @example
 * ```ts
 * r_("1:4", 0, [7, 8]).toArray(); // [1, 2, 3, 0, 7, 8]
 * ```
 * @throws if a range has no end, or if shapes differ off the axis
 */
export function r_(...pieces: Piece[]): Tensor {
  const [head, ...rest] = pieces;
  if (typeof head !== "string" || !/^-?\d+(,-?\d+){0,2}$/.test(head)) {
    return joined(pieces, { axis: 0, least: 1, first: -1 }, "r_");
  }
  const [axis = 0, least = 1, first = -1] = head.split(",").map(Number);
  return joined(rest, { axis, least, first }, "r_");
}

/**
 * Pieces side by side along the last axis, vectors as columns: `r_` with "-1,2,0".
 *
 * @example
 * ```ts
 * c_([1, 2], "3:5").toArray(); // [[1, 3], [2, 4]]
 * ```
 * @throws as `r_` does
 */
export function c_(...pieces: Piece[]): Tensor {
  return joined(pieces, { axis: -1, least: 2, first: 0 }, "c_");
}
