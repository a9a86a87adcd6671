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
export {
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type AvgPoolOptions,
  type MaxPoolOptions,
} from "./pooling.js";
export { gelu, linear, type GeluOptions } from "./linear.js";
export { crossEntropy, mseLoss, type CrossEntropyOptions, type LossOptions } from "./loss.js";
export {
  batchNorm,
  layerNorm,
  type BatchNormOptions,
  type LayerNormOptions,
} from "./normalization.js";
export {
  logSoftmax,
  logsumexp,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "../../build/generated/ops.js";
