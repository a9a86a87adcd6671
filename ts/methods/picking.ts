// Elements by their places or by conditions, and values in their place.
import type { Tensor } from "../tensor.js";
import { choose, where } from "../ops/choosing.js";
import { extract, putAlongAxis } from "../ops/picking.js";
import { gather, scatterAdd } from "../ops/scattering.js";
import { msort } from "../ops/ordering.js";
import { place, put } from "../ops/replacing.js";
import { unique, type Unique, type UniqueOptions } from "../ops/sets.js";
import type { TensorLike } from "../convert.js";
import type { TakeOptions } from "../along.js";

/** Elements picked, chosen and replaced. */
export abstract class PickingMethods {
  /** For each element, an integer, that of the choice of this number: see `choose`. */
  choose(
    this: Tensor,
    choices: readonly TensorLike[],
    options: { mode?: "raise" | "clip" | "wrap" } = {},
  ): Tensor {
    return choose(this, choices, options);
  }

  /** The elements for which a condition holds, as a vector: see `extract`. */
  extract(this: Tensor, condition: TensorLike): Tensor {
    return extract(condition, this);
  }

  /** For each index the element at that place along an axis: see `gather`. */
  gather(this: Tensor, axis: number, index: TensorLike): Tensor {
    return gather(this, axis, index);
  }

  /** `sort` along axis 0: see `msort`. */
  msort(this: Tensor): Tensor {
    return msort(this);
  }

  /** x with values, one after the other, where a mask holds: see `place`. */
  place(this: Tensor, mask: TensorLike, values: TensorLike): Tensor {
    return place(this, mask, values);
  }

  /** x with values at places of the flattened x: see `put`. */
  put(this: Tensor, indices: TensorLike, values: TensorLike, options: TakeOptions = {}): Tensor {
    return put(this, indices, values, options);
  }

  /** x with values at the places that indices name along an axis: see `putAlongAxis`. */
  putAlongAxis(
    this: Tensor,
    indices: TensorLike,
    values: TensorLike,
    axis?: number | null,
  ): Tensor {
    return putAlongAxis(this, indices, values, axis);
  }

  /** x with values added at places along an axis: see `scatterAdd`. */
  scatterAdd(this: Tensor, axis: number, index: TensorLike, values: TensorLike): Tensor {
    return scatterAdd(this, axis, index, values);
  }

  /** The different values of x in rising order; NaN counts once: see `unique`. */
  unique(this: Tensor): Tensor;
  /** The different values and, by `options`, where and how often they stand: see `unique`. */
  unique<const O extends UniqueOptions>(this: Tensor, options: O): Unique<O>;
  unique(this: Tensor, options: UniqueOptions = {}): Tensor | Tensor[] {
    return unique(this, options);
  }

  /** x where the condition holds, else y, as in torch: `where(condition, x, y)`. */
  where(this: Tensor, condition: TensorLike, y: TensorLike): Tensor {
    return where(condition, this, y);
  }
}
