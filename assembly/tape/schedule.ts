// What to compute, and together with what. Elementwise results that are large, or made of pending
// ones, wait; when a value is needed, the pending nodes that lead to it are put into regions: nodes of
// one size that depend on each other directly. A region is one pass over tiles (kernels/tiles.ts).
//
// Stored is what was asked for, what another region needs, what the tape may still need (its level is
// live), and what pending nodes outside of this schedule are made of. Everything else is only ever in
// the cache; if a tensor of it is read later, it is computed again. A chain of DEPTH pending nodes,
// or one that keeps much memory from being freed, is computed at once.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import {
  bytesOf,
  countOf,
  dropStorage,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  isPending,
  newStorage,
  opOf,
  permOf,
  refsOf,
  setPerm,
  setState,
  sizeOf,
  State,
  Tensor,
} from "../tensor/node";
import { Mark, markBegin, markEnd } from "../kernels/mark";
import { worthSharing } from "../kernels/share";
import { runRegion } from "./region";
import { hasScratch, keepsOperands, scheduledOperands } from "./recipes";
import { familyOf, hasTrait, runOf, Trait } from "./rows";
import {
  closeTable,
  entryAt,
  enlist,
  Entry,
  indexOf,
  Membership,
  nodeAt,
  openTable,
  orderAt,
  setOrder,
  tableCount,
} from "./table";
import { dropInputs } from "./tape";

/** Longest chain of pending nodes. */
const DEPTH: u32 = 40;
/** Memory that a pending node may keep from being freed, whatever its size. */
const PINNED: u64 = 64 << 20;
/** Results of fewer bytes are computed at once, unless an operand is pending. */
let waitBytes: u32 = 4096;

/** Function that gets the regions instead of their being run, while a program is planned; else 0. */
let planner: u32 = 0;

/** What is computed next are results of a transform, or operands of rows of lines or of reductions. */
let keeping: bool = false;

/** Hands regions to a function: how many members there are, the size of their pass. 0: runs them. */
export function setPlanner(index: u32): void {
  planner = index;
}

/** Sets from how many bytes on results wait; returns what it was. */
export function setWaitBytes(bytes: u32): u32 {
  const before = waitBytes;
  waitBytes = bytes;
  return before;
}

/** True if an elementwise result of this shape should be pending. */
export function waits(dtype: DType, rank: u32, dims: usize, pendingOperand: bool): bool {
  if (waitBytes == u32.MAX_VALUE) return false;
  const count = countOf(dims, rank);
  return count != 0 && (pendingOperand || count * bytesOf(dtype) >= waitBytes);
}

/** Notes how long the chain that ends at a fresh pending node is; true if it is too long to wait. */
export function mustRun(x: Tensor): bool {
  let depth: u64 = 0;
  let before: u64 = 0;
  let pinned: u64 = 0;
  for (let i: u32 = 0, n = inputsOf(x); i < n; i++) {
    const input = inputOf(x, i);
    if (isPending(input)) {
      depth = max(depth, permOf(input) & 0xffff);
      before = max(before, permOf(input) >> 16);
    } else pinned += <u64>sizeOf(input) * bytesOf(dtypeOf(input));
  }
  depth++;
  pinned += before;
  setPerm(x, depth | (pinned << 16));
  return depth > DEPTH || pinned > max(PINNED, 8 * <u64>sizeOf(x) * bytesOf(dtypeOf(x)));
}

/** Computes x if it is pending; false after a fault. */
export function materialize(x: Tensor): bool {
  if (!isPending(x)) return true;
  if (!openTable()) return false;
  return compute(collect(x));
}

/** Computes the pending inputs of x, together; false after a fault. */
export function materializeInputs(x: Tensor): bool {
  const n = inputsOf(x);
  let any = false;
  for (let i: u32 = 0; i < n; i++) if (isPending(inputOf(x, i))) any = true;
  if (!any) return true;
  if (!openTable()) return false;
  keeping = hasTrait(opOf(x), Trait.Cheap) || familyOf(opOf(x)) == Family.Reduction;
  let fine = true;
  for (let i: u32 = 0; i < n && fine; i++) {
    if (isPending(inputOf(x, i))) fine = collect(inputOf(x, i));
  }
  return compute(fine);
}

/**
 * Computes whichever of n nodes (a list of addresses) are pending, together; false after a fault. They
 * are results that may never be read: large ones go on holding what they were computed from.
 */
export function materializeAll(list: usize, n: u32): bool {
  if (!openTable()) return false;
  keeping = true;
  let fine = true;
  for (let i: u32 = 0; i < n && fine; i++) {
    const x: Tensor = <usize>load<u32>(list + ((<usize>i) << 2));
    if (isPending(x)) fine = collect(x);
  }
  return compute(fine);
}

/** The size of the pass that computes x: of a reduction, that of what it reduces. */
function passSize(x: Tensor): u32 {
  return sizeOf(familyOf(opOf(x)) == Family.Reduction ? inputOf(x, 0) : x);
}

