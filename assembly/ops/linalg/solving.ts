// Linear equations and determinants.
import { Family } from "../../shared/family";
import { Fault } from "../../shared/fault";
import { Matrix, Solving } from "../../shared/matrix";
import { fail } from "../../tensor/fault";
import { attrOf, inputOf, Tensor } from "../../tensor/node";
import { eliminate, substitute, substituteBoth } from "../../kernels/linalg/elimination";
import { assemble, productsOfOthers, signOf, singular } from "../../kernels/linalg/singular";
import { axpy, from, get, set, tame, turn, zero } from "../../kernels/linalg/vectors";
import { opCode, Trait } from "../../tape/rows";
import { add, maskedMultiply, multiply, negative, scale, subtract } from "../arithmetic";
import { row } from "../families/linear";
import { matmul } from "../matmul";
import { sumLike, swapLast } from "../movement";
import {
  columns,
  columnsOf,
  eachMatrix,
  keep,
  lower,
  matrixOp,
  repeated,
  rows,
  rowsOf,
  total,
  unitLike,
  upper,
} from "./matrix";

/** x with a·x = b. */
export function solve(a: Tensor, b: Tensor, flags: u32): Tensor {
  if (!a || !b) return 0;
  return matrixOp(opCode<Solve>(), 2, a, b, 0, rowsOf(b), columnsOf(b), flags);
}

/** The inverse of a. */
function inverse(a: Tensor, flags: u32): Tensor {
  return solve(a, unitLike(a), flags);
}

/** x with a·x = b, where only one triangle of a counts. */
export function triangularSolve(a: Tensor, b: Tensor, flags: u32): Tensor {
  if (!a || !b) return 0;
  return matrixOp(opCode<TriangularSolve>(), 2, a, b, 0, rowsOf(b), columnsOf(b), flags | Solving.Lax);
}

/** x·a⁻¹, or x·a⁻ᵀ with the flag that says transposed. */
export function divideRight(x: Tensor, a: Tensor, flags: u32): Tensor {
  return x ? swapLast(triangularSolve(a, swapLast(x), flags ^ Solving.Transposed)) : 0;
}

/** True if no pivot is nothing but rounding beside the largest. */
function wellPivoted(n: u32, a: usize): bool {
  let most: f64 = 0;
  let least: f64 = Infinity;
  for (let i: u32 = 0; i < n; i++) {
    const pivot = abs(get(a, i * (n + 1)));
    most = max(most, pivot);
    least = min(least, pivot);
  }
  return least > 1e-13 * most;
}

/** Solution of linear equations. */
class Solve {
  run(out: Tensor): void {
    eachMatrix(out, rowsOf(out) + 1, ((node: Tensor, a: usize, b: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const k = columnsOf(node);
      const regular = repeated || eliminate(a, n, n, work, false) != 0;
      substituteBoth(a, n, b, k, to, work);
      if (attrOf(node) & Solving.Zero) {
        if (!wellPivoted(n, a)) zero(n * k, to);
      } else if (!regular && !(attrOf(node) & Solving.Lax)) fail(Fault.SingularMatrix);
    }).index, true);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const gb = solve(swapLast(a), g, attrOf(node) | Solving.Lax);
    if (i) return sumLike(gb, inputOf(node, 1));
    return sumLike(negative(matmul(gb, swapLast(node))), a);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const flags = attrOf(node) | Solving.Lax;
    return i ? solve(a, t, flags) : negative(solve(a, matmul(t, node), flags));
  }
}
row<Solve>(Family.Inner, 2, Trait.Hidden);

/** The part of x that counts where `flags` say which triangle a row reads. */
function triangle(x: Tensor, flags: u32): Tensor {
  const off = flags & Solving.Unit ? 1 : 0;
  return flags & Solving.Lower ? lower(x, -off) : upper(x, off);
}

