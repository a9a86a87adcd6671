// Numbers from a rule: spaced, in grids, in powers.
import {
  add,
  concatenate,
  cumprod,
  divide,
  equal,
  multiply,
  power,
  where,
} from "../../build/generated/ops.js";
import { places } from "../along.js";
import { broadcastOf, toAxis } from "../axes.js";
import { describe, toTensor, type TensorLike, together, unrounded } from "../convert.js";
import {
  eye,
  getDefaultDtype,
  onesLike,
  zeros,
  zerosLike,
  type CreationOptions,
} from "../create.js";
import type { Tensor } from "../tensor.js";
import { exact, isPlain, spaced, type LinspaceOptions } from "./filling.js";
import { flip } from "./turning.js";
import { checkOptions, isOptions, trailing } from "../options.js";

/**
 * The n × n matrix with ones on its diagonal.
 *
 * @example
 * ```ts
 * identity(2).toArray(); // [[1, 0], [0, 1]]
 * ```
 */
export function identity(n: number, options?: CreationOptions): Tensor {
  checkOptions(options, "identity", "dtype requiresGrad");
  return eye(n, n, options);
}

/** Options of {@link geomspace}. */
export type GeomspaceOptions = Omit<LinspaceOptions, "retstep">;

/** Options of {@link logspace}. */
export interface LogspaceOptions extends GeomspaceOptions {
  /** What is raised to the powers. Default 10. */
  base?: TensorLike;
}

/** A dtype for what is made of numbers alone: it is computed in float64. */
function finished(y: Tensor, plain: boolean, options: GeomspaceOptions): Tensor {
  const dtype = options.dtype ?? (plain ? getDefaultDtype() : y.dtype);
  const z = y.astype(dtype);
  if (options.requiresGrad === true) z.requiresGrad = true;
  return z;
}

/**
 * num powers of a base, whose exponents are evenly spaced from start to stop; of tensors, which broadcast,
 * they are the first axis, or another one.
 *
 * @example
 * ```ts
 * logspace(0, 2, 3).toArray(); // [1, 10, 100]
 * ```
 * @throws if num is not a number of elements, if there is no such axis, or if shapes do not broadcast
 */
export function logspace(
  start: TensorLike,
  stop: TensorLike,
  num?: number | LogspaceOptions,
  options?: LogspaceOptions,
): Tensor {
  [num = 50, options = {}] = trailing(num, options);
  const who = "logspace";
  checkOptions(options, who, "endpoint base axis dtype requiresGrad");
  const { endpoint, axis, dtype } = options;
  let base = options.base ?? 10;
  start = exact(start, dtype, who);
  [start, stop, base] = unrounded(who, start, exact(stop, dtype, who), exact(base, dtype, who));
  const plain = isPlain(start) && isPlain(stop) && isPlain(base);
  // Tensors of bases stand along the axes of start and stop.
  const bases = isPlain(base) ? base : toTensor(base, who);
  const shape = isPlain(bases) ? [] : bases.shape;
  const wide = (x: TensorLike): TensorLike =>
    isPlain(bases) || shape.length === 0
      ? x
      : add(x, zeros(shape, { dtype: bases.dtype === "float64" ? "float64" : "int32" }));
  const exponents = spaced(wide(start), wide(stop), num, { endpoint, axis }, who);
  const over = isPlain(bases)
    ? bases
    : bases.broadcastTo(broadcastOf([shape, exponents.shape.slice(1)], who)).expandDims(axis ?? 0);
  return finished(power(over, exponents), plain, options);
}

/**
 * num numbers from start to stop, each the last one times the same factor. Both have the same sign. Of
 * tensors, which broadcast, they are the first axis, or another one.
 *
 * @example
 * ```ts
 * geomspace(1, 8, 4).toArray(); // [1, 2, 4, 8]
 * ```
 * @throws if one of two numbers is 0, or if their signs differ; of tensors that gives NaN
 */
