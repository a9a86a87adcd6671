// Control flow that transforms understand, and derivatives of what loops find.
export { cond, switchCase } from "./branches.js";
export type { Inside, Next } from "./carry.js";
export type { Predicate } from "./deciding.js";
export { fixedPoint, type FixedPointOptions } from "./fixedpoint.js";
export {
  cg,
  gmres,
  implicitRoot,
  linearSolve,
  type ImplicitOptions,
  type LinearSolveOptions,
  type LinearSolver,
} from "./implicit.js";
export { fori, whileLoop, type LoopOptions, type WhileOptions } from "./loops.js";
export { odeint, type OdeintOptions } from "./odeint.js";
export {
  associativeScan,
  mapOver,
  scan,
  type AssociativeScanOptions,
  type MapOverOptions,
  type ScanOptions,
} from "./scan.js";
export type { SolverOptions } from "./solvers.js";