/** Solution of triangular linear equations. */
class TriangularSolve {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, n * n, ((node: Tensor, a: usize, b: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const k = columnsOf(node);
      const flags = attrOf(node);
      memory.copy(to, b, <usize>(n * k) << 3);
      let low = (flags & Solving.Lower) != 0;
      if (flags & Solving.Transposed) {
        turn(n, n, a, work);
        low = !low;
      }
      const used = flags & Solving.Transposed ? work : a;
      const regular = substitute(used, n, to, k, low, (flags & Solving.Unit) != 0);
      if (!regular && !(flags & Solving.Lax)) fail(Fault.SingularMatrix);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const flags = attrOf(node);
    const gb = triangularSolve(a, g, flags ^ Solving.Transposed);
    if (i) return sumLike(gb, inputOf(node, 1));
    const turned = (flags & Solving.Transposed) != 0;
    const ga = turned ? matmul(node, swapLast(gb)) : matmul(gb, swapLast(node));
    return sumLike(negative(triangle(ga, flags)), a);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const a = inputOf(node, 0);
    const flags = attrOf(node);
    if (i) return triangularSolve(a, t, flags);
    const part = triangle(t, flags);
    const moved = flags & Solving.Transposed ? swapLast(part) : part;
    return negative(triangularSolve(a, matmul(moved, node), flags));
  }
}
row<TriangularSolve>(Family.Inner, 2, Trait.Hidden);

/** Sign of the determinant, and the logarithm of its absolute value: [1, 2]. */
class Slogdet {
  run(out: Tensor): void {
    const n = rowsOf(inputOf(out, 0));
    eachMatrix(out, n + 1, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(inputOf(node, 0));
      let sign = <f64>eliminate(a, n, n, work, false);
      let sum: f64 = 0;
      for (let i: u32 = 0; i < n; i++) {
        const d = get(a, i * (n + 1));
        if (d < 0) sign = -sign;
        sum += NativeMath.log(abs(d));
      }
      set(to, 0, sum == sum ? sign : NaN);
      set(to, 1, sum);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return maskedMultiply(columns(g, 1, 1), swapLast(inverse(inputOf(node, 0), Solving.Lax)));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const change = total(maskedMultiply(t, swapLast(inverse(inputOf(node, 0), Solving.Lax))));
    // Nothing for the sign.
    return maskedMultiply(change, rows(unitLike(node, 2), 1, 1));
  }
}
row<Slogdet>(Family.Inner, 1, Trait.Hidden);

/** a's determinant: [1, 1]. */
function determinant(a: Tensor): Tensor {
  return matrixOp(opCode<Det>(), 1, a, 0, 0, 1, 1, 0);
}

/** Determinant. */
class Det {
  run(out: Tensor): void {
    const n = rowsOf(inputOf(out, 0));
    eachMatrix(out, n + 1, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(inputOf(node, 0));
      let p = <f64>eliminate(a, n, n, work, false);
      for (let i: u32 = 0; i < n; i++) p *= get(a, i * (n + 1));
      set(to, 0, p);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return multiply(g, swapLast(adjugate(inputOf(node, 0))));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return total(multiply(t, swapLast(adjugate(inputOf(node, 0)))));
  }
}
row<Det>(Family.Inner, 1, Trait.Hidden);

/** The adjugate of a, its inverse times its determinant. */
function adjugate(a: Tensor): Tensor {
  return a ? matrixOp(opCode<Adjugate>(), 1, a, 0, 0, rowsOf(a), rowsOf(a), 0) : 0;
}

/** a's singular values in s [n], U's and V's columns in the rows of u and v [n, n]. */
function decompose(n: u32, a: usize, u: usize, s: usize, v: usize): f64 {
  const back = tame(n * n, a);
  turn(n, n, a, u);
  singular(n, n, u, s, v, false);
  return back;
}

/** What moves the singular value number n - 1 - attr away from 0 if it is small: c·u·vᵀ. */
function shift(a: Tensor, which: u32): Tensor {
  return a ? matrixOp(opCode<Shift>(), 1, a, 0, 0, rowsOf(a), rowsOf(a), which) : 0;
}

/** Changes of the determinant's cofactors: derivative zero. */
class Shift {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, 2 * n * n + n, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const u = work;
      const v = from(u, n * n);
      const s = from(v, n * n);
      const back = decompose(n, a, u, s, v);
      zero(n * n, to);
      if (attrOf(node) >= n) return;
      const i = n - 1 - attrOf(node);
      const most = get(s, 0) == 0 ? 1 : get(s, 0);
      if (get(s, i) > 1e-3 * most) return;
      for (let j: u32 = 0; j < n; j++) axpy(n, most * back * get(u, i * n + j), from(v, i * n), from(to, j * n));
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Shift>(Family.Inner, 1, Trait.Hidden | Trait.Constant);

/**
 * The derivative of the adjugate of a along t. Of regular b it is det(b)·(tr(b⁻¹t)·b⁻¹ - b⁻¹·t·b⁻¹).
 * Minors are linear in each of two shifts of rank 1, so that they are the mean over shifts and opposite
 * shifts: these make a regular if it lacks up to two ranks. If it lacks more the derivative is 0.
 */
function adjugateAlong(a: Tensor, t: Tensor): Tensor {
  const one = shift(a, 0);
  const two = shift(a, 1);
  let sum: Tensor = 0;
  for (let k = 0; k < 4; k++) {
    let b = k & 1 ? add(a, one) : subtract(a, one);
    b = k & 2 ? add(b, two) : subtract(b, two);
    const x = inverse(b, Solving.Zero);
    const along = matmul(x, t);
    const trace = total(keep(along, 0, 0));
    const part = multiply(determinant(b), subtract(multiply(trace, x), matmul(along, x)));
    sum = k ? add(sum, part) : part;
  }
  return scale(0.25, sum);
}

/** Adjugate, finite whatever the matrix is. */
class Adjugate {
  run(out: Tensor): void {
    const n = rowsOf(out);
    eachMatrix(out, 3 * n * n + 3 * n, ((node: Tensor, a: usize, y: usize, z: usize, to: usize, work: usize): void => {
      const n = rowsOf(node);
      const size = n * n;
      const u = work;
      const v = from(u, size);
      const copy = from(v, size);
      const s = from(copy, size);
      const c = from(s, n);
      const order = from(c, n);
      const back = decompose(n, a, u, s, v);
      productsOfOthers(n, s, c);
      memory.copy(copy, u, <usize>size << 3);
      let sign = signOf(n, copy, order);
      memory.copy(copy, v, <usize>size << 3);
      sign *= signOf(n, copy, order);
      let power = sign;
      for (let i: u32 = 1; i < n; i++) power *= back;
      for (let i: u32 = 0; i < n; i++) set(c, i, power * get(c, i));
      assemble(n, n, u, c, v, to);
    }).index);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return swapLast(adjugateAlong(inputOf(node, 0), swapLast(g)));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return adjugateAlong(inputOf(node, 0), t); }
}
row<Adjugate>(Family.Inner, 1, Trait.Hidden);

/** Calls a row of this file. */
export function solvingRow(kind: Matrix, x: Tensor, y: Tensor, attr: u32): Tensor {
  if (kind == Matrix.Solve) return solve(x, y, attr);
  if (kind == Matrix.TriangularSolve) {
    return matrixOp(opCode<TriangularSolve>(), 2, x, y, 0, rowsOf(y), columnsOf(y), attr);
  }
  if (kind == Matrix.Slogdet) return matrixOp(opCode<Slogdet>(), 1, x, 0, 0, 1, 2, 0);
  return determinant(x);
}
