// From the tape to a program. A trace is a level: what depends on its inputs is on the tape, whatever
// else it depends on, integers and bools included (tape/levels.ts: `tracingMask`). What leads to the
// results is copied out, the values that do not depend on the inputs are held as constants.
import { releaseBlock } from "../memory/heap";
import {
  clearFlag,
  dimsOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  maskOf,
  newLike,
  newView,
  opOf,
  orderOf,
  rankOf,
  setFlag,
  setInputList,
  setMask,
  setOpOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { put } from "../tensor/shape";
import { levelOrder, tracingMask } from "../tape/levels";
import { valueOf } from "../tape/record";
import { nextOnTape, prevOnTape, release, retain, tapeTail } from "../tape/tape";
import { aliasCode } from "../ops/cast";
import { resultCode } from "../ops/external";
import { plan } from "./plan";
import {
  addNode,
  boundAt,
  Field,
  field,
  freeProgram,
  newBlock,
  newProgram,
  noteOf,
  outputAt,
  setField,
  setNote,
} from "./program";

const TRACE: u32 = 1;

// Flag.Listed marks what the program needs, and what it has captured; tmp leads to the copy.
let nodes: u32 = 0;
let captured: u32 = 0;
let constants: u32 = 0;
const few = memory.data(2 * 4, 16);

/** Makes a plain tensor an input of the trace: it is assigned to, so its value is no constant. */
export function beginVariable(x: Tensor): void {
  retain(x);
  setMask(x, maskOf(x) | tracingMask());
}
export function endVariable(x: Tensor): void {
  setMask(x, maskOf(x) & ~tracingMask());
  release(x);
}

function isTraced(x: Tensor): bool {
  return hasFlag(x, Flag.Taped) && (maskOf(x) & tracingMask()) != 0;
}

/** True for what is captured by reference: leaves, variables. */
function isCaptured(x: Tensor): bool {
  return !isTraced(x) && (hasFlag(x, Flag.Leaf) || (maskOf(x) & tracingMask()) != 0);
}

function mark(x: Tensor): void {
  if (hasFlag(x, Flag.Listed)) return;
  if (isTraced(x)) nodes++;
  else {
    if (isCaptured(x)) captured++;
    else constants++;
    store<u32>(x, 0);
  }
  setFlag(x, Flag.Listed);
}

/** How many inputs the value of x needs: that of an external function comes from the first one. */
function needsOf(x: Tensor): u32 {
  return opOf(x) == resultCode() ? min<u32>(inputsOf(x), 1) : inputsOf(x);
}

/** Marks what results need; returns the first node of the trace. Inputs are older than consumers. */
function markAll(args: u32, outputs: u32, list: usize): Tensor {
  nodes = 0;
  captured = 0;
  constants = 0;
  for (let i: u32 = 0; i < args + outputs; i++) mark(entry(list, i));
  let first: Tensor = 0;
  for (let x = tapeTail(); x && orderOf(x) > levelOrder(TRACE); x = prevOnTape(x)) {
    first = x;
    if (!hasFlag(x, Flag.Listed)) continue;
    for (let k: u32 = 0, n = needsOf(x); k < n; k++) mark(inputOf(x, k));
  }
  return first;
}

function unmarkAll(first: Tensor, count: u32, list: usize): void {
  for (let i: u32 = 0; i < count; i++) clearFlag(entry(list, i), Flag.Listed);
  for (let x = first; x; x = nextOnTape(x)) {
    clearFlag(x, Flag.Listed);
    for (let k: u32 = 0, n = inputsOf(x); k < n; k++) clearFlag(inputOf(x, k), Flag.Listed);
  }
}

function entry(list: usize, i: u32): Tensor {
  return <usize>load<u32>(list + ((<usize>i) << 2));
}

/**
 * The program that computes outputs from args: nodes in `list`, which gets what was captured
 * by reference instead. `results` says of each output what becomes of it. 0 after a fault.
 */
export function capture(args: u32, outputs: u32, list: usize, results: usize, room: u32): usize {
  const first = markAll(args, outputs, list);
  const program = newProgram();
  let fine = program != 0 && captured <= room && reserve(program, args, outputs);
  if (fine) fine = copyAll(program, first, args, outputs, list, results);
  unmarkAll(first, args + outputs, list);
  for (let i: u32 = 0; i < captured && fine; i++) put(list, i, noteOf(boundAt(program, args + i)));
  if (fine) fine = plan(program);
  if (fine) return program;
  if (program) freeProgram(program);
  return 0;
}

/** Room for what the counts say. */
function reserve(program: usize, args: u32, outputs: u32): bool {
  setField(
    program,
    Field.Nodes,
    <u32>newBlock((<usize>(nodes + captured + constants + outputs)) << 2),
  );
  setField(program, Field.Bound, <u32>newBlock((<usize>(args + captured)) << 2));
  setField(program, Field.Outputs, <u32>newBlock((<usize>outputs) << 3));
  return (
    field(program, Field.Nodes) != 0 &&
    field(program, Field.Bound) != 0 &&
    field(program, Field.Outputs) != 0
  );
}

function addBound(program: usize, x: Tensor): void {
  const n = field(program, Field.BoundCount);
  put(<usize>field(program, Field.Bound), n, <u32>x);
  setField(program, Field.BoundCount, n + 1);
}

/** A copy of x in the program, which its tmp word leads to. */
function copyOf(program: usize, x: Tensor): Tensor {
  const copy = newLike(x);
  if (!copy) return 0;
  addNode(program, copy);
  store<u32>(x, <u32>copy);
  return copy;
}

/**
 * What stands for x in the program: a copy or, of a constant, a view. 0 after a fault, and without one
 * if x has a graph of its own, outside of the trace.
 */
function standIn(program: usize, x: Tensor): Tensor {
  const known = <usize>load<u32>(x);
  if (known || isTraced(x)) return known;
  if (!isCaptured(x)) return constantFor(program, x);
  const copy = copyOf(program, x);
  if (!copy) return 0;
  if (hasFlag(x, Flag.Leaf)) setFlag(copy, Flag.Leaf);
  setFlag(copy, Flag.Source);
  setNote(copy, <u32>x);
  addBound(program, copy);
  return copy;
}

/** A view of its own holds the storage of a constant, whatever happens to the tensor. */
function constantFor(program: usize, x: Tensor): Tensor {
  if (maskOf(x) || hasFlag(x, Flag.Cut)) return 0;
  const data = valueOf(x);
  const view = data ? newView(x, rankOf(x), dimsOf(x), stridesOf(x), data) : 0;
  if (!view) return 0;
  if (hasFlag(x, Flag.Weak)) setFlag(view, Flag.Weak);
  setFlag(view, Flag.Cut);
  addNode(program, view);
  store<u32>(x, <u32>view);
  return view;
}

function copyAll(
  program: usize,
  first: Tensor,
  args: u32,
  outputs: u32,
  list: usize,
  results: usize,
): bool {
  for (let i: u32 = 0; i < args; i++) {
    const copy = copyOf(program, entry(list, i));
    if (!copy) return false;
    setFlag(copy, Flag.Source);
    addBound(program, copy);
  }
  for (let x = first; x; x = nextOnTape(x)) {
    if (!hasFlag(x, Flag.Listed) || !inputsOf(x)) continue;
    if (!link(program, x)) return false;
  }
  for (let i: u32 = 0; i < outputs; i++) {
    const y = standIn(program, entry(list, args + i));
    if (!y) return false;
    retain(y);
    store<u32>(outputAt(program, i), <u32>y);
    store<u32>(outputAt(program, i), load<u8>(results + i), 4);
    setField(program, Field.OutputCount, i + 1);
  }
  return true;
}

/** Copies x together with its inputs. */
function link(program: usize, x: Tensor): bool {
  const n = needsOf(x);
  const list = n > 2 ? newBlock((<usize>n) << 2) : few;
  if (!list) return false;
  let fine = true;
  for (let k: u32 = 0; k < n && fine; k++) {
    const input = standIn(program, inputOf(x, k));
    put(list, k, <u32>input);
    fine = input != 0;
  }
  const copy = fine ? copyOf(program, x) : 0;
  if (copy && opOf(x) == resultCode()) setOpOf(copy, aliasCode());
  fine = copy != 0 && setInputList(copy, n, list);
  for (let k: u32 = 0; k < n && fine; k++) retain(inputOf(copy, k));
  if (n > 2) releaseBlock(list);
  return fine;
}