/** Enlists target x and the pending nodes it is made of, in an order in which they can be computed. */
function collect(x: Tensor): bool {
  const known = indexOf(x);
  if (known >= 0) {
    store<u8>(entryAt(known), 1, Entry.Target);
    return true;
  }
  let top = enlist(x);
  if (top < 0) return false;
  store<u8>(entryAt(top), 1, Entry.Target);
  // The stack runs through the entries: each tells which one waits for it.
  store<i32>(entryAt(top), -1, Entry.Waiting);
  while (top >= 0) {
    const node = nodeAt(top);
    const entry = entryAt(top);
    const k = load<u32>(entry, Entry.Next);
    if (k == inputsOf(node)) {
      setLevel(node, entry);
      setOrder(top);
      top = load<i32>(entry, Entry.Waiting);
      continue;
    }
    store<u32>(entry, k + 1, Entry.Next);
    const input = inputOf(node, k);
    if (!isPending(input) || indexOf(input) >= 0) continue;
    const i = enlist(input);
    if (i < 0) return false;
    store<i32>(entryAt(i), top, Entry.Waiting);
    top = i;
  }
  return true;
}

/** Which pass computes a node: after those of its inputs, or in the same one. */
function setLevel(node: Tensor, entry: usize): void {
  let level: u32 = 0;
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const input = inputOf(node, k);
    const i = indexOf(input);
    if (i < 0) continue;
    const own = load<u32>(entryAt(i), Entry.Level);
    level = max(
      level,
      familyOf(opOf(input)) != Family.Reduction && sizeOf(input) == passSize(node) ? own : own + 1,
    );
  }
  store<u32>(entry, level, Entry.Level);
}

/** Decides what is stored, runs the regions level by level and closes the table. */
function compute(collected: bool): bool {
  let fine = collected;
  const keeps = keeping && !planner;
  keeping = false;
  // While it tells operands from what is computed.
  let operands = keeps && fine ? scheduledOperands() : u64.MAX_VALUE;
  if (fine) {
    countUses();
    let deepest: u32 = 0;
    for (let i: u32 = 0, n = tableCount(); i < n; i++) {
      deepest = max(deepest, load<u32>(entryAt(i), Entry.Level));
    }
    for (let level: u32 = 0; level <= deepest && fine; level++) fine = runLevel(level);
  }
  if (operands != u64.MAX_VALUE && hasScratch()) operands = u64.MAX_VALUE;
  // Marks first: letting inputs go frees nodes.
  const n = tableCount();
  closeTable();
  for (let i: u32 = 0; i < n; i++) {
    const x = nodeAt(i);
    if (!refsOf(x) || isPending(x) || hasFlag(x, Flag.Taped) || planner) continue;
    const asked = load<u8>(entryAt(i), Entry.Target) != 0;
    if (operands == u64.MAX_VALUE || !asked || !keepsOperands(x, operands)) dropInputs(x);
  }
  return fine;
}

function countUses(): void {
  const n = tableCount();
  for (let i: u32 = 0; i < n; i++) {
    const node = nodeAt(i);
    const level = load<u32>(entryAt(i), Entry.Level);
    for (let k: u32 = 0, inputs = inputsOf(node); k < inputs; k++) {
      const j = indexOf(inputOf(node, k));
      if (j < 0) continue;
      const entry = entryAt(j);
      store<u32>(entry, load<u32>(entry, Entry.Uses) + 1, Entry.Uses);
      if (load<u32>(entry, Entry.Level) != level || passSize(nodeAt(j)) != passSize(node)) {
        store<u8>(entry, 1, Entry.Stored);
      }
    }
  }
  for (let i: u32 = 0; i < n; i++) {
    const x = nodeAt(i);
    const entry = entryAt(i);
    const others = refsOf(x) - load<u32>(entry, Entry.Uses) - u32(hasFlag(x, Flag.Handle));
    if (
      load<u8>(entry, Entry.Target) ||
      hasFlag(x, Flag.Taped) ||
      others ||
      familyOf(opOf(x)) == Family.Reduction
    ) {
      store<u8>(entry, 1, Entry.Stored);
    }
  }
}

/** Runs the regions of one level, one for each size. */
function runLevel(level: u32): bool {
  const n = tableCount();
  for (let i: u32 = 0; i < n; i++) {
    const first = entryAt(orderAt(i));
    if (load<u32>(first, Entry.Level) != level || load<u8>(first, Entry.Done)) continue;
    const size = passSize(nodeAt(orderAt(i)));
    let members: u32 = 0;
    for (let k = i; k < n; k++) {
      const entry = entryAt(orderAt(k));
      if (load<u32>(entry, Entry.Level) != level || passSize(nodeAt(orderAt(k))) != size) continue;
      store<u8>(entry, 1, Entry.Done);
      store<u8>(entry, Membership.Instruction, Entry.Member);
      if (!planner && load<u8>(entry, Entry.Stored) && !newStorage(nodeAt(orderAt(k)))) {
        abandon();
        return false;
      }
      members++;
    }
    const x = nodeAt(orderAt(i));
    markBegin(members == 1 ? opOf(x) : Mark.Pass, size);
    let fine = true;
    if (planner) call_indirect<void>(planner, members, size);
    // What is worth several threads is cut into tiles even if it is alone.
    else if (members == 1 && !(ASC_FEATURE_THREADS && worthSharing(size))) {
      call_indirect<void>(runOf(opOf(x)), x);
    } else fine = runRegion(members, size);
    markEnd();
    if (!fine) {
      abandon();
      return false;
    }
    endRegion();
  }
  return true;
}

/** The members of the region have their values. */
function endRegion(): void {
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    const entry = entryAt(i);
    if (!load<u8>(entry, Entry.Member)) continue;
    if (load<u8>(entry, Entry.Stored)) setState(nodeAt(i), State.Ready);
    store<u8>(entry, Membership.None, Entry.Member);
  }
}

/** There is no memory for a region: what its members had got so far is given back. */
function abandon(): void {
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    if (load<u8>(entryAt(i), Entry.Member)) dropStorage(nodeAt(i));
  }
}
