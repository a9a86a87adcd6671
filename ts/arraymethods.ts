// Methods of Tensor that NumPy's arrays or torch's tensors have and that are no rows of the op table:
// functions of ts/ops with the tensor in front. They come with every Tensor, so there are no more of them
// than NumPy has, and those of torch whose functions the core of pages has anyway.
import { Methods } from "../build/generated/methods.js";
import type { TensorLike } from "./convert.js";
import type { Axes, ReductionOptions } from "./families.js";
import { all, any, argwhere, countNonzero, nonzero } from "./ops/counting.js";
import { diag, diagonal, trace, tril, triu, type DiagonalOptions } from "./ops/diagonals.js";
import {
  argpartition,
  partition,
  searchsorted,
  sort,
  topK,
  type SearchOptions,
  type SortOptions,
  type TopKOptions,
} from "./ops/ordering.js";
import { compress } from "./ops/picking.js";
import { dot } from "./ops/products.js";
import { repeat, tile } from "./ops/repeating.js";
import { flatten, moveaxis, ravel } from "./ops/shapes.js";
import { ptp, std, variance, type SpreadOptions } from "./ops/statistics.js";
import { flip, roll } from "./ops/turning.js";
import type { ChosenOptions } from "./reducing.js";
import type { Tensor } from "./tensor.js";

function itself(x: ArrayMethods): Tensor {
  return x as unknown as Tensor;
}

/** The methods of NumPy's arrays and torch's tensors that are made of rows. */
export abstract class ArrayMethods extends Methods {
  /** True if no element over the axes is 0: see `all`. */
  all(axis?: Axes | ChosenOptions, options?: ChosenOptions): Tensor {
    return all(itself(this), axis, options);
  }

  /** True if any element over the axes is not 0: see `any`. */
  any(axis?: Axes | ChosenOptions, options?: ChosenOptions): Tensor {
    return any(itself(this), axis, options);
  }

  /** Places of the elements in the order of `partition`: see `argpartition`. */
  argpartition(kth: number | readonly number[], axis: number | null = -1): Tensor {
    return argpartition(itself(this), kth, axis);
  }

  /** Places of the elements that are not 0, a row for each: see `argwhere`. */
  argwhere(): Tensor {
    return argwhere(itself(this));
  }

  /** The parts along an axis for which a condition holds: see `compress`. */
  compress(condition: TensorLike, axis?: number | null): Tensor {
    return compress(condition, itself(this), axis);
  }

  /** Number of elements over axes that are not 0: see `countNonzero`. */
  countNonzero(axis?: Axes | ReductionOptions, options?: ReductionOptions): Tensor {
    return countNonzero(itself(this), axis, options);
  }

  /** The k-th diagonal of a matrix, or the matrix with this vector there: see `diag`. */
  diag(k = 0): Tensor {
    return diag(itself(this), k);
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

  /** In reverse order along axes: see `flip`. */
  flip(axis?: Axes): Tensor {
    return flip(itself(this), axis);
  }

  /** With axes in other places: see `moveaxis`. */
  moveaxis(source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return moveaxis(itself(this), source, destination);
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
  ptp(axis?: Axes | ReductionOptions, options?: ReductionOptions): Tensor {
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

  /** Elements moved on around along axes: see `roll`. */
  roll(shift: number | readonly number[], axis?: Axes): Tensor {
    return roll(itself(this), shift, axis);
  }

  /** Where values would have to be inserted into this sorted vector: see `searchsorted`. */
  searchsorted(values: TensorLike, options: SearchOptions | "left" | "right" = {}): Tensor {
    return searchsorted(itself(this), values, options);
  }

  /** In rising order along an axis: see `sort`. NumPy sorts in place; this is a new tensor. */
  sort(axis?: number | SortOptions | null, options?: SortOptions): Tensor {
    return sort(itself(this), axis, options);
  }

  /** Standard deviation over axes: see `std`. */
  std(axis?: Axes | SpreadOptions, options?: SpreadOptions): Tensor {
    return std(itself(this), axis, options);
  }

  /** Repeated as a whole: see `tile`. */
  tile(reps: number | readonly number[]): Tensor {
    return tile(itself(this), reps);
  }

  /** The k largest elements along an axis and their places: see `topK`. */
  topK(k: number, axis?: number | TopKOptions, options?: TopKOptions): [Tensor, Tensor] {
    return topK(itself(this), k, axis, options);
  }

  /** Sum of a diagonal of the matrices along two axes: see `trace`. */
  trace(offset: number | DiagonalOptions = 0, axis1 = 0, axis2 = 1): Tensor {
    return trace(itself(this), offset, axis1, axis2);
  }

  /** The lower triangles of matrices, else 0: see `tril`. */
  tril(k = 0): Tensor {
    return tril(itself(this), k);
  }

  /** The upper triangles of matrices, else 0: see `triu`. */
  triu(k = 0): Tensor {
    return triu(itself(this), k);
  }

  /** Variance over axes: see `variance`. */
  var(axis?: Axes | SpreadOptions, options?: SpreadOptions): Tensor {
    return variance(itself(this), axis, options);
  }
}
