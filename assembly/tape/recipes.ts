// Recipes: a large value that nothing on the tape needs goes on holding its operands, if those stay in
// memory anyway. When memory fills up it leaves as that recipe (tape/evict.ts), and is computed again
// should anybody read it; so what a gradient returned, and a loop dropped, is never copied. A value
// that is used again is one of those that are needed: it gives its recipe up, which also keeps recipes
// of recipes from growing from one transform to the next.
import { Family } from "../shared/family";
import { blockHolders } from "../memory/heap";
import {
  blockOf,
  bytesOf,
  clearFlag,
  dropStorage,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  isPending,
  isUniform,
  opOf,
  prefixOf,
  setMask,
  sizeOf,
  State,
  stateOf,
  Tensor,
} from "../tensor/node";
import { familyOf, hasTrait, Trait } from "./rows";
import { entryAt, Entry, nodeAt, tableCount } from "./table";
import { dropInputs, prevOnTape, retain, unlink } from "./tape";

/** Smaller values are copied as fast as their recipes are read. */
const LEAST: u32 = 16384;
/** Most nodes of a recipe, and most operands. */
const NODES: u32 = 32;
const OPERANDS: u32 = 8;
const operands = memory.data(8 * 4, 16);

function bytesOfValue(x: Tensor): u64 {
  return <u64>sizeOf(x) * bytesOf(dtypeOf(x));
}

/** True if x has its value, and could be computed again from what it holds. */
export function hasRecipe(x: Tensor): bool {
  return load<u8>(x, 46) != 0 && stateOf(x) == State.Ready && !hasFlag(x, Flag.Taped);
}

/** x is used, or another value takes its place. */
export function dropRecipe(x: Tensor): void {
  if (load<u8>(x, 46) && hasRecipe(x)) dropInputs(x);
}

function isLarge(x: Tensor): bool {
  return bytesOfValue(x) >= LEAST && !prefixOf(x);
}

/** True if x, which has its value, has a block of its own. */
function isAlone(x: Tensor): bool {
  const block = blockOf(x);
  return block != 0 && blockHolders(block) == 1;
}

/**
 * x is an operand, and gives its recipe up. An elementwise value that only rules know keeps it: what is
 * computed from it may hold it (`keepsRecipe`).
 */
export function spend(x: Tensor): void {
  if (!load<u8>(x, 46) || !hasRecipe(x)) return;
  if (hasFlag(x, Flag.Handle) || !isElementwise(x)) dropInputs(x);
}

function isElementwise(x: Tensor): bool {
  return familyOf(opOf(x)) <= Family.Ternary;
}

/** True if x stays in memory whether or not a recipe holds it, and unchanged. */
function isThere(x: Tensor): bool {
  const block = blockOf(x);
  if (!block || isUniform(x)) return true;
  return !hasFlag(x, Flag.Leaf) && (hasFlag(x, Flag.Handle) || blockHolders(block) > 1);
}

/**
 * True if x is an elementwise value with a recipe over what is there. Whoever is computed from it may hold
 * it, and its value meanwhile: so such chains are short.
 */
function isNear(x: Tensor): bool {
  if (!hasRecipe(x) || !isElementwise(x)) return false;
  for (let i: u32 = 0, n = inputsOf(x); i < n; i++) if (!isThere(inputOf(x, i))) return false;
  return true;
}

/** Adds x to the first n operands if it is not among them; returns how many there are, 0 if too many. */
function addOperand(n: u32, x: Tensor): u32 {
  for (let i: u32 = 0; i < n; i++) {
    if (<usize>load<u32>(operands + ((<usize>i) << 2)) == x) return n;
  }
  if (n == OPERANDS) return 0;
  store<u32>(operands + ((<usize>n) << 2), <u32>x);
  return n + 1;
}

/** Bytes that recipes over the first n operands hold. */
function held(n: u32): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const x: Tensor = <usize>load<u32>(operands + ((<usize>i) << 2));
    if (!isUniform(x)) bytes += bytesOfValue(x);
  }
  return bytes;
}

/** True if a node of a cheap row, whose value is there, should hold its operands. */
export function keepsRecipe(x: Tensor): bool {
  if (!hasTrait(opOf(x), Trait.Cheap) || !isLarge(x) || !isAlone(x)) return false;
  let n: u32 = 0;
  for (let i: u32 = 0, inputs = inputsOf(x); i < inputs; i++) {
    const input = inputOf(x, i);
    if (isPending(input) || !(isThere(input) || (hasRecipe(input) && isElementwise(input)))) {
      return false;
    }
    n = addOperand(n, input);
  }
  return held(n) <= 2 * bytesOfValue(x);
}

