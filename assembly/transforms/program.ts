// A program: what a trace has recorded, as nodes of its own that are run again and again. Each node
// has its place in memory for good: small values in their slots, others in one block, the workspace,
// where those share room whose lives do not meet.
//
//   program   0 nodes    4 their number     8 records   12 their number   16 workspace  20 its bytes
//             24 bound   28 their number   32 outputs   36 their number
//
// Bound are the nodes that get another value at each call: first the arguments, then what was
// captured by reference. An output is a node and what becomes of it (Result).
//
//   record   0 kind   4 kernel, node or members   8 out   12 x   16 y   20 z   24 bytes   28 step
//
// A record of kind Region (4 members   8 elements   16 its plan, once there is one that is kept) is followed by
// its members: 4 node   8 stored   12 uses in the region.
import { allocate, blockSize, releaseBlock } from "../memory/heap";
import { Fault } from "../shared/fault";
import { fail } from "../tensor/fault";
import { bytesOf, dtypeOf, Flag, hasFlag, sizeOf, Tensor } from "../tensor/node";
import { put } from "../tensor/shape";
import { release } from "../tape/tape";

const PROGRAM: usize = 40;
export const RECORD: usize = 32;

/** What a record does. */
export const enum Kind {
  /** out = kernel(x), kernel(x, y), kernel(x, y, z): of places that never change. */
  Map1 = 1,
  Map2 = 2,
  Map3 = 3,
  /** Runs the row of a node. */
  Node = 4,
  /** Lays a view over an operand that is somewhere else at each call. */
  View = 5,
  /** Runs the members that follow as one pass over tiles. */
  Region = 6,
  Member = 7,
}

/** What becomes of an output. */
export const enum Result {
  /** A tensor of its own. */
  Tensor = 0,
  /** It is read where it is. */
  Number = 1,
  /** The new value of a tensor that exists. */
  Assignment = 2,
}

/** Fields of a program. */
export const enum Field {
  Nodes = 0,
  NodeCount = 4,
  Records = 8,
  RecordCount = 12,
  Workspace = 16,
  WorkspaceBytes = 20,
  Bound = 24,
  BoundCount = 28,
  Outputs = 32,
  OutputCount = 36,
}

/** A program without anything; 0 after a fault. */
export function newProgram(): usize {
  const program = newBlock(PROGRAM);
  if (program) memory.fill(program, 0, PROGRAM);
  return program;
}

/** A block of so many bytes; 0 after a fault. */
export function newBlock(bytes: usize): usize {
  const block = allocate(bytes);
  return block ? block : fail(Fault.OutOfMemory, <f64>bytes);
}

/** A number of a program. */
export function field(program: usize, offset: Field): u32 {
  return load<u32>(program + offset);
}
export function setField(program: usize, offset: Field, value: u32): void {
  store<u32>(program + offset, value);
}
/** The i-th node. */
export function nodeAt(program: usize, i: u32): Tensor {
  return <usize>load<u32>(<usize>field(program, Field.Nodes) + ((<usize>i) << 2));
}
/** Adds a node to a program, which holds its one reference. */
export function addNode(program: usize, x: Tensor): void {
  const n = field(program, Field.NodeCount);
  put(<usize>field(program, Field.Nodes), n, <u32>x);
  setField(program, Field.NodeCount, n + 1);
}
/** What is noted of a node while a program is made: its place on the tape, which it has none on. */
export function noteOf(x: Tensor): u32 {
  return load<u32>(x, 28);
}
export function setNote(x: Tensor, note: u32): void {
  store<u32>(x, note, 28);
}
/** The i-th bound node. */
export function boundAt(program: usize, i: u32): Tensor {
  return <usize>load<u32>(<usize>field(program, Field.Bound) + ((<usize>i) << 2));
}
/** Where the i-th output is written. */
export function outputAt(program: usize, i: u32): usize {
  return <usize>field(program, Field.Outputs) + ((<usize>i) << 3);
}
/** The node of the i-th output. */
export function outputNode(program: usize, i: u32): Tensor {
  return <usize>load<u32>(outputAt(program, i));
}
/** What becomes of the i-th output. */
export function resultAt(program: usize, i: u32): Result {
  return <Result>load<u32>(outputAt(program, i), 4);
}
/** Address of the i-th record. */
export function recordAt(program: usize, i: u32): usize {
  return <usize>field(program, Field.Records) + <usize>i * RECORD;
}
/** True for a value that stands in its slot. */
export function isSmall(x: Tensor): bool {
  return <usize>sizeOf(x) * bytesOf(dtypeOf(x)) <= 16;
}

