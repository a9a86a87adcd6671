// Eigenvalues, singular values, and what is made of them. Where values are equal, vectors are not
// determined, and what is not is left out of derivatives: a quotient that would be infinite is 0. Functions
// that do not depend on the choice of vectors have the right derivatives, but for second ones of the values
// that meet.
import { DType } from "../../shared/dtype";
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { Matrix, Solving } from "../../shared/matrix";
import { fail } from "../../tensor/fault";
import { attrOf, dtypeOf, inputOf, Tensor } from "../../tensor/node";
import { eigenReal, Spectrum } from "../../kernels/linalg/functions";
import { assemble, singular } from "../../kernels/linalg/singular";
import { eigenSymmetric } from "../../kernels/linalg/symmetric";
import { from, get, set, tame, turn } from "../../kernels/linalg/vectors";
import { opCode, Trait } from "../../tape/rows";
import { add, constant, divide, maskedMultiply, negative, scale, square, subtract } from "../arithmetic";
import { greater } from "../comparison";
import { logicalRank } from "../families/align";
import { row } from "../families/linear";
import { matmul } from "../matmul";
import { sumLike, swapLast } from "../movement";
import { Max, reductionOp } from "../reduction";
import { where } from "../selection";
import {
  columnsOf,
  diagonalRow,
  eachMatrix,
  matrixOp,
  rows,
  rowsOf,
  stackRows,
  withDiagonal,
} from "./matrix";
import { solve } from "./solving";

/** Puts NaN everywhere. */
function lose(n: u32, to: usize): void {
  for (let i: u32 = 0; i < n; i++) set(to, i, NaN);
}

/** True where x is something beside the largest of the row d [1, n]. */
function countsBeside(x: Tensor, d: Tensor): Tensor {
  if (!columnsOf(d)) return greater(x, x);
  const eps: f64 = dtypeOf(x) == DType.Float64 ? 7e-15 : 4e-6;
  const most = reductionOp(opCode<Max>(), square(d), 1 << (logicalRank(d) - 1), true);
  return greater(square(x), scale(eps * eps, most));
}

/** 1 / x, 0 where x is nothing beside the largest of the row d. */
function reciprocalBeside(x: Tensor, d: Tensor): Tensor {
  if (!x || !d) return 0;
  const some = countsBeside(x, d);
  return where(some, divide(constant(1, x), where(some, x, constant(1, x))), constant(0, x));
}

/** d[j] - d[i] for all i, j. */
function differences(d: Tensor): Tensor {
  return subtract(d, swapLast(d));
}

/** Which equation of `Turn`. */
const enum Equation {
  /** x·c - c·x = m */
  Difference = 0,
  /** x·c + c·x = m */
  Sum = 1,
  /** x·c = m */
  Quotient = 2,
}

function turning(c: Tensor, m: Tensor, kind: Equation): Tensor {
  return m ? matrixOp(opCode<Turn>(), 2, c, m, 0, rowsOf(m), columnsOf(m), kind) : 0;
}

/** c·x or x·c as an equation has them, of a change of c. */
function changed(c: Tensor, x: Tensor, kind: Equation): Tensor {
  const right = matmul(x, c);
  if (kind == Equation.Quotient) return right;
  const left = matmul(c, x);
  return kind == Equation.Sum ? add(right, left) : subtract(right, left);
}

/**
 * How vectors turn: x of a linear equation with c, symmetric, which is diagonal but for rounding. What its
 * diagonal does not determine is 0. Derivatives take c as a whole, since where values are equal a change of
 * c need not be diagonal.
 */
