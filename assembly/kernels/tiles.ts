// The tile interpreter: a program of kernels runs over cache-resident tiles, so that what one kernel
// hands to the next never reaches main memory. A program is a list of instructions in memory; tile t
// of an operand stands at address + t · step, where step is 0 for tile buffers and single elements.
//
//   instruction   0 kind    2 op    4 kernel (function index)    8 bytes of an operand element
//                 12 how operands step (Step); of three operands, the op computed with it    16 out   20 its step    24 x   28 step
//                 32 y   36 step    40 z   44 step
import { gatherBytes } from "./cursor";
import { convertRun } from "./copy";
import { Mark, markBegin, markEnd, marks } from "./mark";
import { feed } from "./stream";

/** Bytes of an instruction. */
export const INSTRUCTION: usize = 48;
/** Bytes of a tile buffer. */
export const TILE: u32 = 1024;

/** Kinds of instructions. */
export const enum Kind {
  /** out = kernel(x). */
  Map1 = 1,
  /** out = kernel(x, y). */
  Map2 = 2,
  /** out = kernel(x, y, z). */
  Map3 = 3,
  /** out = x in another dtype; kernel holds both. */
  Cast = 4,
  /** out = the next elements of cursor x. */
  Gather = 5,
  /** Folds x into the stream at out (kernels/stream.ts). */
  Fold = 6,
}

function operand(at: usize, t: u32): usize {
  return <usize>(load<u32>(at) + t * load<u32>(at, 4));
}

/**
 * Runs a program of `count` instructions over the elements [from, to), `elements` of them at a time;
 * `from` is where a tile begins. Tiles go in order: cursors and folds count on it.
 */
export function runTiles(program: usize, count: u32, from: u32, to: u32, elements: u32): void {
  const end = program + <usize>count * INSTRUCTION;
  for (let t = from / elements, left = to - from; left; t++) {
    const n = min(left, elements);
    if (marks()) for (let at = program; at < end; at += INSTRUCTION) runMarked(at, t, n);
    else for (let at = program; at < end; at += INSTRUCTION) runInstruction(at, t, n);
    left -= n;
  }
}

function runMarked(at: usize, t: u32, n: u32): void {
  const kind = <Kind>load<u8>(at);
  const inner: u32 = kind == Kind.Map3 ? load<u32>(at, 12) << 10 : 0;
  markBegin(kind == Kind.Gather ? Mark.Gather : Mark.Tile | inner | load<u16>(at, 2), n);
  runInstruction(at, t, n);
  markEnd();
}

function runInstruction(at: usize, t: u32, n: u32): void {
  const kernel = load<u32>(at, 4);
  const bytes = load<u32>(at, 8);
  const whole = <usize>((n * bytes + 15) & ~15);
  const out = operand(at + 16, t);
  const x = operand(at + 24, t);
  switch (<Kind>load<u8>(at)) {
    case Kind.Map1:
      call_indirect<void>(kernel, x, out, whole);
      break;
    case Kind.Map2:
      call_indirect<void>(kernel, x, operand(at + 32, t), out, whole, load<i32>(at, 12));
      break;
    case Kind.Map3:
      call_indirect<void>(kernel, x, operand(at + 32, t), operand(at + 40, t), out, whole);
      break;
    case Kind.Cast:
      convertRun(x, kernel & 255, out, kernel >> 8, n);
      break;
    case Kind.Gather:
      gatherBytes(x, out, n, bytes);
      break;
    default:
      feed(out, x, n);
  }
}
