// What every Tensor is underneath: a cell, a brand, and a guard against JavaScript's operators.
import type { Tensor } from "./tensor.js";
import {
  RESULT_LIGHT,
  RESULT_PRESSURE,
  RESULT_SHIFT,
  RESULT_TAPED,
  SCRATCH_WORDS,
} from "../assembly/shared/limits.js";
import {
  again,
  cellAt,
  disposeCell,
  evict,
  keptNumber,
  newCell,
  slotOf,
  type Cell,
} from "./cell.js";
import { isCollecting } from "./collection.js";
import { departedNumber, openLog, settledCell, type Log } from "./light.js";
import * as wasm from "./wasm.js";

const BRAND = Symbol.for("tapegrad.tensor");

/** A gradient by rows, as those know it who stand below it. */
export interface ByRows {
  /** Which rows. */
  readonly indices: Tensor;
  /** What has to be computed for it to be known. */
  readonly values: Tensor;
  /** Cells of all that it is made of, of the whole only if that was computed. @internal */
  cells(): Cell[];
  /** The sum with another gradient of the same tensor. @internal */
  sumWith(other: Tensor): Tensor;
  /** Adds itself to a leaf of its shape, or subtracts itself; false if the leaf has another. @internal */
  addInto(x: Tensor, minus: boolean, who: string): boolean;
  /** Makes rows of the same shape; does not keep these. @internal */
  maker(): (indices: Tensor, values: Tensor) => Tensor;
}

/** A cell with the face of a tensor. `Tensor` (ts/tensor.ts) adds everything else. */
export abstract class Handle {
  /** The cell; of a light scalar (ts/light.ts) the log that will know it. @internal */
  home: Cell | Log;
  /** The slot of a light scalar; 0 for all others. @internal */
  light: number;
  /** Shared by tensors that the garbage collector reports together. @internal */
  token: object | undefined = undefined;

  /** @internal */
  constructor(home: Cell | Log, light: number) {
    this.home = home;
    this.light = light;
  }

  /** @internal */
  get cell(): Cell {
    if (this.light > 0) this.cell = settledCell(this.home as Log, this.light);
    return this.home as Cell;
  }
  set cell(cell: Cell) {
    this.home = cell;
    this.light = 0;
  }

  /** The tensor itself if it is a gradient by rows (ts/rowsparse.ts). @internal */
  get byRows(): ByRows | undefined {
    return undefined;
  }

  /** @internal */
  get [BRAND](): boolean {
    return true;
  }

