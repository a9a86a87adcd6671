// Where a program's values stand. Larger ones share the workspace: a value gets its room at the record
// that computes it, and gives it back after the record that uses it last. A result never takes the
// room of its own operands, for kernels come back to rare lanes of operands they have passed.
//
// While this goes on, a node's note is the record that uses it last, and its data an offset.
import { releaseBlock } from "../memory/heap";
import { Family } from "../shared/family";
import {
  bytesOf,
  dataOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  isContiguous,
  isUniform,
  opOf,
  paddedBytes,
  setData,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { Step } from "../kernels/map";
import { familyOf, kernelOf } from "../tape/rows";
import { layView } from "../ops/views";
import {
  Field,
  field,
  isSmall,
  Kind,
  moves,
  newBlock,
  nodeAt,
  noteOf,
  outputNode,
  RECORD,
  recordAt,
  rootOf,
  setField,
  setNote,
} from "./program";

/** The note of what is needed to the end. */
const NEVER: u32 = u32.MAX_VALUE;
/** Free stretches that are looked at for a value. */
const LOOKS: u32 = 64;

// Free stretches of the workspace: offset and size of each; where it ends so far.
let stretches: usize = 0;
let free: u32 = 0;
let end: u32 = 0;

/** Gives every node of a program its place; false after a fault. */
export function layOut(program: usize): bool {
  stretches = newBlock((<usize>field(program, Field.NodeCount) + 1) << 3);
  if (!stretches) return false;
  free = 0;
  end = 0;
  noteUses(program);
  for (let i: u32 = 0, n = field(program, Field.RecordCount); i < n; i++) i += place(program, i);
  releaseBlock(stretches);
  const workspace = end ? newBlock(end) : 0;
  if (end && !workspace) return false;
  setField(program, Field.Workspace, <u32>workspace);
  setField(program, Field.WorkspaceBytes, end);
  for (let i: u32 = 0, n = field(program, Field.NodeCount); i < n; i++) {
    const x = nodeAt(program, i);
    if (rootOf(x) != x) layView(x);
    else if (isPlaced(x)) setData(x, workspace + dataOf(x));
  }
  for (let i: u32 = 0, n = field(program, Field.RecordCount); i < n; i++) {
    const record = recordAt(program, i);
    if (load<u32>(record) == Kind.Node) simplify(record, <usize>load<u32>(record, 4));
  }
  return true;
}

/** True for values that have their place in the workspace. */
function isPlaced(x: Tensor): bool {
  return !isSmall(x) && !hasFlag(x, Flag.Source) && !hasFlag(x, Flag.Cut);
}

/** Members that follow a record. */
function membersOf(record: usize): u32 {
  return load<u32>(record) == Kind.Region ? load<u32>(record, 4) : 0;
}

function noteUses(program: usize): void {
  let region: u32 = 0;
  for (let i: u32 = 0, n = field(program, Field.RecordCount); i < n; i++) {
    const record = recordAt(program, i);
    const kind = load<u32>(record);
    if (kind != Kind.Member) region = i;
    if (kind == Kind.Region) continue;
    const x: Tensor = <usize>load<u32>(record, 4);
    setNote(x, region);
    for (let k: u32 = 0, inputs = inputsOf(x); k < inputs; k++) {
      setNote(rootOf(inputOf(x, k)), region);
    }
  }
  for (let i: u32 = 0, n = field(program, Field.OutputCount); i < n; i++) {
    setNote(rootOf(outputNode(program, i)), NEVER);
  }
}

/** Places what record i computes, and frees what it uses last; returns how many members it has. */
function place(program: usize, i: u32): u32 {
  const record = recordAt(program, i);
  const members = membersOf(record);
  const first = members ? record + RECORD : record;
  const last = record + <usize>members * RECORD;
  for (let at = first; at <= last; at += RECORD) {
    const kind = load<u32>(at);
    const x: Tensor = <usize>load<u32>(at, 4);
    if ((kind == Kind.Node || load<u32>(at, 8)) && isPlaced(x)) setData(x, take(roomOf(x)));
  }
  for (let at = first; at <= last; at += RECORD) {
    const x: Tensor = <usize>load<u32>(at, 4);
    for (let k: u32 = 0, n = inputsOf(x); k < n; k++) giveBack(rootOf(inputOf(x, k)), i);
    // Perhaps nothing uses it at all.
    if (load<u32>(at) != Kind.View) giveBack(x, i);
  }
  return members;
}

function roomOf(x: Tensor): u32 {
  return <u32>((paddedBytes(x) + 31) & ~31);
}

/** Ends x's life if record i uses it last; what is in a tile buffer only has no room. */
function giveBack(x: Tensor, i: u32): void {
  if (noteOf(x) != i || !isPlaced(x) || !hasRoom(x)) return;
  setNote(x, NEVER);
  put(free, <u32>dataOf(x), roomOf(x));
  free++;
}

/** True if x has got room: offsets count from 32. */
function hasRoom(x: Tensor): bool {
  return dataOf(x) != 0;
}

function put(i: u32, offset: u32, bytes: u32): void {
  store<u32>(stretches + ((<usize>i) << 3), offset);
  store<u32>(stretches + ((<usize>i) << 3), bytes, 4);
}

/** The smallest free stretch that is large enough, of those freed lately, or more workspace. */
function take(bytes: u32): u32 {
  let best: i32 = -1;
  let size: u32 = NEVER;
  for (let i = free; i && free - i < LOOKS; i--) {
    const own = load<u32>(stretches + ((<usize>(i - 1)) << 3), 4);
    if (own < bytes || own >= size) continue;
    best = <i32>i - 1;
    size = own;
    if (own == bytes) break;
  }
  if (best < 0) {
    if (!end) end = 32;
    end += bytes;
    return end - bytes;
  }
  const offset = load<u32>(stretches + ((<usize>best) << 3));
  if (size > bytes) put(<u32>best, offset + bytes, size - bytes);
  else {
    free--;
    const last = stretches + ((<usize>free) << 3);
    put(<u32>best, load<u32>(last), load<u32>(last, 4));
  }
  return offset;
}

/** Turns the record of an elementwise node whose values stand in order, and stay, into a kernel's. */
function simplify(record: usize, x: Tensor): void {
  const family = familyOf(opOf(x));
  if (family > Family.Ternary || !sizeOf(x)) return;
  const n = inputsOf(x);
  let step = Step.Both;
  let whole: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const input = inputOf(x, k);
    if (moves(input)) return;
    if (sizeOf(input) == sizeOf(x) && isContiguous(input)) whole++;
    else if (n != 2 || !isUniform(input)) return;
    else step = k ? Step.First : Step.Second;
  }
  if (whole + 1 < n || (n == 1 && !whole)) return;
  const first = inputOf(x, 0);
  const bytes = max(bytesOf(dtypeOf(first)), n == 3 ? bytesOf(dtypeOf(x)) : 0);
  store<u32>(record, n == 1 ? Kind.Map1 : n == 2 ? Kind.Map2 : Kind.Map3);
  store<u32>(record, kernelOf(opOf(x), n == 3 ? dtypeOf(x) : dtypeOf(first)), 4);
  store<u32>(record, <u32>dataOf(x), 8);
  for (let k: u32 = 0; k < n; k++) {
    store<u32>(record + ((<usize>k) << 2), <u32>dataOf(inputOf(x, k)), 12);
  }
  store<u32>(record, (sizeOf(x) * bytes + 15) & ~15, 24);
  store<u32>(record, step, 28);
}
