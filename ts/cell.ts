// Where a tensor's value is. A Tensor points to a cell; while the value is in wasm, a table by slot
// holds the cell (never the Tensor). Eviction moves values that nothing in wasm needs into buffers
// that their cells own: a tensor that is garbage goes with its buffer, one that is alive comes back
// when it is used. So nobody frees anything, and nothing that can still be named is lost.
import { RESULT_PRESSURE, RESULT_SHIFT } from "../assembly/shared/limits.js";
import { countReturned, evict } from "./cells/eviction.js";
import { keptOf } from "./cells/kept.js";
import { Cell, cellAt, DISPOSED, register } from "./cells/table.js";
import { collect } from "./collection.js";
import { dtypeName, type Dtype } from "./dtype.js";
import * as wasm from "./wasm.js";

export { cellStatistics, evict } from "./cells/eviction.js";
export { keptOf } from "./cells/kept.js";
export { beginPast, endPast, inPast, keepPast, notePast } from "./cells/past.js";
export { again, slotOf } from "./cells/return.js";
export {
  Cell,
  cellAt,
  cellIn,
  depart,
  disposedCell,
  forgetSlots,
  haveCells,
  isDisposed,
  keptScalar,
  latest,
  noCells,
  UNCLONEABLE,
} from "./cells/table.js";

/** A cell for a result of the border (`packed` in assembly/border/results.ts). */
export function newCell(result: number): Cell {
  const slot = result >>> RESULT_SHIFT;
  const cell = new Cell(slot);
  register(slot, cell);
  collect(cell);
  if (result & RESULT_PRESSURE) evict(false);
  return cell;
}

/** Points a cell at another slot; its old one is the tape's alone now. */
export function moveCell(cell: Cell, result: number): void {
  const slot = result >>> RESULT_SHIFT;
  if (slot === cell.slot) return;
  // The old slot keeps its entry: gradients of the old value still belong to this cell.
  noteFormer(cell, cell);
  wasm.core().tensorRelease(cell.slot);
  cell.slot = slot;
  register(slot, cell);
  if (result & RESULT_PRESSURE) evict(false);
}

/**
 * The cell that a leaf goes on with after an assignment, for a result of the border: its own, unless
 * other values are computed from what that held so far.
 */
export function succeed(cell: Cell, result: number): Cell {
  const next = newCell(result);
  noteFormer(cell, next);
  next.grad = cell.grad;
  next.name = cell.name;
  next.hooks = cell.hooks;
  cell.grad = null;
  cell.successor = next;
  return next;
}

/** The value of leaf `cell`, which goes on as `next`, is replaced: a graph may still need the old one. */
function noteFormer(cell: Cell, next: Cell): void {
  const c = wasm.core();
  if (cell.slot <= 0 || !c.tensorIsLeaf(cell.slot) || !c.tensorIsUsed(cell.slot)) return;
  next.formers = [
    ...formersOf(cell).map((slot) => ({ slot, order: c.tensorOrder(slot) })),
    { slot: cell.slot, order: c.tensorOrder(cell.slot) },
  ];
}

/** Slots of values that leaf `cell` had before, as far as they are there still. */
export function formersOf(cell: Cell): number[] {
  if (cell.formers.length === 0) return [];
  const c = wasm.core();
  return cell.formers
    .filter(({ slot, order }) => c.tensorOrder(slot) === order && c.tensorIsLeaf(slot) !== 0)
    .map(({ slot }) => slot);
}

/** Gives a cell's value back for good. */
export function disposeCell(cell: Cell): void {
  if (cell.slot > 0) {
    if (cellAt(cell.slot) === cell) register(cell.slot, undefined);
    wasm.core().tensorRelease(cell.slot);
  } else {
    const kept = keptOf(cell);
    if (kept !== undefined) countReturned(kept);
  }
  cell.kept = undefined;
  cell.grad = null;
  cell.slot = DISPOSED;
}

// --- evicted values, without bringing them back ---

/** An evicted scalar as a number; undefined if it is something else. */
export function keptNumber(cell: Cell): number | undefined {
  const kept = keptOf(cell);
  return kept?.shape.length === 0 && kept.inputs === undefined ? cell.value : undefined;
}

/** Shape of an evicted value; undefined if it is in wasm. */
export function keptShape(cell: Cell): readonly number[] | undefined {
  return keptOf(cell)?.shape;
}

/** dtype of an evicted value. */
export function keptDtype(cell: Cell): Dtype | undefined {
  const kept = keptOf(cell);
  return kept === undefined ? undefined : dtypeName(kept.dtype);
}
