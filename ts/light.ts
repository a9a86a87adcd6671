// Scalars that a transform records are light: their tensors have no cell. They stay in wasm until the
// transforms end, and then all of them leave at once (assembly/tape/depart.ts). What wasm wrote down
// about them goes into a log, where a tensor that is still in somebody's hands finds its value. So a
// formula makes nothing but its tensors, and those are garbage at once.
import { DEPARTURES } from "../assembly/shared/limits.js";
import {
  cellAt,
  cellIn,
  depart,
  haveCells,
  keptScalar,
  noCells,
  UNCLONEABLE,
  type Cell,
} from "./cell.js";
import * as wasm from "./wasm.js";

/** Doubles of a record: handle with dtype and flags (0: it stays in wasm), value. */
const RECORD = 2;
/** Records that are looked through one by one. */
const FEW = 16;
const PAGE = 8192;

/** Room for records; logs with few of them share one. */
class Page {
  readonly doubles: Float64Array;
  readonly words: Int32Array;

  constructor(doubles: number) {
    this.doubles = new Float64Array(doubles);
    this.words = new Int32Array(this.doubles.buffer);
  }
}

const NO_PAGE = new Page(0);
let shared = NO_PAGE;
let used = 0;

/**
 * What left when levels ended. Tensors hold the log that was open when they were made: their record
 * is in it, in one of those that followed, or they are in wasm still.
 */
export class Log {
  open = true;
  readonly here = UNCLONEABLE;
  next: Log | undefined = undefined;
  private page = NO_PAGE;
  private from = 0;
  private to = 0;
  private places: Map<number, number> | undefined = undefined;
  /** Cells of scalars that stayed. */
  private stayed: Map<number, Cell> | undefined = undefined;

  /** Closes the log with n records, which stand in the scratch area. */
  close(n: number, withCells: boolean): void {
    this.open = false;
    const length = n * RECORD;
    const source = wasm.doubles();
    const start = wasm.scratchWord() >>> 1;
    if (length > PAGE / 4) {
      this.page = new Page(length);
      this.page.doubles.set(source.subarray(start, start + length));
    } else {
      if (used + length > shared.doubles.length) {
        shared = new Page(PAGE);
        used = 0;
      }
      this.page = shared;
      this.from = used;
      const target = shared.doubles;
      const to = used;
      for (let i = 0; i < length; i++) target[to + i] = source[start + i]!;
      used += length;
    }
    this.to = this.from + length;
    if (withCells) this.settleCells();
  }

  /** Scalars that have a cell take their value; those that stay in wasm need one from now on. */
  private settleCells(): void {
    for (let at = this.from; at < this.to; at += RECORD) {
      const slot = this.page.words[at << 1]!;
      const about = this.aboutAt(at);
      const cell = cellAt(slot);
      if (about === 0) (this.stayed ??= new Map()).set(slot, cellIn(slot));
      else if (cell?.slot === slot) depart(cell, about, this.page.doubles[at + 1]!);
    }
  }

  private aboutAt(at: number): number {
    return this.page.words[(at << 1) + 1]!;
  }

  /** Where the record of a handle is; -1 if there is none. */
  private find(slot: number): number {
    const { words } = this.page;
    if (this.to - this.from <= FEW * RECORD) {
      for (let at = this.from; at < this.to; at += RECORD) if (words[at << 1] === slot) return at;
      return -1;
    }
    if (this.places === undefined) {
      this.places = new Map();
      for (let at = this.from; at < this.to; at += RECORD) this.places.set(words[at << 1]!, at);
    }
    return this.places.get(slot) ?? -1;
  }

  /** The value that left from a slot, or the cell of what stayed there; undefined if all is unknown. */
  valueOf(slot: number): number | Cell | undefined {
    const at = this.find(slot);
    if (at < 0) return undefined;
    return this.aboutAt(at) === 0 ? this.stayed!.get(slot) : this.page.doubles[at + 1];
  }

  /** A cell for what left from a slot, or that of what stayed there. */
  cellOf(slot: number): Cell | undefined {
    const value = this.valueOf(slot);
    return typeof value === "number" ? keptScalar(this.aboutAt(this.find(slot)), value) : value;
  }
}

let current = new Log();

/** The log in which records of scalars made now will be found. */
export function openLog(): Log {
  return current;
}

/** Closes levels from `level` up, and logs with the scalars that leave wasm, batch by batch. */
export function closeLogs(level: number): void {
  const c = wasm.core();
  let last: Log | undefined;
  for (let batch = c.leave(level); batch > 0; batch = c.leave(level)) {
    const n = batch >>> 1;
    last = current;
    // First of all: whoever fails now leaves a log that is closed, and scalars that are known.
    current = last.next = new Log();
    last.close(n, (batch & 1) !== 0 || haveCells());
    if (n < DEPARTURES) break;
  }
  if (level > 1) return;
  // No scalar of before is in wasm any more: what comes is none of those logs' business.
  if (last !== undefined) last.next = undefined;
  noCells();
}

/** The cell of a light scalar, which is light no longer. */
export function settledCell(log: Log, slot: number): Cell {
  for (let at: Log | undefined = log; at !== undefined; at = at.next) {
    const cell = at.cellOf(slot);
    if (cell !== undefined) return cell;
  }
  return cellIn(slot);
}

/** The number that a light scalar was when it left; undefined if it has not. */
export function departedNumber(log: Log, slot: number): number | undefined {
  for (let at: Log | undefined = log; at !== undefined; at = at.next) {
    const value = at.valueOf(slot);
    if (value !== undefined) return typeof value === "number" ? value : undefined;
  }
  return undefined;
}
