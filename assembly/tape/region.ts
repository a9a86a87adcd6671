// One region: the members of the table become a program of tile kernels. Tile buffers are shared by
// members whose lives do not meet; operands that are neither contiguous nor a single element are
// gathered tile by tile.
import { DType } from "../shared/dtype";
import { allocate, releaseBlock } from "../memory/heap";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { fail } from "../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  isContiguous,
  isFloat_,
  isUniform,
  opOf,
  rankOf,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import { CURSOR_BYTES, gatherBytes, openCursor } from "../kernels/cursor";
import { copyTurned, turnedAxis } from "../kernels/transpose";
import { Step } from "../kernels/map";
import { openStream, STREAM_BYTES } from "../kernels/stream";
import { INSTRUCTION, Kind, TILE } from "../kernels/tiles";
import { compoundKernel, findCompound, isInnerLast } from "./compounds";
import { familyOf, kernelOf } from "./rows";
import { beginBindings, bind, BINDING, PLAN, runPlan, sealPlan } from "./passes";
import { entryAt, Entry, indexOf, Membership, orderAt, tableCount } from "./table";

/** Buffers that wait for their next member. */
const FREE: u32 = 256;
const freeBuffers = memory.data(256 * 4, 16);
const NEVER: u32 = u32.MAX_VALUE;

// The program in the making.
let size: u32 = 0;
let elements: u32 = 0;
let buffers: usize = 0;
let nextBuffer: u32 = 0;
let cursors: usize = 0;
let instruction: usize = 0;
let single: bool = false;
/** The plan is kept: it must be possible to bind its operands again. */
let bound: bool = false;

// Operands of the instruction in the making.
const operands = memory.data(4 * 4, 16);

/** Operands that were brought into order as a whole: so many, of at most so many bytes. */
const COPIES: u32 = 16;
const COPY_BYTES: usize = 1 << 24;
const copies = memory.data(16 * 4, 16);
let copied: u32 = 0;

function isMember(entry: usize): bool {
  return load<u8>(entry, Entry.Member) == Membership.Instruction;
}

/** The entry of x if it is a member, else 0. */
function memberOf(x: Tensor): usize {
  const i = indexOf(x);
  return i >= 0 && isMember(entryAt(i)) ? entryAt(i) : 0;
}

function isFold(x: Tensor): bool {
  return familyOf(opOf(x)) == Family.Reduction;
}

/** True if x can be read where it is. */
function inPlace(x: Tensor): bool {
  return sizeOf(x) == size && isContiguous(x);
}

/** Has nodes computed in one instruction with an operand that nothing else needs, if a kernel does both. */
function joinPairs(): void {
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    const entry = entryAt(orderAt(i));
    const node: Tensor = <usize>load<u32>(entry);
    if (!isMember(entry) || familyOf(opOf(node)) != Family.Binary || !isFloat_(dtypeOf(node)))
      continue;
    for (let k: u32 = 0; k < 2; k++) {
      const inner = inputOf(node, k);
      const from = memberOf(inner);
      if (!from || load<u8>(from, Entry.Stored) || load<u32>(from, Entry.Uses) != 1) continue;
      // A pair is no part of another one.
      if (load<u32>(from, Entry.Compound)) continue;
      const compound = findCompound(opOf(node), opOf(inner), k);
      if (!compound) continue;
      store<u32>(entry, <u32>compound, Entry.Compound);
      store<u32>(entry, k, Entry.Inner);
      store<u8>(from, Membership.Part, Entry.Member);
      break;
    }
  }
}

function addOperands(x: Tensor, from: u32): u32 {
  const n = inputsOf(x);
  for (let k: u32 = 0; k < n; k++) put(operands, from + k, <u32>inputOf(x, k));
  return from + n;
}

/** Lists the operands of a member's instruction; returns how many there are. */
function listOperands(node: Tensor, entry: usize): u32 {
  const compound = <usize>load<u32>(entry, Entry.Compound);
  if (!compound) return addOperands(node, 0);
  const k = load<u32>(entry, Entry.Inner);
  const inner = inputOf(node, k);
  const other = <u32>inputOf(node, 1 - k);
  const last = isInnerLast(compound);
  if (last) put(operands, 0, other);
  const n = addOperands(inner, u32(last));
  if (!last) put(operands, n, other);
  return n + u32(!last);
}

function operandAt(k: u32): Tensor {
  return <usize>at(operands, k);
}

/** Runs the members, of which there are `members` and whose pass has this size; false after a fault. */
export function runRegion(members: u32, passSize: u32): bool {
  const plan = planRegion(members, passSize, false);
  if (!plan) return false;
  runPlan(plan);
  dropCopies();
  releaseBlock(plan);
  return true;
}