class Turn {
  run(out: Tensor): void {
    eachMatrix(out, 0, ((node: Tensor, c: usize, m: usize, z: usize, to: usize, work: usize): void => {
      const n = columnsOf(node);
      const kind = attrOf(node);
      let most: f64 = 0;
      for (let i: u32 = 0; i < n; i++) most = max(most, abs(get(c, i * (n + 1))));
      most *= dtypeOf(node) == DType.Float64 ? 7e-15 : 4e-6;
      for (let i: u32 = 0; i < rowsOf(node); i++) {
        for (let j: u32 = 0; j < n; j++) {
          let d = get(c, j * (n + 1));
          if (kind != Equation.Quotient) {
            const other = get(c, i * (n + 1));
            d = kind == Equation.Sum ? d + other : d - other;
          }
          set(to, i * n + j, abs(d) <= most ? 0 : get(m, i * n + j) / d);
        }
      }
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const kind = <Equation>attrOf(node);
    const gm = turning(swapLast(inputOf(node, 0)), g, kind);
    if (i) return sumLike(gm, inputOf(node, 1));
    const x = swapLast(node);
    const right = matmul(x, gm);
    let gc = negative(right);
    if (kind == Equation.Sum) gc = subtract(gc, matmul(gm, x));
    else if (kind == Equation.Difference) gc = add(gc, matmul(gm, x));
    return sumLike(gc, inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const kind = <Equation>attrOf(node);
    const c = inputOf(node, 0);
    return turning(c, i ? t : negative(changed(t, node, kind)), kind);
  }
}
row<Turn>(Family.Inner, 2, Trait.Hidden);

/** The symmetric part of x, or what is left of it. */
function evenPart(x: Tensor): Tensor {
  return scale(0.5, add(x, swapLast(x)));
}
function oddPart(x: Tensor): Tensor {
  return scale(0.5, subtract(x, swapLast(x)));
}

/** Eigenvalues of symmetric x, rising, over its vectors, in columns: [n + 1, n]. */
class Eigh {
  run(out: Tensor): void {
    const n = columnsOf(out);
    eachMatrix(out, n * n + 3 * n, ((node: Tensor, a: usize, y: usize, b: usize, to: usize, work: usize): void => {
      const n = columnsOf(node);
      const back = tame(n * n, a);
      const z = from(work, 3 * n);
      if (!(back == back)) {
        lose(n * n + n, to);
        return;
      }
      if (!eigenSymmetric(n, a, to, z, work)) fail(Fault.NotConverged);
      for (let i: u32 = 0; i < n; i++) set(to, i, back * get(to, i));
      turn(n, n, z, from(to, n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const v = rows(node, 1, n);
    const c = matmul(swapLast(v), matmul(inputOf(node, 0), v));
    const inner = turning(c, matmul(swapLast(v), rows(g, 1, n)), Equation.Difference);
    const all = matmul(matmul(v, withDiagonal(inner, rows(g, 0, 1))), swapLast(v));
    return scale(0.5, add(all, swapLast(all)));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const v = rows(node, 1, columnsOf(node));
    const c = matmul(swapLast(v), matmul(inputOf(node, 0), v));
    const inner = matmul(swapLast(v), matmul(t, v));
    return stackRows(diagonalRow(inner), matmul(v, turning(c, inner, Equation.Difference)));
  }
}
row<Eigh>(Family.Inner, 1, Trait.Hidden);

/** Eigenvalues of any x if all are real, rising, over its vectors of length 1: [n + 1, n]. */
class Eig {
  run(out: Tensor): void {
    const n = columnsOf(out);
    eachMatrix(out, 6 * n * n + 2 * n, ((node: Tensor, a: usize, y: usize, b: usize, to: usize, work: usize): void => {
      const n = columnsOf(node);
      const back = tame(n * n, a);
      if (!(back == back)) {
        lose(n * n + n, to);
        return;
      }
      const z = from(work, 5 * n * n + 2 * n);
      const kind = eigenReal(n, a, to, z, work);
      if (kind != Spectrum.Real) fail(kind == Spectrum.Complex ? Fault.ComplexResult : Fault.NotConverged);
      for (let i: u32 = 0; i < n; i++) set(to, i, back * get(to, i));
      turn(n, n, z, from(to, n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const w = rows(node, 0, 1);
    const v = rows(node, 1, n);
    // Vectors keep their length: what would change it is taken off.
    const along = matmul(swapLast(v), rows(g, 1, n));
    const gv = subtract(along, maskedMultiply(matmul(swapLast(v), v), diagonalRow(along)));
    const inner = maskedMultiply(reciprocalBeside(differences(w), w), gv);
    return solve(swapLast(v), matmul(withDiagonal(inner, rows(g, 0, 1)), swapLast(v)), Solving.Lax);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const w = rows(node, 0, 1);
    const v = rows(node, 1, columnsOf(node));
    const inner = solve(v, matmul(t, v), Solving.Lax);
    const dv = matmul(v, maskedMultiply(reciprocalBeside(differences(w), w), inner));
    const length = diagonalRow(matmul(swapLast(v), dv));
    return stackRows(diagonalRow(inner), subtract(dv, maskedMultiply(v, length)));
  }
}
row<Eig>(Family.Inner, 1, Trait.Hidden);

/** The changes d of singular values s; those of 0, a kink, are 0. */
function ofSizes(d: Tensor, s: Tensor): Tensor {
  return d && s ? where(countsBeside(s, s), d, constant(0, d)) : 0;
}

/** U [m, n] over singular values, falling, over V [n, n] of x [m, n], m ≥ n. */
class Svd {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const m = rowsOf(x);
    const n = columnsOf(x);
    eachMatrix(out, m * n + n * n, ((node: Tensor, a: usize, y: usize, b: usize, to: usize, work: usize): void => {
      const x = inputOf(node, 0);
      const m = rowsOf(x);
      const n = columnsOf(x);
      const back = tame(m * n, a);
      if (!(back == back)) {
        lose((m + 1 + n) * n, to);
        return;
      }
      const v = from(work, m * n);
      const s = from(to, m * n);
      turn(m, n, a, work);
      singular(m, n, work, s, v, attrOf(node) != 0);
      for (let i: u32 = 0; i < n; i++) set(s, i, back * get(s, i));
      turn(n, m, work, to);
      turn(n, n, v, from(s, n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const m = rowsOf(node) - n - 1;
    const u = rows(node, 0, m);
    const s = rows(node, m, 1);
    const v = rows(node, m + 1, n);
    const gu = rows(g, 0, m);
    const x = matmul(swapLast(u), gu);
    const y = matmul(swapLast(v), rows(g, m + 1, n));
    const ct = swapLast(matmul(swapLast(u), matmul(inputOf(node, 0), v)));
    const both = turning(ct, add(x, y), Equation.Difference);
    const apart = turning(ct, subtract(x, y), Equation.Sum);
    const inner = add(evenPart(both), oddPart(apart));
    let left = matmul(u, withDiagonal(inner, ofSizes(rows(g, m, 1), s)));
    if (m > n) {
      left = add(left, turning(ct, subtract(gu, matmul(u, x)), Equation.Quotient));
    }
    return matmul(left, swapLast(v));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const n = columnsOf(node);
    const m = rowsOf(node) - n - 1;
    const u = rows(node, 0, m);
    const s = rows(node, m, 1);
    const v = rows(node, m + 1, n);
    const tv = matmul(t, v);
    const inner = matmul(swapLast(u), tv);
    const c = matmul(swapLast(u), matmul(inputOf(node, 0), v));
    const both = turning(c, evenPart(inner), Equation.Difference);
    const apart = turning(c, oddPart(inner), Equation.Sum);
    let du = matmul(u, add(both, apart));
    if (m > n) {
      du = add(du, turning(c, subtract(tv, matmul(u, inner)), Equation.Quotient));
    }
    return stackRows(du, stackRows(ofSizes(diagonalRow(inner), s), matmul(v, subtract(both, apart))));
  }
}
row<Svd>(Family.Inner, 1, Trait.Hidden);

/** The pseudo-inverse; attr holds, as float32, which singular values beside the largest count as 0. */
class Pinv {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const m = rowsOf(x);
    const n = columnsOf(x);
    const k = min(m, n);
    eachMatrix(out, m * n + m * n + k * k + k, ((node: Tensor, a: usize, y: usize, b: usize, to: usize, work: usize): void => {
      const x = inputOf(node, 0);
      const m = rowsOf(x);
      const n = columnsOf(x);
      const tall = max(m, n);
      const k = min(m, n);
      const back = tame(m * n, a);
      if (!(back == back)) {
        lose(m * n, to);
        return;
      }
      const v = from(work, m * n);
      const s = from(v, k * k);
      const spare = from(s, k);
      if (m >= n) turn(m, n, a, work);
      else memory.copy(work, a, <usize>(m * n) << 3);
      singular(tall, k, work, s, v, false);
      const least = <f64>reinterpret<f32>(attrOf(node)) * (k ? get(s, 0) : 0);
      for (let i: u32 = 0; i < k; i++) set(s, i, get(s, i) > least ? 1 / (back * get(s, i)) : 0);
      if (m >= n) assemble(tall, k, work, s, v, to);
      else {
        assemble(tall, k, work, s, v, spare);
        turn(k, tall, spare, to);
      }
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const xt = swapLast(node);
    const first = matmul(matmul(xt, g), xt);
    // x·xᵀ·g·(1 - a·x)ᵀ and (1 - x·a)ᵀ·g·xᵀ·x, both turned.
    const p = matmul(matmul(node, xt), g);
    const second = subtract(p, matmul(p, swapLast(matmul(a, node))));
    const q = matmul(g, matmul(xt, node));
    const third = subtract(q, matmul(swapLast(matmul(node, a)), q));
    return subtract(swapLast(add(second, third)), first);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const xt = swapLast(node);
    const tt = swapLast(t);
    const first = matmul(matmul(node, t), node);
    const p = matmul(matmul(node, xt), tt);
    const second = subtract(p, matmul(p, matmul(a, node)));
    const q = matmul(tt, matmul(xt, node));
    const third = subtract(q, matmul(matmul(node, a), q));
    return subtract(add(second, third), first);
  }
}
row<Pinv>(Family.Inner, 1, Trait.Hidden);

/** Calls a row of this file. */
export function spectralRow(kind: Matrix, x: Tensor, attr: u32): Tensor {
  if (!x) return 0;
  const m = rowsOf(x);
  const n = columnsOf(x);
  if (kind == Matrix.Eigh) return matrixOp(opCode<Eigh>(), 1, x, 0, 0, n + 1, n, 0);
  if (kind == Matrix.Svd) return matrixOp(opCode<Svd>(), 1, x, 0, 0, m + 1 + n, n, attr);
  if (kind == Matrix.Pinv) return matrixOp(opCode<Pinv>(), 1, x, 0, 0, n, m, attr);
  return matrixOp(opCode<Eig>(), 1, x, 0, 0, n + 1, n, 0);
}