function isTarget(i: u32): bool {
  return load<u8>(entryAt(i), Entry.Target) != 0;
}

/** Bytes of the operands of all that is scheduled together; u64.MAX_VALUE if it should not hold them. */
export function scheduledOperands(): u64 {
  const nodes = tableCount();
  let large = false;
  for (let i: u32 = 0; i < nodes && !large; i++) large = isTarget(i) && isLarge(nodeAt(i));
  if (!large || nodes > NODES) return u64.MAX_VALUE;
  let n: u32 = 0;
  for (let i: u32 = 0; i < nodes; i++) {
    const node = nodeAt(i);
    for (let k: u32 = 0, inputs = inputsOf(node); k < inputs; k++) {
      const input = inputOf(node, k);
      if (isPending(input)) continue;
      if (!isThere(input) && !isNear(input)) return u64.MAX_VALUE;
      n = addOperand(n, input);
      if (!n) return u64.MAX_VALUE;
    }
  }
  return held(n);
}

/** True if what is scheduled has stored large values that nobody has asked for. */
export function hasScratch(): bool {
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    const stored = load<u8>(entryAt(i), Entry.Stored) != 0;
    if (stored && !isTarget(i) && bytesOfValue(nodeAt(i)) > DROP_BYTES) return true;
  }
  return false;
}

/** True if x, which was asked for and has been computed, should hold operands of so many bytes. */
export function keepsOperands(x: Tensor, operands: u64): bool {
  return isElementwise(x) && isLarge(x) && isAlone(x) && operands <= 2 * bytesOfValue(x);
}

/**
 * View y of x, which nothing has been recorded of, holds x if that stays anyway: while x is in memory,
 * moving y out would copy what stays where it is.
 */
export function holdViewed(y: Tensor, x: Tensor): void {
  if (load<u8>(y, 46) || !isLarge(y) || !hasFlag(x, Flag.Handle) || hasFlag(x, Flag.Leaf)) return;
  store<u8>(y, 1, 46);
  store<u32>(y, <u32>x, 52);
  retain(x);
}

/** True if x, whose level has ended, is a view that goes on holding what it shows. */
function staysView(x: Tensor): bool {
  return hasFlag(x, Flag.Source) && inputsOf(x) == 1 && !hasFlag(x, Flag.Leaf) && isLarge(x);
}

/** A value that has run holds its operands from now on. */
export function holdOperands(x: Tensor): void {
  for (let i: u32 = 0, n = inputsOf(x); i < n; i++) retain(inputOf(x, i));
}

/** Values of fewer bytes are kept when their level ends, others may be computed again. */
const DROP_BYTES: u32 = 4096;

/**
 * True if a value that nothing on the tape needs any more is better computed again than kept: the
 * user can still name it, but hardly ever will. Only elementwise results, whose operands take no
 * more than twice the room.
 */
function droppable(x: Tensor): bool {
  const bytes = sizeOf(x) * bytesOf(dtypeOf(x));
  const block = blockOf(x);
  if (
    !block ||
    bytes < DROP_BYTES ||
    !hasFlag(x, Flag.Handle) ||
    !isElementwise(x) ||
    prefixOf(x) ||
    blockHolders(block) > 1
  ) {
    return false;
  }
  let pinned: u32 = 0;
  for (let i: u32 = 0, n = inputsOf(x); i < n; i++) {
    const input = inputOf(x, i);
    if (!isUniform(input)) pinned += sizeOf(input) * bytesOf(dtypeOf(input));
  }
  return pinned <= 2 * bytes;
}

/**
 * Ends x's life on the tape: it becomes a plain value, or a pending one that runs if it is read.
 * Returns the node before it on the tape.
 */
export function forget(x: Tensor): Tensor {
  // A pending value keeps its inputs: it is computed if anybody reads it.
  if (stateOf(x) != State.Pending) {
    if (droppable(x)) dropStorage(x);
    // The inputs first: they may be neighbours on the tape, and unlinking them mends x's links.
    else if (!hasFlag(x, Flag.Handle) || !(staysView(x) || keepsRecipe(x))) dropInputs(x);
  }
  const prev = prevOnTape(x);
  unlink(x);
  setMask(x, 0);
  clearFlag(x, Flag.Source);
  return prev;
}