/** Lets go what was copied for a plan; true if there was anything: it runs but once. */
export function dropCopies(): bool {
  const any = copied != 0;
  for (; copied; copied--) releaseBlock(<usize>at(copies, copied - 1));
  return any;
}

/** Binds an operand of a finished instruction, unless it is a member or gathered. */
function bindOperand(at: usize, x: Tensor): void {
  if (!memberOf(x) && load<u32>(at) == <u32>dataOf(x)) bind(at, x, 0, 0);
}

/** The plan of a region, ready to run; one that is to be kept has bindings. 0 after a fault. */
export function planRegion(members: u32, passSize: u32, keeps: bool): usize {
  size = passSize;
  bound = keeps;
  elements = 256;
  let gathers: u32 = 0;
  let folds: u32 = 0;
  let others: u32 = 0;
  joinPairs();
  const n = tableCount();
  for (let i: u32 = 0; i < n; i++) {
    const entry = entryAt(orderAt(i));
    if (!isMember(entry)) continue;
    const node: Tensor = <usize>load<u32>(entry);
    if (isFold(node)) folds++;
    if (dtypeOf(node) == DType.Float64) elements = 128;
    for (let k: u32 = 0, inputs = listOperands(node, entry); k < inputs; k++) {
      const x = operandAt(k);
      const from = memberOf(x);
      if (from) store<u32>(from, i, Entry.Next);
      else {
        others++;
        if (!inPlace(x)) gathers++;
      }
      if (dtypeOf(x) == DType.Float64) elements = 128;
    }
  }
  const own = assignBuffers();
  const programBytes = <usize>(members + gathers) * INSTRUCTION;
  const bufferBytes = <usize>(own + gathers) * TILE;
  const cursorBytes = <usize>gathers * CURSOR_BYTES;
  const bytes = PLAN + bufferBytes + programBytes + cursorBytes + <usize>folds * STREAM_BYTES;
  const whole = keeps ? bytes + <usize>(others + folds) * BINDING : bytes;
  const plan = allocate(whole);
  if (!plan) return fail(Fault.OutOfMemory, <f64>whole);
  buffers = plan + PLAN;
  const program = buffers + bufferBytes;
  instruction = program;
  cursors = program + programBytes;
  beginBindings(plan + bytes);
  nextBuffer = own;
  let stream = cursors + cursorBytes;
  for (let i: u32 = 0; i < n; i++) {
    const entry = entryAt(orderAt(i));
    if (!isMember(entry)) continue;
    const node: Tensor = <usize>load<u32>(entry);
    if (isFold(node)) {
      emitFold(node, stream);
      stream += STREAM_BYTES;
    } else emit(node, entry);
  }
  sealPlan(plan, size, elements, bytes, program, <u32>((instruction - program) / INSTRUCTION));
  return plan;
}

/** Gives every member that is not stored a tile buffer; returns how many there are. */
function assignBuffers(): u32 {
  let made: u32 = 0;
  let free: u32 = 0;
  for (let i: u32 = 0, n = tableCount(); i < n; i++) {
    const entry = entryAt(orderAt(i));
    if (!isMember(entry)) continue;
    const node: Tensor = <usize>load<u32>(entry);
    // Its own first: kernels do not write where they read.
    if (!load<u8>(entry, Entry.Stored)) {
      let buffer = made;
      if (free) {
        free--;
        buffer = load<u32>(freeBuffers + ((<usize>free) << 2));
      } else made++;
      store<u32>(entry, buffer, Entry.Waiting);
    }
    for (let k: u32 = 0, inputs = listOperands(node, entry); k < inputs; k++) {
      const from = memberOf(operandAt(k));
      if (!from || load<u8>(from, Entry.Stored) || load<u32>(from, Entry.Next) != i) continue;
      store<u32>(from, NEVER, Entry.Next);
      if (free == FREE) continue;
      store<u32>(freeBuffers + ((<usize>free) << 2), load<u32>(from, Entry.Waiting));
      free++;
    }
  }
  return made;
}

/** Writes an operand's address and step. */
function place(at: usize, address: usize, step: u32): void {
  store<u32>(at, <u32>address);
  store<u32>(at, step, 4);
}

function bufferAt(i: u32): usize {
  return buffers + <usize>i * TILE;
}

/** Where a member's tiles are: in memory, or in its buffer. */
function placeMember(at: usize, x: Tensor, entry: usize): void {
  if (load<u8>(entry, Entry.Stored)) place(at, dataOf(x), elements * bytesOf(dtypeOf(x)));
  else place(at, bufferAt(load<u32>(entry, Entry.Waiting)), 0);
}