/** The node whose storage x shows: itself, unless it is a view. It stands where tapes link nodes. */
export function rootOf(x: Tensor): Tensor {
  return <usize>load<u32>(x, 32);
}
export function setRoot(x: Tensor, root: Tensor): void {
  store<u32>(x, <u32>root, 32);
}
/** True for what another call finds somewhere else: what is bound, unless it is small. */
export function moves(x: Tensor): bool {
  const root = rootOf(x);
  return hasFlag(root, Flag.Source) && !isSmall(root);
}

/** Adds a record; false after a fault. */
export function addRecord(program: usize, kind: Kind, a: u32, b: u32, c: u32): bool {
  const n = field(program, Field.RecordCount);
  const records = <usize>field(program, Field.Records);
  if (!records || <usize>(n + 1) * RECORD > blockSize(records)) {
    const larger = newBlock(max((<usize>n) << 1, 32) * RECORD);
    if (!larger) return false;
    if (records) {
      memory.copy(larger, records, <usize>n * RECORD);
      releaseBlock(records);
    }
    setField(program, Field.Records, <u32>larger);
  }
  const at = recordAt(program, n);
  memory.fill(at, 0, RECORD);
  store<u32>(at, kind);
  store<u32>(at, a, 4);
  store<u32>(at, b, 8);
  store<u32>(at, c, 12);
  setField(program, Field.RecordCount, n + 1);
  return true;
}

/** Most bytes of plans that programs keep, all of them together; and how many they do. */
const MOST_KEPT: usize = 4 << 20;
let kept: usize = 0;

/** Has the record of a region keep its plan; false if there are too many. */
export function keepPlan(record: usize, plan: usize): bool {
  if (kept + blockSize(plan) > MOST_KEPT) return false;
  kept += blockSize(plan);
  store<u32>(record, <u32>plan, 16);
  return true;
}

/** Bytes that a program holds, constants and plans not counted. */
export function programBytes(program: usize): usize {
  let bytes = PROGRAM + <usize>field(program, Field.NodeCount) * 128;
  for (let at: usize = 0; at < PROGRAM; at += 8) {
    const block = <usize>load<u32>(program + at);
    if (block) bytes += blockSize(block);
  }
  return bytes;
}

/** Lets a program go, or as much of one as there is. */
export function freeProgram(program: usize): void {
  // Consumers first, so that nothing is freed in a chain.
  for (let i = field(program, Field.NodeCount); i; i--) release(nodeAt(program, i - 1));
  for (let i: u32 = 0; i < field(program, Field.OutputCount); i++) {
    if (outputNode(program, i)) release(outputNode(program, i));
  }
  for (let i: u32 = 0; i < field(program, Field.RecordCount); i++) {
    const plan = <usize>load<u32>(recordAt(program, i), 16);
    if (load<u32>(recordAt(program, i)) != Kind.Region || !plan) continue;
    kept -= blockSize(plan);
    releaseBlock(plan);
  }
  for (let at: usize = 0; at < PROGRAM; at += 8) {
    const block = <usize>load<u32>(program + at);
    if (block) releaseBlock(block);
  }
  releaseBlock(program);
}
