// Losses: how far a result is from what it should be.
export type { LossOptions, Reduction } from "./reduction.js";
export {
  huber,
  huberLoss,
  l1Loss,
  mseLoss,
  smoothL1,
  smoothL1Loss,
  type HuberOptions,
  type SmoothL1Options,
} from "./regression.js";
export {
  bceLoss,
  bceWithLogits,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  hinge,
  hingeEmbeddingLoss,
  multilabelSoftMarginLoss,
  softMarginLoss,
  type BceLogitsOptions,
  type BceOptions,
  type HingeOptions,
} from "./binary.js";
export {
  crossEntropy,
  multiMarginLoss,
  nllLoss,
  type CrossEntropyOptions,
  type MultiMarginOptions,
  type NllOptions,
} from "./classes.js";
export {
  gaussianNllLoss,
  klDiv,
  klDivLoss,
  poissonNllLoss,
  type GaussianNllOptions,
  type KlDivOptions,
  type PoissonNllOptions,
} from "./likelihood.js";
export {
  cosineEmbedding,
  cosineEmbeddingLoss,
  marginRankingLoss,
  tripletMargin,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
  type MarginOptions,
  type TripletDistanceOptions,
  type TripletOptions,
} from "./margin.js";
export { ctcLoss, type CtcOptions } from "./ctc.js";
export { multilabelMarginLoss } from "./multilabel.js";
