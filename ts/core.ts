/**
 * What pages need most, in one small file: tensors and the operations on them, derivatives in every
 * style, and vmap. Everything here is part of the package's main entry point, which has all names.
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
  type EyeOptions,
} from "./create.js";
export * from "../build/generated/ops.js";
// These have a second meaning, beside which they stand.
export { slice } from "./ops/slice.js";
export { where } from "./ops/choosing.js";
export { logsumexp } from "./ops/logsumexp.js";
export { full, linspace, type LinspaceOptions } from "./ops/filling.js";
export { repeat, tile } from "./ops/repeating.js";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  broadcastArrays,
  broadcastShapes,
  flatten,
  moveaxis,
  ndim,
  ravel,
  rollaxis,
  shape,
  size,
} from "./ops/shapes.js";
export { flip, fliplr, flipud, roll, rot90 } from "./ops/turning.js";
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
export { vmap, type AxisTree, type VmapOptions } from "./transforms/vmap.js";
export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  noGrad,
  setGradEnabled,
  stopGradient,
} from "./transforms/control.js";
export {
  variable,
  zeroGrad,
  type VariableOptions,
  type ZeroGradOptions,
} from "./transforms/variables.js";
export { memory, resetPeakMemory, tidy, type MemoryReport } from "./memory.js";
export { useModule } from "./wasm.js";
export { onGrads, type GradHook } from "./hooks.js";
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
