// A program of tiles on several threads. Each thread runs stretches of it on a copy of everything that
// changes while it runs: buffers, cursors, streams. A stretch holds whole results of each fold, or, of
// a fold of everything, a group of 2^k blocks, whose results are folded in the end: the bits are those
// of one thread.
import { allocate, releaseBlock } from "../memory/heap";
import { seek } from "./cursor";
import { parallel, threadCount, worthwhile } from "./parallel";
import { BLOCK, foldResults } from "./fold";
import { openStream, streamBytes, streamFold, streamOut, streamRun } from "./stream";
import { INSTRUCTION, Kind, runTiles } from "./tiles";

/** Elements, times instructions, that are worth another thread. */
const LEAST: u32 = 65536;
/** Longest stretch, in elements, unless folds want a longer one. */
const STRETCH: u32 = 8192;
/** Places for addresses in an instruction: out, x, y, z. */
const FIRST_PLACE: usize = 16;

//   job   0 block   4 its bytes   8 program, from the block on   12 instructions   16 elements
//         20 elements of a tile   24 elements of a stretch   28 copies   32 results of groups
const job = memory.data(48, 16);

/** True if a pass over so many elements is worth several threads, whatever it does. */
export function worthSharing(size: u32): bool {
  return worthwhile(size, LEAST);
}

function gcd(a: u32, b: u32): u32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** Elements of a stretch: 0 if there is no way to cut this program. */
function stretchOf(program: usize, count: u32, size: u32, elements: u32): u32 {
  let unit: u64 = elements;
  let whole = false;
  for (let at = program, i: u32 = 0; i < count; i++, at += INSTRUCTION) {
    if (load<u8>(at) != Kind.Fold) continue;
    const run = streamRun(<usize>load<u32>(at, 16));
    if (run == size) whole = true;
    else unit *= run / gcd(<u32>unit, run);
    if (unit >= size) return 0;
  }
  // Some four stretches for each thread, if they are long enough.
  const wanted = min(size / (4 * threadCount()), STRETCH);
  if (!whole) return <u32>(unit * max(wanted / unit, 1));
  // Groups of 2^k blocks.
  let stretch = BLOCK;
  while (stretch < unit || stretch * 2 <= wanted) stretch <<= 1;
  return stretch % <u32>unit ? 0 : stretch;
}

/** Runs a program, which lies in a block with all that changes, on all threads; false if it did not. */
export function shareTiles(
  block: usize,
  bytes: usize,
  program: usize,
  count: u32,
  size: u32,
  elements: u32,
): bool {
  if (!worthwhile(<u64>size * count, LEAST)) return false;
  const threads = threadCount();
  const stretch = stretchOf(program, count, size, elements);
  if (!stretch || stretch >= size) return false;
  const stretches = (size + stretch - 1) / stretch;
  const copies = allocate(<usize>threads * (bytes + 16) + <usize>count * stretches * 8);
  if (!copies) return false;
  store<u32>(job, <u32>block);
  store<u32>(job, <u32>bytes, 4);
  store<u32>(job, <u32>(program - block), 8);
  store<u32>(job, count, 12);
  store<u32>(job, size, 16);
  store<u32>(job, elements, 20);
  store<u32>(job, stretch, 24);
  store<u32>(job, <u32>copies, 28);
  store<u32>(job, <u32>(copies + <usize>threads * (bytes + 16)), 32);
  for (let i: u32 = 0; i < threads; i++) store<u32>(copyOf(job, i), 0);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    runStretches(job, from, to, thread)).index;
  parallel(kernel, stretches, 1, job);
  for (let at = program, i: u32 = 0; i < count; i++, at += INSTRUCTION) {
    if (load<u8>(at) != Kind.Fold) continue;
    const stream = <usize>load<u32>(at, 16);
    if (streamRun(stream) != size) continue;
    const bytes = streamBytes(stream);
    foldResults(streamFold(stream), bytes, groupsOf(job, i), stretches, streamOut(stream));
  }
  releaseBlock(copies);
  return true;
}

/** A thread's copy: a word that says whether it has been made, then the block. */
function copyOf(job: usize, thread: u32): usize {
  return <usize>load<u32>(job, 28) + <usize>thread * (<usize>load<u32>(job, 4) + 16);
}

/** Where the results of groups go, of a fold of everything that is instruction i. */
function groupsOf(job: usize, i: u32): usize {
  const size = load<u32>(job, 16);
  const each = load<u32>(job, 24);
  return <usize>load<u32>(job, 32) + <usize>(i * ((size + each - 1) / each)) * 8;
}

/** Copies the block; addresses inside it are moved along. */
function makeCopy(job: usize, copy: usize): void {
  const block = <usize>load<u32>(job);
  const bytes = <usize>load<u32>(job, 4);
  store<u32>(copy, 1);
  memory.copy(copy + 16, block, bytes);
  let at = copy + 16 + <usize>load<u32>(job, 8);
  for (let i = load<u32>(job, 12); i; i--, at += INSTRUCTION) {
    for (let o = FIRST_PLACE; o < INSTRUCTION; o += 8) {
      const address = <usize>load<u32>(at + o);
      if (address - block < bytes) store<u32>(at + o, <u32>(address - block + copy + 16));
    }
  }
}

function runStretches(job: usize, first: u32, end: u32, thread: u32): void {
  const copy = copyOf(job, thread);
  if (!load<u32>(copy)) makeCopy(job, copy);
  const program = copy + 16 + <usize>load<u32>(job, 8);
  const count = load<u32>(job, 12);
  const size = load<u32>(job, 16);
  const stretch = load<u32>(job, 24);
  for (let i = first; i < end; i++) {
    const from = i * stretch;
    const to = min(from + stretch, size);
    for (let k: u32 = 0, at = program; k < count; k++, at += INSTRUCTION) {
      const kind = <Kind>load<u8>(at);
      if (kind == Kind.Gather) seek(<usize>load<u32>(at, 24), from);
      else if (kind == Kind.Fold) aim(job, k, <usize>load<u32>(at, 16), i, to - from);
    }
    runTiles(program, count, from, to, load<u32>(job, 20));
  }
}

/** Points a stream at its results of stretch i, which has n elements. */
function aim(job: usize, instruction: u32, stream: usize, i: u32, n: u32): void {
  const block = <usize>load<u32>(job);
  // What the program says stands in the original, which nobody runs.
  const original = <usize>(
    load<u32>(block + <usize>load<u32>(job, 8) + <usize>instruction * INSTRUCTION, 16)
  );
  const run = streamRun(original);
  const bytes = streamBytes(original);
  if (run == load<u32>(job, 16)) {
    const out = groupsOf(job, instruction) + <usize>i * bytes;
    openStream(stream, out, n, <u32>bytes, streamFold(original));
  } else {
    const out = streamOut(original) + <usize>(i * (load<u32>(job, 24) / run)) * bytes;
    openStream(stream, out, run, <u32>bytes, streamFold(original));
  }
}
