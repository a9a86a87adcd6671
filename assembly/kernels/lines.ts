// Lines: the elements along the last axes of a shape, for functions that read a line more than once.
// They are worked on in groups, a single long line or several short ones, which stay in the cache from
// the first step to the last. A step is a kernel of elementwise or reducing rows, and works on
// registers: those of lines are as large as a group, those of numbers have one number per line. In a
// register a line takes whole vectors. An operand whose lines do is read where it is; others are
// gathered.
//
//   operand   0 address of the next line, 0 if lines are gathered   4 a copy to be released
//             16 cursor
import { allocate, releaseBlock } from "../memory/heap";
import { dataOf, isContiguous, sizeOf, Tensor } from "../tensor/node";
import { CURSOR_BYTES, gatherBytes, openCursor } from "./cursor";
import { foldRun } from "./fold";
import { Step } from "./map";
import { copyTurned, turnedAxis } from "./transpose";

/** Registers: two operands, the result, two to spare. */
export const enum Line {
  X = 0,
  Y = 1,
  Out = 2,
  Spare = 3,
  Other = 4,
}
const BUFFERS: u32 = 5;
/** The first register of numbers, and how many there are. */
export const NUMBERS: u32 = 8;
const COUNT: u32 = 4;

/** Kinds of steps. */
export const enum Kind {
  /** out = kernel(x). */
  Map = 0,
  /** out = kernel(x, y). */
  Pair = 1,
  /** out = kernel(x, y), y the number of x's line. */
  Number = 2,
  /** out, a number, = a line folded. */
  Fold = 3,
}

const OPERAND: usize = 16 + CURSOR_BYTES;
/** Bytes of a group of short lines; at most so many lines, since each takes a vector. */
const GROUP: usize = 4096;
const MOST: usize = 256;
const operands = memory.data(2 * (16 + 208), 16);
const registers = memory.data(12 * 4, 16);
const numbers = memory.data(4 * 256 * 8, 16);

// Elements of a line, bytes of one, bytes of a line, the same in whole vectors.
let elements: u32 = 0;
let size: u32 = 0;
let bytes: usize = 0;
let pitch: usize = 0;
// Lines of a group, where their buffers are, where the next result goes.
let group: u32 = 0;
let buffers: usize = 0;
let result: usize = 0;

/** Begins lines of n elements, whose results go to `out`; 0 if there is no memory, else lines of a group. */
export function openLines(n: u32, bytesOfElement: u32, out: usize): u32 {
  elements = n;
  size = bytesOfElement;
  bytes = <usize>n * size;
  pitch = max(16, (bytes + 15) & ~15);
  group = <u32>max(1, GROUP / pitch);
  result = out;
  const room = <usize>group * pitch;
  buffers = allocate(<usize>BUFFERS * room);
  for (let i: u32 = 0; i < COUNT; i++) setRegister(NUMBERS + i, numbers + <usize>i * MOST * 8);
  for (let i: u32 = 0; i < BUFFERS; i++) setRegister(i, buffers + <usize>i * room);
  memory.fill(operands, 0, 2 * OPERAND);
  return buffers ? group : 0;
}

/** Address of a register. */
export function register(i: u32): usize {
  return <usize>load<u32>(registers + ((<usize>i) << 2));
}
function setRegister(i: u32, address: usize): void {
  store<u32>(registers + ((<usize>i) << 2), <u32>address);
}

/** Operand i is x, seen as of this shape of `count` elements. */
export function openOperand(i: u32, x: Tensor, rank: u32, dims: usize, count: u32): void {
  const at = operands + <usize>i * OPERAND;
  let data = isContiguous(x) && sizeOf(x) == count ? dataOf(x) : 0;
  if (!data) {
    openCursor(at + 16, x, rank, dims);
    // What is stored across the lines is brought into order first.
    const turned = turnedAxis(at + 16, size);
    data = turned >= 0 ? allocate(<usize>count * size) : 0;
    if (data) copyTurned(at + 16, turned, data, size);
    store<u32>(at, <u32>data, 4);
  }
  store<u32>(at, <u32>data);
}

