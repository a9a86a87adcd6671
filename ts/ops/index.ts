// The functions that are made of rows, by family: each is in a bundle only if it is imported.
export { array, c_, r_, type MixedArray, type Piece } from "./building.js";
export {
  bitwiseAnd,
  bitwiseCount,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  invert,
  leftShift,
  rightShift,
} from "./bits.js";
export { block, unstack, type NestedBlocks } from "./blocks.js";
export { choose, select, where } from "./choosing.js";
export {
  allclose,
  arrayEqual,
  arrayEquiv,
  emptyLike,
  isclose,
  isscalar,
  resultType,
  type CloseOptions,
} from "./comparing.js";
export {
  angle,
  conj,
  conjugate,
  imag,
  iscomplex,
  iscomplexobj,
  isreal,
  isrealobj,
  real,
  realIfClose,
} from "./complex.js";
export { convolve, correlate, type ConvolveMode, type ConvolveOptions } from "./convolving.js";
export { cumulativeProd, cumulativeSum, type CumulativeOptions } from "./cumulative.js";
export type { AxisPairs } from "./convolvingaxes.js";
export {
  all,
  any,
  argwhere,
  bincount,
  countNonzero,
  digitize,
  flatnonzero,
  nonzero,
} from "./counting.js";
export { corrcoef, cov, type CorrcoefOptions, type CovOptions } from "./covariance.js";
export type { BinRule } from "./binning.js";
export {
  histogram,
  histogram2d,
  histogramBinEdges,
  histogramdd,
  type Bins,
  type EdgesOptions,
  type HistogramddOptions,
  type HistogramOptions,
} from "./histogram.js";
export {
  intersect1d,
  isin,
  setdiff1d,
  setxor1d,
  union1d,
  unique,
  type Intersection,
  type IntersectionOptions,
  type Unique,
  type UniqueOptions,
} from "./sets.js";
export {
  diag,
  diagflat,
  diagonal,
  makeDiagonal,
  trace,
  tri,
  tril,
  trilIndices,
  triu,
  triuIndices,
  type DiagonalOptions,
} from "./diagonals.js";
export {
  diff,
  ediff1d,
  gradient,
  trapezoid,
  type DiffOptions,
  type Ediff1dOptions,
  type GradientOptions,
  type TrapezoidOptions,
} from "./differences.js";
export { einsum } from "./einsum.js";
export {
  diagIndices,
  lexsort,
  ravelMultiIndex,
  unravelIndex,
  type RavelOptions,
  type UnravelOptions,
} from "./indices.js";
export { full, linspace, type LinspaceOptions } from "./filling.js";
export { polyfit, type FitOptions } from "./fitting.js";
export { frexp, ldexp, modf, nextafter, spacing } from "./floats.js";
export { indices, ix_, trilIndicesFrom, triuIndicesFrom, type IndicesOptions } from "./grids.js";
export { divmod, gcd, lcm } from "./integers.js";
export { interp, type InterpOptions } from "./interpolating.js";
export { append, columnStack, dstack, hstack, rowStack, vstack } from "./joining.js";
export {
  nanargmax,
  nanargmin,
  nancumprod,
  nancumsum,
  nanmax,
  nanmean,
  nanmin,
  nanprod,
  nanstd,
  nansum,
  nanvar,
} from "./nan.js";
export {
  argpartition,
  msort,
  partition,
  searchsorted,
  sort,
  topK,
  type SearchOptions,
  type SortOptions,
  type TopKOptions,
} from "./ordering.js";
export { logsumexp, type LogsumexpOptions } from "./logsumexp.js";
export { applyAlongAxis, applyOverAxes, piecewise } from "./mapping.js";
export { pad, type PadMode, type PadOptions, type PadPairs, type PadWidth } from "./padding.js";
export type { MirrorMode } from "./mirroring.js";
export { compress, deleteAt, extract, insert, putAlongAxis } from "./picking.js";
export {
  poly,
  polyadd,
  polyder,
  polydiv,
  polyint,
  polymul,
  polysub,
  polyval,
  type PolyintOptions,
} from "./polynomials.js";
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
} from "./products.js";
export {
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  percentile,
  quantile,
  type QuantileMethod,
  type QuantileOptions,
} from "./quantile.js";
export { repeat, tile } from "./repeating.js";
export { fillDiagonal, place, put, putmask, type FillDiagonalOptions } from "./replacing.js";
export { resize, trimZeros } from "./resizing.js";
export { gather, oneHot, scatterAdd } from "./scattering.js";
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
} from "./shapes.js";
export { cummax, cummin, logcumsumexp } from "./scanning.js";
export { slice } from "./slice.js";
export {
  geomspace,
  identity,
  logspace,
  meshgrid,
  vander,
  type GeomspaceOptions,
  type LogspaceOptions,
  type MeshgridOptions,
  type VanderOptions,
} from "./spacing.js";
export { arraySplit, dsplit, hsplit, split, vsplit } from "./splitting.js";
export {
  amax,
  amin,
  average,
  ptp,
  std,
  variance,
  type AverageOptions,
  type SpreadOptions,
} from "./statistics.js";
export { flip, fliplr, flipud, roll, rot90 } from "./turning.js";
export { unwrap, type UnwrapOptions } from "./unwrapping.js";
export { bartlett, blackman, hamming, hanning, kaiser } from "./windows.js";