export function geomspace(
  start: TensorLike,
  stop: TensorLike,
  num?: number | GeomspaceOptions,
  options?: GeomspaceOptions,
): Tensor {
  [num = 50, options = {}] = trailing(num, options);
  const who = "geomspace";
  checkOptions(options, who, "endpoint axis dtype requiresGrad");
  const plain = isPlain(start) && isPlain(stop);
  if (plain && !(start * stop > 0)) {
    throw new RangeError(`${who}: ${start} and ${stop} are not of one sign, or one is 0`);
  }
  const { endpoint = true, axis = 0, dtype } = options;
  const [a, b] = together(who, exact(start, dtype, who), exact(stop, dtype, who));
  const steps = spaced(zerosLike(a), onesLike(b), num, { endpoint, axis }, who);
  const at = toAxis(axis, steps.ndim, who);
  const along = (x: Tensor): Tensor =>
    x.broadcastTo(broadcastOf([a.shape, b.shape], who)).expandDims(at);
  const [first, last] = [along(a), along(b)];
  const inner = multiply(power(divide(last, first), steps), first);
  // The ends are exact.
  const place = places(num).reshape(steps.shape.map((_, i) => (i === at ? num : 1)));
  const begun = where(equal(place, 0), first, inner);
  const y = endpoint && num > 1 ? where(equal(place, num - 1), last, begun) : begun;
  return finished(y, plain, options);
}

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** "xy": the first vector runs along axis 1, the second along axis 0; "ij": each along its own. */
  indexing?: "xy" | "ij";
  /** Only as long as the vector along its axis: broadcasting does the rest. Default false. */
  sparse?: boolean;
}

/**
 * Coordinates of a grid: for each vector a tensor of the grid's shape.
 *
 * @example
 * ```ts
 * meshgrid([1, 2], [3, 4])[0]!.toArray(); // [[1, 2], [1, 2]]
 * ```
 * @throws if an operand has more than one axis, or if there is no such indexing
 */
export function meshgrid(...vectors: (TensorLike | MeshgridOptions)[]): Tensor[] {
  const who = "meshgrid";
  const last = vectors.at(-1);
  const given = isOptions(last);
  const options = given ? (last as MeshgridOptions) : {};
  checkOptions(options, who, "indexing sparse");
  const { indexing = "xy", sparse = false } = options;
  if (indexing !== "xy" && indexing !== "ij") {
    throw new RangeError(`${who}: indexing is ${describe(indexing)}, not "xy" or "ij"`);
  }
  const list = together(who, ...((given ? vectors.slice(0, -1) : vectors) as TensorLike[]));
  const places = list.map((_, i) => (indexing === "xy" && i < 2 && list.length > 1 ? 1 - i : i));
  const shape = new Array<number>(list.length);
  list.forEach((x, i) => {
    if (x.ndim > 1) throw new RangeError(`${who}: operand ${i} has ${x.ndim} axes, not one`);
    shape[places[i]!] = x.size;
  });
  return list.map((x, i) => {
    const along = x.reshape(shape.map((_, axis) => (axis === places[i] ? x.size : 1)));
    return sparse ? along : along.broadcastTo(shape);
  });
}

/** Options of {@link vander}. */
export interface VanderOptions {
  /** The lowest power first. Default false. */
  increasing?: boolean;
}

/**
 * The matrix whose columns are powers of x, n of them (default: as many as x has elements), the
 * highest first.
 *
 * @example
 * ```ts
 * vander([2, 3], 3).toArray(); // [[4, 2, 1], [9, 3, 1]]
 * ```
 * @throws if x does not have one axis
 */
export function vander(
  x: TensorLike,
  n?: number | VanderOptions | null,
  options?: VanderOptions,
): Tensor {
  [n, options] = trailing(n, options);
  checkOptions(options, "vander", "increasing");
  const t = toTensor(x, "vander");
  if (t.ndim !== 1) throw new RangeError(`vander: needs one axis, x has ${t.ndim}`);
  const count = n ?? t.size;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`vander: ${describe(n)} is not a number of columns`);
  }
  const column = t.reshape([-1, 1]);
  if (count === 0) return column.slice([null, [0, 0]]);
  const one = toTensor(1, "vander").astype(t.dtype).broadcastTo([t.size, 1]);
  const factors = count > 1 ? [one, column.broadcastTo([t.size, count - 1])] : [one];
  const powers = cumprod(concatenate(factors, 1), 1);
  return options?.increasing === true ? powers : flip(powers, 1);
}
