// Reductions over any axes of a strided operand, by runs or by columns (kernels/fold.ts).
import { allocate, releaseBlock } from "../memory/heap";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  rankOf,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { columnWidth, reduceColumns } from "./columns";
import { CURSOR_BYTES, openStrided, runsOn, seek } from "./cursor";
import { BLOCK, foldResults, foldRun } from "./fold";
import { Local, local } from "./local";
import { GRAIN, parallel, worthwhile } from "./parallel";
import { copyTurned, turnedAxis } from "./transpose";

const ORDERED_BYTES: usize = 1 << 24;
const cursor = memory.data(208, 16);
const orderDims = memory.data(64, 16);
const orderStrides = memory.data(64, 16);
/** Results of groups of blocks. */
const MOST_GROUPS: u32 = 64;
const groupResults = memory.data(64 * 8, 16);

//   job   0 function   4 bytes of an element   8 address of x, 0 if the cursor tells   12 elements of a
//         run   16 out   20 elements of a group   24 first element of the run   28 function of leaves
//         32 centres of the results, if they have any   36 of the run
const job = memory.data(48, 16);

function reduceRows(
  block: u32,
  leaf: u32,
  x: Tensor,
  mask: u32,
  out: usize,
  results: u32,
  centres: usize,
): void {
  const rank = rankOf(x);
  const size = bytesOf(dtypeOf(x));
  let n: usize = 0;
  let run: u32 = 1;
  for (let pass: u32 = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < rank; i++) {
      if (((mask >> i) & 1) != pass) continue;
      const d = load<u32>(dimsOf(x) + ((<usize>i) << 2));
      store<u32>(orderDims + n, d);
      store<u32>(orderStrides + n, load<u32>(stridesOf(x) + ((<usize>i) << 2)));
      if (pass) run *= d;
      n += 4;
    }
  }
  openStrided(cursor, dataOf(x), size, rank, orderDims, orderStrides, rank, orderDims);
  let direct: usize = !run || runsOn(cursor, size) ? dataOf(x) : 0;
  // What is stored across the runs is brought into order first, if that is no burden.
  const bytes = <usize>(sizeOf(x) * size);
  const turned = direct || bytes > ORDERED_BYTES ? -1 : turnedAxis(cursor, size);
  const ordered = turned >= 0 ? allocate(bytes) : 0;
  if (ordered) {
    copyTurned(cursor, turned, ordered, size);
    direct = ordered;
  }
  store<u32>(job, block);
  store<u32>(job, size, 4);
  store<u32>(job, <u32>direct, 8);
  store<u32>(job, run, 12);
  store<u32>(job, <u32>out, 16);
  store<u32>(job, leaf, 28);
  store<u32>(job, <u32>centres, 32);
  if (ASC_FEATURE_THREADS && results < 16 && run > BLOCK && worthwhile(run, 2 * GRAIN)) {
    foldGroups(results);
  } else {
    const kernel = ((job: usize, from: u32, to: u32, thread: u32): void => foldRuns(job, from, to))
      .index;
    parallel(kernel, results, GRAIN / max(min(run, GRAIN), 1), job);
  }
  if (ordered) releaseBlock(ordered);
}

/** The cursor of a job at an element: each thread has a copy. */
function cursorAt(element: u32): usize {
  if (!ASC_FEATURE_THREADS) return cursor;
  memory.copy(local(Local.Cursor), cursor, CURSOR_BYTES);
  seek(local(Local.Cursor), element);
  return local(Local.Cursor);
}

/** Results from `from` to `to`. */
function foldRuns(job: usize, from: u32, to: u32): void {
  const block = load<u32>(job);
  const size = load<u32>(job, 4);
  const run = load<u32>(job, 12);
  let direct = <usize>load<u32>(job, 8);
  const own: usize = direct ? 0 : cursorAt(from * run);
  if (direct) direct += <usize>(from * run * size);
  let out = <usize>(load<u32>(job, 16) + from * size);
  const leaf = load<u32>(job, 28);
  let centre = <usize>(load<u32>(job, 32) + from * size);
  for (const end = out + <usize>((to - from) * size); out < end; out += size, centre += size) {
    foldRun(block, leaf, centre, size, direct, own, run, out);
    if (direct) direct += <usize>(run * size);
  }
}

/** Few long runs: groups of blocks of each are folded for themselves. */
function foldGroups(results: u32): void {
  const size = load<u32>(job, 4);
  const run = load<u32>(job, 12);
  let group: u32 = BLOCK;
  while (run / group >= MOST_GROUPS) group <<= 1;
  const groups = (run + group - 1) / group;
  store<u32>(job, group, 20);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void => foldGroup(job, from, to))
    .index;
  for (let i: u32 = 0; i < results; i++) {
    store<u32>(job, i * run, 24);
    store<u32>(job, load<u32>(job, 32) + i * size, 36);
    parallel(kernel, groups, 1, job);
    const out = <usize>(load<u32>(job, 16) + i * size);
    foldResults(load<u32>(job), size, groupResults, groups, out);
  }
}

/** Groups from `from` to `to` of a run. */
function foldGroup(job: usize, from: u32, to: u32): void {
  const block = load<u32>(job);
  const size = load<u32>(job, 4);
  const run = load<u32>(job, 12);
  const group = load<u32>(job, 20);
  const first = load<u32>(job, 24) + from * group;
  let direct = <usize>load<u32>(job, 8);
  const own: usize = direct ? 0 : cursorAt(first);
  if (direct) direct += <usize>(first * size);
  for (let i = from; i < to; i++) {
    const out = groupResults + <usize>(i * size);
    const centre = <usize>load<u32>(job, 36);
    foldRun(block, load<u32>(job, 28), centre, size, direct, own, min(group, run - i * group), out);
    if (direct) direct += <usize>(group * size);
  }
}

/**
 * x folded over the axes in `mask` by the functions of these indices, its elements by those of leaves;
 * the results, of which there are so many, go to `out`, one after the other. Their centres lie alike.
 */
export function reduce(
  foldOfBlock: u32,
  foldOfRows: u32,
  leafOfBlock: u32,
  leafOfRows: u32,
  x: Tensor,
  mask: u32,
  out: usize,
  results: u32,
  centres: usize,
): void {
  if (!results) return;
  const width = columnWidth(x, mask);
  if (width > 1 && sizeOf(x)) {
    reduceColumns(foldOfBlock, foldOfRows, leafOfRows, x, mask, out, results, width, centres);
  } else reduceRows(foldOfBlock, leafOfBlock, x, mask, out, results, centres);
}
