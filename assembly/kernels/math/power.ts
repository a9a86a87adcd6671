// Powers of float32, two at a time in float64: 2^(y log2 |x|) with the sign of an odd y, exact to far more
// bits than float32 has.

import { VExp2 } from "./exp";
import { Pow } from "./lanes";
import { VLogBase } from "./log";
import { Rare } from "./rare";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  0.5, 0.5, // 0
  1e300, 1e300, // 1: more than any float32
], 16);

/** x to the power y. */
export abstract class VPower {
  static f(x: v128, y: v128): v128 {
    const size = f64x2.abs(x);
    const power = VExp2.f<f64>(f64x2.mul(y, VLogBase.two(size)));
    const half = f64x2.mul(y, Vec.row(TABLE, 0));
    const odd = v128.andnot(f64x2.eq(f64x2.trunc(y), y), f64x2.eq(f64x2.trunc(half), half));
    const z = v128.xor(power, v128.and(v128.and(x, Vec.signBit<f64>()), odd));
    const zero = i64x2.splat(0);
    const good = v128.and(
      v128.or(f64x2.gt(x, zero), v128.and(f64x2.lt(x, zero), f64x2.eq(f64x2.trunc(y), y))),
      v128.and(f64x2.lt(size, Vec.row(TABLE, 1)), f64x2.lt(f64x2.abs(y), Vec.row(TABLE, 1))),
    );
    return Rare.select2(z, x, y, v128.not(good), Pow.one.index);
  }
}
