// Matrix products.
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  newNode,
  rankOf,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { at, broadcastShapes, put } from "../tensor/shape";
import { Local, local } from "../kernels/local";
import { matmul as product, matmulScratch, WORTH } from "../kernels/matmul";
import { packingArea } from "../kernels/packing";
import { parallel, threadCount, worthwhile } from "../kernels/parallel";
import { batchOf } from "../tape/levels";
import { record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { computeDType, promote } from "./families/promote";
import { dropAxes, insertAxes, logicalDims, reshape, sumLike, swapLast } from "./movement";
import { matmulRows, matmulShape } from "./scratch";


function shapeFault(code: Fault, x: Tensor, y: Tensor, a: f64 = 0, b: f64 = 0): Tensor {
  return failShapes(
    code,
    logicalDims(x),
    logicalRank(x),
    logicalDims(y),
    logicalRank(y),
    a,
    b,
  );
}

/** x · y as NumPy's matmul: vectors are rows on the left and columns on the right. */
export function matmul(x0: Tensor, y0: Tensor): Tensor {
  if (!x0 || !y0) return 0;
  const op = opCode<Matmul>();
  setOp(op);
  const rx = logicalRank(x0);
  const ry = logicalRank(y0);
  if (!rx || !ry) return shapeFault(Fault.MatmulRank, x0, y0);
  const kx = at(logicalDims(x0), rx - 1);
  const ky = at(logicalDims(y0), ry == 1 ? 0 : ry - 2);
  if (kx != ky) return shapeFault(Fault.Inner, x0, y0, kx, ky);
  const dtype = computeDType(op, promote(x0, y0));
  let x = cast(x0, dtype);
  let y = cast(y0, dtype);
  if (rx == 1) x = insertAxes(x, 1);
  if (ry == 1) y = insertAxes(y, 2);
  if (!x || !y) return 0;
  const batch = max(batchOf(x), batchOf(y));
  const rank = max(logicalRank(x), logicalRank(y));
  x = aligned(x, batch, rank);
  y = aligned(y, batch, rank);
  if (!x || !y) return 0;
  setOp(op);
  const px = rankOf(x);
  const py = rankOf(y);
  const outer = broadcastShapes(px - 2, dimsOf(x), py - 2, dimsOf(y), matmulShape);
  if (outer < 0) return shapeFault(Fault.Broadcast, x0, y0);
  put(matmulShape, <u32>outer, at(dimsOf(x), px - 2));
  put(matmulShape, <u32>outer + 1, at(dimsOf(y), py - 1));
  const out = record2(newNode(dtype, <u32>outer + 2, matmulShape), op, x, y);
  if (!out) return 0;
  const last = logicalRank(out) - 1;
  let drop: u32 = 0;
  if (rx == 1) drop |= 1 << (last - 1);
  if (ry == 1) drop |= 1 << last;
  return dropAxes(out, drop);
}

/** Step in bytes of x along axis i of an outer shape of `outer` axes; 0 where it is repeated. */
function outerStep(x: Tensor, i: u32, outer: u32): i32 {
  const missing = outer + 2 - rankOf(x);
  if (i < missing || at(dimsOf(x), i - missing) == 1) return 0;
  return <i32>at(stridesOf(x), i - missing) * <i32>bytesOf(dtypeOf(x));
}

/**
 * If y is the same for all outer indices, x's outer axes may join its rows: the number of rows then
 * (else 0), with their step in matmulRows[2].
 */
function joinedRows(x: Tensor, y: Tensor, out: Tensor): u32 {
  const outer = rankOf(out) - 2;
  let count: u32 = 1;
  let step = 0;
  for (let i = <i32>outer - 1; i >= 0; i--) {
    if (outerStep(y, i, outer)) return 0;
    const d = at(dimsOf(out), i);
    if (d == 1) continue;
    const here = outerStep(x, i, outer);
    if (count == 1) step = here;
    else if (here != step * <i32>count) return 0;
    count *= d;
  }
  const m = at(dimsOf(x), rankOf(x) - 2);
  const row = <i32>at(stridesOf(x), rankOf(x) - 2) * <i32>bytesOf(dtypeOf(x));
  if (count == 1 || !step) return 0;
  if (m == 1) {
    put(matmulRows, 2, <u32>step);
    return count;
  }
  if (step != row * <i32>m) return 0;
  put(matmulRows, 2, <u32>row);
  return count * m;
}

/** All products that make up `out`; each thread has `own` bytes of scratch. */
function multiplyAll(x: Tensor, y: Tensor, out: Tensor, scratch: usize, own: usize): void {
  const outer = rankOf(out) - 2;
  const m = at(dimsOf(out), outer);
  const n = at(dimsOf(out), outer + 1);
  const k = at(dimsOf(x), rankOf(x) - 1);
  const whole = m * n;
  const count = whole ? sizeOf(out) / whole : 0;
  const joined = outer ? joinedRows(x, y, out) : 0;
  const step = joined ? <usize>at(matmulRows, 2) : rowStep(x);
  const rows = joined ? joined : m;
  // Large products are cut themselves; of small ones each thread takes some.
  const work = max(<u64>whole * k, 1);
  if (ASC_FEATURE_THREADS && !joined && count > 1 && worthwhile(work * count, 2 * WORTH)) {
    if (count >= 4 * threadCount() || work < 2 * WORTH) {
      shareProducts(x, y, out, scratch, own, count, <u32>(WORTH / min(work, WORTH)));
      return;
    }
  }
  multiplySome(x, y, out, rows, step, scratch, own, 0, joined ? 1 : count);
}

//   job   0 x   4 y   8 out   12 scratch   16 bytes of it per thread
const job = memory.data(32, 16);

function shareProducts(
  x: Tensor,
  y: Tensor,
  out: Tensor,
  scratch: usize,
  own: usize,
  count: u32,
  grain: u32,
): void {
  store<u32>(job, <u32>x);
  store<u32>(job, <u32>y, 4);
  store<u32>(job, <u32>out, 8);
  store<u32>(job, <u32>scratch, 12);
  store<u32>(job, <u32>own, 16);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void => {
    const x = <usize>load<u32>(job);
    const own = <usize>load<u32>(job, 16);
    const scratch = <usize>load<u32>(job, 12) + <usize>thread * own;
    const out = <usize>load<u32>(job, 8);
    const m = at(dimsOf(out), rankOf(out) - 2);
    multiplySome(x, <usize>load<u32>(job, 4), out, m, rowStep(x), scratch, own, from, to);
  }).index;
  parallel(kernel, count, grain, job);
}

