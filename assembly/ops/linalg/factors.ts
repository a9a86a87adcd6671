// Triangular and orthogonal factors.
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { Matrix, Solving } from "../../shared/matrix";
import { fail } from "../../tensor/fault";
import { inputOf, Tensor } from "../../tensor/node";
import { cholesky, eliminate } from "../../kernels/linalg/elimination";
import { complement, qr } from "../../kernels/linalg/reflection";
import { from, set, tame } from "../../kernels/linalg/vectors";
import { opCode, Trait } from "../../tape/rows";
import { add, negative, scale, subtract } from "../arithmetic";
import { row } from "../families/linear";
import { matmul } from "../matmul";
import { swapLast } from "../movement";
import {
  columns,
  columnsOf,
  eachMatrix,
  integersOp,
  keep,
  lower,
  matrixOp,
  rows,
  rowsOf,
  stackColumns,
  stackRows,
  unitLike,
  upper,
} from "./matrix";
import { divideRight, triangularSolve } from "./solving";

/** The lower triangle of x with half its diagonal. */
function halved(x: Tensor): Tensor {
  return subtract(lower(x), scale(0.5, keep(x, 0, 0)));
}

/** Lower triangle L with L·Lᵀ = x, for symmetric x (Murray 2016). */
class Cholesky {
  run(out: Tensor): void {
    eachMatrix(out, 0, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      memory.copy(to, a, <usize>(n * n) << 3);
      if (!cholesky(to, n)) fail(Fault.NotPositive);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const inner = halved(matmul(swapLast(node), g));
    const left = triangularSolve(node, inner, Solving.Lower | Solving.Transposed);
    const ga = divideRight(left, node, Solving.Lower);
    return scale(0.5, add(ga, swapLast(ga)));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const left = triangularSolve(node, t, Solving.Lower);
    return matmul(node, halved(divideRight(left, node, Solving.Lower | Solving.Transposed)));
  }
}
row<Cholesky>(Family.Inner, 1, Trait.Hidden);

/** The order of rows that partial pivoting finds: [1, m]. */
class Pivots {
  run(out: Tensor): void {
    const m = columnsOf(out);
    eachMatrix(out, m, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const m = columnsOf(node);
      eliminate(a, m, columnsOf(inputOf(node, 0)), work, false);
      for (let i: u32 = 0; i < m; i++) set(to, i, <f64>load<u32>(work + (<usize>i << 2)));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Pivots>(Family.Inner, 1, Trait.Hidden | Trait.Constant);

const L = Solving.Lower | Solving.Unit;
const LT = Solving.Lower | Solving.Unit | Solving.Transposed;

/**
 * x = L·U without exchanges: L, but for its diagonal of ones, below U. Blocks of the first k rows and
 * columns, k the smaller size, are square; of the two others one is empty.
 */
class Lu {
  run(out: Tensor): void {
    eachMatrix(out, rowsOf(out), ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const m = rowsOf(node);
      const n = columnsOf(node);
      eliminate(a, m, n, work, true);
      memory.copy(to, a, <usize>(m * n) << 3);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const m = rowsOf(node);
    const n = columnsOf(node);
    const k = min(m, n);
    const square = block(node, 0, k, 0, k);
    const gs = block(g, 0, k, 0, k);
    const ones = add(lower(square, -1), unitLike(square));
    let below = matmul(swapLast(ones), lower(gs, -1));
    let above = matmul(upper(gs), swapLast(upper(square)));
    const g2 = m > n ? block(g, k, m - k, 0, k) : block(g, 0, k, k, n - k);
    if (m > n) above = subtract(above, matmul(swapLast(block(node, k, m - k, 0, k)), g2));
    else if (n > m) below = subtract(below, matmul(g2, swapLast(block(node, 0, k, k, n - k))));
    const left = triangularSolve(square, add(lower(below, -1), upper(above)), LT);
    const first = divideRight(left, square, Solving.Transposed);
    if (m > n) return stackRows(first, divideRight(g2, square, Solving.Transposed));
    return n > m ? stackColumns(first, triangularSolve(square, g2, LT)) : first;
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const m = rowsOf(node);
    const n = columnsOf(node);
    const k = min(m, n);
    const square = block(node, 0, k, 0, k);
    const inner = divideRight(triangularSolve(square, block(t, 0, k, 0, k), L), square, 0);
    const ones = add(lower(square, -1), unitLike(square));
    const first = add(matmul(ones, lower(inner, -1)), matmul(upper(inner), upper(square)));
    if (m > n) {
      const right = divideRight(block(t, k, m - k, 0, k), square, 0);
      return stackRows(first, subtract(right, matmul(block(node, k, m - k, 0, k), upper(inner))));
    }
    if (n == m) return first;
    const left = triangularSolve(square, block(t, 0, k, k, n - k), L);
    return stackColumns(first, subtract(left, matmul(lower(inner, -1), block(node, 0, k, k, n - k))));
  }
}
row<Lu>(Family.Inner, 1, Trait.Hidden);

function block(x: Tensor, row: u32, m: u32, column: u32, n: u32): Tensor {
  return columns(rows(x, row, m), column, n);
}

/** Q [m, n] over R [n, n] of x [m, n], m ≥ n (Walter & Lehmann 2018). */
class Qr {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const m = rowsOf(x);
    const n = columnsOf(x);
    eachMatrix(out, m * n + n + m, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const x = inputOf(node, 0);
      const m = rowsOf(x);
      const n = columnsOf(x);
      const back = tame(m * n, a);
      qr(m, n, a, back, to, work, from(work, m * n), from(work, m * n + n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const m = rowsOf(node) - n;
    const q = rows(node, 0, m);
    const r = rows(node, m, n);
    const gq = rows(g, 0, m);
    const inner = subtract(matmul(r, swapLast(upper(rows(g, m, n)))), matmul(swapLast(gq), q));
    const mirrored = add(lower(inner), swapLast(lower(inner, -1)));
    return divideRight(add(gq, matmul(q, mirrored)), r, Solving.Transposed);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const m = rowsOf(node) - n;
    const q = rows(node, 0, m);
    const r = rows(node, m, n);
    const right = divideRight(t, r, 0);
    const inner = matmul(swapLast(q), right);
    const below = lower(inner, -1);
    const turning = subtract(below, swapLast(below));
    const dq = add(matmul(q, subtract(turning, inner)), right);
    return stackRows(dq, matmul(upper(subtract(inner, turning)), r));
  }
}
row<Qr>(Family.Inner, 1, Trait.Hidden);

/** x's complement along t: its columns do not turn among themselves. */
function complementAlong(node: Tensor, t: Tensor): Tensor {
  return negative(matmul(inputOf(node, 0), matmul(swapLast(t), node)));
}

/** Orthonormal columns [m, m - n] that are orthogonal to the orthonormal columns of x [m, n]. */
class Complement {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    eachMatrix(out, rowsOf(x) * columnsOf(x) + columnsOf(x) + rowsOf(x), ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const x = inputOf(node, 0);
      const m = rowsOf(x);
      const n = columnsOf(x);
      complement(m, n, a, to, work, from(work, m * n), from(work, m * n + n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return negative(matmul(node, matmul(swapLast(g), inputOf(node, 0))));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return complementAlong(node, t); }
}
row<Complement>(Family.Inner, 1, Trait.Hidden);

/** Calls a row of this file. */
export function factorRow(kind: Matrix, x: Tensor): Tensor {
  if (!x) return 0;
  const m = rowsOf(x);
  const n = columnsOf(x);
  if (kind == Matrix.Cholesky) return matrixOp(opCode<Cholesky>(), 1, x, 0, 0, n, n, 0);
  if (kind == Matrix.Pivots) return integersOp(opCode<Pivots>(), x, 1, m);
  if (kind == Matrix.Lu) return matrixOp(opCode<Lu>(), 1, x, 0, 0, m, n, 0);
  if (kind == Matrix.Qr) return matrixOp(opCode<Qr>(), 1, x, 0, 0, m + n, n, 0);
  return matrixOp(opCode<Complement>(), 1, x, 0, 0, m, m - n, 0);
}
