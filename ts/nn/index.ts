/**
 * Functions of neural networks, named as in torch.nn.functional. Images are
 * [batch, channels, height, width].
 *
 * @packageDocumentation
 */
export {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type ConvOptions,
  type ConvTransposeOptions,
} from "./convolution.js";
export { conv3d, convTranspose3d } from "./convolution3d.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type OutputSize,
} from "./adaptive.js";
export {
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1dWithIndices,
  maxPool2dWithIndices,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type LpPoolOptions,
  type MaxUnpoolOptions,
} from "./maxima.js";
export {
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  maxPool3dWithIndices,
} from "./places.js";
export {
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
  type FractionalPoolOptions,
} from "./fractional.js";
export { embeddingBag, type EmbeddingBagOptions } from "./bags.js";
export { affineGrid, gridSample, type GridOptions, type GridSampleOptions } from "./sampling.js";
export { avgPool3d, maxPool3d } from "./volumes.js";
export { interpolate, type InterpolateMode, type InterpolateOptions } from "./interpolation.js";
export { pad, type NnPadMode, type NnPadOptions } from "./padding.js";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./shuffling.js";
export { fold, unfold, type UnfoldOptions } from "./unfolding.js";
export {
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type AvgPoolOptions,
  type MaxPoolOptions,
} from "./pooling.js";
export { gelu, linear, type GeluOptions } from "./linear.js";
export {
  celu,
  elu,
  glu,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logsigmoid,
  mish,
  prelu,
  relu6,
  selu,
  softmin,
  softplus,
  softsign,
  threshold,
  type EluOptions,
  type HardtanhOptions,
  type LeakyReluOptions,
  type SoftplusOptions,
} from "./activation.js";
export { hardshrink, softshrink, tanhshrink, type ShrinkOptions } from "./shrinking.js";
export {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
  gumbelSoftmax,
  rrelu,
  type DropoutOptions,
  type GumbelOptions,
  type RreluOptions,
} from "./dropout.js";
export {
  cdist,
  cosineSimilarity,
  normalize,
  pairwiseDistance,
  pdist,
  type CosineSimilarityOptions,
  type NormalizeOptions,
  type PairwiseDistanceOptions,
} from "./distance.js";
export * from "./loss/index.js";
export {
  batchNorm,
  layerNorm,
  rmsNorm,
  type BatchNormOptions,
  type LayerNormOptions,
  type RmsNormOptions,
} from "./normalization.js";
export {
  groupNorm,
  instanceNorm,
  localResponseNorm,
  type GroupNormOptions,
  type InstanceNormOptions,
  type LocalResponseNormOptions,
} from "./groups.js";
export { scaledDotProductAttention, type AttentionOptions } from "./attention.js";
export { bilinear, embedding, oneHot, type EmbeddingOptions } from "./lookup.js";
export { logSoftmax, relu, sigmoid, silu, softmax, tanh } from "../../build/generated/ops.js";
export { logsumexp } from "../ops/logsumexp.js";
