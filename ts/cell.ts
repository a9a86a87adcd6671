// Where a tensor's value is. A Tensor points to a cell; while the value is in wasm, a table by slot
// holds the cell (never the Tensor). Eviction moves values that nothing in wasm needs into buffers
// that their cells own: a tensor that is garbage goes with its buffer, one that is alive comes back
// when it is used. So nobody frees anything, and nothing that can still be named is lost.
import { Fault } from "../assembly/shared/fault.js";
import {
  RESULT_PRESSURE,
  RESULT_SHIFT,
  SLAB_SHIFT,
  SLOT_SHIFT,
} from "../assembly/shared/limits.js";
import { collect } from "./collection.js";
import { dtypeName, type Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import {
  closeShared,
  copyElements,
  gathered,
  isPending,
  isUniform,
  newKept,
  rankOf,
  scalarKept,
  type Kept,
} from "./kept.js";
import * as wasm from "./wasm.js";

const DISPOSED = -1;
const EVICTED = 0;

/** What few cells have; most never get one of these. */
class Notes {
  grad: unknown = null;
  gradient = false;
  held = false;
  successor: Cell | undefined = undefined;
  name: string | undefined = undefined;
}

const NONE = new Notes();

/** A tensor's place: a slot in wasm, or what was kept of it. There is one per result: small. */
export class Cell {
  /** Slot in wasm, EVICTED or DISPOSED. */
  slot: number;
  kept: Kept | undefined = undefined;
  /** What was kept, if all elements were the same. */
  value: number | undefined = undefined;
  /** Group of tensors whose end is reported together (ts/handle.ts); 0: none. */
  group = 0;
  private notes: Notes = NONE;

  constructor(slot: number) {
    this.slot = slot;
  }

  private ownNotes(): Notes {
    return this.notes === NONE ? (this.notes = new Notes()) : this.notes;
  }

  /** The accumulated gradient of a leaf (a Tensor, which this file does not know). */
  get grad(): unknown {
    return this.notes.grad;
  }
  set grad(grad: unknown) {
    if (grad !== this.notes.grad) this.ownNotes().grad = grad;
  }

  /** This value is, or was, the gradient of a leaf: tidy() leaves it alone. */
  get gradient(): boolean {
    return this.notes.gradient;
  }
  set gradient(on: boolean) {
    this.ownNotes().gradient = on;
  }

  /** Another cell needs this one to compute its value again: it outlives dispose(). */
  get held(): boolean {
    return this.notes.held;
  }
  set held(on: boolean) {
    this.ownNotes().held = on;
  }

  /** The cell of the same leaf after an assignment that had to leave this one alone. */
  get successor(): Cell | undefined {
    return this.notes.successor;
  }
  set successor(cell: Cell | undefined) {
    this.ownNotes().successor = cell;
  }

  /** What errors call it. */
  get name(): string | undefined {
    return this.notes.name;
  }
  set name(name: string | undefined) {
    if (name !== this.notes.name) this.ownNotes().name = name;
  }
}

/** Cells by slab and slot; slabs without any have no list. */
const table: ((Cell | undefined)[] | undefined)[] = [];
const IN_SLAB = (1 << SLAB_SHIFT) - 1;
let evictedBytes = 0;
let evictions = 0;

/** The cell whose value is in a slot. */
export function cellAt(slot: number): Cell | undefined {
  return table[slot >>> SLAB_SHIFT]?.[slot & IN_SLAB];
}

/** Cells were made since `noCells`. */
let some = false;

/** True if any value in a slot got a cell since the outermost transform began. */
export function haveCells(): boolean {
  return some;
}

/** The outermost transform has ended. */
export function noCells(): void {
  some = false;
}

function register(slot: number, cell: Cell | undefined): void {
  some = true;
  const cells = table[slot >>> SLAB_SHIFT];
  if (cells === undefined) openSlab(slot >>> SLAB_SHIFT)[slot & IN_SLAB] = cell;
  else cells[slot & IN_SLAB] = cell;
}

/** Another core runs, whose slots are others. */
export function forgetSlots(): void {
  table.length = 0;
}

function openSlab(slab: number): (Cell | undefined)[] {
  while (table.length <= slab) table.push(undefined);
  return (table[slab] = new Array<Cell | undefined>(IN_SLAB + 1).fill(undefined));
}

// --- results of the border ---

/** A cell for a result of the border (`packed` in assembly/index.ts). */
export function newCell(result: number): Cell {
  const slot = result >>> RESULT_SHIFT;
  const cell = new Cell(slot);
  register(slot, cell);
  collect(cell);
  if (result & RESULT_PRESSURE) evict(false);
  return cell;
}

/** The cell of what is in a slot, made if there is none. */
export function cellIn(slot: number): Cell {
  const known = cellAt(slot);
  if (known?.slot === slot) return known;
  const cell = new Cell(slot);
  register(slot, cell);
  return cell;
}

/** A cell for a scalar that has left wasm. */
export function keptScalar(about: number, value: number): Cell {
  const cell = new Cell(EVICTED);
  cell.kept = scalarKept(about);
  cell.value = value;
  return cell;
}

/**
 * The result of `call`, which returned 0 once: if memory ran out, everything evictable leaves and it
 * is called again.
 */
export function again(call: () => number, who?: string): number {
  // The least recently used half leaves, half of the rest, at last everything; then it is final, for
  // the call brings its operands back each time. Without a fault an operand had only moved.
  for (let round = 0; round < ROUNDS; round++) {
    const fault = wasm.pendingFault();
    if (fault === Fault.OutOfMemory) evict(round === ROUNDS - 1);
    else if (fault !== Fault.None || round > 0) break;
    wasm.clearFault();
    const result = call();
    if (result !== 0) return result;
  }
  if (wasm.pendingFault() === Fault.None) throw new Error(`internal: ${who ?? "op"}: no fault`);
  throw wasm.takeFault(who);
}

/** Attempts to make room for one call. */
const ROUNDS = 3;

/** The slot of a cell's value, brought back into wasm if need be. */
export function slotOf(cell: Cell): number {
  return cell.slot > 0 ? cell.slot : restore(cell);
}

/** Points a cell at another slot; its old one is the tape's alone now. */
export function moveCell(cell: Cell, result: number): void {
  const slot = result >>> RESULT_SHIFT;
  if (slot === cell.slot) return;
  // The old slot keeps its entry: gradients of the old value still belong to this cell.
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
  next.grad = cell.grad;
  next.name = cell.name;
  cell.grad = null;
  cell.successor = next;
  return next;
}

/** The cell that a leaf has now. */
export function latest(cell: Cell): Cell {
  let last = cell;
  while (last.successor !== undefined) last = last.successor;
  return last;
}

/** Gives a cell's value back for good. */
export function disposeCell(cell: Cell): void {
  if (cell.slot > 0) {
    if (cellAt(cell.slot) === cell) register(cell.slot, undefined);
    wasm.core().tensorRelease(cell.slot);
  } else if (cell.kept !== undefined) evictedBytes -= cell.kept.bytes;
  cell.kept = undefined;
  cell.grad = null;
  cell.slot = DISPOSED;
}

/** A cell for a tensor that was disposed of although another value still needs its own. */
export function disposedCell(name: string | undefined): Cell {
  const cell = new Cell(DISPOSED);
  cell.name = name;
  return cell;
}

/** True if the cell was disposed of. */
export function isDisposed(cell: Cell): boolean {
  return cell.slot === DISPOSED;
}

/** Brings an evicted value back, and first whatever evicted values it is computed from. */
function restore(first: Cell): number {
  const waiting = [first];
  for (let cell = waiting.at(-1); cell !== undefined; cell = waiting.at(-1)) {
    const missing: Cell | undefined = cell.kept?.inputs?.find((input) => input.slot === EVICTED);
    if (missing !== undefined) {
      waiting.push(missing);
      continue;
    }
    if (cell.slot === EVICTED) bringBack(cell);
    else if (cell.slot === DISPOSED) throw disposedError(cell);
    waiting.pop();
  }
  return first.slot;
}

function disposedError(cell: Cell): Error {
  const name = cell.name === undefined ? "" : ` "${cell.name}"`;
  return new Error(
    `tensor: this tensor${name} was disposed of; it cannot be used after dispose(), the end of its ` +
      "`using` block or of the tidy() that made it",
  );
}

/** Slots of what a value is computed from, all in wasm at once. */
function inputSlots(inputs: readonly Cell[]): number[] {
  for (let tries = 0; tries < 2; tries++) {
    const slots = inputs.map(slotOf);
    if (inputs.every((input, i) => input.slot === slots[i])) return slots;
  }
  throw new RangeError(
    "tensor: out of memory: a value and what it is computed from do not fit into 4 GB at once",
  );
}

function bringBack(cell: Cell): void {
  const kept = cell.kept!;
  const c = wasm.core();
  const rank = kept.shape.length;
  const make = (): number => {
    if (kept.inputs !== undefined) {
      const slots = inputSlots(kept.inputs);
      wasm.writeList(slots);
      return c.recipeRun(kept.op, kept.inputs.length);
    }
    wasm.writeList(kept.shape);
    if (kept.buffer !== undefined) return c.tensorEmpty(kept.dtype, rank);
    if (rank === 0) return c.tensorNumber(cell.value!, kept.dtype, kept.weak);
    return c.tensorUniform(kept.dtype, rank, cell.value!);
  };
  const result = make() || again(make, `tensor ${shapeText(kept.shape)}`);
  const slot = result >>> RESULT_SHIFT;
  if (kept.buffer !== undefined) {
    wasm.copyIn(c.tensorAddress(slot), kept.buffer, kept.offset, kept.bytes);
  }
  if (kept.leaf) c.tensorSetLeaf(slot, true);
  if (kept.weak) c.tensorSetWeak(slot);
  if (kept.cut) c.tensorSetCut(slot);
  if (!kept.departed) c.evictReturn(kept.bytes);
  evictedBytes -= kept.bytes;
  cell.kept = undefined;
  cell.slot = slot;
  register(slot, cell);
}

// --- eviction ---

// A record of assembly/tape/evict.ts.
const RECORD = 24;
const ABOUT = 4;
const SIZE = 8;
const PLACE = 12;
const VALUE = 16;
const SIZES = 16;

/** More tensors than this are many: a tape of such a length has just ended. */
const MANY = 8192;

/**
 * Copies the least recently used half of the evictable values (or all) out of wasm; of very many
 * ones, half again and again. Returns how many.
 */
export function evict(all: boolean): number {
  let sum = 0;
  for (let done = evictOnce(all); done > 0; done = evictOnce(all)) {
    sum += done;
    if (done <= MANY || done < wasm.core().handleCount()) break;
  }
  return sum;
}

/** The eviction under way: how many records there are, the first one's first word, the next record. */
let listed = 0;
let list = 0;
let next = 0;

function nextRecord(): number {
  return list + (next * RECORD) / 4;
}

function evictOnce(all: boolean): number {
  if (listed > 0) endInterrupted();
  closeShared();
  const n = wasm.core().evictChoose(all);
  if (n === 0) warnOfTape();
  list = wasm.core().evictList() >>> 2;
  next = 0;
  listed = n;
  for (; next < n; next++) evictNext();
  return endEviction(true);
}

/** Moves the value of the next record out, or leaves it where it is. */
function evictNext(): void {
  // Copying values may make memory grow: views are asked for anew.
  const at = nextRecord();
  const slot = wasm.words()[at]! >>> SLOT_SHIFT;
  const about = wasm.words()[at + ABOUT / 4]!;
  const cell = cellAt(slot);
  // A handle that never got a cell, for want of stack: nobody can ask for its value.
  if (cell === undefined) return;
  if (cell.slot !== slot) {
    wasm.core().evictSkip(next);
    return;
  }
  const value = wasm.doubles()[(at + VALUE / 4) >>> 1];
  let kept: Kept | undefined;
  if (isUniform(about) && rankOf(about) === 0) kept = scalarKept(about);
  else {
    const place = wasm.words()[at + PLACE / 4]!;
    const size = wasm.words()[at + SIZE / 4]! >>> 0;
    kept = place === 0 ? keep(slot, about, size) : keptAt(place - 1, about, at);
  }
  if (kept === undefined) {
    wasm.core().evictSkip(next);
    return;
  }
  register(slot, undefined);
  // No calls from here on: nothing can come between.
  cell.kept = kept;
  cell.value = value;
  cell.slot = EVICTED;
  evictedBytes += kept.bytes;
}

/** Frees what has been moved out; returns how many values those are. */
function endEviction(whole: boolean): number {
  const done = listed;
  wasm.core().evictCommit(whole);
  listed = 0;
  evictions += done;
  closeShared();
  return done;
}

/** An exception (no stack, no memory of the host's) ended an eviction: what has not moved stays. */
function endInterrupted(): void {
  for (; next < listed; next++) {
    const slot = wasm.words()[nextRecord()]! >>> SLOT_SHIFT;
    if (cellAt(slot)?.slot === slot) wasm.core().evictSkip(next);
  }
  endEviction(false);
}

/** A scalar's value has left wasm with the level that recorded it. */
export function depart(cell: Cell, about: number, value: number): void {
  register(cell.slot, undefined);
  cell.kept = scalarKept(about);
  cell.value = value;
  cell.slot = EVICTED;
}

/** What is kept of a small value, whose elements were gathered at `place`; its record is at word `at`. */
function keptAt(place: number, about: number, at: number): Kept {
  const words = wasm.words();
  const first = words[at + SIZES / 4]! >>> 0;
  const shape = rankOf(about) === 1 ? [first] : [first, words[at + SIZES / 4 + 1]! >>> 0];
  return gathered(newKept(about, shape), place, words[at + SIZE / 4]! >>> 0);
}

/** What is kept of a value: its elements, or of a pending one how to compute it. */
function keep(slot: number, about: number, size: number): Kept | undefined {
  const c = wasm.core();
  const kept = newKept(about, wasm.readList(c.tensorShape(slot)));
  if (isUniform(about)) return kept;
  if (!isPending(about)) return copyElements(kept, slot, size) ? kept : undefined;
  kept.op = c.tensorOp(slot);
  const inputs: Cell[] = [];
  for (let i = 0, n = c.recipeInputs(slot); i < n; i++) inputs.push(inputCell(slot, i));
  kept.inputs = inputs;
  return kept;
}

/** The cell of an input of a pending value: values that never had a tensor get one now. */
function inputCell(slot: number, i: number): Cell {
  const answer = wasm.core().recipeInput(slot, i);
  const at = answer >>> 1;
  let cell = answer & 1 ? undefined : cellAt(at);
  if (cell === undefined) {
    cell = new Cell(at);
    register(at, cell);
  }
  cell.held = true;
  return cell;
}

let warned = false;

/** A tape of this size that nothing differentiates is hardly meant: bytes, tensors. */
const LARGE_BYTES = 2 ** 30;
const LARGE_COUNT = 500_000;

/** Nothing could leave: if the tape itself is so large, that is said once. */
function warnOfTape(): void {
  const c = wasm.core();
  if (warned || c.levelDepth() > 0) return;
  if (c.memoryUsed() < LARGE_BYTES && c.handleCount() < LARGE_COUNT) return;
  warned = true;
  console.warn(
    "tapegrad: the tape has grown large and nothing differentiates it. Computations that need no " +
      "gradient belong in noGrad(() => …), or start from x.detach().",
  );
}

// --- report ---

/** An evicted scalar as a number, without bringing it back; undefined if it is something else. */
export function keptNumber(cell: Cell): number | undefined {
  return cell.kept?.shape.length === 0 && cell.kept.inputs === undefined ? cell.value : undefined;
}

/** Shape of an evicted value, without bringing it back; undefined if it is in wasm. */
export function keptShape(cell: Cell): readonly number[] | undefined {
  return cell.kept?.shape;
}

/** dtype of an evicted value, without bringing it back. */
export function keptDtype(cell: Cell): Dtype | undefined {
  return cell.kept === undefined ? undefined : dtypeName(cell.kept.dtype);
}

/** Counters for memory(). */
export function cellStatistics(): { evictedBytes: number; evictions: number } {
  return { evictedBytes, evictions };
}
