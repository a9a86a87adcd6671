// Options in the place of arguments that are left out: the short call gives what the long one gives.

import * as core from "tapegrad";
import {
  arange,
  average,
  diff,
  eye,
  fft,
  isTensor,
  linalg,
  linspace,
  logsumexp,
  norm,
  sum,
  tensor,
  type Tensor,
} from "tapegrad";
import * as nn from "tapegrad/nn";
import * as random from "tapegrad/random";
import { expect, expectTypeOf, test } from "vitest";
import { f64 } from "./support.js";

/** What a call gives, with dtypes and shapes. */
function told(y: unknown): unknown {
  if (isTensor(y)) return [y.dtype, y.shape, y.toArray()];
  return Array.isArray(y) ? y.map(told) : y;
}

const x = f64([1, 4, 2, 8, 5, 7]).reshape([2, 3]);
const gap = f64([1, NaN, 2, 8, 5, 7]).reshape([2, 3]);
const some = [
  [true, false, true],
  [true, true, true],
];
const key = random.key(1);
const image = f64([1, 2, 3, 4]).reshape([1, 1, 2, 2]);
const filter = f64([2]).reshape([1, 1, 1, 1]);

type Pair = [name: string, short: () => unknown, long: () => unknown];

const PAIRS: Pair[] = [
  ["sum", () => core.sum(x, { keepdims: true }), () => core.sum(x, null, { keepdims: true })],
  [
    "sum, initial",
    () => core.sum([1, 2], { initial: 3 }),
    () => core.sum([1, 2], null, { initial: 3 }),
  ],
  [
    "prod",
    () => core.prod([2, 3], { dtype: "float64" }),
    () => core.prod([2, 3], null, { dtype: "float64" }),
  ],
  ["max", () => core.max(x, { keepdims: true }), () => core.max(x, null, { keepdims: true })],
  ["min", () => core.min(x, { keepdims: true }), () => core.min(x, null, { keepdims: true })],
  ["mean", () => core.mean(x, { where: some }), () => core.mean(x, null, { where: some })],
  ["amax", () => core.amax(x, { keepdims: true }), () => core.amax(x, null, { keepdims: true })],
  ["amin", () => core.amin(x, { keepdims: true }), () => core.amin(x, null, { keepdims: true })],
  ["ptp", () => core.ptp(x, { keepdims: true }), () => core.ptp(x, null, { keepdims: true })],
  ["any", () => core.any(x, { keepdims: true }), () => core.any(x, null, { keepdims: true })],
  ["all", () => core.all(x, { where: some }), () => core.all(x, null, { where: some })],
  [
    "countNonzero",
    () => core.countNonzero(x, { keepdims: true }),
    () => core.countNonzero(x, null, { keepdims: true }),
  ],
  ["variance", () => core.variance(x, { ddof: 1 }), () => core.variance(x, null, { ddof: 1 })],
  [
    "std",
    () => core.std(x, { ddof: 1, keepdims: true }),
    () => core.std(x, null, { ddof: 1, keepdims: true }),
  ],
  ["average", () => average(x, { weights: x }), () => average(x, null, { weights: x })],
  [
    "average, a pair",
    () => average(x, { weights: x, returned: true }),
    () => average(x, null, { weights: x, returned: true }),
  ],
  ["logsumexp", () => logsumexp(x, { b: 2 }), () => logsumexp(x, null, { b: 2 })],
  [
    "logsumexp, a pair",
    () => logsumexp(x, { b: -2, returnSign: true }),
    () => logsumexp(x, null, { b: -2, returnSign: true }),
  ],
  [
    "cumsum",
    () => core.cumsum([1, 2], { dtype: "float64" }),
    () => core.cumsum([1, 2], null, { dtype: "float64" }),
  ],
  [
    "cumprod",
    () => core.cumprod([1, 2], { dtype: "float64" }),
    () => core.cumprod([1, 2], null, { dtype: "float64" }),
  ],
  [
    "argsort",
    () => core.argsort(x, { descending: true }),
    () => core.argsort(x, -1, { descending: true }),
  ],
  [
    "argmax",
    () => core.argmax(x, { keepdims: true }),
    () => core.argmax(x, null, { keepdims: true }),
  ],
  [
    "argmin",
    () => core.argmin(x, { keepdims: true }),
    () => core.argmin(x, null, { keepdims: true }),
  ],
  [
    "take",
    () => core.take(x, [9], { mode: "clip" }),
    () => core.take(x, [9], null, { mode: "clip" }),
  ],
  ["sort", () => core.sort(x, { descending: true }), () => core.sort(x, -1, { descending: true })],
  [
    "topK",
    () => core.topK(x, 2, { largest: false }),
    () => core.topK(x, 2, -1, { largest: false }),
  ],
  [
    "median",
    () => core.median(x, { keepdims: true }),
    () => core.median(x, null, { keepdims: true }),
  ],
  [
    "quantile",
    () => core.quantile(x, 0.4, { method: "lower" }),
    () => core.quantile(x, 0.4, null, { method: "lower" }),
  ],
  [
    "percentile",
    () => core.percentile(x, 40, { method: "lower" }),
    () => core.percentile(x, 40, null, { method: "lower" }),
  ],
  [
    "nanmedian",
    () => core.nanmedian(gap, { keepdims: true }),
    () => core.nanmedian(gap, null, { keepdims: true }),
  ],
  [
    "nanquantile",
    () => core.nanquantile(gap, 0.4, { method: "lower" }),
    () => core.nanquantile(gap, 0.4, null, { method: "lower" }),
  ],
  [
    "nanpercentile",
    () => core.nanpercentile(gap, 40, { keepdims: true }),
    () => core.nanpercentile(gap, 40, null, { keepdims: true }),
  ],
  [
    "nansum",
    () => core.nansum(gap, { keepdims: true }),
    () => core.nansum(gap, null, { keepdims: true }),
  ],
  [
    "nanprod",
    () => core.nanprod(gap, { keepdims: true }),
    () => core.nanprod(gap, null, { keepdims: true }),
  ],
  [
    "nanmean",
    () => core.nanmean(gap, { keepdims: true }),
    () => core.nanmean(gap, null, { keepdims: true }),
  ],
  [
    "nanmax",
    () => core.nanmax(gap, { keepdims: true }),
    () => core.nanmax(gap, null, { keepdims: true }),
  ],
  [
    "nanmin",
    () => core.nanmin(gap, { keepdims: true }),
    () => core.nanmin(gap, null, { keepdims: true }),
  ],
  ["nanvar", () => core.nanvar(gap, { ddof: 1 }), () => core.nanvar(gap, null, { ddof: 1 })],
  ["nanstd", () => core.nanstd(gap, { ddof: 1 }), () => core.nanstd(gap, null, { ddof: 1 })],
  [
    "nanargmax",
    () => core.nanargmax(gap, { keepdims: true }),
    () => core.nanargmax(gap, null, { keepdims: true }),
  ],
  [
    "nanargmin",
    () => core.nanargmin(gap, { keepdims: true }),
    () => core.nanargmin(gap, null, { keepdims: true }),
  ],
  [
    "nancumsum",
    () => core.nancumsum([1, NaN], { dtype: "float64" }),
    () => core.nancumsum([1, NaN], null, { dtype: "float64" }),
  ],
  [
    "nancumprod",
    () => core.nancumprod([1, NaN], { dtype: "float64" }),
    () => core.nancumprod([1, NaN], null, { dtype: "float64" }),
  ],
  ["diff, no n", () => diff(x, { prepend: 0 }), () => diff(x, 1, -1, { prepend: 0 })],
  ["diff, no axis", () => diff(x, 2, { prepend: 0 }), () => diff(x, 2, -1, { prepend: 0 })],
  [
    "trapezoid",
    () => core.trapezoid(x, { dx: 2, axis: 0 }),
    () => core.trapezoid(x, null, { dx: 2, axis: 0 }),
  ],
  ["cov", () => core.cov(x, { ddof: 0 }), () => core.cov(x, null, { ddof: 0 })],
  [
    "corrcoef",
    () => core.corrcoef(x, { rowvar: false }),
    () => core.corrcoef(x, null, { rowvar: false }),
  ],
  [
    "histogram",
    () => core.histogram(x, { range: [0, 10] }),
    () => core.histogram(x, 10, { range: [0, 10] }),
  ],
  [
    "histogramBinEdges",
    () => core.histogramBinEdges(x, { range: [0, 10] }),
    () => core.histogramBinEdges(x, 10, { range: [0, 10] }),
  ],
  [
    "histogramdd",
    () => core.histogramdd(x.T, { density: true }),
    () => core.histogramdd(x.T, 10, { density: true }),
  ],
  [
    "histogram2d",
    () => core.histogram2d([1, 2], [3, 4], { weights: [1, 2] }),
    () => core.histogram2d([1, 2], [3, 4], 10, { weights: [1, 2] }),
  ],
  [
    "arange, no stop",
    () => arange(3, { dtype: "float64" }),
    () => arange(0, 3, 1, { dtype: "float64" }),
  ],
  [
    "arange, no step",
    () => arange(1, 3, { dtype: "float64" }),
    () => arange(1, 3, 1, { dtype: "float64" }),
  ],
  ["eye", () => eye(2, { dtype: "int32", k: 1 }), () => eye(2, 2, { dtype: "int32", k: 1 })],
  [
    "tri, no m",
    () => core.tri(3, { dtype: "float64" }),
    () => core.tri(3, 3, 0, { dtype: "float64" }),
  ],
  [
    "tri, no k",
    () => core.tri(3, 2, { dtype: "float64" }),
    () => core.tri(3, 2, 0, { dtype: "float64" }),
  ],
  [
    "linspace",
    () => linspace(0, 1, { dtype: "float64" }),
    () => linspace(0, 1, 50, { dtype: "float64" }),
  ],
  [
    "linspace, a pair",
    () => linspace(0, 1, { retstep: true }),
    () => linspace(0, 1, 50, { retstep: true }),
  ],
  ["logspace", () => core.logspace(0, 1, { base: 2 }), () => core.logspace(0, 1, 50, { base: 2 })],
  [
    "geomspace",
    () => core.geomspace(1, 2, { endpoint: false }),
    () => core.geomspace(1, 2, 50, { endpoint: false }),
  ],
  [
    "vander",
    () => core.vander([1, 2, 3], { increasing: true }),
    () => core.vander([1, 2, 3], null, { increasing: true }),
  ],
  [
    "unwrap, no discont",
    () => core.unwrap([0, 190], { period: 360 }),
    () => core.unwrap([0, 190], null, -1, { period: 360 }),
  ],
  [
    "unwrap, no axis",
    () => core.unwrap([0, 190], 200, { period: 360 }),
    () => core.unwrap([0, 190], 200, -1, { period: 360 }),
  ],
  ["polyint", () => core.polyint([2, 2], { k: 3 }), () => core.polyint([2, 2], 1, { k: 3 })],
  [
    "oneHot",
    () => core.oneHot([0, 2], { dtype: "int32" }),
    () => core.oneHot([0, 2], -1, { dtype: "int32" }),
  ],
  [
    "norm, no order",
    () => norm(x, { keepdims: true }),
    () => norm(x, null, null, { keepdims: true }),
  ],
  [
    "norm, no axis",
    () => norm(x, 1, { keepdims: true }),
    () => norm(x, 1, null, { keepdims: true }),
  ],
  [
    "linalg.norm",
    () => linalg.norm(x, { keepdims: true }),
    () => linalg.norm(x, null, null, { keepdims: true }),
  ],
  ...(["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"] as const).flatMap((name): Pair[] => [
    [
      `fft.${name}, no n`,
      () => fft[name](x, { norm: "ortho" }),
      () => fft[name](x, null, -1, { norm: "ortho" }),
    ],
    [
      `fft.${name}, no axis`,
      () => fft[name](x, 2, { norm: "ortho" }),
      () => fft[name](x, 2, -1, { norm: "ortho" }),
    ],
  ]),
  ...(["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"] as const).flatMap(
    (name): Pair[] => [
      [
        `fft.${name}, no s`,
        () => fft[name](x, { norm: "ortho" }),
        () => fft[name](x, null, [-2, -1], { norm: "ortho" }),
      ],
      [
        `fft.${name}, no axes`,
        () => fft[name](x, [2, 2], { norm: "ortho" }),
        () => fft[name](x, [2, 2], [-2, -1], { norm: "ortho" }),
      ],
    ],
  ),
  [
    "fft.fftfreq",
    () => fft.fftfreq(4, { dtype: "float64" }),
    () => fft.fftfreq(4, 1, { dtype: "float64" }),
  ],
  [
    "fft.rfftfreq",
    () => fft.rfftfreq(4, { dtype: "float64" }),
    () => fft.rfftfreq(4, 1, { dtype: "float64" }),
  ],
  [
    "nn.conv2d",
    () => nn.conv2d(image, filter, { padding: 1 }),
    () => nn.conv2d(image, filter, null, { padding: 1 }),
  ],
  [
    "nn.convTranspose2d",
    () => nn.convTranspose2d(image, filter, { stride: 2 }),
    () => nn.convTranspose2d(image, filter, null, { stride: 2 }),
  ],
  ["nn.dropout", () => nn.dropout(x, { key }), () => nn.dropout(x, 0.5, { key })],
  ["nn.dropout1d", () => nn.dropout1d(x, { key }), () => nn.dropout1d(x, 0.5, { key })],
  ["nn.dropout2d", () => nn.dropout2d(image, { key }), () => nn.dropout2d(image, 0.5, { key })],
  ["nn.dropout3d", () => nn.dropout3d(image, { key }), () => nn.dropout3d(image, 0.5, { key })],
  ["nn.alphaDropout", () => nn.alphaDropout(x, { key }), () => nn.alphaDropout(x, 0.5, { key })],
  [
    "nn.featureAlphaDropout",
    () => nn.featureAlphaDropout(x, { key }),
    () => nn.featureAlphaDropout(x, 0.5, { key }),
  ],
  ["pad", () => core.pad([1], 1, { mode: "edge" }), () => core.pad([1], 1, "edge")],
  ["x.sum", () => x.sum({ keepdims: true }), () => x.sum(null, { keepdims: true })],
  ["x.mean", () => x.mean({ keepdims: true }), () => x.mean(null, { keepdims: true })],
  ["x.max", () => x.max({ initial: 9 }), () => x.max(null, { initial: 9 })],
  ["x.argmax", () => x.argmax({ keepdims: true }), () => x.argmax(null, { keepdims: true })],
  ["x.argsort", () => x.argsort({ descending: true }), () => x.argsort(-1, { descending: true })],
  ["x.cumsum", () => x.cumsum({ dtype: "float32" }), () => x.cumsum(null, { dtype: "float32" })],
  ["x.take", () => x.take([9], { mode: "wrap" }), () => x.take([9], null, { mode: "wrap" })],
  ["x.all", () => x.all({ keepdims: true }), () => x.all(null, { keepdims: true })],
  ["x.any", () => x.any({ keepdims: true }), () => x.any(null, { keepdims: true })],
  [
    "x.countNonzero",
    () => x.countNonzero({ keepdims: true }),
    () => x.countNonzero(null, { keepdims: true }),
  ],
  ["x.ptp", () => x.ptp({ keepdims: true }), () => x.ptp(null, { keepdims: true })],
  ["x.sort", () => x.sort({ descending: true }), () => x.sort(-1, { descending: true })],
  ["x.topK", () => x.topK(1, { largest: false }), () => x.topK(1, -1, { largest: false })],
  ["x.std", () => x.std({ ddof: 1 }), () => x.std(null, { ddof: 1 })],
  ["x.var", () => x.var({ ddof: 1 }), () => x.var(null, { ddof: 1 })],
];

