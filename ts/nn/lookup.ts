// Rows of tables by index, and products of two vectors with a tensor between.
import { add, matmul, where } from "../../build/generated/ops.js";
import { gather, toIndex } from "../along.js";
import { describe, tensorBeside, type TensorLike, toTensor } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { lookUp } from "../transforms/lookups.js";
import { naming, toFloats } from "./options.js";
import { checkOptions } from "../options.js";

/** Options of embedding. */
export interface EmbeddingOptions {
  /** The row of this index gets no derivative; negative ones count from the end. */
  paddingIdx?: number;
  /**
   * The gradient of weight, a leaf of `backward()`, `gradients` or a `Tape`, or an argument of `grad` or
   * `valueAndGrad`, is a `RowSparse`: the rows that were taken, and their indices, whatever the size of
   * the table; also through `checkpoint`. If weight is used otherwise as well, or has hooks, and in all other
   * transforms, in `vmap` and in `compile`, it is a tensor like any other. Default false.
   */
  sparse?: boolean;
}

export { oneHot } from "../ops/scattering.js";

/**
 * The row of weight [rows, size] for each index, integers of any shape: [..., size]. Derivatives of
 * rows that are taken repeatedly add up.
 *
 * @example
 * ```ts
 * embedding([1, 0, 1], [[1, 2], [3, 4]]).toArray(); // [[3, 4], [1, 2], [3, 4]]
 * const f = (w) => sum(embedding([1, 1], w, { sparse: true }));
 * const g = grad(f)(ones([1000, 2])); // a RowSparse
 * g.indices.toArray(); // [1, 1]
 * ```
 * @throws if an index is not an integer, or names no row, or if weight is no matrix
 */
export function embedding(
  input: TensorLike,
  weight: TensorLike,
  options: EmbeddingOptions = {},
): Tensor {
  const who = "embedding";
  checkOptions(options, who, "paddingIdx sparse");
  const [index, w] = [toIndex(input, who), toTensor(weight, who)];
  if (w.ndim !== 2) {
    throw new RangeError(`${who}: weight has shape ${shapeText(w.shape)}, not [rows, size]`);
  }
  const [rows, size] = w.shape as [number, number];
  const { paddingIdx } = options;
  const flat = index.reshape([-1]);
  const found = (options.sparse && lookUp(w, flat, who)) || gather(w, flat, 1, who);
  const taken = found.reshape([...index.shape, size]);
  if (paddingIdx === undefined || paddingIdx === null) return taken;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new RangeError(`${who}: paddingIdx ${describe(paddingIdx)} names none of ${rows} rows`);
  }
  const padding = naming(index, paddingIdx < 0 ? paddingIdx + rows : paddingIdx, rows);
  return where(padding.expandDims(-1), stopGradient(taken), taken);
}

/**
 * x1ᵀ · W · x2 + b for each matrix W of weight [out, in1, in2]: x1 [..., in1] and x2 [..., in2] give
 * [..., out].
 *
 * @example
 * ```ts
 * bilinear([1, 2], [3, 4], [[[1, 0], [0, 1]]], [10]).toArray(); // [21]
 * ```
 * @throws if the sizes do not suit each other
 */
export function bilinear(
  x1: TensorLike,
  x2: TensorLike,
  weight: TensorLike,
  bias?: TensorLike,
): Tensor {
  const who = "bilinear";
  const [a, b, w] = toFloats(who, x1, x2, weight);
  const outer = a.shape.slice(0, -1);
  const [out, m, n] = w.shape as [number, number, number];
  if (
    w.ndim !== 3 ||
    a.ndim === 0 ||
    a.shape.at(-1) !== m ||
    b.shape.at(-1) !== n ||
    shapeText(outer) !== shapeText(b.shape.slice(0, -1))
  ) {
    throw new RangeError(
      `${who}: x1 ${shapeText(a.shape)}, x2 ${shapeText(b.shape)} and weight ${shapeText(w.shape)} do ` +
        "not fit: they are [..., in1], [..., in2] and [out, in1, in2]",
    );
  }
  const left = matmul(a, w.transpose([1, 0, 2]).reshape([m, out * n])).reshape([...outer, out, n]);
  const y = matmul(left, b.expandDims(-1)).squeeze(-1);
  if (bias === undefined) return y;
  const c = tensorBeside(bias, w, who);
  if (c.ndim !== 1 || c.size !== out) {
    throw new RangeError(`${who}: bias has shape ${shapeText(c.shape)}, not [${out}]`);
  }
  return add(y, c);
}
