// Statistics.
import type { Tensor } from "../tensor.js";
import { amax, amin } from "../ops/statistics.js";
import { bincount } from "../ops/counting.js";
import { corrcoef, cov, type CorrcoefOptions, type CovOptions } from "../ops/covariance.js";
import { histogram, type Bins, type HistogramOptions } from "../ops/histogram.js";
import { median, nanmedian, nanquantile, quantile, type QuantileOptions } from "../ops/quantile.js";
import { nanmean, nansum } from "../ops/nan.js";
import type { Axes } from "../families.js";
import type { ExtremeOptions, ReductionOptions, MeanOptions, FoldOptions } from "../reducing.js";
import type { TensorLike } from "../convert.js";

/** Statistics over axes or of variables. */
export abstract class StatisticsMethods {
  /** The same as `max`: see `amax`. */
  amax(this: Tensor, axis?: Axes | ExtremeOptions, options?: ExtremeOptions): Tensor {
    return amax(this, axis, options);
  }

  /** The same as `min`: see `amin`. */
  amin(this: Tensor, axis?: Axes | ExtremeOptions, options?: ExtremeOptions): Tensor {
    return amin(this, axis, options);
  }

  /** How often 0, 1, 2, … stand in a vector of integers: see `bincount`. */
  bincount(this: Tensor, options: { weights?: TensorLike; minlength?: number } = {}): Tensor {
    return bincount(this, options);
  }

  /** Correlation coefficients of variables, which are rows of x (and of y): see `corrcoef`. */
  corrcoef(
    this: Tensor,
    y?: TensorLike | CorrcoefOptions | null,
    options?: CorrcoefOptions,
  ): Tensor {
    return corrcoef(this, y, options);
  }

  /** Covariances of variables, which are rows of x (and of y): see `cov`. */
  cov(this: Tensor, y?: TensorLike | CovOptions | null, options?: CovOptions): Tensor {
    return cov(this, y, options);
  }

  /** How many elements fall into each bin, and the edges of the bins: see `histogram`. */
  histogram(
    this: Tensor,
    bins?: Bins | HistogramOptions,
    options?: HistogramOptions,
  ): [Tensor, Tensor] {
    return histogram(this, bins, options);
  }

  /** The element in the middle, or the mean of the two, over axes: see `median`. */
  median(this: Tensor, axis?: Axes | ReductionOptions, options?: ReductionOptions): Tensor {
    return median(this, axis, options);
  }

  /** Mean over axes, NaN left out; NaN where nothing is left: see `nanmean`. */
  nanmean(this: Tensor, axis?: Axes | MeanOptions, options?: MeanOptions): Tensor {
    return nanmean(this, axis, options);
  }

  /** `median`, NaN left out; NaN where nothing is left: see `nanmedian`. */
  nanmedian(this: Tensor, axis?: Axes | ReductionOptions, options?: ReductionOptions): Tensor {
    return nanmedian(this, axis, options);
  }

  /** `quantile`, NaN left out; NaN where nothing is left: see `nanquantile`. */
  nanquantile(
    this: Tensor,
    q: TensorLike,
    axis?: Axes | QuantileOptions,
    options?: QuantileOptions,
  ): Tensor {
    return nanquantile(this, q, axis, options);
  }

  /** Sum over axes, NaN left out: see `nansum`. */
  nansum(this: Tensor, axis?: Axes | FoldOptions, options?: FoldOptions): Tensor {
    return nansum(this, axis, options);
  }

  /** The values below which fractions q (0 to 1) of the elements lie, over axes: see `quantile`. */
  quantile(
    this: Tensor,
    q: TensorLike,
    axis?: Axes | QuantileOptions,
    options?: QuantileOptions,
  ): Tensor {
    return quantile(this, q, axis, options);
  }
}
