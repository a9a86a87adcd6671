// Parts along an axis.
import type { Tensor } from "../tensor.js";
import { arraySplit, dsplit, hsplit, split, vsplit } from "../ops/splitting.js";
import { unstack } from "../ops/blocks.js";

/** Parts along an axis. */
export abstract class SplittingMethods {
  /** As `split`, but the first parts may be longer by one: see `arraySplit`. */
  arraySplit(this: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
    return arraySplit(this, parts, axis);
  }

  /** `split` along axis 2 of at least three: see `dsplit`. */
  dsplit(this: Tensor, parts: number | readonly number[]): Tensor[] {
    return dsplit(this, parts);
  }

  /** `split` along axis 1, or the only one: see `hsplit`. */
  hsplit(this: Tensor, parts: number | readonly number[]): Tensor[] {
    return hsplit(this, parts);
  }

  /** Parts along an axis, so many of one size or between given places: see `split`. */
  split(this: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
    return split(this, parts, axis);
  }

  /** The parts along an axis, each without it: see `unstack`. */
  unstack(this: Tensor, axis = 0): Tensor[] {
    return unstack(this, axis);
  }

  /** `split` along axis 0 of at least two: see `vsplit`. */
  vsplit(this: Tensor, parts: number | readonly number[]): Tensor[] {
    return vsplit(this, parts);
  }
}
