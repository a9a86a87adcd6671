// What the array functions refuse: one sentence with the function's name, the rule and the values.

import * as tg from "tapegrad";
import { ones, tensor, trilIndices } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./canary.js";

const x = ones([2, 3]);
const v = tensor([1, 2, 3]);
const ints = tensor([0, 1], { dtype: "int32" });
const any = (y: unknown): never => y as never;

type Case = [string, () => unknown, RegExp];

const cases: Case[] = [
  ["at, index", () => x.at(2), /^at: no index 2 along axis 0, which has size 2/],
  ["at, array", () => x.at([0, -3]), /^at: index -3 is out of bounds: the axis has size 2/],
  ["at, one of several", () => x.at([0], [5]), /^at: index 5 is out of bounds.*size 3.*-3 to 2/],
  ["at, too many", () => x.at(0, 0, 0), /^at: 3 indices for 2 axes/],
  ["at, text", () => x.at("a:b"), /^at: no index "a:b"/],
  ["at, fraction", () => x.at(0.5), /^at: index 0.5 is not an integer/],
  ["at, floats", () => x.at(v), /^at: indices are integers, not float32; use astype/],
  ["at, fractions", () => x.at([0.5]), /^at: 0.5 is not an int32/],
  ["at, boolean", () => x.at(any(true)), /^at: a boolean alone/],
  ["at, object", () => x.at(any({})), /^at: an object is not an index/],
  ["at, step", () => x.at("::0"), /^slice: a step of 0/],
  [
    "at, mask",
    () => x.at([true, false, true]),
    /^at: a mask of shape \[3\] for axes of shape \[2\]/,
  ],
  ["at, two ellipses", () => x.at("...", "..."), /^at: more than one "\.\.\."/],
  ["at, arrays", () => x.at([0, 1], [0, 1, 2]), /^at: shapes do not broadcast: \[2\] and \[3\]/],
  ["set, value", () => x.set(0, [1, 2]), /^set: a value of shape \[2\] does not fit.*\[3\]/],
  ["addAt, index", () => x.addAt(7, 1), /^addAt: no index 7/],
  ["slice", () => tg.slice(any("x"), 1), /^slice: the string "x"/],
  ["take", () => tg.take(v, [3]), /^take: index 3 is out of bounds: the axis has size 3/],
  ["take, axis", () => tg.take(v, [0], 1), /^take: no axis 1/],
  ["take, nothing there", () => tg.take([], [0]), /^take: index 0 .*size 0$/],
  [
    "takeAlongAxis",
    () => tg.takeAlongAxis(x, ints, 1),
    /^takeAlongAxis: indices have 1 axes, x has 2/,
  ],
  ["argmax", () => tg.argmax([]), /^argmax: no elements/],
  ["argsort", () => tg.argsort(x, 2), /^argsort: no axis 2/],
  ["cumsum", () => tg.cumsum(x, -3), /^cumsum: no axis -3/],
  ["partition", () => tg.partition(v, 3), /^partition: kth is the number 3.*size 3/],
  ["topK", () => tg.topK(v, 4), /^topK: k is the number 4.*size 3/],
  ["searchsorted", () => tg.searchsorted(x, 1), /^searchsorted: needs one axis, not 2/],
  [
    "searchsorted, side",
    () => tg.searchsorted(v, 1, { side: any("up") }),
    /^searchsorted: side.*"up"/,
  ],
  ["nonzero", () => tg.nonzero(3), /^nonzero: needs one axis/],
  ["bincount", () => tg.bincount([1, -1]), /^bincount: -1 at 1 is negative/],
  [
    "bincount, weights",
    () => tg.bincount([1, 2], { weights: v }),
    /^bincount: weights.*\[3\].*\[2\]/,
  ],
  [
    "bincount, minlength beyond 32 bits",
    () => tg.bincount([1], { minlength: 2 ** 32 + 3 }),
    /^bincount: minlength is 4294967299, more than 1073741823/,
  ],
  [
    "oneHot, classes beyond 32 bits",
    () => tg.oneHot([0, 1], 2 ** 32 + 3),
    /^oneHot: the number of elements is 8589934598, more than 1073741823/,
  ],
  ["histogram", () => tg.histogram(v, 0), /^histogram: the number of bins is 0, not a whole/],
  ["histogram, edges", () => tg.histogram(v, [2, 1]), /^histogram: edges 2 and 1 do not rise/],
  ["digitize", () => tg.digitize(v, [0, 2, 1]), /^digitize: edges \[0,2,1\] neither/],
  ["moveaxis", () => tg.moveaxis(x, [0, 0], [0, 1]), /^moveaxis: an axis is named twice/],
  ["moveaxis, lists", () => tg.moveaxis(x, [0, 1], 0), /^moveaxis: 2 axes do not go to 1/],
  ["rollaxis", () => tg.rollaxis(x, 0, 5), /^rollaxis: no axis 5/],
  ["broadcastShapes", () => tg.broadcastShapes([2], [3]), /^broadcastShapes: .*\[2\] and \[3\]/],
  ["broadcastArrays", () => tg.broadcastArrays(v, ints), /^broadcastArrays: .*\[3\] and \[2\]/],
  ["fliplr", () => tg.fliplr(v), /^fliplr: no axis 1/],
  ["roll", () => tg.roll(v, 0.5), /^roll: the number 0.5 is not a shift/],
  ["rot90", () => tg.rot90(x, 1, [0, 0]), /^rot90: axes \[0,0\]/],
  ["repeat", () => tg.repeat(v, [1, 2]), /^repeat: 2 numbers for an axis of size 3/],
  ["repeat, negative", () => tg.repeat(v, -1), /^repeat: the number -1 is not/],
  ["tile", () => tg.tile(v, [1.5]), /^tile: the number 1.5 is not/],
  ["pad", () => tg.pad(v, -1), /^pad: the number -1 is not a width/],
  ["pad, mode", () => tg.pad(v, 1, any("mirror")), /^pad: no mode "mirror" \(there are constant/],
  [
    "pad, pairs",
    () =>
      tg.pad(x, [
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    /^pad: padWidth has 3 pairs for 2 axes/,
  ],
  [
    "pad, nothing there",
    () => tg.pad([], 1, "edge"),
    /^pad: axis 0 has no elements for mode "edge"/,
  ],
  ["vstack", () => tg.vstack([]), /^vstack: needs a list of at least one tensor/],
  [
    "hstack",
    () => tg.hstack([x, ones([3, 3])]),
    /^hstack: shapes differ off axis 1: \[2,3\] and \[3,3\]/,
  ],
  ["split", () => tg.split(v, 2), /^split: axis 0 of size 3 does not divide into 2 parts/],
  ["vsplit", () => tg.vsplit(v, 3), /^vsplit: needs 2 axes, x has 1/],
  ["diagonal", () => tg.diagonal(v), /^diagonal: needs two axes, x has 1/],
  ["trace", () => tg.trace(x, 0, 1, 1), /^trace: axis1 and axis2 are both 1/],
  ["diag", () => tg.diag(ones([1, 1, 1])), /^diag: needs one or two axes, x has 3/],
  ["tril", () => tg.tril(x, 0.5), /^tril: the number 0.5 is not the number of a diagonal/],
  ["geomspace", () => tg.geomspace(0, 1), /^geomspace: 0 and 1 are not of one sign/],
  ["meshgrid", () => tg.meshgrid(x), /^meshgrid: operand 0 has 2 axes/],
  ["vander", () => tg.vander(x), /^vander: needs one axis, x has 2/],
  ["select", () => tg.select([[true]], []), /^select: 1 conditions for 0 choices/],
  ["choose", () => tg.choose([0, 2], [v.slice([[0, 2]]), 1]), /^choose: index 2/],
  ["average", () => tg.average(x, 1, { weights: ints }), /^average: weights of shape \[2\]/],
  ["quantile", () => tg.quantile(v, 1.5), /^quantile: the number 1.5 is not in 0 … 1/],
  ["percentile", () => tg.percentile(v, -1), /^percentile: the number -1 is not in 0 … 100/],
  [
    "quantile, method",
    () => tg.quantile(v, 0, null, { method: any("m") }),
    /^quantile: no method "m"/,
  ],
  ["quantile of nothing", () => tg.quantile([], 0), /^quantile: no elements.*\[0\]/],
  ["nanargmax", () => tg.nanargmax([NaN]), /^nanargmax: nothing but NaN/],
  ["cov", () => tg.cov(ones([1, 1, 1])), /^cov: needs at most two axes, not 3/],
  ["dot", () => tg.dot(x, x), /^dot: sizes differ along axis 1 of x.*\(3 ≠ 2\)/],
  ["inner", () => tg.inner(v, ints), /^inner: .*\[3\].*\[2\].*\(3 ≠ 2\)/],
  ["tensordot", () => tg.tensordot(x, x, 3), /^tensordot: the number 3 is not a number of axes/],
  [
    "tensordot, lists",
    () => tg.tensordot(x, x, [[0, 1], [0]]),
    /^tensordot: 2 axes of x against 1/,
  ],
  ["cross", () => tg.cross([1], [2]), /^cross: vectors have 2 or 3 elements, not 1/],
  ["matrixPower", () => tg.matrixPower(x, 2), /^matrixPower: needs square matrices, not \[2,3\]/],
  [
    "matrixPower, n",
    () => tg.matrixPower(ones([2, 2]), 0.5),
    /^matrixPower: the number 0.5 is not an exp/,
  ],
  [
    "matrixPower, singular",
    () => tg.matrixPower(ones([2, 2]), -1),
    /^matrixPower: the matrix is singular/,
  ],
  ["einsum, operands", () => tg.einsum("i,i->", v), /^einsum: "i,i->" is for 2 operands, not 1/],
  [
    "einsum, axes",
    () => tg.einsum("ij->", v),
    /^einsum: "ij" does not name 1 axes, of shape \[3\]/,
  ],
  ["einsum, sizes", () => tg.einsum("i,i->", v, ints), /^einsum: "i" is 3 and 2 in "i,i->"/],
  ["einsum, diagonal", () => tg.einsum("ii", x), /^einsum: "i" is 2 and 3 of one operand/],
  ["einsum, result", () => tg.einsum("i->j", v), /^einsum: "j" of the result/],
  ["einsum, letters", () => tg.einsum("i?->i", x), /^einsum: "i\?"/],
  ["einsum, ellipsis", () => tg.einsum("...i->i", x), /^einsum: .*not in its result/],
  ["diff", () => tg.diff(v, -1), /^diff: n is -1, not a whole number from 0 up/],
  ["gradient", () => tg.gradient(v.slice([[0, 1]])), /^gradient: axis 0 of size 1 is too short/],
  ["gradient, distances", () => tg.gradient(x, 1, 2, 3), /^gradient: 3 distances for 2 axes/],
  [
    "gradient, coordinates",
    () => tg.gradient(v, ints),
    /^gradient: coordinates of shape \[2\].*size 3/,
  ],
  [
    "interp",
    () => tg.interp(1, v, ints),
    /^interp: xp and fp are vectors of one size, not \[3\] and \[2\]/,
  ],
  ["convolve", () => tg.convolve(v, []), /^convolve: an operand has no elements/],
  ["correlate", () => tg.correlate(x, v), /^correlate: needs vectors, not 2 axes/],
  ["convolve, mode", () => tg.convolve(v, v, any("all")), /^convolve: mode is the string "all"/],
  ["polyval", () => tg.polyval(x, 1), /^polyval: coefficients are a vector, not 2 axes/],
  ["polyder", () => tg.polyder(v, -1), /^polyder: the order is -1, not a whole number from 0 up/],
  ["polyint", () => tg.polyint(v, 3, { k: ints }), /^polyint: 2 constants for order 3/],
  ["resultType", () => tg.resultType(), /^resultType: of nothing/],
];

const slope = (f: (v: tg.Tensor) => tg.Tensor): unknown => tg.grad((v: tg.Tensor) => f(v).sum())(v);

const folds = "any all countNonzero ptp std variance average median nanmedian";
const nans = "nansum nanprod nanmean nanmax nanmin nanvar nanstd nanargmax nanargmin";
for (const name of `${folds} ${nans} sort nancumsum nancumprod`.split(" ")) {
  const f = tg[name as "std"];
  cases.push([`${name}, axis`, () => f(x, 5), new RegExp(`^${name}: no axis 5: a tensor of 2`)]);
}

cases.push(
  ["take inside grad", () => slope((y) => tg.take(y, [9])), /^take: index 9 is out/],
  [
    "set inside grad",
    () => slope((y) => y.multiply(2).set([[0, 5]], y.sum())),
    /^set: index 5 is out/,
  ],
  ["take inside vmap", () => tg.vmap((y: tg.Tensor) => tg.take(y, [-4]))(x), /^take: index -4/],
);

test("positions in a triangle that is too large", () => {
  expect(() => trilIndices(1e9)).toThrow(
    "trilIndices: a matrix of 1000000000 × 1000000000 elements is too large",
  );
});

describe("array functions", () => {
  test.each(cases)("%s", (_, f, message) => expectRefusal(f, message));
});
