// Assigning to leaves: another value takes the place of the one that a tensor has. Views, pending and
// recorded uses keep the old one.
import type { Tensor } from "./tensor.js";
import { RESULT_SHIFT } from "../assembly/shared/limits.js";
import { add, subtract } from "../build/generated/ops.js";
import { moveCell, notePast, succeed } from "./cell.js";
import type { TensorLike } from "./convert.js";
import { shapeText } from "./errors.js";
import { inspection } from "./inspector.js";
import { isHandle, isStill, slot, slotsOf } from "./handle.js";
import { saidOf } from "./naming.js";
import { noteAssignment, recorder } from "./recording.js";
import * as wasm from "./wasm.js";

/** Tensors that never change, and what they belong to. */
const fixed = new WeakMap<Tensor, string>();

/** Forbids to assign to x, which is part of something else. */
export function fix(x: Tensor, owner: string): Tensor {
  fixed.set(x, owner);
  return x;
}

/** Throws if nothing can ever be assigned to x. */
function checkOwn(x: Tensor, who: string): void {
  if (x.byRows !== undefined) {
    throw new Error(
      `${who}: a RowSparse does not change; make another one, or take toDense() and assign to that`,
    );
  }
  const owner = fixed.get(x);
  if (owner !== undefined) {
    throw new Error(
      `${who}: this tensor is part of a ${owner}, which does not change; assign to a detach()ed one`,
    );
  }
}

/** Throws if nothing can be assigned to x now. */
export function checkAssignable(x: Tensor, who: string): void {
  checkOwn(x, who);
  const c = wasm.core();
  const at = slot(x);
  if (c.tensorFits(at, at)) return;
  const mask = c.tensorMask(at);
  if (c.tensorIsLeaf(at)) {
    if (mask & c.recording()) {
      throw new Error(`${who}: a tensor with requiresGrad changes under noGrad(() => …) only`);
    }
  } else if (mask !== 0) {
    throw new Error(`${who}: only leaves can be assigned to; this tensor is computed from others`);
  }
  if (c.tensorBatch(at) > 0) throw new Error(`${who}: not inside vmap`);
}

/** Gives x another value. */
export function assign(x: Tensor, value: Tensor, who: string): void {
  checkOwn(x, who);
  const [at, to] = slotsOf([x, value]) as [number, number];
  become(x, wasm.core().tensorFits(at, to) ? value : suitable(x, value, who), who);
}

/** Gives x the value x + y, or x - y. */
export function assignSum(x: Tensor, y: TensorLike, minus: boolean): void {
  const who = minus ? "assignSub" : "assignAdd";
  checkOwn(x, who);
  if (isHandle(y) && y.byRows?.addInto(x, minus, who)) return;
  if (updated(x, y, minus)) return;
  checkAssignable(x, who);
  let sum: Tensor;
  try {
    sum = minus ? subtract(x, y) : add(x, y);
  } catch (error) {
    throw saidOf(who, error);
  }
  assign(x, sum, who);
}

/** The same at once and in place, where nothing stands in the way: false if something does. */
function updated(x: Tensor, y: TensorLike, minus: boolean): boolean {
  if (!isHandle(y) || recorder.now !== undefined || inspection.saved || x.cell.held) return false;
  const at = slot(x);
  const to = slot(y);
  // To bring y back, x may have had to leave.
  if (!isStill(x, at)) return false;
  notePast(x);
  return isStill(x, at) && wasm.core().tensorUpdate(at, to, minus) !== 0;
}

/** `value` in the shape and dtype of x; throws if it cannot be assigned. */
function suitable(x: Tensor, value: Tensor, who: string): Tensor {
  checkAssignable(x, who);
  const shape = x.shape;
  const given = value.shape;
  if (
    given.length > shape.length ||
    !given.every((d, i) => {
      const mine = shape[shape.length - given.length + i];
      return d === mine || d === 1;
    })
  ) {
    throw new RangeError(
      `${who}: a value of shape ${shapeText(given)} does not fit a tensor of ${shapeText(shape)}`,
    );
  }
  const c = wasm.core();
  let suited = value;
  if (c.tensorDtype(slot(value)) !== c.tensorDtype(slot(x))) suited = value.astype(x.dtype);
  if (given.length < shape.length || !given.every((d, i) => d === shape[i])) {
    suited = suited.broadcastTo(shape);
  }
  if (c.tensorBatch(slot(suited)) > 0 || (c.tensorMask(slot(suited)) & c.recording()) !== 0) {
    throw new Error(`${who}: the new value depends on a transform that is under way; use detach()`);
  }
  return suited;
}

/** x goes on with the value of `suited`. */
function become(x: Tensor, suited: Tensor, who: string): void {
  const c = wasm.core();
  if (inspection.saved && c.tensorIsUsed(slot(x))) {
    throw new Error(
      `${who}: a recorded computation still needs the value that ${x.name === undefined ? "this tensor" : `"${x.name}"`} has now: ` +
        "derivatives of that would be taken at the old value; call backward() first, or detach()",
    );
  }
  noteAssignment(x);
  if (slot(x) > 0) notePast(x);
  if (x.cell.held) {
    // Values outside wasm are computed from this cell's: it keeps the old one.
    const leaf = c.tensorIsLeaf(slot(x)) !== 0;
    const next = c.tensorDetach(slot(suited));
    if (next === 0) throw wasm.takeFault(who);
    if (leaf) c.tensorSetLeaf(next >>> RESULT_SHIFT, true);
    x.cell = succeed(x.cell, next);
    return;
  }
  const [at, to] = slotsOf([x, suited]) as [number, number];
  const result = c.tensorAssign(at, to);
  if (result === 0) throw wasm.takeFault(who);
  moveCell(x.cell, result);
}
