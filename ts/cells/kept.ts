// Values outside wasm: what is kept of one, and the copying.
import type { DType } from "../../assembly/shared/dtype.js";
import { Fault } from "../../assembly/shared/fault.js";
import { GATHERED_CHUNK } from "../../assembly/shared/limits.js";
import type { Cell } from "./table.js";
import { bytesOf } from "../dtype.js";
import * as wasm from "../wasm.js";

/** Buffers that a value stands in: several if it is large (`wasm.copyOut`). */
type Buffers = readonly ArrayBuffer[];

/** A value outside wasm. */
export interface Kept {
  dtype: DType;
  shape: readonly number[];
  leaf: boolean;
  weak: boolean;
  cut: boolean;
  /** It left when its level ended, not for want of room. */
  departed: boolean;
  /** The elements, in buffers one after the other; undefined if they are all the same, which the cell holds. */
  buffers: Buffers | undefined;
  offset: number;
  bytes: number;
  /** How to compute the value again, instead of its elements: the op and cells of its inputs. */
  op: number;
  inputs: readonly Cell[] | undefined;
  /** Two words of the op's own. */
  attr: number;
  number: number;
}

/** Values up to this size share buffers. */
const SMALL_BYTES = 4096;
const SHARED_BYTES = 65536;
let shared: Int32Array<ArrayBuffer> | undefined;
let sharedBuffers: Buffers = [];
let sharedUsed = 0;
/** Copies of this eviction by the address they were made from: views of one block share one. */
const copies = new Map<number, { bytes: number; buffers: Buffers }>();

// Flags of a record of assembly/tape/evict.ts, and where its first word holds them.
const LEAF = 1;
const WEAK = 2;
const CUT = 4;
const UNIFORM = 8;
const PENDING = 16;
const DEPARTED = 32;

/** True if all elements are the same. */
export function isUniform(about: number): boolean {
  return ((about >>> 16) & UNIFORM) !== 0;
}

/** True if there is no value, but a way to compute it. */
export function isPending(about: number): boolean {
  return ((about >>> 16) & PENDING) !== 0;
}

/** Number of axes. */
export function rankOf(about: number): number {
  return (about >>> 8) & 255;
}

/** The record of a value without its elements. */
export function newKept(about: number, shape: readonly number[]): Kept {
  const flags = about >>> 16;
  return {
    dtype: about & 255,
    shape,
    leaf: (flags & LEAF) !== 0,
    weak: (flags & WEAK) !== 0,
    cut: (flags & CUT) !== 0,
    departed: (flags & DEPARTED) !== 0,
    buffers: undefined,
    offset: 0,
    bytes: 0,
    op: 0,
    inputs: undefined,
    attr: 0,
    number: 0,
  };
}

const NO_SHAPE: readonly number[] = [];
const scalars: (Kept | undefined)[] = [];

/** What 0-d values of one dtype and one set of flags have in common: all but the number. */
export function scalarKept(about: number): Kept {
  const key = ((about >>> 16) << 4) | (about & 15);
  return (scalars[key] ??= newKept(about, NO_SHAPE));
}

/** Copies a value's elements out; false if there is no room to lay a view out in order first. */
export function copyElements(kept: Kept, slot: number, size: number): boolean {
  const waiting = wasm.pendingFault();
  const address = wasm.core().tensorAddress(slot);
  if (address === 0) {
    // That is no fault of the caller's.
    if (waiting === Fault.None) wasm.clearFault();
    return false;
  }
  kept.bytes = size * bytesOf(kept.dtype);
  if (kept.bytes > SMALL_BYTES) {
    // What stood at an address stands there to the end: nothing is freed before that.
    let copy = copies.get(address);
    if (copy?.bytes !== kept.bytes) {
      copy = { bytes: kept.bytes, buffers: wasm.copyOut(address, kept.bytes) };
      copies.set(address, copy);
    }
    kept.buffers = copy.buffers;
    return true;
  }
  if (shared === undefined || sharedUsed + kept.bytes > SHARED_BYTES) {
    shared = new Int32Array(SHARED_BYTES / 4);
    sharedBuffers = [shared.buffer];
    sharedUsed = 0;
  }
  kept.buffers = sharedBuffers;
  kept.offset = sharedUsed;
  // Word by word: views of both would take longer than so few of them.
  const words = wasm.words();
  const from = address >>> 2;
  const to = sharedUsed >>> 2;
  for (let i = 0, n = kept.bytes >>> 2; i < n; i++) shared[to + i] = words[from + i]!;
  sharedUsed += (kept.bytes + 7) & ~7;
  return true;
}

/**
 * A chunk of small values that wasm has gathered (assembly/tape/gather.ts draws what stands where). A
 * cell whose value is in it names the place; nothing else is made for it until somebody asks.
 */
export class Chunk {
  private readonly buffers: Buffers;

  constructor(buffers: Buffers) {
    this.buffers = buffers;
  }

  /** What is kept of the value at a byte. */
  open(place: number): Kept {
    const { buffers } = this;
    const words = new Int32Array(buffers[0]!);
    const at = place >>> 2;
    const about = words[at]!;
    const first = words[at + 2]! >>> 0;
    const kept = newKept(about, rankOf(about) === 1 ? [first] : [first, words[at + 3]! >>> 0]);
    kept.buffers = buffers;
    kept.offset = place + HEAD;
    kept.bytes = (words[at + 1]! >>> 0) * bytesOf(kept.dtype);
    return kept;
  }
}

const HEAD = 16;

/** Chunks of the eviction under way. */
const chunks: (Chunk | undefined)[] = [];

function copyChunk(i: number): Chunk {
  const c = wasm.core();
  const address = c.evictGather(i);
  return new Chunk(wasm.copyOut(address, c.evictGathered()));
}

/** The chunk in which byte `place` of what wasm has gathered is. */
export function chunkOf(place: number): Chunk {
  const i = Math.floor(place / GATHERED_CHUNK);
  return (chunks[i] ??= copyChunk(i));
}

/** What is kept of a cell's value; undefined if that is in wasm, or gone. */
export function keptOf(cell: Cell): Kept | undefined {
  const { kept } = cell;
  if (!(kept instanceof Chunk)) return kept;
  const opened = kept.open(cell.value!);
  cell.value = undefined;
  return (cell.kept = opened);
}

/** Lets go of the buffers that values share: the next eviction begins new ones. */
export function closeShared(): void {
  chunks.length = 0;
  shared = undefined;
  copies.clear();
}