function rowStep(x: Tensor): usize {
  return <usize>(<i32>at(stridesOf(x), rankOf(x) - 2) * <i32>bytesOf(dtypeOf(x)));
}
function columnStep(x: Tensor): usize {
  return <usize>(<i32>at(stridesOf(x), rankOf(x) - 1) * <i32>bytesOf(dtypeOf(x)));
}

/** The products from `from` to `to`, of m rows each, which lie `xRow` apart in x. */
function multiplySome(
  x: Tensor,
  y: Tensor,
  out: Tensor,
  m: u32,
  xRow: usize,
  scratch: usize,
  own: usize,
  from: u32,
  to: u32,
): void {
  const outer = rankOf(out) - 2;
  const n = at(dimsOf(out), outer + 1);
  const k = at(dimsOf(x), rankOf(x) - 1);
  const dtype = dtypeOf(out);
  const xCol = columnStep(x);
  const yRow = rowStep(y);
  const yCol = columnStep(y);
  const whole = <usize>(m * n) * bytesOf(dtype);
  const index = local(Local.Index);
  let a = dataOf(x);
  let b = dataOf(y);
  for (let axis = <i32>outer - 1, i = from; axis >= 0; axis--) {
    const d = at(dimsOf(out), axis);
    const first = from ? i % d : 0;
    put(index, axis, first);
    if (!from) continue;
    i /= d;
    a += <usize>(outerStep(x, axis, outer) * <i32>first);
    b += <usize>(outerStep(y, axis, outer) * <i32>first);
  }
  let c = dataOf(out) + <usize>from * whole;
  for (let i = from; i < to; i++, c += whole) {
    product(dtype, m, n, k, a, xRow, xCol, b, yRow, yCol, c, scratch, own);
    for (let axis = <i32>outer - 1; axis >= 0; axis--) {
      const next = at(index, axis) + 1;
      const stepA = outerStep(x, axis, outer);
      const stepB = outerStep(y, axis, outer);
      if (next < at(dimsOf(out), axis)) {
        put(index, axis, next);
        a += <usize>stepA;
        b += <usize>stepB;
        break;
      }
      put(index, axis, 0);
      a -= <usize>(stepA * <i32>(next - 1));
      b -= <usize>(stepB * <i32>(next - 1));
    }
  }
}

/** x with all but its last two logical axes folded into the rows: [rows, columns]. */
function asRows(x: Tensor, columns: u32): Tensor {
  let count: u32 = 1;
  for (let i: u32 = 0; i + 1 < logicalRank(x); i++) count *= at(logicalDims(x), i);
  put(matmulRows, 0, count);
  put(matmulRows, 1, columns);
  return reshape(x, 2, matmulRows);
}

/**
 * Matrix product of the last two axes, the others broadcast; a vector counts as a row or a column.
 *
 * @example
 * ```ts
 * matmul([[1, 2], [3, 4]], [5, 6]).toArray(); // [17, 39]
 * ```
 */
class Matmul {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const y = inputOf(out, 1);
    const rank = rankOf(out);
    const k = at(dimsOf(x), rankOf(x) - 1);
    const n = at(dimsOf(out), rank - 1);
    // Rows may be joined over the batch.
    const rows = n ? sizeOf(out) / n : 0;
    const own = matmulScratch(max(rows, n), max(rows, n), k, bytesOf(dtypeOf(out)));
    const bytes = own * threadCount();
    const scratch = packingArea(bytes);
    if (!scratch) fail(Fault.OutOfMemory, <f64>bytes);
    if (!sizeOf(out) || !scratch) return;
    multiplyAll(x, y, out, scratch, own);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const x = inputOf(node, 0);
    const y = inputOf(node, 1);
    if (i == 0) return sumLike(matmul(g, swapLast(y)), x);
    if (logicalRank(y) == 2 && logicalRank(x) > 2) {
      const k = at(logicalDims(y), 0);
      const n = at(logicalDims(y), 1);
      return matmul(swapLast(asRows(x, k)), asRows(g, n));
    }
    return sumLike(matmul(swapLast(x), g), y);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    if (i == 0) return matmul(t, inputOf(node, 1));
    return matmul(inputOf(node, 0), t);
  }
}
row<Matmul>(Family.Product, 2, Trait.Numeric);
