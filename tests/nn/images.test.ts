// Images: what the reference cases do not reach, and errors.

import * as tg from "tapegrad";
import { grad, tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, numbers, randomFrom, shaped, uniform } from "../ops/support.js";

const random = randomFrom(5);
const values = (shape: number[]): Tensor =>
  shaped(
    uniform(
      random,
      shape.reduce((a, b) => a * b, 1),
      -1,
      1,
    ),
    shape,
  );
const inner = (x: Tensor, y: Tensor): number => tg.sum(tg.multiply(x, y)).item();

describe("transposes", () => {
  test("conv3d and convTranspose3d", () => {
    const options = { stride: [2, 1, 2], padding: [1, 0, 1], dilation: [1, 2, 1], groups: 2 };
    const [x, w] = [values([2, 4, 5, 6, 5]), values([6, 2, 3, 2, 2])];
    const y = nn.conv3d(x, w, options);
    const g = values(y.shape);
    const back = nn.convTranspose3d(g, w, { ...options, outputPadding: [0, 0, 1] });
    expect(back.shape).toEqual(x.shape);
    expectNear([inner(back, x)], [inner(g, y)], "⟨w, conv⟩", 1e-12, 1e-12);
    expectNear(
      numbers(back),
      numbers(grad((v: Tensor) => tg.sum(tg.multiply(nn.conv3d(v, w, options), g)))(x)),
      "vjp",
      1e-12,
      1e-12,
    );
  });

  test("fold and unfold", () => {
    const options = { stride: [1, 2], padding: [1, 2], dilation: [2, 1] };
    const x = values([2, 3, 5, 6]);
    const y = nn.unfold(x, [2, 3], options);
    const g = values(y.shape);
    const back = nn.fold(g, [5, 6], [2, 3], options);
    expectNear([inner(back, x)], [inner(g, y)], "⟨w, unfold⟩", 1e-12, 1e-12);
  });
});

describe("ties, NaN, nothing", () => {
  test("adaptiveMaxPool2d gives the derivative to the first of equal ones", () => {
    const g = grad((x: Tensor) => tg.sum(nn.adaptiveMaxPool2d(x, [2, 2])))(tg.ones([1, 3, 3]));
    expect(numbers(g)).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
    const x = tensor([[[1, NaN, 3]]]);
    expect(numbers(nn.adaptiveMaxPool1d(x, 2))).toEqual([NaN, NaN]);
  });

  test("empty batches and empty results", () => {
    expect(nn.conv3d(tg.zeros([0, 2, 3, 3, 3]), tg.ones([4, 2, 2, 2, 2])).shape).toEqual([
      0, 4, 2, 2, 2,
    ]);
    expect(nn.convTranspose3d(tg.zeros([0, 2, 3, 3, 3]), tg.ones([2, 4, 2, 2, 2])).shape).toEqual([
      0, 4, 4, 4, 4,
    ]);
    expect(nn.adaptiveAvgPool2d(tg.zeros([0, 2, 3, 4]), 2).shape).toEqual([0, 2, 2, 2]);
    expect(nn.adaptiveMaxPool2d(tg.zeros([0, 2, 3, 4]), 2).shape).toEqual([0, 2, 2, 2]);
    expect(nn.adaptiveAvgPool2d(tg.zeros([1, 2, 3, 4]), [0, 2]).shape).toEqual([1, 2, 0, 2]);
    expect(nn.adaptiveMaxPool2d(tg.zeros([1, 2, 3, 4]), [0, 2]).shape).toEqual([1, 2, 0, 2]);
    expect(nn.interpolate(tg.zeros([0, 2, 3]), { size: 5, mode: "linear" }).shape).toEqual([
      0, 2, 5,
    ]);
    expect(nn.unfold(tg.zeros([0, 2, 3, 3]), 2).shape).toEqual([0, 8, 4]);
    expect(nn.fold(tg.zeros([0, 8, 4]), 3, 2).shape).toEqual([0, 2, 3, 3]);
    expect(nn.pixelShuffle(tg.zeros([0, 4, 2, 2]), 2).shape).toEqual([0, 1, 4, 4]);
    expect(nn.pad(tg.zeros([0, 2]), [1, 1]).shape).toEqual([0, 4]);
  });

  test("integers stay integers where nothing is averaged", () => {
    const x = tensor([[[1, 2]]], { dtype: "int32" });
    expect(nn.interpolate(x, { scaleFactor: 2 }).toArray()).toEqual([[[1, 1, 2, 2]]]);
    expect(nn.interpolate(x, { scaleFactor: 2 }).dtype).toBe("int32");
    expect(nn.pad(x, [1, 0]).dtype).toBe("int32");
    expect(nn.unfold(x.expandDims(0), [1, 2]).dtype).toBe("int32");
    expect(nn.interpolate(x, { size: 3, mode: "linear" }).dtype).toBe("float32");
  });
});

