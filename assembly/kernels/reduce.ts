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
import { openStrided, runsOn } from "./cursor";
import { foldRun } from "./fold";
import { copyTurned, turnedAxis } from "./transpose";

const ORDERED_BYTES: usize = 1 << 24;
const cursor = memory.data(208, 16);
const orderDims = memory.data(64, 16);
const orderStrides = memory.data(64, 16);

function reduceRows(block: u32, x: Tensor, mask: u32, out: Tensor): void {
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
  let to = dataOf(out);
  for (const end = to + <usize>(sizeOf(out) * size); to < end; to += size) {
    foldRun(block, size, direct, cursor, run, to);
    if (direct) direct += <usize>(run * size);
  }
  if (ordered) releaseBlock(ordered);
}

/** out = x folded over the axes in `mask` by the functions of these indices; out is contiguous. */
export function reduce(foldOfBlock: u32, foldOfRows: u32, x: Tensor, mask: u32, out: Tensor): void {
  const width = columnWidth(x, mask);
  if (width > 1 && sizeOf(x)) reduceColumns(foldOfBlock, foldOfRows, x, mask, out, width);
  else reduceRows(foldOfBlock, x, mask, out);
}
