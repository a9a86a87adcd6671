// Methods of Tensor that NumPy's arrays have and that are no rows of the op table: functions of ts/ops
// with the tensor in front. They come with every Tensor, so there are no more of them than NumPy has.
import { Methods } from "../build/generated/methods.js";
import type { TensorLike } from "./convert.js";
import type { Axes, ReductionOptions } from "./families.js";
import { all, any, nonzero } from "./ops/counting.js";
import { diagonal, trace, type DiagonalOptions } from "./ops/diagonals.js";
import { argpartition, partition, searchsorted, sort, type SearchOptions } from "./ops/ordering.js";
import type { SortOptions } from "./ops/ordering.js";
import { compress } from "./ops/picking.js";
import { dot } from "./ops/products.js";
import { repeat } from "./ops/repeating.js";
import { flatten, ravel } from "./ops/shapes.js";
import { ptp, std, variance, type SpreadOptions } from "./ops/statistics.js";
import type { ChosenOptions } from "./reducing.js";
import type { Tensor } from "./tensor.js";

function itself(x: ArrayMethods): Tensor {
  return x as unknown as Tensor;
}

/** The methods of NumPy's arrays that are made of rows. */
export abstract class ArrayMethods extends Methods {
  /** True if no element over the axes is 0: see `all`. */
  all(axis?: Axes, options?: ChosenOptions): Tensor {
    return all(itself(this), axis, options);
  }

  /** True if any element over the axes is not 0: see `any`. */
  any(axis?: Axes, options?: ChosenOptions): Tensor {
    return any(itself(this), axis, options);
  }

  /** Places of the elements in the order of `partition`: see `argpartition`. */
  argpartition(kth: number | readonly number[], axis: number | null = -1): Tensor {
    return argpartition(itself(this), kth, axis);
  }

  /** The parts along an axis for which a condition holds: see `compress`. */
  compress(condition: TensorLike, axis?: number | null): Tensor {
    return compress(condition, itself(this), axis);
  }

  /** The k-th diagonal of the matrices along two axes: see `diagonal`. */
  diagonal(offset: number | DiagonalOptions = 0, axis1 = 0, axis2 = 1): Tensor {
    return diagonal(itself(this), offset, axis1, axis2);
  }

  /** The product with y as NumPy's `dot` has it: see `dot`. */
  dot(y: TensorLike): Tensor {
    return dot(itself(this), y);
  }

  /** This tensor as a vector. */
  flatten(): Tensor {
    return flatten(itself(this));
  }

  /** Places of the elements that are not 0: see `nonzero`. */
  nonzero(): Tensor[] {
    return nonzero(itself(this));
  }

  /** Ordered so far that element kth is in its place: see `partition`. */
  partition(kth: number | readonly number[], axis: number | null = -1): Tensor {
    return partition(itself(this), kth, axis);
  }

  /** Largest minus smallest element over axes: see `ptp`. */
  ptp(axis?: Axes, options?: ReductionOptions): Tensor {
    return ptp(itself(this), axis, options);
  }

  /** This tensor as a vector. */
  ravel(): Tensor {
    return ravel(itself(this));
  }

  /** Every element so many times in a row: see `repeat`. */
  repeat(repeats: TensorLike, axis?: number | null): Tensor {
    return repeat(itself(this), repeats, axis);
  }

  /** Where values would have to be inserted into this sorted vector: see `searchsorted`. */
  searchsorted(values: TensorLike, options: SearchOptions | "left" | "right" = {}): Tensor {
    return searchsorted(itself(this), values, options);
  }

  /** In rising order along an axis: see `sort`. NumPy sorts in place; this is a new tensor. */
  sort(axis: number | null = -1, options?: SortOptions): Tensor {
    return sort(itself(this), axis, options);
  }

  /** Standard deviation over axes: see `std`. */
  std(axis?: Axes, options?: SpreadOptions): Tensor {
    return std(itself(this), axis, options);
  }

  /** Sum of a diagonal of the matrices along two axes: see `trace`. */
  trace(offset: number | DiagonalOptions = 0, axis1 = 0, axis2 = 1): Tensor {
    return trace(itself(this), offset, axis1, axis2);
  }

  /** Variance over axes: see `variance`. */
  var(axis?: Axes, options?: SpreadOptions): Tensor {
    return variance(itself(this), axis, options);
  }
}
