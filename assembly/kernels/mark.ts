// What profile() sees. While it is on, the host is told what begins and ends; otherwise this is one
// test per run of an array op, and none on the way of a scalar.

/** Bits of `what`, above two op codes of ten bits: op, and the one it is computed together with. */
export const enum Mark {
  /** A whole op. */
  Op = 0,
  /** An op's part of a pass over tiles. */
  Tile = 1 << 20,
  /** A pass over tiles. */
  Pass = 2 << 20,
  /** Elements of a view laid out in order for a tile. */
  Gather = 3 << 20,
  /** What began last has ended. */
  End = 4 << 20,
}

/** Imported under the name of this file. */
declare function mark(what: u32, size: u32): void;

let on = false;

/** Turns the marks on or off. */
export function setMarks(to: bool): void {
  on = to;
}
/** True if the host is told. */
export function marks(): bool {
  return on;
}
/** Something of `size` elements begins. */
export function markBegin(what: u32, size: u32): void {
  if (on) mark(what, size);
}
/** It ends. */
export function markEnd(): void {
  if (on) mark(Mark.End, 0);
}
