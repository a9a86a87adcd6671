// Runs a program: binds its inputs, goes through its records and hands out results. All that can fail
// comes before anything that is assigned, so a call that has failed changed nothing.
import {
  blockOf,
  dataOf,
  dimsOf,
  dtypeOf,
  Flag,
  hasFlag,
  isContiguous,
  maskOf,
  newNode,
  opOf,
  rankOf,
  refsOf,
  setData,
  setFlag,
  setMask,
  State,
  stateOf,
  Tensor,
  touch,
} from "../tensor/node";
import { blockHolders, releaseBlock } from "../memory/heap";
import { failed } from "../tensor/fault";
import { same } from "../tensor/shape";
import { copy } from "../kernels/copy";
import { LEAF } from "../tape/levels";
import { bindPlan, runPlan } from "../tape/passes";
import { dropRecipe } from "../tape/recipes";
import { orderedValueOf } from "../tape/record";
import { dropCopies, planRegion } from "../tape/region";
import { runOf } from "../tape/rows";
import { closeTable, enlist, Entry, entryAt, Membership, openTable, setOrder } from "../tape/table";
import { release } from "../tape/tape";
import { layView } from "../ops/views";
import {
  boundAt,
  Field,
  field,
  isSmall,
  keepPlan,
  Kind,
  outputNode,
  RECORD,
  recordAt,
  Result,
  resultAt,
} from "./program";

/** A pass over more elements takes a hundred times as long as its planning. */
const KEPT: u32 = 1 << 16;

/** What a replay comes to. */
export const enum Outcome {
  /** There was no memory. */
  Fault = 0,
  Done = 1,
  /** A tensor is not what the program was made for. */
  Unsuited = 2,
}

/**
 * Runs a program. `list` has the bound tensors (0: a number that stands in its place already), then
 * one word per output, which gets the result: a node for TypeScript, or 0. In the word of an
 * assignment stands the tensor that is assigned to, plus 1 if it must become a node of its own.
 */
export function replay(program: usize, list: usize): Outcome {
  const bound = field(program, Field.BoundCount);
  for (let i: u32 = 0; i < bound; i++) {
    const x: Tensor = <usize>load<u32>(list + ((<usize>i) << 2));
    if (!x) continue;
    if (!suits(x, boundAt(program, i))) return Outcome.Unsuited;
    if (!bind(x, boundAt(program, i))) return Outcome.Fault;
  }
  if (!runRecords(program)) return Outcome.Fault;
  return handOut(program, list + ((<usize>bound) << 2)) ? Outcome.Done : Outcome.Fault;
}

/** True if x can be taken for what the program calls `own`. */
function suits(x: Tensor, own: Tensor): bool {
  const flags: u32 = Flag.Leaf | Flag.Weak;
  return (
    dtypeOf(x) == dtypeOf(own) &&
    rankOf(x) == rankOf(own) &&
    ((load<u8>(x, 47) ^ load<u8>(own, 47)) & flags) == 0 &&
    (hasFlag(x, Flag.Leaf) || !maskOf(x)) &&
    same(dimsOf(x), dimsOf(own), rankOf(x))
  );
}

function bind(x: Tensor, own: Tensor): bool {
  touch(x);
  const data = orderedValueOf(x);
  if (!data) return false;
  if (isSmall(own)) v128.store(dataOf(own), v128.load(data));
  else setData(own, data);
  return true;
}

function runRecords(program: usize): bool {
  const first = recordAt(program, 0);
  const end = first + <usize>field(program, Field.RecordCount) * RECORD;
  for (let at = first; at < end; at += RECORD) {
    const what = load<u32>(at, 4);
    switch (<Kind>load<u32>(at)) {
      case Kind.Map1:
        call_indirect<void>(what, load<u32>(at, 12), load<u32>(at, 8), load<u32>(at, 24));
        break;
      case Kind.Map2:
        call_indirect<void>(
          what,
          <usize>load<u32>(at, 12),
          <usize>load<u32>(at, 16),
          <usize>load<u32>(at, 8),
          <usize>load<u32>(at, 24),
          load<i32>(at, 28),
        );
        break;
      case Kind.Map3:
        call_indirect<void>(
          what,
          <usize>load<u32>(at, 12),
          <usize>load<u32>(at, 16),
          <usize>load<u32>(at, 20),
          <usize>load<u32>(at, 8),
          <usize>load<u32>(at, 24),
        );
        break;
      case Kind.Node:
        call_indirect<void>(runOf(opOf(<usize>what)), <usize>what);
        break;
      case Kind.View:
        layView(<usize>what);
        break;
      default:
        if (!runMembers(at, what)) return false;
        at += <usize>what * RECORD;
    }
  }
  return !failed();
}

