// Functions of several operands: where one is float64, all are, before anything is computed.

import { tensor, type Tensor, type TensorLike } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";

type Binary = (x: TensorLike, y: TensorLike) => Tensor;

const signs = tensor([1, -1], { dtype: "int32" });
const image = (x: TensorLike) => shaped(x, [1, 1, 2, 2]);
const shaped = (x: TensorLike, shape: number[]) => (x as Tensor).reshape(shape);

/** Of two matrices [2, 2]. */
const functions: Record<string, Binary> = {
  pairwiseDistance: (x, y) => nn.pairwiseDistance(x, y, { eps: 0 }),
  cosineSimilarity: nn.cosineSimilarity,
  cdist: nn.cdist,
  bilinear: (x, y) => nn.bilinear(x, y, [[[1, 0], [0, -1]]]), // prettier-ignore
  "bilinear and its weight": (x, y) => nn.bilinear([[1], [1]], x, shaped(y, [2, 1, 2])),
  prelu: (x, y) => nn.prelu(x, shaped(y, [4]).slice([[0, 2]])),
  linear: nn.linear,
  conv2d: (x, y) => nn.conv2d(image(x), image(y)),
  conv1d: (x, y) => nn.conv1d(shaped(x, [1, 2, 2]), shaped(y, [1, 2, 2])),
  gridSample: (x, y) => nn.gridSample(image(x), shaped(y, [1, 1, 2, 2]), { paddingMode: "border" }),
  scaledDotProductAttention: (x, y) => nn.scaledDotProductAttention(x, y, [[1, 2], [3, 4]]), // prettier-ignore
  mseLoss: nn.mseLoss,
  l1Loss: nn.l1Loss,
  smoothL1Loss: nn.smoothL1Loss,
  huberLoss: nn.huberLoss,
  marginRankingLoss: (x, y) => nn.marginRankingLoss(x, y, signs, { reduction: "none", margin: 3 }),
  cosineEmbeddingLoss: (x, y) => nn.cosineEmbeddingLoss(x, y, signs, { reduction: "none" }),
  tripletMarginLoss: (x, y) => nn.tripletMarginLoss(x, y, [[9, 9], [1, 0]], { margin: 1e8 }), // prettier-ignore
  tripletMarginWithDistanceLoss: (x, y) =>
    nn.tripletMarginWithDistanceLoss([[9, 9], [1, 0]], x, y, { margin: 1e8 }), // prettier-ignore
  bceWithLogits: nn.bceWithLogits,
  multilabelSoftMarginLoss: nn.multilabelSoftMarginLoss,
  softMarginLoss: nn.softMarginLoss,
  klDiv: (x, y) => nn.klDiv(x, y),
  poissonNllLoss: (x, y) => nn.poissonNllLoss(x, y, { logInput: false }),
  gaussianNllLoss: (x, y) => nn.gaussianNllLoss(x, y, [[1, 2], [3, 4]]), // prettier-ignore
  "gaussianNllLoss and its variance": (x, y) => nn.gaussianNllLoss([[1, 2], [3, 4]], x, y), // prettier-ignore
};

// No float32 is 2²⁴ + 1.
const large = tensor([[16777217, 16777219], [16777221, 16777223]], { dtype: "int32" }); // prettier-ignore
const near = tensor([[16777216, 16777219], [16777220, 16777223]], { dtype: "float64" }); // prettier-ignore

describe.each(Object.entries(functions))("%s", (_, f) => {
  test("takes integers beside float64 for what they are", () => {
    const wide = large.astype("float64");
    for (const y of [near, near.multiply(0.1)]) {
      expect(f(large, y).dtype).toBe("float64");
      expect(f(large, y).toArray()).toEqual(f(wide, y).toArray());
      expect(f(y, large).toArray()).toEqual(f(y, wide).toArray());
    }
  });
});

const elementwise = ["linear", "conv2d", "conv1d", "scaledDotProductAttention"];
const lists = Object.entries(functions).filter(
  ([name]) => !elementwise.includes(name) && !/prelu|weight|gridSample/.test(name),
);
test.each(lists)("%s: numbers in arrays beside float64 have all their digits", (_, f) => {
  const list = [[0.1, 0.2], [0.3, 0.7]]; // prettier-ignore
  const wide = tensor(list, { dtype: "float64" });
  const y = wide.multiply(1 + 1e-12);
  expect(f(list, y).toArray()).toEqual(f(wide, y).toArray());
  expect(f(y, list).toArray()).toEqual(f(y, wide).toArray());
});

test("differences that float32 does not know", () => {
  const one = tensor([16777217], { dtype: "int32" });
  const other = tensor([16777216], { dtype: "float64" });
  expect(nn.pairwiseDistance(one, other, { eps: 0 }).item()).toBe(1);
  expect(nn.l1Loss(one, other).item()).toBe(1);
  expect(nn.mseLoss(other, one).item()).toBe(1);
  expect(nn.mseLoss([0.1], tensor([0.1], { dtype: "float64" })).item()).toBe(0);
});