/** Places operand x of `node`; sets `single` if it is one element that the kernel may repeat itself. */
function placeOperand(at: usize, x: Tensor, node: Tensor, mayRepeat: bool): void {
  single = false;
  const bytes = bytesOf(dtypeOf(x));
  const entry = memberOf(x);
  if (entry) placeMember(at, x, entry);
  else if (inPlace(x)) place(at, dataOf(x), elements * bytes);
  else if (mayRepeat && isUniform(x)) {
    single = true;
    place(at, dataOf(x), 0);
  } else {
    const buffer = bufferAt(nextBuffer);
    nextBuffer++;
    openCursor(cursors, x, rankOf(node), dimsOf(node));
    const copy = copyInOrder(bytes);
    if (copy) {
      place(at, copy, elements * bytes);
      return;
    }
    place(at, buffer, 0);
    const uniform = isUniform(x);
    if (bound) bind(cursors, x, node, uniform ? buffer : 0);
    // The same for every tile: gathered once and for all.
    if (uniform) gatherBytes(cursors, buffer, min(elements, size), bytes);
    else gatherBefore(buffer, bytes);
    cursors += CURSOR_BYTES;
  }
}

/**
 * What is stored across the tiles (a transposed operand) is copied as a whole: tile by tile its cache
 * lines would be read again and again. Address of the copy; 0: it is better gathered.
 */
function copyInOrder(bytes: u32): usize {
  const whole = <usize>size * bytes;
  const turned = whole > COPY_BYTES || copied == COPIES ? -1 : turnedAxis(cursors, bytes);
  if (turned < 0) return 0;
  const copy = allocate(whole);
  if (!copy) return 0;
  copyTurned(cursors, turned, copy, bytes);
  put(copies, copied, <u32>copy);
  copied++;
  return copy;
}

/** Inserts the gathering of a tile before the instruction in the making. */
function gatherBefore(buffer: usize, bytes: u32): void {
  memory.copy(instruction + INSTRUCTION, instruction, INSTRUCTION);
  store<u32>(instruction, Kind.Gather);
  store<u32>(instruction, bytes, 8);
  place(instruction + 16, buffer, 0);
  place(instruction + 24, cursors, 0);
  instruction += INSTRUCTION;
}

function emitFold(node: Tensor, stream: usize): void {
  const x = inputOf(node, 0);
  const bytes = bytesOf(dtypeOf(x));
  openStream(stream, dataOf(node), size / sizeOf(node), bytes, kernelOf(opOf(node), dtypeOf(x)));
  begin(Kind.Fold, opOf(node), 0, bytes);
  place(instruction + 16, stream, 0);
  placeOperand(instruction + 24, x, x, false);
  if (bound) {
    // After its last result a stream has begun anew, behind it.
    bind(stream, node, 0, 0);
    bindOperand(instruction + 24, x);
  }
  instruction += INSTRUCTION;
}

function begin(kind: Kind, op: u32, kernel: u32, bytes: u32): void {
  store<u32>(instruction, kind | (op << 16));
  store<u32>(instruction, kernel, 4);
  store<u32>(instruction, bytes, 8);
  store<u32>(instruction, Step.Both, 12);
}

function emit(node: Tensor, entry: usize): void {
  const op = opOf(node);
  const compound = <usize>load<u32>(entry, Entry.Compound);
  const inputs = listOperands(node, entry);
  const x = operandAt(0);
  const from = inputs > 2 ? dtypeOf(node) : dtypeOf(x);
  const kernel = compound ? compoundKernel(compound, from) : kernelOf(op, from);
  if (familyOf(op) == Family.Cast) begin(Kind.Cast, op, from | (dtypeOf(node) << 8), bytesOf(from));
  else
    begin(inputs == 1 ? Kind.Map1 : inputs == 2 ? Kind.Map2 : Kind.Map3, op, kernel, bytesOf(from));
  if (inputs > 2)
    store<u32>(instruction, compound ? opOf(inputOf(node, load<u32>(entry, Entry.Inner))) : 0, 12);
  placeMember(instruction + 16, node, entry);
  const binary = inputs == 2;
  placeOperand(instruction + 24, x, node, binary);
  const repeats = single;
  if (single) store<u32>(instruction, Step.Second, 12);
  if (inputs > 1) placeOperand(instruction + 32, operandAt(1), node, binary && !repeats);
  if (single && binary && !repeats) store<u32>(instruction, Step.First, 12);
  if (inputs > 2) placeOperand(instruction + 40, operandAt(2), node, false);
  for (let k: u32 = 0; bound && k < inputs; k++) {
    bindOperand(instruction + 24 + ((<usize>k) << 3), operandAt(k));
  }
  instruction += INSTRUCTION;
}