/** Puts the next lines of operand i into its register. */
function nextLines(i: u32): void {
  const at = operands + <usize>i * OPERAND;
  const from = <usize>load<u32>(at);
  if (from) store<u32>(at, <u32>(from + <usize>group * bytes));
  if (from && bytes == pitch) {
    setRegister(i, from);
    return;
  }
  const to = register(i);
  if (from) copyLines(from, bytes, to, pitch);
  else
    for (let k: u32 = 0; k < group; k++)
      gatherBytes(at + 16, to + <usize>k * pitch, elements, size);
}

/** Begins a group of so many lines of one or two operands. */
export function beginGroup(lines: u32, two: bool): void {
  group = lines;
  nextLines(0);
  if (two) nextLines(1);
  if (bytes == pitch) setRegister(Line.Out, result);
}

/** The result of the group is in this register. */
export function endGroup(from: u32): void {
  const x = register(from);
  const room = <usize>group * (from < NUMBERS ? bytes : size);
  if (from >= NUMBERS) memory.copy(result, x, room);
  else if (bytes != pitch) copyLines(x, pitch, result, bytes);
  result += room;
}

function copyLines(x: usize, step: usize, out: usize, outStep: usize): void {
  for (let k: u32 = 0; k < group; k++, x += step, out += outStep) {
    if (bytes < 128)
      for (let o: usize = 0; o < bytes; o += 4) store<u32>(out + o, load<u32>(x + o));
    else memory.copy(out, x, bytes);
  }
}

export function closeLines(): void {
  for (let i: usize = 0; i < 2; i++) {
    const copy = <usize>load<u32>(operands + i * OPERAND, 4);
    if (copy) releaseBlock(copy);
  }
  releaseBlock(buffers);
}

/**
 * One step of a group; of numbers if `out` is a register of numbers. It may write where it reads, but
 * for kernels that redo rare elements (`map1`).
 */
export function runStep(kind: Kind, kernel: u32, x: u32, y: u32, out: u32): void {
  let a = register(x);
  let b = register(y);
  let o = register(out);
  const many = <usize>group * (out < NUMBERS ? pitch : size);
  const all = (many + 15) & ~15;
  if (kind == Kind.Map) call_indirect<void>(kernel, a, o, all);
  else if (kind == Kind.Pair) call_indirect<void>(kernel, a, b, o, all, Step.Both);
  else if (kind == Kind.Number) {
    for (let k: u32 = 0; k < group; k++, a += pitch, b += size, o += pitch) {
      call_indirect<void>(kernel, a, b, o, pitch, Step.First);
    }
  } else {
    for (let k: u32 = 0; k < group; k++, a += pitch, o += size) {
      foldRun(kernel, kernel, 0, size, a, 0, elements, o);
    }
  }
}

/** Lines of the group under way. */
export function groupLines(): u32 {
  return group;
}

/** Bytes of a line in a register: whole vectors. */
export function linePitch(): usize {
  return pitch;
}

/** Elements of a line. */
export function lineLength(): u32 {
  return elements;
}

/** Sets line k of a register to 0. */
export function clearLine(out: u32, k: u32): void {
  memory.fill(register(out) + <usize>k * pitch, 0, pitch);
}

/** Sets the first element of line k that is 1 to 0. */
export function dropOne(out: u32, k: u32): void {
  const line = register(out) + <usize>k * pitch;
  const one = size == 4 ? f32x4.splat(1) : f64x2.splat(1);
  for (let o: usize = 0; o < pitch; o += 16) {
    const x = v128.load(line + o);
    const found = size == 4 ? f32x4.eq(x, one) : f64x2.eq(x, one);
    if (!v128.any_true(found)) continue;
    const first = ctz(size == 4 ? i32x4.bitmask(found) : i64x2.bitmask(found));
    memory.fill(line + o + <usize>first * size, 0, size);
    return;
  }
}
