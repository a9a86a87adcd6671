// Values that tensors had before they were assigned to. A function that runs again (ts/transforms/
// segment.ts) must find what it found at first; so while such functions are waiting, replaced values
// are kept, and for as long as one of them runs they take their places again.
import * as wasm from "../wasm.js";
import { register, type Cell } from "./table.js";

/** A tensor, which this file does not know. */
interface Owner {
  cell: Cell;
}

/** The value that an assignment replaced: the node stays in its slot. */
interface Past {
  time: number;
  owner: Owner;
  cell: Cell;
  slot: number;
}

/** Assignments and beginnings, counted. */
let time = 0;
/** When the newest of the functions began. */
let begun = 0;
/** How many of them are there. */
let waiting = 0;
const pasts: Past[] = [];
const newest = new Map<Owner, number>();

/** A function begins that may run again; tells when. Each call is followed by one of `endPast`. */
export function beginPast(): number {
  waiting++;
  return (begun = ++time);
}

/** One more holder of what `beginPast` began. */
export function keepPast(): void {
  waiting++;
}

/** Nobody is going to ask for it any more. */
export function endPast(): void {
  if (--waiting > 0) return;
  const c = wasm.core();
  for (const { slot } of pasts) c.tensorHold(slot, false);
  pasts.length = 0;
  newest.clear();
}

/** The value that a tensor has in wasm is about to be replaced. */
export function notePast(owner: Owner): void {
  // No function has begun since the last assignment: none has seen this value.
  if (waiting === 0 || (newest.get(owner) ?? 0) > begun) return;
  const { cell } = owner;
  wasm.core().tensorHold(cell.slot, true);
  pasts.push({ time: ++time, owner, cell, slot: cell.slot });
  newest.set(owner, time);
}

/** Runs f while tensors have the values that they had at a time. */
export function inPast<R>(when: number, f: () => R): R {
  const changed = new Map<Owner, Past>();
  for (const past of pasts) {
    if (past.time > when && !changed.has(past.owner)) changed.set(past.owner, past);
  }
  if (changed.size === 0) return f();
  const c = wasm.core();
  const returns: (() => void)[] = [];
  try {
    for (const { owner, cell, slot } of changed.values()) {
      const now = owner.cell;
      const { slot: at, kept, value } = cell;
      // The reference of whoever assigns to it meanwhile.
      c.tensorHold(slot, true);
      cell.slot = slot;
      cell.kept = undefined;
      owner.cell = cell;
      returns.push(() => {
        if (cell.slot === slot) c.tensorHold(slot, false);
        else if (cell.slot > 0) {
          register(cell.slot, undefined);
          c.tensorRelease(cell.slot);
        }
        cell.slot = at;
        cell.kept = kept;
        cell.value = value;
        owner.cell = now;
      });
    }
    return f();
  } finally {
    for (const end of returns) end();
  }
}
