// The logistic function and its derivative from e = e^(-|x|), which neither overflows nor cancels:
// 1 / (1 + e) for x >= 0, e / (1 + e) for x < 0, so that very negative x keep their relative accuracy.
// The quotient is corrected by what e and 1 + e lost in rounding; in float32 that is left.

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// 1 / d on [1, 2] is about 1.457 - d / 2, to 5 %: enough to weigh a correction of one ulp.
// prettier-ignore
const F32 = memory.data<f32>([
  1.457, 1.457, 1.457, 1.457, // 0
  0.5, 0.5, 0.5, 0.5, // 1
  100, 100, 100, 100, // 2: beyond it x sigmoid(x) is x
  -80, -80, -80, -80, // 3: e^-x has room above it
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  1.457, 1.457, // 0
  0.5, 0.5, // 1
  100, 100, // 2
], 16);

/** The logistic function 1 / (1 + e^-x). */
export abstract class VSigmoid {
  /** 1 / (1 + e^-x) in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    return VSigmoid.core<T>(x, false);
  }

  /** True where `near` is not for x. */
  @inline static isFar(x: v128): v128 {
    return f32x4.lt(x, Vec.row(F32, 3));
  }

  /**
   * The same of float32 that are not far, within 2 ulp: 1 / d for d = 1 + 2^n + 2^n (e^r - 1), where 1 + 2^n
   * is mostly exact, and what rounding it lost is added again.
   */
  @inline static near(x: v128): v128 {
    const one = Vec.one<f32>();
    const a = f32x4.pmax(v128.xor(x, Vec.signBit<f32>()), Vec.row(F32, 3));
    const sum = ExpCore.roundNarrow<f32>(a);
    const tail = ExpCore.mantissaMinusOne<f32>(a, ExpCore.integerNarrow<f32>(sum));
    const power = ExpCore.power<f32>(sum);
    const whole = f32x4.add(one, power);
    const lost = f32x4.add(f32x4.sub(one, whole), power);
    const more = f32x4.add(f32x4.mul(power, tail), lost);
    return f32x4.div(one, f32x4.add(whole, more));
  }

  /** The same, or x times it: e^-|x| and its product with x are scaled last, where they underflow. */
  @inline static core<T>(x: v128, product: bool): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const a = ExpCore.clampLow<T>(v128.or(x, Vec.signBit<T>())); // -|x|
    const sum = ExpCore.round<T>(a);
    const tail = ExpCore.mantissaMinusOne<T>(a, ExpCore.integer<T>(sum));
    const y = v128.add<T>(one, tail);
    const yLost = v128.add<T>(v128.sub<T>(one, y), tail);
    const e = ExpCore.scale<T>(y, sum);
    const eLost = ExpCore.scale<T>(yLost, sum);
    const d = v128.add<T>(one, e);
    const dLost = v128.add<T>(v128.add<T>(v128.sub<T>(one, d), e), eLost);

    const negative = v128.lt<T>(x, i32x4.splat(0));
    const factor = product ? ExpCore.clampLow<T>(x) : one;
    let over = e;
    let overLost = eLost;
    if (product) {
      over = v128.mul<T>(y, factor);
      overLost = v128.mul<T>(yLost, factor);
      if (sizeof<T>() == 8) overLost = v128.add<T>(overLost, Vec.lostProduct<T>(y, factor, over));
      over = ExpCore.scale<T>(over, sum);
      overLost = ExpCore.scale<T>(overLost, sum);
    }
    const quotient = v128.div<T>(v128.bitselect(over, factor, negative), d);
    const inverse = Vec.nmadd<T>(d, Vec.row(table, 1), Vec.row(table, 0)); // of d, roughly
    const lost = Vec.nmadd<T>(quotient, dLost, v128.and(overLost, negative));
    const z = Vec.madd<T>(lost, inverse, quotient);
    if (!product) return z;
    const signed = v128.bitselect(x, z, Vec.signBit<T>());
    return v128.bitselect(signed, x, v128.lt<T>(x, Vec.row(table, 2)));
  }
}

/** e^-x / (1 + e^-x)^2, the derivative of the logistic function. */
export abstract class VSigmoidSlope {
  /** e / (1 + e)^2 for e = e^-|x| in every lane, with full relative accuracy. */
  @inline static f<T>(x: v128): v128 {
    const e = ExpCore.upTo<T>(v128.or(x, Vec.signBit<T>()));
    const square = Vec.madd<T>(e, e, v128.add<T>(e, e)); // (1 + e)^2 - 1
    return v128.div<T>(e, v128.add<T>(Vec.one<T>(), square));
  }
}