test("each error is one sentence", () => {
  const x = tg.ones([1, 4, 3, 3]);
  const v = tg.ones([1, 4, 3, 3, 3]);
  expect(() => nn.conv3d(x.slice([0, 0]), tg.ones([2, 4, 2, 2, 2]))).toThrow(
    /^conv3d: x has 2 axes, not 5 \[batch, channels, depth/,
  );
  expect(() => nn.conv3d(v, tg.ones([2, 4, 2, 2]))).toThrow(/^conv3d: weight has 4 axes, not 5/);
  expect(() => nn.conv3d(v, tg.ones([2, 3, 2, 2, 2]))).toThrow(
    /^conv3d: weight \[2,3,2,2,2\] takes 3 channels/,
  );
  expect(() => nn.conv3d(v, tg.ones([2, 4, 4, 2, 2]))).toThrow(/^conv3d: a kernel of \[4,2,2\]/);
  expect(() => nn.conv3d(v, tg.ones([2, 4, 2, 4, 2]))).toThrow(/^conv3d: a kernel/);
  expect(() => nn.conv3d(v, tg.ones([3, 2, 2, 2, 2]), { groups: 2 })).toThrow(
    /^conv3d: 3 filters do not/,
  );
  expect(() => nn.conv3d(v, tg.ones([2, 4, 2, 2, 2]), { bias: [1] })).toThrow(
    /^conv3d: bias has shape/,
  );
  expect(() => nn.conv3d(v, tg.ones([2, 4, 2, 2, 2]), { stride: 2, padding: "same" })).toThrow(
    /^conv3d: padding "same"/,
  );
  expect(() => nn.convTranspose3d(v, tg.ones([3, 4, 2, 2, 2]))).toThrow(/^convTranspose3d: weight/);
  expect(() => nn.convTranspose3d(v, tg.ones([4, 4, 2, 2, 2]), { outputPadding: 1 })).toThrow(
    /^convTranspose3d: outputPadding 1/,
  );
  expect(() => nn.convTranspose3d(v, tg.ones([4, 4, 2, 2, 2]), { bias: [1] })).toThrow(
    /^convTranspose3d: bias has shape/,
  );
  expect(() => nn.adaptiveAvgPool2d(x, [1, 2, 3])).toThrow(
    /^adaptiveAvgPool2d: outputSize has 3 sizes, not 2/,
  );
  expect(() => nn.adaptiveMaxPool2d(x, -1)).toThrow(/^adaptiveMaxPool2d: outputSize is -1/);
  expect(() => nn.adaptiveMaxPool1d(tg.zeros([1, 1, 0]), 1)).toThrow(
    /^adaptiveMaxPool1d: an axis without elements/,
  );
  expect(() => nn.interpolate(x, {})).toThrow(/^interpolate: needs either size or scaleFactor/);
  expect(() => nn.interpolate(x, { size: 2, scaleFactor: 2 })).toThrow(
    /^interpolate: needs either/,
  );
  expect(() => nn.interpolate(x, { size: 2, mode: "linear" })).toThrow(
    /^interpolate: x has shape \[1,4,3,3\]; mode "linear" wants 3 axes/,
  );
  expect(() => nn.interpolate(x, { size: 2, mode: "cubic" as "area" })).toThrow(
    /^interpolate: no mode the string "cubic"/,
  );
  expect(() => nn.interpolate(x, { size: 2, alignCorners: true })).toThrow(
    /^interpolate: alignCorners has no meaning/,
  );
  expect(() => nn.interpolate(x, { size: 2, antialias: true })).toThrow(
    /^interpolate: antialias is for/,
  );
  expect(() => nn.interpolate(x, { scaleFactor: 0.1 })).toThrow(
    /^interpolate: sizes are above 0; these are \[3,3\] and \[0,0\]/,
  );
  expect(() => nn.interpolate(x, { scaleFactor: -1 })).toThrow(/^interpolate: scaleFactor is/);
  expect(() => nn.pad(x, [1])).toThrow(
    /^pad: widths are pairs for the last axes of \[1,4,3,3\], not \[1\]/,
  );
  expect(() => nn.pad(x, [-2, -2])).toThrow(/^pad: \[-2,-2\] are no widths for axis 3/);
  expect(() => nn.pad(x, [3, 0], "reflect")).toThrow(/^pad: mode "reflect" gives at most 2/);
  expect(() => nn.pad(x, [4, 0], "circular")).toThrow(/^pad: mode "circular" gives at most 3/);
  expect(() => nn.pad(x, [1, 1], "edge" as "reflect")).toThrow(/^pad: no mode the string "edge"/);
  expect(() => nn.unfold(x, 4)).toThrow(/^unfold: a window of \[4,4\]/);
  expect(() => nn.fold(tg.ones([1, 4, 5]), 3, 2)).toThrow(
    /^fold: x \[1,4,5\] should have a multiple of 4 elements in each of 4 windows/,
  );
  expect(() => nn.pixelShuffle(x, 3)).toThrow(/^pixelShuffle: 4 channels do not divide by 3² = 9/);
  expect(() => nn.pixelUnshuffle(x, 2)).toThrow(/^pixelUnshuffle: height 3 and width 3/);
  expect(() => nn.channelShuffle(x, 3)).toThrow(/^channelShuffle: channels of x \[1,4,3,3\]/);
});
