// Inverses of distribution functions that are steps, and entropies that are sums. What an inverse gives
// is a whole number: it has derivative 0.
import {
  add,
  equal,
  exp,
  floor,
  multiply,
  negative,
  sum,
  where,
} from "../../build/generated/ops.js";
import { places } from "../along.js";
import { isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";

/**
 * The largest element, NaN aside, if it is known now: not inside vmap and not while a program is
 * recorded.
 */
export function largestOf(x: Tensor): number | undefined {
  if (!isKnown(x)) return undefined;
  let most = -Infinity;
  for (const v of x.data()) if (v > most) most = v;
  return most;
}

/** The smallest whole number above low, which is too small, and up to high that is large enough. */
export function firstWhole(low: Tensor, high: Tensor, enough: (k: Tensor) => Tensor): Tensor {
  let [below, above] = [low, high];
  const width = largestOf(high.subtract(low)) ?? 2 ** 53;
  for (let size = Number.isFinite(width) ? width : 2 ** 53; size > 1; size /= 2) {
    const middle = floor(multiply(add(below, above), 0.5));
    const reached = enough(middle);
    above = where(reached, middle, above);
    below = where(reached, below, middle);
  }
  return above;
}

/** −Σ p log(p) over the numbers from 0 to most. */
export function entropyOf(most: number, like: Tensor, logpmf: (k: Tensor) => Tensor): Tensor {
  const k = places(most + 1).astype(like.dtype);
  const logs = logpmf(k);
  const none = equal(logs, -Infinity);
  const safe = where(none, 0, logs);
  return negative(sum(where(none, 0, multiply(exp(safe), safe)), -1));
}
