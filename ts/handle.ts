// What every Tensor is underneath: a cell, a brand, and a guard against JavaScript's operators.
import type { Tensor } from "./tensor.js";
import { SCRATCH_WORDS } from "../assembly/shared/limits.js";
import { again, cellAt, disposeCell, newCell, slotOf, type Cell } from "./cell.js";
import * as wasm from "./wasm.js";

const BRAND = Symbol.for("tapegrad.tensor");

/** A cell with the face of a tensor. `Tensor` (ts/tensor.ts) adds everything else. */
export abstract class Handle {
  /** @internal */
  cell: Cell;
  /** Shared by tensors that the garbage collector reports together. @internal */
  token: object | undefined = undefined;

  /** @internal */
  constructor(cell: Cell) {
    this.cell = cell;
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

let create: (cell: Cell) => Tensor;

/** Tells how tensors are made; ts/tensor.ts does so once. */
export function setFactory(factory: (cell: Cell) => Tensor): void {
  create = factory;
}

/** The tensor for a result of the border that is not 0. */
export function wrap(result: number): Tensor {
  const tensor = create(newCell(result));
  if (result & 2) watch(tensor);
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
  const cell = x.cell;
  return cell.slot > 0 ? cell.slot : slotOf(cell);
}

/**
 * The slots of several operands. Bringing one back may have evicted another if memory is short, so
 * they are looked up until all of them stand.
 */
export function slotsOf(list: readonly Tensor[], who = "tensor"): number[] {
  for (let tries = 0; tries < 2; tries++) {
    const slots = list.map(slot);
    if (list.every((x, i) => x.cell.slot === slots[i])) return slots;
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
  const slots: number[] = [];
  for (const x of results) if (x instanceof Handle && x.cell.slot > 0) slots.push(x.cell.slot);
  if (slots.length === 0 || slots.length > SCRATCH_WORDS) return;
  wasm.writeList(slots);
  // Without memory they stay pending: whoever reads one of them tries again.
  if (!c.compute(slots.length)) c.faultClear();
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
