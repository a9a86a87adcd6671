// The same elements in other places.
import type { Tensor } from "../tensor.js";
import { diagflat } from "../ops/diagonals.js";
import { places } from "../along.js";
import { zeros } from "../create.js";
import { less, where } from "../../build/generated/ops.js";
import { resize } from "../ops/resizing.js";
import { fliplr, flipud, rot90 } from "../ops/turning.js";

/** The same elements in other shapes and orders. */
export abstract class ShapeMethods {
  /** The matrix with the elements of x, flattened, on its k-th diagonal: see `diagflat`. */
  diagflat(this: Tensor, k = 0): Tensor {
    return diagflat(this, k);
  }

  /** x mirrored along axis 1: see `fliplr`. */
  fliplr(this: Tensor): Tensor {
    return fliplr(this);
  }

  /** x mirrored along axis 0: see `flipud`. */
  flipud(this: Tensor): Tensor {
    return flipud(this);
  }

  /**
   * The elements of the flattened x in another shape, and zeros behind them if there are too few. This is
   * NumPy's method `resize`, whose function `resize` begins anew with x instead; like it, it gives a new
   * tensor.
   *
   * @example
   * ```ts
   * tensor([1, 2, 3]).resize([2, 2]).toArray(); // [[1, 2], [3, 0]]
   * ```
   * @throws if the shape is none
   */
  resize(this: Tensor, shape: number | readonly number[]): Tensor {
    const y = resize(this, shape);
    if (y.size <= this.size) return y;
    const known = less(places(y.size), this.size).reshape(y.shape);
    return where(known, y, zeros([], { dtype: y.dtype }));
  }

  /** x turned k times by 90 degrees, from one axis towards the other: see `rot90`. */
  rot90(this: Tensor, k = 1, axes: readonly [number, number] | readonly number[] = [0, 1]): Tensor {
    return rot90(this, k, axes);
  }
}
