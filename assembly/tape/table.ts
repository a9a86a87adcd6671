// The table of a schedule: an entry per pending node, which the node's tmp word finds. There is one
// table, since a schedule never begins inside another.
//
//   entry   0 node   4 what stood in node.tmp   8 level   12 uses   16 next input, then last use
//           20 waiting entry, then buffer   24 target   25 stored   26 done   27 member   28 order
//           32 compound   36 its inner operand
import { allocate, releaseBlock } from "../memory/heap";
import { Fault } from "../shared/fault";
import { fail } from "../tensor/fault";
import { Tensor } from "../tensor/node";

const BYTES: usize = 40;
const FIRST: u32 = 128;

/** Fields of an entry. */
export const enum Entry {
  /** Pass that computes the node. */
  Level = 8,
  /** Consumers in this schedule. */
  Uses = 12,
  /** Next input to look at; later, place of the last use in its region. */
  Next = 16,
  /** Entry that waits for this one; later, number of its tile buffer. */
  Waiting = 20,
  /** Asked for. */
  Target = 24,
  /** Goes to memory. */
  Stored = 25,
  /** Its region has begun. */
  Done = 26,
  /** Belongs to the region under way (Membership). */
  Member = 27,
  /** Entry of tape/compounds.ts: computed together with one of its operands. */
  Compound = 32,
  /** Which operand that is. */
  Inner = 36,
}

/** What a node is in the region under way. */
export const enum Membership {
  None = 0,
  /** It has an instruction. */
  Instruction = 1,
  /** Part of its consumer's instruction. */
  Part = 2,
}

let table: usize = 0;
let capacity: u32 = 0;
let count: u32 = 0;
let ordered: u32 = 0;

/** Number of entries. */
export function tableCount(): u32 {
  return count;
}
/** Address of entry i. */
export function entryAt(i: u32): usize {
  return table + <usize>i * BYTES;
}
/** Node of entry i. */
export function nodeAt(i: u32): Tensor {
  return <usize>load<u32>(entryAt(i));
}
/** The i-th entry in the order of computation. */
export function orderAt(i: u32): u32 {
  return load<u32>(entryAt(i), 28);
}
/** Puts an entry at the end of the order. */
export function setOrder(i: u32): void {
  store<u32>(entryAt(ordered), i, 28);
  ordered++;
}
/** The entry of x, or -1. */
export function indexOf(x: Tensor): i32 {
  const i = load<u32>(x);
  return i < count && nodeAt(i) == x ? <i32>i : -1;
}

/** Begins a schedule; false after a fault. */
export function openTable(): bool {
  count = 0;
  ordered = 0;
  if (table) return true;
  table = allocate(<usize>FIRST * BYTES);
  if (!table) return fail(Fault.OutOfMemory, FIRST * <f64>BYTES) != 0;
  capacity = FIRST;
  return true;
}

/** Adds x; -1 after a fault. */
export function enlist(x: Tensor): i32 {
  if (count == capacity && !grow()) return -1;
  const entry = entryAt(count);
  store<u32>(entry, <u32>x);
  store<u32>(entry, load<u32>(x), 4);
  store<u64>(entry, 0, 8);
  store<u64>(entry, 0, 16);
  store<u32>(entry, 0, 24);
  store<u32>(entry, 0, Entry.Compound);
  store<u32>(x, count);
  count++;
  return <i32>count - 1;
}

function grow(): bool {
  const bytes = ((<usize>capacity) << 1) * BYTES;
  const larger = allocate(bytes);
  if (!larger) return fail(Fault.OutOfMemory, <f64>bytes) != 0;
  memory.copy(larger, table, <usize>capacity * BYTES);
  releaseBlock(table);
  table = larger;
  capacity <<= 1;
  return true;
}

/** Ends a schedule: nodes get back what stood in their tmp words. */
export function closeTable(): void {
  for (let i = count; i; i--) {
    const entry = entryAt(i - 1);
    store<u32>(<usize>load<u32>(entry), load<u32>(entry, 4));
  }
  count = 0;
}
