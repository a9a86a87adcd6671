// Along an axis: what depends on the elements before.
import type { Tensor } from "../tensor.js";
import { cummax, cummin, logcumsumexp } from "../ops/scanning.js";
import { diff, type DiffOptions } from "../ops/differences.js";

/** Scans along an axis. */
export abstract class ScanningMethods {
  /** The largest element so far along an axis, and its place: see `cummax`. */
  cummax(this: Tensor, axis?: number | null): [values: Tensor, indices: Tensor] {
    return cummax(this, axis);
  }

  /** The smallest element so far along an axis, and its place: see `cummin`. */
  cummin(this: Tensor, axis?: number | null): [values: Tensor, indices: Tensor] {
    return cummin(this, axis);
  }

  /** Differences of neighbours along an axis, n times over: see `diff`. */
  diff(
    this: Tensor,
    n?: number | DiffOptions,
    axis?: number | DiffOptions,
    options?: DiffOptions,
  ): Tensor {
    return diff(this, n, axis, options);
  }

  /** log of the cumulative sums of exp(x) along an axis, without overflow: see `logcumsumexp`. */
  logcumsumexp(this: Tensor, axis?: number | null): Tensor {
    return logcumsumexp(this, axis);
  }
}
