// tanh and its derivative from E = e^(-2|x|) = 2^n (1 + s), which neither overflows nor cancels:
// tanh|x| = (1 - E) / (1 + E) = ((1 - 2^n) - 2^n s) / ((1 + 2^n) + 2^n s), where 1 - 2^n is exact, and
// 4 E / (1 + E)^2. The quotient of tanh is corrected by what its two sums lost in rounding.

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// 1 / d on [1, 2] is about 1.457 - d / 2, to 5 %: enough to weigh a correction of one ulp.
// prettier-ignore
const F32 = memory.data<f32>([
  -20, -20, -20, -20, // 0: tanh(10) rounds to 1
  1.457, 1.457, 1.457, 1.457, // 1
  0.5, 0.5, 0.5, 0.5, // 2
  4, 4, 4, 4, // 3
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -40, -40, // 0: tanh(20) rounds to 1
  1.457, 1.457, // 1
  0.5, 0.5, // 2
  4, 4, // 3
], 16);

/** The hyperbolic tangent. */
export abstract class VTanh {
  /** tanh x in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const half = v128.or(x, Vec.signBit<T>()); // -|x|
    const a = v128.pmax<T>(v128.add<T>(half, half), Vec.row(table, 0));
    const sum = ExpCore.roundNarrow<T>(a);
    const n = ExpCore.integerNarrow<T>(sum);
    const r = ExpCore.remainder<T>(a, n);
    const curve = ExpCore.curve<T>(a, n, r);
    const s = v128.add<T>(r, curve);
    const sLost = v128.add<T>(v128.sub<T>(r, s), curve);
    const power = ExpCore.power<T>(sum); // 2^n
    const part = v128.mul<T>(power, s);
    const partLost = v128.mul<T>(power, sLost);

    const from = v128.sub<T>(one, power);
    const numerator = v128.sub<T>(from, part);
    let above = v128.sub<T>(v128.sub<T>(from, numerator), part);
    above = v128.sub<T>(above, partLost);
    const to = v128.add<T>(one, power);
    // 1 -+ 2^n are not exact once 2^n is below the last place of 1, where numerator and d are about 1.
    const slack = v128.add<T>(v128.sub<T>(from, to), v128.add<T>(power, power));
    above = v128.sub<T>(above, slack);
    const d = v128.add<T>(to, part);
    let below = v128.add<T>(v128.sub<T>(to, d), part);
    below = v128.add<T>(below, partLost);

    const quotient = v128.div<T>(numerator, d);
    const inverse = Vec.nmadd<T>(d, Vec.row(table, 2), Vec.row(table, 1)); // of d, roughly
    const y = Vec.madd<T>(Vec.nmadd<T>(quotient, below, above), inverse, quotient);
    return v128.bitselect(x, y, Vec.signBit<T>());
  }
}

/** 1 / cosh(x)^2, the derivative of tanh. */
export abstract class VSechSquared {
  /** 1 / cosh(x)^2 in every lane, with full relative accuracy down to subnormal results. */
  @inline static f<T>(x: v128): v128 {
    const a = v128.or(x, Vec.signBit<T>()); // -|x|
    const clamped = ExpCore.clampLow<T>(v128.add<T>(a, a));
    const sum = ExpCore.round<T>(clamped);
    const y = ExpCore.mantissaMinusOne<T>(clamped, ExpCore.integer<T>(sum));
    const four = sizeof<T>() == 4 ? Vec.row(F32, 3) : Vec.row(F64, 3);
    const e = ExpCore.scale<T>(v128.add<T>(Vec.one<T>(), y), sum);
    const e4 = ExpCore.scale<T>(Vec.madd<T>(y, four, four), sum); // 4 e, though e may be subnormal
    const square = Vec.madd<T>(e, e, v128.add<T>(e, e)); // (1 + e)^2 - 1
    return v128.div<T>(e4, v128.add<T>(Vec.one<T>(), square));
  }
}
