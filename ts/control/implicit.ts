// Derivatives of what a solver finds, by the implicit function theorem: not through its iterations, but
// from the equation that holds in the end, F(x, θ) = 0. With the constant matrix J = ∂F/∂x at the
// solution x̂,
//
//   x ← x - J⁻¹ F(x, θ),   from the constant x̂,
//
// changes no value, and each time makes the derivatives of one more order right: those of x differ from
// the true ones by (1 - J⁻¹ ∂F/∂x) times what they differed before, a factor that vanishes at x̂. So as
// many times as there are transforms that F depends on is enough. J⁻¹ is linear and has a rule of its
// own, the transposed system.
import { divide, matmul, multiply, subtract } from "../../build/generated/ops.js";
import { transformsOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { customVjp } from "../transforms/custom.js";
import { jvpOf, vjpOf } from "../transforms/products.js";
import { checkFunction, checkResult } from "../transforms/scope.js";
import { eye, zerosLike } from "../create.js";
import { live } from "../level.js";
import { vmap } from "../transforms/vmap.js";
import { ravelTree } from "../trees/ravel.js";
import { TreeStructure } from "../trees/structure.js";
import { asTensors, nextCarry, type Inside } from "./carry.js";
import {
  conjugateGradients,
  minimalResiduals,
  sizeOf,
  type Product,
  type SolverOptions,
} from "./solvers.js";
import { checkOptions } from "../options.js";

/** A tree as a vector. */
function vectorOf(tree: unknown, form: TreeStructure, what: string): Tensor {
  return ravelTree(form.leavesOf(tree, what))[0];
}

/** A linear function whose reverse rule is another one, and the other way round. */
function transposable(forth: Product, back: Product): Product {
  const down: Product = customVjp((b: Tensor) => noGrad(() => forth(b)), {
    fwd: (b: Tensor) => [down(b), null],
    bwd: (_: unknown, g: Tensor) => [up(g)],
  });
  const up: Product = customVjp((g: Tensor) => noGrad(() => back(g)), {
    fwd: (g: Tensor) => [up(g), null],
    bwd: (_: unknown, b: Tensor) => [down(b)],
  });
  return down;
}

/** How many orders of derivatives they may ask for: one per transform; leaves may have several. */
function ordersOf(transforms: number): number {
  let n = transforms & 1;
  for (let mask = transforms; mask !== 0; mask &= mask - 1) n++;
  return n;
}

/**
 * The solution of linear systems as a function with derivatives. Where a transform outside of the
 * innermost vmap differentiates, its rules run when the vmap has ended, and the functions that describe
 * the system know tensors of one example: so the inverse is made while they can be called.
 */
function inverseOf(like: Tensor, forth: Product, back: Product, transforms: number): Product {
  if ((transforms & ((1 << live.batch) - 1)) === 0) return transposable(forth, back);
  const n = like.shape[0]!;
  // Its rows are the columns of the inverse.
  const columns = noGrad(() => vmap(forth)(eye(n, n, { dtype: like.dtype })));
  return (b) => matmul(b, columns);
}

/** The constant x̂ with the derivatives of the solution of residual(x) = 0; see above. */
function withDerivatives(
  solution: Tensor,
  residual: Product,
  forth: Product,
  back: Product,
): Tensor {
  let r = residual(solution);
  const transforms = transformsOf(r);
  const orders = ordersOf(transforms);
  if (orders === 0) return solution;
  const inverse = inverseOf(solution, forth, back, transforms);
  let x = solution;
  for (let k = 0; k < orders; k++) {
    if (k > 0) r = residual(x);
    x = subtract(x, inverse(subtract(r, stopGradient(r))));
  }
  return x;
}

/** Solves a linear system: the product with its matrix, and the right-hand side. */
export type LinearSolver<T> = (product: (v: T) => T, b: T) => T;

/** What is known of a linear system. */
export interface LinearSolveOptions<T> {
  /** Solves the transposed system, of which it gets the product. Default: `solve`. */
  transposeSolve?: LinearSolver<T>;
  /** The matrix is symmetric: it is its own transpose. Default false. */
  symmetric?: boolean;
}

/**
 * The solution x of matvec(x) = b, as `solve(matvec, b)` finds it, by whatever means: it is not
 * differentiated. Derivatives by b and by everything that matvec uses come from the equation itself; they
 * take a solution of the same or of the transposed system, in both modes and to any order. x and b may be
 * trees. (JAX custom_linear_solve.)
 *
 * @example
 * ```ts
 * const a = tensor([[4, 1], [1, 3]], { dtype: "float64" });
 * const product = (x: Tensor) => matmul(a, x);
 * linearSolve(product, tensor([1, 2], { dtype: "float64" }), (mv, b) => cg(mv, b));
 * ```
 * @throws if the solution, or the product, does not have the form of b
 */
export function linearSolve<T>(
  matvec: (x: NoInfer<Inside<T>>) => unknown,
  b: T,
  solve: LinearSolver<NoInfer<Inside<T>>>,
  options?: LinearSolveOptions<NoInfer<Inside<T>>>,
): Inside<T> {
  const who = "linearSolve";
  checkOptions(options, who, "transposeSolve symmetric");
  checkFunction(matvec, who);
  checkFunction(solve, who);
  const tree = asTensors(b, who) as Inside<T>;
  const [, form] = TreeStructure.read(tree);
  const [vec, unravel] = ravelTree(tree);
  const treeOf = (v: Tensor) => unravel(v) as Inside<T>;
  const flat = (x: unknown, what: string) => vectorOf(x, form, `${who}: ${what} has another form`);
  const product: Product = (v) => sized(flat(matvec(treeOf(v)), "the product"), vec, who);
  const transposed: Product = options?.symmetric
    ? product
    : (g) => vjpOf(who, product, [zerosLike(vec)])[1](g)[0] as Tensor;
  const by = (solver: LinearSolver<Inside<T>>, times: Product): Product => {
    const call = (v: Inside<T>) => treeOf(times(flat(v, "the vector")));
    return (v) => sized(flat(solver(call, treeOf(v)), "the solution"), vec, who);
  };
  const forth = by(solve, product);
  const back = options?.symmetric ? forth : by(options?.transposeSolve ?? solve, transposed);
  const solution = noGrad(() => forth(stopGradient(vec)));
  const residual: Product = (x) => subtract(product(x), vec);
  return treeOf(withDerivatives(solution, residual, forth, back));
}

function sized(x: Tensor, like: Tensor, who: string): Tensor {
  if (x.shape[0] === like.shape[0]) return x.dtype === like.dtype ? x : x.astype(like.dtype);
  throw new RangeError(
    `${who}: ${x.shape[0]} numbers for ${like.shape[0]} unknowns; the matrix must be square`,
  );
}

/**
 * The solution of matvec(x) = b by conjugate gradients, for a symmetric positive definite matrix. With
 * derivatives as {@link linearSolve} gives them; x and b may be trees. It ends after `maxIter` steps, with
 * what it has by then.
 *
 * Neither symmetry nor definiteness is checked. With an indefinite symmetric matrix it mostly finds the
 * solution too, but residuals may grow on the way and digits are lost; where a direction p has pᵀAp = 0,
 * there is no next step and the result is NaN. {@link gmres} needs neither.
 *
 * @example
 * ```ts
 * const a = tensor([[4, 1], [1, 3]], { dtype: "float64" });
 * cg((x: Tensor) => matmul(a, x), tensor([1, 2], { dtype: "float64" })); // [0.0909…, 0.6363…]
 * ```
 * @throws if the product does not have the form of b
 */
export function cg<T>(matvec: (x: Inside<T>) => unknown, b: T, options?: SolverOptions): Inside<T> {
  checkOptions(options, "cg", "tol atol maxIter");
  const solve = flatSolver<Inside<T>>(conjugateGradients, options);
  return linearSolve(matvec, b, solve, { symmetric: true });
}

/**
 * The solution of matvec(x) = b with the smallest residual over Krylov spaces, for any regular matrix. (The
 * iterates are those of GMRES, restarted after 60 steps.) With derivatives as {@link linearSolve} gives
 * them; x and b may be trees. It ends after `maxIter` steps, with what it has by then.
 *
 * @example
 * ```ts
 * const a = tensor([[0, 1], [-1, 0]], { dtype: "float64" });
 * gmres((x: Tensor) => matmul(a, x), tensor([1, 2], { dtype: "float64" })); // [-2, 1]
 * ```
 * @throws if the product does not have the form of b
 */
export function gmres<T>(
  matvec: (x: NoInfer<Inside<T>>) => unknown,
  b: T,
  options?: SolverOptions,
): Inside<T> {
  checkOptions(options, "gmres", "tol atol maxIter");
  return linearSolve(matvec, b, flatSolver<Inside<T>>(minimalResiduals, options));
}

/** A solver of vectors as one of trees. */
function flatSolver<T>(
  solver: (product: Product, b: Tensor, options: SolverOptions | undefined, size: Tensor) => Tensor,
  options: SolverOptions | undefined,
): LinearSolver<T> {
  return (product, b) => {
    const [vec, unravel] = ravelTree(b);
    const flat: Product = (v) => ravelTree(product(unravel(v) as T))[0];
    const size = sizeOf(vec);
    return unravel(multiply(solver(flat, divide(vec, size), options, size), size)) as T;
  };
}

/** How derivatives of a solution are found. */
export interface ImplicitOptions<T> {
  /**
   * Solves the linear systems of the derivatives, those of ∂F/∂x and of its transpose. Default
   * {@link gmres}.
   */
  tangentSolve?: LinearSolver<T>;
}

/** The solution x̂ of F = 0, a constant so far, with derivatives. */
export function implicit<T>(
  who: string,
  found: T,
  residual: (x: T) => unknown,
  tangentSolve: LinearSolver<T> | undefined,
): T {
  const [, form] = TreeStructure.read(found);
  const [vec, unravel] = ravelTree(found);
  const flat: Product = (v) => {
    const out = residual(unravel(v) as T);
    checkResult(out, who);
    return sized(vectorOf(out, form, `${who}: the equation has another form than x`), vec, who);
  };
  const solver = tangentSolve ?? flatSolver<T>(minimalResiduals, undefined);
  const by =
    (product: Product): Product =>
    (b) => {
      const times = (v: T) => unravel(product(vectorOf(v, form, who))) as T;
      return vectorOf(solver(times, unravel(b) as T), form, `${who}: tangentSolve returned`);
    };
  const forth = by((v) => jvpOf(who, flat, [vec], [v])[1] as Tensor);
  const back = by((g) => vjpOf(who, flat, [vec])[1](g)[0] as Tensor);
  return unravel(withDerivatives(vec, flat, forth, back)) as T;
}

/**
 * A root of f, as `solve(f, x0)` finds it, by whatever means: it is not differentiated. Derivatives by
 * everything that f uses come from f(x) = 0 itself, in both modes and to any order. x is a tree; f(x) has
 * its form. (JAX custom_root.)
 *
 * @example
 * ```ts
 * const root = (a: Tensor) =>
 *   implicitRoot(
 *     (x: Tensor) => subtract(square(x), a),
 *     (f, x0) => fori(0, 20, (_, x) => subtract(x, divide(f(x), multiply(2, x))), x0),
 *     1,
 *   );
 * grad(root)(9); // 1/6
 * ```
 * @throws if the root, or f(x), does not have the form of x0
 */
export function implicitRoot<T>(
  f: (x: NoInfer<Inside<T>>) => unknown,
  solve: (f: (x: NoInfer<Inside<T>>) => NoInfer<Inside<T>>, x0: NoInfer<Inside<T>>) => unknown,
  x0: T,
  options?: ImplicitOptions<NoInfer<Inside<T>>>,
): Inside<T> {
  const who = "implicitRoot";
  checkOptions(options, who, "tangentSolve");
  checkFunction(f, who);
  checkFunction(solve, who);
  const found = noGrad(() => {
    const start = stopGradient(asTensors(x0, who) as object);
    const out = solve(f as (x: Inside<T>) => Inside<T>, start as Inside<T>);
    return stopGradient(nextCarry(start, out, who) as object) as Inside<T>;
  });
  return implicit(who, found, f, options?.tangentSolve);
}
