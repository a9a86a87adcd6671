// Products of vectors, matrices and tensors, all of them by matmul and multiplication.
import { concatenate, matmul, multiply, subtract, sum } from "../../build/generated/ops.js";
import { toAxes, toAxis } from "../axes.js";
import { describe, type TensorLike, together, toTensor, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { moveaxis } from "./shapes.js";
import { checkOptions } from "../options.js";

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Sum over pairs of axes. */
function contracted(
  x: Tensor,
  y: Tensor,
  axesX: readonly number[],
  axesY: readonly number[],
  who: string,
): Tensor {
  if (axesX.length !== axesY.length) {
    throw new RangeError(`${who}: ${axesX.length} axes of x against ${axesY.length} of y`);
  }
  const [a, b] = [x.shape, y.shape];
  axesX.forEach((axis, i) => {
    if (a[axis] !== b[axesY[i]!]) {
      throw new RangeError(
        `${who}: sizes differ along axis ${axis} of x, shape ${shapeText(a)}, and axis ${axesY[i]} of y, ` +
          `shape ${shapeText(b)} (${a[axis]} ≠ ${b[axesY[i]!]})`,
      );
    }
  });
  const keptX = a.map((_, i) => i).filter((i) => !axesX.includes(i));
  const keptY = b.map((_, i) => i).filter((i) => !axesY.includes(i));
  const inner = product(axesX.map((axis) => a[axis]!));
  const left = keptX.map((axis) => a[axis]!);
  const right = keptY.map((axis) => b[axis]!);
  const z = matmul(
    x.transpose([...keptX, ...axesX]).reshape([product(left), inner]),
    y.transpose([...axesY, ...keptY]).reshape([inner, product(right)]),
  );
  return z.reshape([...left, ...right]);
}

/**
 * Product of x and y as NumPy's `dot`: of numbers their product, of vectors the sum of products, else
 * sums over the last axis of x and the last but one of y (of a vector its only one).
 *
 * @example
 * ```ts
 * dot([1, 2, 3], [4, 5, 6]).item(); // 32
 * ```
 * @throws if those axes differ in size
 */
export function dot(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = together("dot", x, y);
  if (a.ndim === 0 || b.ndim === 0) return multiply(a, b);
  return contracted(a, b, [a.ndim - 1], [Math.max(b.ndim - 2, 0)], "dot");
}

/**
 * Sum of the products of the elements of x and y, both flattened.
 *
 * @example
 * ```ts
 * vdot([[1, 2], [3, 4]], [[1, 1], [1, 1]]).item(); // 10
 * ```
 * @throws if they have not as many elements
 */
export function vdot(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = together("vdot", x, y);
  return contracted(a.reshape([-1]), b.reshape([-1]), [0], [0], "vdot");
}

/**
 * Sums of products over the last axes of x and y; of numbers their product.
 *
 * @example
 * ```ts
 * inner([[1, 2], [3, 4]], [1, 1]).toArray(); // [3, 7]
 * ```
 * @throws if those axes differ in size
 */
export function inner(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = together("inner", x, y);
  if (a.ndim === 0 || b.ndim === 0) return multiply(a, b);
  return contracted(a, b, [a.ndim - 1], [b.ndim - 1], "inner");
}

/**
 * Products of all elements of x with all of y, both flattened: a matrix.
 *
 * @example
 * ```ts
 * outer([1, 2], [3, 4]).toArray(); // [[3, 4], [6, 8]]
 * ```
 */
export function outer(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = together("outer", x, y);
  return multiply(a.reshape([-1, 1]), b.reshape([-1]));
}

/**
 * Sums of products over axes: the last so many of x with the first of y, or a list of axes of each.
 *
 * @example
 * ```ts
 * tensordot(ones([2, 3, 4]), ones([4, 3]), [[1, 2], [1, 0]]).toArray(); // [12, 12]
 * ```
 * @throws if the axes do not exist, or differ in number or size
 */
export function tensordot(
  x: TensorLike,
  y: TensorLike,
  axes: number | readonly (number | readonly number[])[] = 2,
): Tensor {
  const who = "tensordot";
  const [a, b] = together(who, x, y);
  if (typeof axes === "number") {
    if (!Number.isInteger(axes) || axes < 0 || axes > Math.min(a.ndim, b.ndim)) {
      throw new RangeError(
        `${who}: ${describe(axes)} is not a number of axes of ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
      );
    }
    const count = Array.from({ length: axes }, (_, i) => i);
    return contracted(
      a,
      b,
      count.map((i) => a.ndim - axes + i),
      count,
      who,
    );
  }
  if (!Array.isArray(axes) || axes.length !== 2) {
    throw new TypeError(`${who}: axes are a number or a pair of lists, not ${describe(axes)}`);
  }
  const [first, second] = axes as readonly (number | readonly number[])[];
  return contracted(
    a,
    b,
    toAxes(first!, who).map((axis) => toAxis(axis, a.ndim, who)),
    toAxes(second!, who).map((axis) => toAxis(axis, b.ndim, who)),
    who,
  );
}

/**
 * Kronecker product: every element of x times all of y.
 *
 * @example
 * ```ts
 * kron([1, 10], [1, 2]).toArray(); // [1, 2, 10, 20]
 * ```
 */
export function kron(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = together("kron", x, y);
  const rank = Math.max(a.ndim, b.ndim);
  const padded = (t: Tensor) => [...new Array<number>(rank - t.ndim).fill(1), ...t.shape];
  const [p, q] = [padded(a), padded(b)];
  // One axis at a time keeps the number of axes low: [m, 1] · [1, n] in the place of each.
  const all = multiply(a.reshape([-1, 1]), b.reshape([1, -1]));
  const sizes = p.map((d, i) => d * q[i]!);
  const flat = all.reshape([-1]);
  return flat.at(kronPlaces(p, q)).reshape(sizes);
}

/** Where the elements of a Kronecker product stand among all products, x's first. */
function kronPlaces(p: readonly number[], q: readonly number[]): Int32Array {
  const [m, n] = [product(p), product(q)];
  const places = new Int32Array(m * n);
  for (let k = 0; k < places.length; k++) {
    let rest = k;
    let [i, j, stepI, stepJ] = [0, 0, 1, 1];
    for (let axis = p.length - 1; axis >= 0; axis--) {
      const [d, e] = [p[axis]!, q[axis]!];
      const at = rest % (d * e);
      rest = Math.floor(rest / (d * e));
      i += Math.floor(at / e) * stepI;
      j += (at % e) * stepJ;
      stepI *= d;
      stepJ *= e;
    }
    places[k] = i * n + j;
  }
  return places;
}

/** Options of {@link cross}. */
export interface CrossOptions {
  /** Axis of x that holds vectors. Default -1. */
  axisa?: number;
  /** Axis of y that holds vectors. Default -1. */
  axisb?: number;
  /** Axis of the result that holds vectors. Default -1. */
  axisc?: number;
  /** All three at once. */
  axis?: number;
}

/**
 * Cross products of vectors of three elements; the third one may be left out as 0. Of two vectors in
 * the plane it is the third component alone.
 *
 * @example
 * ```ts
 * cross([1, 0, 0], [0, 1, 0]).toArray(); // [0, 0, 1]
 * ```
 * @throws if vectors have neither two nor three elements, or if the other axes do not broadcast
 */
export function cross(x: TensorLike, y: TensorLike, options: CrossOptions = {}): Tensor {
  const who = "cross";
  [x, y] = unrounded(who, x, y);
  checkOptions(options, who, "axisa axisb axisc axis");
  const vectors = (z: TensorLike, axis: number): Tensor => {
    const t = toTensor(z, who);
    const moved = moveaxis(t, toAxis(axis, t.ndim, who), -1);
    const n = moved.shape.at(-1)!;
    if (n === 2 || n === 3) return moved;
    throw new RangeError(`${who}: vectors have 2 or 3 elements, not ${n}`);
  };
  const a = vectors(x, options.axis ?? options.axisa ?? -1);
  const b = vectors(y, options.axis ?? options.axisb ?? -1);
  const part = (t: Tensor, i: number): Tensor | number => {
    if (i < t.shape.at(-1)!) return t.slice([...t.shape.slice(0, -1).map(() => null), [i, i + 1]]);
    return 0;
  };
  const component = (i: number, j: number): Tensor =>
    subtract(multiply(part(a, i), part(b, j)), multiply(part(a, j), part(b, i)));
  if (a.shape.at(-1) === 2 && b.shape.at(-1) === 2) return component(0, 1).squeeze(-1);
  const z = concatenate([component(1, 2), component(2, 0), component(0, 1)], -1);
  return moveaxis(z, -1, options.axis ?? options.axisc ?? -1);
}

/** Throws if operand `which` has fewer axes than it needs. */
function needs(t: Tensor, axes: number, which: string, who: string): Tensor {
  if (t.ndim >= axes) return t;
  throw new RangeError(
    `${who}: ${which} needs ${axes} ${axes > 1 ? "axes" : "axis"}, not ${t.ndim}`,
  );
}

/**
 * Sums of products of vectors along an axis of both, the others broadcast.
 *
 * @example
 * ```ts
 * vecdot([[1, 2], [3, 4]], [1, 1]).toArray(); // [3, 7]
 * ```
 * @throws if vectors differ in size, or if other axes do not broadcast
 */
export function vecdot(x: TensorLike, y: TensorLike, options: { axis?: number } = {}): Tensor {
  const who = "vecdot";
  [x, y] = unrounded(who, x, y);
  checkOptions(options, who, "axis");
  const axis = options.axis ?? -1;
  const vectors = (z: TensorLike, which: string): Tensor => {
    const t = needs(toTensor(z, who), 1, which, who);
    return moveaxis(t, toAxis(axis, t.ndim, who), -1);
  };
  const [a, b] = [vectors(x, "x"), vectors(y, "y")];
  const [m, n] = [a.shape.at(-1)!, b.shape.at(-1)!];
  if (m !== n) {
    throw new RangeError(
      `${who}: sizes differ: ${shapeText(a.shape)} · ${shapeText(b.shape)} (${m} ≠ ${n})`,
    );
  }
  return sum(multiply(a, b), -1);
}

/**
 * Products of matrices (the last two axes of x) and vectors (the last axis of y), the others broadcast.
 *
 * @example
 * ```ts
 * matvec([[1, 2], [3, 4]], [1, 1]).toArray(); // [3, 7]
 * ```
 * @throws if inner sizes differ, or if shapes do not broadcast
 */
export function matvec(x: TensorLike, y: TensorLike): Tensor {
  const who = "matvec";
  [x, y] = unrounded(who, x, y);
  const a = needs(toTensor(x, who), 2, "x", who);
  return matmul(a, needs(toTensor(y, who), 1, "y", who).expandDims(-1)).squeeze(-1);
}

/**
 * Products of vectors (the last axis of x) and matrices (the last two axes of y), the others broadcast.
 *
 * @example
 * ```ts
 * vecmat([1, 1], [[1, 2], [3, 4]]).toArray(); // [4, 6]
 * ```
 * @throws if inner sizes differ, or if shapes do not broadcast
 */
export function vecmat(x: TensorLike, y: TensorLike): Tensor {
  const who = "vecmat";
  [x, y] = unrounded(who, x, y);
  const b = needs(toTensor(y, who), 2, "y", who);
  return matmul(needs(toTensor(x, who), 1, "x", who).expandDims(-2), b).squeeze(-2);
}
