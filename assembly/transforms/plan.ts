// How a program runs: its nodes become records in the order in which values are needed. Elementwise
// ones that would wait on the tape wait here too, and are cut into regions once and for all.
import { releaseBlock } from "../memory/heap";
import { Family } from "../shared/family";
import {
  attrOf,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  isPending,
  newLike,
  opOf,
  rankOf,
  setInputList,
  setOpOf,
  setState,
  State,
  Tensor,
} from "../tensor/node";
import { put } from "../tensor/shape";
import { familyOf, hasTrait, kernelOf, runOf, Trait } from "../tape/rows";
import {
  materialize,
  materializeAll,
  materializeInputs,
  mustRun,
  setPlanner,
  waits,
} from "../tape/schedule";
import {
  entryAt,
  Entry,
  Membership,
  nodeAt as entryNode,
  orderAt,
  tableCount,
} from "../tape/table";
import { retain } from "../tape/tape";
import { foldsRows } from "../ops/reduction";
import { layView, reshapeCode } from "../ops/views";
import { layOut } from "./layout";
import {
  addNode,
  addRecord,
  Field,
  field,
  Kind,
  moves,
  newBlock,
  nodeAt,
  outputAt,
  outputNode,
  resultAt,
  Result,
  rootOf,
  setRoot,
} from "./program";

/** The program in the making; whether it has found no memory. */
let current: usize = 0;
let starved: bool = false;
const one = memory.data(4, 16);

/** Makes records of a program's nodes and gives each its place; false after a fault. */
export function plan(program: usize): bool {
  current = program;
  starved = false;
  setPlanner(((members: u32, size: u32): void => addRegion(members, size)).index);
  let fine = true;
  for (let i: u32 = 0, n = field(program, Field.NodeCount); i < n && fine; i++) {
    fine = planNode(nodeAt(program, i));
  }
  fine = fine && planOutputs(program);
  setPlanner(0);
  return fine && !starved && layOut(program);
}

function add(kind: Kind, a: u32, b: u32 = 0, c: u32 = 0): void {
  if (!addRecord(current, kind, a, b, c)) starved = true;
}

/** What the scheduler would run as one pass. */
function addRegion(members: u32, size: u32): void {
  if (members > 1) add(Kind.Region, members, size);
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    const entry = entryAt(orderAt(i));
    if (load<u8>(entry, Entry.Member) != Membership.Instruction) continue;
    const node = <u32>entryNode(orderAt(i));
    if (members == 1) add(Kind.Node, node);
    else add(Kind.Member, node, load<u8>(entry, Entry.Stored), load<u32>(entry, Entry.Uses));
  }
}

function planNode(x: Tensor): bool {
  setRoot(x, x);
  if (!inputsOf(x)) return true;
  const op = opOf(x);
  const input = inputOf(x, 0);
  if (!runOf(op) || op == reshapeCode()) {
    if (!materialize(input)) return false;
    if (layView(x)) {
      setRoot(x, rootOf(input));
      if (moves(x)) add(Kind.View, <u32>x);
      return true;
    }
  }
  if (isWaiting(x)) {
    setState(x, State.Pending);
    return !mustRun(x) || materialize(x);
  }
  if (!materializeInputs(x)) return false;
  add(Kind.Node, <u32>x);
  return true;
}

/** True if x would be pending on the tape: see elementwise.ts, cast.ts, reduction.ts. */
function isWaiting(x: Tensor): bool {
  let pending = false;
  for (let k: u32 = 0, n = inputsOf(x); k < n; k++) if (isPending(inputOf(x, k))) pending = true;
  const family = familyOf(opOf(x));
  if (family <= Family.Ternary || family == Family.Cast) {
    return waits(dtypeOf(x), rankOf(x), dimsOf(x), pending);
  }
  // Rows of lines are called like reductions, but have no kernel that folds.
  return (
    family == Family.Reduction &&
    pending &&
    kernelOf(opOf(x), dtypeOf(inputOf(x, 0))) != 0 &&
    !hasTrait(opOf(x), Trait.Hidden) &&
    foldsRows(inputOf(x, 0), attrOf(x) & 0xffff)
  );
}

/** What is asked for is computed, and what is assigned stands in a place of the program's own. */
function planOutputs(program: usize): bool {
  const n = field(program, Field.OutputCount);
  const list = newBlock((<usize>n + 1) << 2);
  if (!list) return false;
  for (let i: u32 = 0; i < n; i++) put(list, i, <u32>outputNode(program, i));
  const fine = materializeAll(list, n);
  releaseBlock(list);
  if (!fine) return false;
  for (let i: u32 = 0; i < n; i++) {
    if (resultAt(program, i) != Result.Assignment || !moves(outputNode(program, i))) continue;
    if (!copyOutput(program, i)) return false;
  }
  return true;
}

/** Inserts a copy of output i, which would be overwritten while others are assigned. */
function copyOutput(program: usize, i: u32): bool {
  const x = outputNode(program, i);
  const copy = newLike(x);
  if (!copy) return false;
  addNode(program, copy);
  setRoot(copy, copy);
  setOpOf(copy, reshapeCode());
  put(one, 0, <u32>x);
  setInputList(copy, 1, one);
  add(Kind.Node, <u32>copy);
  // The output's hold on x is the copy's now.
  retain(copy);
  store<u32>(outputAt(program, i), <u32>copy);
  return true;
}