  /** JavaScript has no operator overloading: arithmetic and comparison on tensors throw. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TypeError(
      "tensor: JavaScript operators do not work on tensors; write multiply(x, y) or x.multiply(y) " +
        "for x * y, greater(x, 0) for x > 0, and x.item() for the number in a tensor of one element",
    );
  }
}

let create: (home: Cell | Log, light: number) => Tensor;

/** Tells how tensors are made; ts/tensor.ts does so once. */
export function setFactory(factory: (home: Cell | Log, light: number) => Tensor): void {
  create = factory;
}

/** The tensor for a result of the border that is not 0. */
export function wrap(result: number): Tensor {
  if (result & RESULT_LIGHT && !isCollecting()) {
    const tensor = create(openLog(), result >>> RESULT_SHIFT);
    if (result & RESULT_PRESSURE) evict(false);
    return tensor;
  }
  const tensor = create(newCell(result), 0);
  if (result & RESULT_TAPED) watch(tensor);
  return tensor;
}

/** The tensor for the result of `call`, which is repeated once if memory ran out. */
export function tensorOf(call: () => number, who?: string): Tensor {
  const result = call();
  return wrap(result === 0 ? again(call, who) : result);
}

/** True for tensors of this copy of the library; throws for tensors of another one. */
export function isHandle(x: unknown): x is Tensor {
  if (x instanceof Handle) return true;
  if (typeof x === "object" && x !== null && BRAND in x) {
    throw new TypeError(
      "tensor: this tensor belongs to another copy of tapegrad (two versions installed, or the " +
        "browser file beside the package); load the library once",
    );
  }
  return false;
}

/** The slot of a tensor's value. */
export function slot(x: Tensor): number {
  if (x.light > 0 && (x.home as Log).open) return x.light;
  const cell = x.cell;
  return cell.slot > 0 ? cell.slot : slotOf(cell);
}

/** True if the value of x, whose slot was asked for, has not been moved out since. */
export function isStill(x: Tensor, slot: number): boolean {
  return x.light === slot || x.cell.slot === slot;
}

/** A scalar that has left wasm, as a number; undefined for anything else. */
export function numberOutside(x: Tensor): number | undefined {
  if (x.light > 0) {
    if ((x.home as Log).open) return undefined;
    const number = departedNumber(x.home as Log, x.light);
    if (number !== undefined) return number;
  }
  return keptNumber(x.cell);
}

/**
 * The slots of several operands. Bringing one back may have evicted another if memory is short, so
 * they are looked up until all of them stand.
 */
export function slotsOf(list: readonly Tensor[], who = "tensor"): number[] {
  for (let tries = 0; tries < 2; tries++) {
    const slots = list.map(slot);
    if (list.every((x, i) => isStill(x, slots[i]!))) return slots;
  }
  throw new RangeError(`${who}: out of memory: the operands do not fit into 4 GB at once`);
}

/**
 * Computes what a transform returns in as few passes as it takes: values and derivatives of one
 * function share most of their work. Inside another transform nothing is due yet.
 */
export function computeTogether(results: Iterable<unknown>): void {
  const c = wasm.core();
  if (c.levelDepth() > 0) return;
  const words = wasm.words();
  const first = wasm.scratchWord();
  let n = 0;
  // A light scalar has its value.
  for (const result of results) {
    if (!(result instanceof Handle)) continue;
    const x: Handle = result.byRows?.values ?? result;
    if (x.light > 0 || x.cell.slot <= 0) continue;
    if (n === SCRATCH_WORDS) return;
    words[first + n++] = x.cell.slot;
  }
  // Without memory they stay pending: whoever reads one of them tries again.
  if (n > 0 && !c.compute(n)) c.faultClear();
}

// --- tensors that only the imperative tape holds ---
// Outside transforms, a recorded result cannot be evicted. When code yields, the garbage collector
// reports which ones are gone; 64 tensors share one token, for registering costs more than an op.

// It reports slots, not cells: a list of cells would keep evicted values alive.

const GROUP = 64;
let token: object | undefined;
let group: Group = { id: 0, slots: [] };
let registry: FinalizationRegistry<Group> | undefined;

interface Group {
  id: number;
  slots: number[];
}

function watch(tensor: Tensor): void {
  if (typeof FinalizationRegistry === "undefined") return;
  registry ??= new FinalizationRegistry(letGo);
  if (token === undefined) {
    token = {};
    group = { id: group.id + 1, slots: [] };
    registry.register(token, group);
  }
  tensor.token = token;
  tensor.cell.group = group.id;
  if (group.slots.push(tensor.cell.slot) === GROUP) token = undefined;
}

function letGo({ id, slots }: Group): void {
  for (const slot of slots) {
    const cell = cellAt(slot);
    if (cell?.group === id && cell.slot === slot && !cell.held) disposeCell(cell);
  }
}

/** The transforms that x depends on and that record now, a bit each; bit 0 is that of leaves. */
export function transformsOf(x: Tensor): number {
  const c = wasm.core();
  // The last bit is that of programs, which nobody differentiates.
  return c.tensorMask(slot(x)) & c.recording() & 0x7fffffff;
}

/** True if derivatives of what is made of x may be asked for. */
export function isTracked(x: Tensor): boolean {
  return transformsOf(x) !== 0;
}

/** True if the values of x are known now: not inside vmap and not while a program is recorded. */
export function isKnown(x: Tensor): boolean {
  const at = slot(x);
  return wasm.core().tensorBatch(at) === 0 && !wasm.core().tensorTraced(at);
}