test.each(PAIRS)("%s", (_, short, long) => {
  expect(told(short())).toEqual(told(long()));
});

test("behind options stands nothing, neither more of them nor an argument", () => {
  const refused: [RegExp, (...rest: never[]) => unknown, unknown[]][] = [
    [/^variance: /, core.variance, [x, { ddof: 1 }, { keepdims: true }]],
    [/^norm: /, norm, [x, { keepdims: true }, 0]],
    [/^sum: /, sum, [x, { keepdims: true }, 5]],
    [/^sum: /, sum, [x, { keepdims: true }, null]],
    [/^cumsum: /, core.cumsum, [x, { dtype: "float64" }, 7]],
    [/^argmax: /, core.argmax, [x, { keepdims: true }, 7]],
    [/^take: /, core.take, [x, [0], { mode: "clip" }, { mode: "wrap" }]],
    [/^eye: /, core.eye, [2, { k: 1 }, { k: -1 }]],
    [/^eye: /, core.eye, [2, { k: 1 }, 3]],
  ];
  for (const [message, f, args] of refused) expect(() => f(...(args as never[]))).toThrow(message);
  const y = tensor([1, 2], { requiresGrad: true }).mul(2);
  const seed = tensor([1, 1]);
  expect(() => y.backward({ seed } as never, { seed })).toThrow(/^backward: /);
});

test("a function gets a signature, or options", () => {
  const scale = core.vectorize((a: Tensor, n: number) => a.multiply(n), { excluded: [1] });
  expect(scale([1, 2], 3).toArray()).toEqual([3, 6]);
});

test("what is no plain object is no object of options", () => {
  for (const odd of [new Date(), new Map(), Promise.resolve(), () => 0]) {
    expect(() => sum(x, odd as never)).toThrow(/^sum: axis /);
  }
});

test("types follow", () => {
  expectTypeOf(average(x, { returned: true })).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(average(x, { keepdims: true })).toEqualTypeOf<Tensor>();
  expectTypeOf(logsumexp(x, { returnSign: true })).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(logsumexp(x, { b: 2 })).toEqualTypeOf<Tensor>();
  expectTypeOf(linspace(0, 1, { retstep: true })).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(linspace(0, 1, { endpoint: false })).toEqualTypeOf<Tensor>();
  // @ts-expect-error: an option of another function
  expect(() => sum(x, { ddof: 1 })).toThrow(/^sum: unknown option ddof /);
  // @ts-expect-error: a string is no axis
  expect(() => tensor([1]).sum("0")).toThrow(/^sum: axis /);
});
