// Functions of matrices.
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { Matrix } from "../../shared/matrix";
import { fail } from "../../tensor/fault";
import { attrOf, inputOf, Tensor } from "../../tensor/node";
import { exponential, logarithm, Spectrum, squareRoot, sylvester as sylvesterKernel } from "../../kernels/linalg/functions";
import { from, get, set, tame, times } from "../../kernels/linalg/vectors";
import { opCode, Trait } from "../../tape/rows";
import { constant, negative } from "../arithmetic";
import { logicalRank } from "../families/align";
import { row } from "../families/linear";
import { matmul } from "../matmul";
import { broadcastTo, logicalDims, sumLike, swapLast } from "../movement";
import { columns, columnsOf, eachMatrix, matrixOp, rows, rowsOf, stackColumns, stackRows } from "./matrix";

function functionOf(op: u32, x: Tensor): Tensor {
  return x ? matrixOp(op, 1, x, 0, 0, rowsOf(x), rowsOf(x), 0) : 0;
}

/** The derivative of a function at a along t: a block of the function of [a, t; 0, a] (Mathias 1996). */
function functionAlong(op: u32, a: Tensor, t: Tensor): Tensor {
  if (!a || !t) return 0;
  const n = rowsOf(a);
  const none = broadcastTo(constant(0, a), logicalRank(a), logicalDims(a));
  const all = functionOf(op, stackRows(stackColumns(a, t), stackColumns(none, a)));
  return columns(rows(all, 0, n), n, n);
}

/** Exponential of square matrices. */
class Expm {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, 7 * n * n + n, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      exponential(n, a, to, work, from(work, 7 * n * n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return functionAlong(opCode<Expm>(), swapLast(inputOf(node, 0)), g);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return functionAlong(opCode<Expm>(), inputOf(node, 0), t); }
}
row<Expm>(Family.Inner, 1, Trait.Hidden);

function faultOf(kind: Spectrum): void {
  if (kind == Spectrum.Lost) fail(Fault.NotConverged);
  if (kind == Spectrum.Complex) fail(Fault.ComplexResult);
  if (kind == Spectrum.Singular) fail(Fault.SingularMatrix);
}

/** Principal square root of square matrices. */
class Sqrtm {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, 5 * n * n + 2 * n, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const back = tame(n * n, a);
      if (!(back == back)) {
        for (let i: u32 = 0; i < n * n; i++) set(to, i, NaN);
        return;
      }
      faultOf(squareRoot(n, a, to, work));
      times(n * n, sqrt(back), to);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const s = swapLast(node);
    return sylvester(s, s, g, 1);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return sylvester(node, node, t, 1); }
}
row<Sqrtm>(Family.Inner, 1, Trait.Hidden);

/** Principal logarithm of square matrices. */
class Logm {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, 7 * n * n + 2 * n, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const back = tame(n * n, a);
      if (!(back == back)) {
        for (let i: u32 = 0; i < n * n; i++) set(to, i, NaN);
        return;
      }
      faultOf(logarithm(n, a, to, work));
      const more = NativeMath.log(back);
      for (let i: u32 = 0; i < n; i++) set(to, i * (n + 1), get(to, i * (n + 1)) + more);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return functionAlong(opCode<Logm>(), swapLast(inputOf(node, 0)), g);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return functionAlong(opCode<Logm>(), inputOf(node, 0), t); }
}
row<Logm>(Family.Inner, 1, Trait.Hidden);

/** x with a·x + x·b = c; with `lax` infinities where there is none, or none alone. */
function sylvester(a: Tensor, b: Tensor, c: Tensor, lax: u32): Tensor {
  return c ? matrixOp(opCode<Sylvester>(), 3, a, b, c, rowsOf(c), columnsOf(c), lax) : 0;
}

/** Solution of Sylvester's equation. */
class Sylvester {
  run(out: Tensor): void {
    const m = rowsOf(out);
    const n = columnsOf(out);
    const room = 4 * m * m + 4 * n * n + 2 * m * n + (m + n) * (m + n) + 2 * (m + n);
    eachMatrix(out, room, ((node: Tensor, a: usize, b: usize, c: usize, to: usize, work: usize): void => {
      const m = rowsOf(node);
      const n = columnsOf(node);
      const kind = sylvesterKernel(m, n, a, b, c, to, work);
      if (kind != Spectrum.Singular || !attrOf(node)) faultOf(kind);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const gc = sylvester(swapLast(inputOf(node, 0)), swapLast(inputOf(node, 1)), g, 1);
    const x = swapLast(node);
    if (i == 0) return sumLike(negative(matmul(gc, x)), inputOf(node, 0));
    if (i == 1) return sumLike(negative(matmul(x, gc)), inputOf(node, 1));
    return sumLike(gc, inputOf(node, 2));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const c = i == 0 ? negative(matmul(t, node)) : i == 1 ? negative(matmul(node, t)) : t;
    return sylvester(inputOf(node, 0), inputOf(node, 1), c, 1);
  }
}
row<Sylvester>(Family.Inner, 3, Trait.Hidden);

/** Calls a row of this file. */
export function functionRow(kind: Matrix, x: Tensor, y: Tensor, z: Tensor): Tensor {
  if (kind == Matrix.Expm) return functionOf(opCode<Expm>(), x);
  if (kind == Matrix.Sqrtm) return functionOf(opCode<Sqrtm>(), x);
  if (kind == Matrix.Logm) return functionOf(opCode<Logm>(), x);
  return sylvester(x, y, z, 0);
}
