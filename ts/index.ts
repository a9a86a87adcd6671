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
export { Tensor, type ArrayTree } from "./tensor.js";
export {
  arange,
  eye,
  fullLike,
  getDefaultDtype,
  isTensor,
  ones,
  onesLike,
  setDefaultDtype,
  tensor,
  zeros,
  zerosLike,
  type CreationOptions,
} from "./create.js";
export * from "../build/generated/ops.js";
// These have a second meaning, beside which they stand.
export { slice } from "./ops/slice.js";
export { where } from "./ops/choosing.js";
export { logsumexp } from "./ops/logsumexp.js";
export { trace } from "./tracing.js";
export * from "./ops/index.js";
export * from "./elementwise.js";
export * from "./special.js";
export * as fft from "./fft/index.js";
export { matrixPower } from "./linalg/functions.js";
export { norm, type NormOrder } from "./linalg/norm.js";
export * as linalg from "./linalg/index.js";
export * as special from "./special/index.js";
export * as stats from "./stats/index.js";
export { grad, gradAll, valueAndGrad, type GradOptions } from "./transforms/grad.js";
export { jvp, vjp, type Pullback } from "./transforms/products.js";
export {
  batchJacobian,
  elementwiseGrad,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  type JacobianMode,
  type JacobianOptions,
} from "./transforms/jacobian.js";
export { derivative, jet, taylor } from "./transforms/derivative.js";
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
export {
  customGradient,
  customJvp,
  customVjp,
  straightThrough,
  type CustomOptions,
  type CustomVjp,
} from "./transforms/custom.js";
export { vmap, type AxisTree, type VmapOptions } from "./transforms/vmap.js";
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
  enableGrad,
  inferenceMode,
  isGradEnabled,
  noGrad,
  setGradEnabled,
  stopGradient,
} from "./transforms/control.js";
export { dual, dualLevel, undual } from "./transforms/dual.js";
export {
  gradients,
  type Gradients,
  type GradientsOptions,
  type Seed,
} from "./transforms/gradients.js";
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
  variable,
  zeroGrad,
  type VariableOptions,
  type ZeroGradOptions,
} from "./transforms/variables.js";
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
export { memory, resetPeakMemory, tidy, type MemoryReport } from "./memory.js";
export { setFusion } from "./fusion.js";
export { profile, Profile, type ProfileRow } from "./profile.js";
export { setRelaxed, setThreads, threads, type BuildOptions } from "./threads.js";
export { useModule } from "./wasm.js";
export type { NestedArray, TensorLike } from "./convert.js";
export type { Dtype, TypedArray } from "./dtype.js";
export type { AlongOptions, TakeOptions } from "./along.js";
export type { Axes } from "./families.js";
export type {
  ChosenOptions,
  ExtremeOptions,
  FoldOptions,
  MeanOptions,
  ReductionOptions,
} from "./reducing.js";
export type { Range } from "./axes.js";
export type { Index, Slice } from "./indexing.js";
export type { BackwardOptions, TensorTree } from "./backward.js";
export type { Node, NodeMeta } from "./node.js";
export { onGrads, type GradHook } from "./hooks.js";
export type { Leaf } from "./tree.js";
export type {
  Blocks,
  Chosen,
  Derivative,
  Derivatives,
  Input,
  Inputs,
  Jacobian,
  Part,
  Parts,
  Scalar,
  ValueOf,
  Vector,
} from "./types.js";
