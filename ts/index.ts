/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Automatic differentiation: tensors, ops and transforms on one tape in WebAssembly.
 *
 * With this entry point, one can:
 *   - make tensors: tensor, zeros, ones, full, arange, linspace, eye
 *   - compute with them: add, exp, matmul, sum, … as functions or methods
 *   - differentiate functions: grad, valueAndGrad, derivative, jacobian, hessian, vjp, jvp, hvp,
 *     linearize, taylor
 *   - map them over examples: vmap, vectorize
 *   - branch and loop inside transforms: cond, switchCase, whileLoop, fori, scan
 *   - work with trees of tensors: tree, ravelTree, registerNode
 *   - record a function once and replay it: compile
 *   - differentiate step by step: requiresGrad, backward(), gradients, .grad, noGrad, detach, dual
 *   - differentiate what a tape has seen: Tape, tape, forward
 *   - look at functions and graphs: trace, evalShape, tap, explain, detectAnomaly, x.node
 *   - use several threads: setThreads
 *   - check derivatives against finite differences: checkGrads
 *
 * @packageDocumentation
 */
export * from "./core.js";
export { append, columnStack, dstack, hstack, rowStack, vstack } from "./ops/joining.js";
export { gather, oneHot, scatterAdd, type OneHotOptions } from "./ops/scattering.js";
export { arraySplit, dsplit, hsplit, split, vsplit } from "./ops/splitting.js";
export {
  gradients,
  type Gradients,
  type GradientsOptions,
  type Seed,
} from "./transforms/gradients.js";
export {
  cross,
  dot,
  inner,
  kron,
  matvec,
  outer,
  tensordot,
  vdot,
  vecdot,
  vecmat,
  type CrossOptions,
} from "./ops/products.js";
export { ggnvp, hvp, makeHvp, vhp, type ArgnumsOptions } from "./transforms/curvature.js";
export {
  jvpViaVjp,
  linearize,
  linearTranspose,
  vjpFn,
  type LinearMap,
} from "./transforms/linear.js";
export { vectorize, type VectorizeOptions } from "./transforms/vectorize.js";
export {
  customGradient,
  customJvp,
  customVjp,
  straightThrough,
  type CustomOptions,
  type CustomVjp,
} from "./transforms/custom.js";
export { dual, dualLevel, undual } from "./transforms/dual.js";
export { derivative, jet, taylor } from "./transforms/derivative.js";
export * from "../build/generated/rows/index.js";
// It has a second meaning, beside which it stands.
export { trace } from "./tracing.js";
export * from "./ops/index.js";
export * from "./elementwise.js";
export * from "./special.js";
export * as fft from "./fft/index.js";
export { matrixPower } from "./linalg/functions.js";
export { norm, type NormOrder } from "./linalg/norm.js";
export { roots, type RootsOptions } from "./linalg/roots.js";
export * as linalg from "./linalg/index.js";
export * as special from "./special/index.js";
export * as stats from "./stats/index.js";
export {
  checkpoint,
  checkpointSequential,
  type CheckpointOptions,
} from "./transforms/checkpoint.js";
export { RowSparse } from "./rowsparse.js";
export { packSaved, saveOnCpu } from "./transforms/packing.js";
export * as policies from "./transforms/policies.js";
export { savedResiduals } from "./transforms/residuals.js";
export { checkpointName, type Policy, type Saveable } from "./transforms/saving.js";
export type { Residual } from "./rules.js";
export { compile, type Compiled, type CompileOptions } from "./transforms/compile.js";
export type { OpCost, ProgramCost } from "./transforms/cost.js";
export { type Program } from "./transforms/program.js";
export { registerNode, type NodeKind } from "./tree.js";
export * as tree from "./trees/index.js";
export { ravelTree } from "./trees/ravel.js";
export { space, Space } from "./trees/space.js";
export {
  evalShape,
  tap,
  makeProgram,
  type ShapeDtype,
  type Shapes,
  type Traced,
} from "./transforms/trace.js";
export {
  AnomalyError,
  debug,
  detectAnomaly,
  type AnomalyOptions,
  type DebugOptions,
  type MaskedFactor,
} from "./transforms/anomaly.js";
export {
  explain,
  Explanation,
  type ExplainedNode,
  type GradientEvent,
} from "./transforms/explain.js";
export { forward, Accumulator, type ForwardOptions } from "./transforms/accumulator.js";
export { tape, Tape, type TapeGradientOptions, type TapeOptions } from "./transforms/tape.js";
export {
  clipGlobalNorm,
  clipGradNorm,
  clipGradValue,
  globalNorm,
  type ClipOptions,
} from "./clipping.js";
export * from "./control/index.js";
export { defineOp, type OpContext, type OpDefinition } from "./defining.js";
export { checkGrads, checkJvp, checkVjp, type CheckOptions } from "./check.js";
export { comboCheck } from "./combinations.js";
export { checkEquivalent, type EquivalenceOptions } from "./equivalence.js";
export { assertFinite } from "./finite.js";
export { setFusion } from "./fusion.js";
export { profile, Profile, type ProfileRow } from "./profile.js";
export { setRelaxed, setThreads, threads, type BuildOptions } from "./threads.js";