/**
 * One pass over the tiles of the members that follow a record. Where planning costs anything beside it,
 * that is done once: the record keeps the plan.
 */
function runMembers(region: usize, members: u32): bool {
  const kept = <usize>load<u32>(region, 16);
  const plan = kept ? kept : planMembers(region, members);
  if (!plan) return false;
  if (kept) bindPlan(plan);
  runPlan(plan);
  if (kept) return true;
  const once = dropCopies() || load<u32>(region, 8) > KEPT;
  if (once || !keepPlan(region, plan)) releaseBlock(plan);
  return true;
}

function planMembers(region: usize, members: u32): usize {
  if (!openTable()) return 0;
  let fine = true;
  for (let i: u32 = 0, at = region + RECORD; i < members; i++, at += RECORD) {
    const entry = enlist(<usize>load<u32>(at, 4));
    fine = entry >= 0;
    if (!fine) break;
    store<u8>(entryAt(entry), Membership.Instruction, Entry.Member);
    store<u8>(entryAt(entry), load<u8>(at, 8), Entry.Stored);
    store<u32>(entryAt(entry), load<u32>(at, 12), Entry.Uses);
    setOrder(entry);
  }
  const size = load<u32>(region, 8);
  const plan = fine ? planRegion(members, size, size <= KEPT) : 0;
  closeTable();
  return plan;
}

/** A node for TypeScript with the value of an output; 0 after a fault. */
function newResult(x: Tensor): Tensor {
  const y = newNode(dtypeOf(x), rankOf(x), dimsOf(x));
  if (!y) return 0;
  if (isSmall(x)) v128.store(dataOf(y), i32x4.splat(0));
  copy(x, y);
  setFlag(y, Flag.Handle);
  if (hasFlag(x, Flag.Weak)) setFlag(y, Flag.Weak);
  return y;
}

/** True if x can be written over: its elements lie in order, and nobody but its handle knows them. */
function isWritable(x: Tensor): bool {
  const block = blockOf(x);
  return (
    refsOf(x) == 1 &&
    stateOf(x) == State.Ready &&
    isContiguous(x) &&
    (!block || blockHolders(block) == 1)
  );
}

function handOut(program: usize, list: usize): bool {
  const n = field(program, Field.OutputCount);
  // New nodes first: what is assigned in place comes when nothing can fail any more.
  for (let i: u32 = 0; i < n; i++) {
    const result = resultAt(program, i);
    const at = list + ((<usize>i) << 2);
    const target: Tensor = result == Result.Assignment ? <usize>load<u32>(at) : 0;
    if (result == Result.Number || (target && !(target & 1) && isWritable(target))) continue;
    const y = newResult(outputNode(program, i));
    if (!y) {
      for (let k: u32 = 0; k < i; k++) giveUp(program, k, list + ((<usize>k) << 2));
      return false;
    }
    if (target && hasFlag(target & ~1, Flag.Leaf)) {
      setMask(y, LEAF);
      setFlag(y, Flag.Leaf);
      setFlag(y, Flag.Source);
    }
    store<u32>(at, (<u32>y) | 2);
  }
  for (let i: u32 = 0; i < n; i++) {
    const at = list + ((<usize>i) << 2);
    const word = load<u32>(at);
    const made = resultAt(program, i) != Result.Number && (word & 2) != 0;
    store<u32>(at, made ? word & ~2 : 0);
    if (resultAt(program, i) == Result.Assignment && !made) {
      dropRecipe(<usize>word);
      copy(outputNode(program, i), <usize>word);
    }
  }
  return true;
}

/** Lets a result go that was made before memory ran out. */
function giveUp(program: usize, i: u32, at: usize): void {
  const word = load<u32>(at);
  if (resultAt(program, i) != Result.Number && word & 2) release(<usize>(word & ~2));
}
