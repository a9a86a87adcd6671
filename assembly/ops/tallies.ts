// Sums that leave elements out.
import { inputOf, Tensor } from "../tensor/node";
import { oneWhere } from "./arithmetic";
import { equal } from "./comparison";
import { runTally, tally } from "./families/tally";

/** The sum of what is not NaN. */
class Nansum {
  @inline start<T>(): v128 { return i32x4.splat(0); }
  @inline v<T>(a: v128, b: v128): v128 { return v128.add<T>(a, b); }
  @inline s<T>(a: T, b: T): T { return <T>(a + b); }
  @inline term<T>(x: v128, c: v128): v128 { return v128.and(x, v128.eq<T>(x, x)); }
  d(node: Tensor): Tensor {
    const x = inputOf(node, 0);
    return oneWhere(equal(x, x), x);
  }
}
tally<Nansum>(((out: Tensor): void => runTally(out, 0)).index);
