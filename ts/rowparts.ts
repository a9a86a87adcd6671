// What tensors by rows (ts/rowsparse.ts) are made of, and how rows are added to others.
import { fix } from "./assignment.js";
import type { Dtype } from "./dtype.js";
import { slot, tensorOf } from "./handle.js";
import type { Tensor } from "./tensor.js";
import * as wasm from "./wasm.js";

/** True if what is computed from x now is recorded. */
export function isTrackedNow(x: Tensor): boolean {
  const c = wasm.core();
  return (c.tensorMask(slot(x)) & c.recording()) !== 0;
}

/** Runs f, whose result is recorded where x is, whatever is recorded now. */
export function recordedAs<R>(x: Tensor, f: () => R): R {
  const c = wasm.core();
  const before = c.recording();
  try {
    c.setRecording(before | (c.tensorMask(slot(x)) & 0x7fffffff));
    return f();
  } finally {
    c.setRecording(before);
  }
}

/** The value of x as a tensor to which nothing can be assigned; derivatives pass. */
export function ownPart(x: Tensor): Tensor {
  const alias = () => tensorOf(() => wasm.core().tensorAlias(slot(x)), "RowSparse");
  return fix(recordedAs(x, alias), "RowSparse");
}

/** The dtype that a sum of both has. */
export function meetingDtype(x: Tensor, y: Tensor): Dtype {
  const c = wasm.core();
  // Dtypes are in the order of promotion.
  return c.tensorDtype(slot(x)) < c.tensorDtype(slot(y)) ? y.dtype : x.dtype;
}

/** x with rows added, in the dtype of the sum. */
export function increased(x: Tensor, indices: Tensor, rows: Tensor): Tensor {
  const dtype = meetingDtype(x, rows);
  return (x.dtype === dtype ? x : x.astype(dtype)).addAt([indices], rows);
}
