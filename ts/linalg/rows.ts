// How rows of linear algebra are called: operands checked and brought to one float dtype.
import type { Matrix } from "../../assembly/shared/matrix.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { getDefaultDtype } from "../create.js";
import { shapeText } from "../errors.js";
import { slotsOf, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { matricesPart } from "../../build/generated/parts/matrices.js";
import * as wasm from "../wasm.js";

/** Operands as tensors of one float dtype. */
export function floats(list: readonly TensorLike[], who: string): Tensor[] {
  const all = unrounded(who, ...list).map((x) => toTensor(x, who));
  const dtypes = all.map((x) => x.dtype);
  const dtype = dtypes.includes("float64")
    ? "float64"
    : dtypes.includes("float32")
      ? "float32"
      : getDefaultDtype();
  return all.map((x) => (x.dtype === dtype ? x : x.astype(dtype)));
}

/** x itself if its last two axes are matrices. */
export function matrices(x: Tensor, who: string): Tensor {
  if (x.ndim >= 2) return x;
  throw new RangeError(`${who}: needs matrices, not ${shapeText(x.shape)}`);
}

/** x itself if these are square. */
export function squares(x: Tensor, who: string): Tensor {
  if (x.ndim >= 2 && x.shape.at(-1) === x.shape.at(-2)) return x;
  throw new RangeError(`${who}: needs square matrices, not ${shapeText(x.shape)}`);
}

/** The result of a row. */
export function rowOf(kind: Matrix, operands: readonly Tensor[], who: string, attr = 0): Tensor {
  return tensorOf(() => {
    const [x, y = 0, z = 0] = slotsOf(operands, who) as [number, number?, number?];
    return wasm.need(matricesPart).linalg(kind, x, y, z, attr);
  }, who);
}

/** Rows (or columns, with `axis` -1) start … stop of matrices. */
export function part(x: Tensor, axis: -1 | -2, start: number, stop: number): Tensor {
  const rest = x.shape.slice(0, -2).map(() => null);
  const range = [start, stop] as const;
  return x.slice(axis === -2 ? [...rest, range] : [...rest, null, range]);
}

/** Matrices turned over. */
export function turned(x: Tensor): Tensor {
  return x.swapaxes(-1, -2);
}

/** The gap between 1 and the next number of x's dtype. */
export function epsilonOf(x: Tensor): number {
  return x.dtype === "float64" ? 2 ** -52 : 2 ** -23;
}
