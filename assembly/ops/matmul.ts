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
import { matmul as product, matmulScratch } from "../kernels/matmul";
import { packingArea } from "../kernels/packing";
import { batchOf } from "../tape/levels";
import { record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { computeDType, promote } from "./families/promote";
import { dropAxes, insertAxes, logicalDims, reshape, sumLike, swapLast } from "./movement";
import { matmulIndex, matmulRows, matmulShape } from "./scratch";


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

function multiplyAll(x: Tensor, y: Tensor, out: Tensor, packed: usize): void {
  const outer = rankOf(out) - 2;
  const m = at(dimsOf(out), outer);
  const n = at(dimsOf(out), outer + 1);
  const k = at(dimsOf(x), rankOf(x) - 1);
  const dtype = dtypeOf(out);
  const size = <usize>bytesOf(dtype);
  const xRow = <usize>(<i32>at(stridesOf(x), rankOf(x) - 2) * <i32>size);
  const xCol = <usize>(<i32>at(stridesOf(x), rankOf(x) - 1) * <i32>size);
  const yRow = <usize>(<i32>at(stridesOf(y), rankOf(y) - 2) * <i32>size);
  const yCol = <usize>(<i32>at(stridesOf(y), rankOf(y) - 1) * <i32>size);
  let a = dataOf(x);
  let b = dataOf(y);
  const joined = outer ? joinedRows(x, y, out) : 0;
  if (joined) {
    const step = <usize>at(matmulRows, 2);
    product(dtype, joined, n, k, a, step, xCol, b, yRow, yCol, dataOf(out), packed);
    return;
  }
  memory.fill(matmulIndex, 0, <usize>outer << 2);
  const whole = m * n;
  const count = whole ? sizeOf(out) / whole : 0;
  let c = dataOf(out);
  for (let i: u32 = 0; i < count; i++, c += <usize>whole * size) {
    product(dtype, m, n, k, a, xRow, xCol, b, yRow, yCol, c, packed);
    for (let axis = <i32>outer - 1; axis >= 0; axis--) {
      const next = at(matmulIndex, axis) + 1;
      const stepA = outerStep(x, axis, outer);
      const stepB = outerStep(y, axis, outer);
      if (next < at(dimsOf(out), axis)) {
        put(matmulIndex, axis, next);
        a += <usize>stepA;
        b += <usize>stepB;
        break;
      }
      put(matmulIndex, axis, 0);
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

/** Matrix product of the last two axes, the others broadcast; a vector counts as a row or a column. */
class Matmul {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const y = inputOf(out, 1);
    const rank = rankOf(out);
    const k = at(dimsOf(x), rankOf(x) - 1);
    const n = at(dimsOf(out), rank - 1);
    // Rows may be joined over the batch.
    const rows = n ? sizeOf(out) / n : 0;
    const bytes = matmulScratch(max(rows, n), max(rows, n), k, bytesOf(dtypeOf(out)));
    const packed = packingArea(bytes);
    if (!packed) fail(Fault.OutOfMemory, <f64>bytes);
    if (!sizeOf(out) || !packed) return;
    multiplyAll(x, y, out, packed);
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
