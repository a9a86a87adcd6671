// Eviction: values that nothing in wasm needs move into buffers that their cells own.
import { GATHERED_CHUNK, SLOT_SHIFT } from "../../assembly/shared/limits.js";
import { bytesOf } from "../dtype.js";
import * as wasm from "../wasm.js";
import {
  chunkOf,
  closeShared,
  copyElements,
  isPending,
  isUniform,
  newKept,
  rankOf,
  scalarKept,
  type Kept,
} from "./kept.js";
import { Cell, cellAt, EVICTED, register } from "./table.js";

let evictedBytes = 0;
let evictions = 0;

/** What a cell kept is not needed any more, for it came back or was disposed of. */
export function countReturned(kept: Kept): void {
  evictedBytes -= kept.bytes;
}

/** Counters for memory(). */
export function cellStatistics(): { evictedBytes: number; evictions: number } {
  return { evictedBytes, evictions };
}

// A record of assembly/tape/evict.ts.
const RECORD = 24;
const ABOUT = 4;
const SIZE = 8;
const PLACE = 12;
const VALUE = 16;
/** Words before the inputs of a recipe (`recipeOpen`). */
const INPUTS = 4;

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
  moveOut();
  return endEviction(true);
}

/** Moves values out: most of them stand in chunks, which leave room for no surprise. */
function moveOut(): void {
  let words = wasm.words();
  for (; next < listed; next++) {
    const at = nextRecord();
    const slot = words[at]! >>> SLOT_SHIFT;
    const place = words[at + PLACE / 4]! - 1;
    const cell = cellAt(slot);
    if (place < 0 || cell?.slot !== slot) {
      evictNext();
      // Memory may have grown.
      words = wasm.words();
      continue;
    }
    const chunk = chunkOf(place);
    register(slot, undefined);
    // No calls from here on: nothing can come between.
    cell.kept = chunk;
    cell.value = place & (GATHERED_CHUNK - 1);
    cell.slot = EVICTED;
    evictedBytes += (words[at + SIZE / 4]! >>> 0) * bytesOf(words[at + ABOUT / 4]! & 255);
  }
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
  const size = wasm.words()[at + SIZE / 4]! >>> 0;
  const value = wasm.doubles()[(at + VALUE / 4) >>> 1];
  const scalar = isUniform(about) && rankOf(about) === 0;
  const kept = scalar ? scalarKept(about) : keep(slot, about, size);
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

/** What is kept of a value: its elements, or of a pending one how to compute it. */
function keep(slot: number, about: number, size: number): Kept | undefined {
  const c = wasm.core();
  const kept = newKept(about, wasm.readList(c.tensorShape(slot)));
  if (isUniform(about)) return kept;
  if (!isPending(about)) return copyElements(kept, slot, size) ? kept : undefined;
  kept.op = c.tensorOp(slot);
  const n = c.recipeOpen(slot);
  const words = wasm.words();
  const first = wasm.scratchWord();
  kept.attr = words[first]!;
  kept.number = wasm.doubles()[(first >>> 1) + 1]!;
  const inputs: Cell[] = [];
  for (let i = 0; i < n; i++) inputs.push(inputCell(words[first + INPUTS + i]!));
  kept.inputs = inputs;
  return kept;
}

/** The cell of an input of a pending value: values that never had a tensor get one now. */
function inputCell(answer: number): Cell {
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
