// The way back: evicted values return to wasm when they are used, and calls that found no room for
// their result are made again when others have left.
import { Fault } from "../../assembly/shared/fault.js";
import { RESULT_SHIFT } from "../../assembly/shared/limits.js";
import { shapeText } from "../errors.js";
import * as wasm from "../wasm.js";
import { countReturned, evict } from "./eviction.js";
import { keptOf } from "./kept.js";
import { DISPOSED, EVICTED, register, type Cell } from "./table.js";

/** The slot of a cell's value, brought back into wasm if need be. */
export function slotOf(cell: Cell): number {
  return cell.slot > 0 ? cell.slot : restore(cell);
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

/** Brings an evicted value back, and first whatever evicted values it is computed from. */
function restore(first: Cell): number {
  const waiting = [first];
  for (let cell = waiting.at(-1); cell !== undefined; cell = waiting.at(-1)) {
    const missing: Cell | undefined = keptOf(cell)?.inputs?.find((input) => input.slot === EVICTED);
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
  const kept = keptOf(cell)!;
  const c = wasm.core();
  const rank = kept.shape.length;
  const make = (): number => {
    if (kept.inputs !== undefined) {
      const slots = inputSlots(kept.inputs);
      wasm.writeList(slots);
      return c.recipeRun(kept.op, kept.inputs.length, kept.attr, kept.number);
    }
    wasm.writeList(kept.shape);
    if (kept.buffers !== undefined) return c.tensorEmpty(kept.dtype, rank);
    if (rank === 0) return c.tensorNumber(cell.value!, kept.dtype, kept.weak);
    return c.tensorUniform(kept.dtype, rank, cell.value!);
  };
  const result = make() || again(make, `tensor ${shapeText(kept.shape)}`);
  const slot = result >>> RESULT_SHIFT;
  if (kept.buffers !== undefined) {
    wasm.copyIn(c.tensorAddress(slot), kept.buffers, kept.offset, kept.bytes);
  }
  if (kept.leaf) c.tensorSetLeaf(slot, true);
  if (kept.weak) c.tensorSetWeak(slot);
  if (kept.cut) c.tensorSetCut(slot);
  if (!kept.departed) c.evictReturn(kept.bytes);
  countReturned(kept);
  cell.kept = undefined;
  cell.slot = slot;
  register(slot, cell);
}
