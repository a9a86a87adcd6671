// Functions computed one lane at a time through AssemblyScript's own NativeMath (musl and fdlibm
// descendants), always in float64: float32 results are rounded once. The same bits on every host.

import { Trig } from "./trig";

/** Takes a vector apart, one number at a time, and puts the results together again. */
abstract class Lanes {
  /** `F.one` of every lane. */
  @inline static map<T, F>(x: v128): v128 {
    if (sizeof<T>() == 4) {
      const y0 = <f32>changetype<F>(0).one(<f64>f32x4.extract_lane(x, 0));
      const y1 = <f32>changetype<F>(0).one(<f64>f32x4.extract_lane(x, 1));
      const y2 = <f32>changetype<F>(0).one(<f64>f32x4.extract_lane(x, 2));
      const y3 = <f32>changetype<F>(0).one(<f64>f32x4.extract_lane(x, 3));
      return f32x4(y0, y1, y2, y3);
    } else {
      const y0 = changetype<F>(0).one(f64x2.extract_lane(x, 0));
      const y1 = changetype<F>(0).one(f64x2.extract_lane(x, 1));
      return f64x2(y0, y1);
    }
  }
}

/** e^x - 1 without cancellation near 0. */
export class LExpm1 {
  /** e^x - 1 in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LExpm1>(x);
  }

  /** e^x - 1 of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.expm1(x);
  }
}

/** ln(1 + x) without cancellation near 0. */
export class LLog1p {
  /** ln(1 + x) in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LLog1p>(x);
  }

  /** ln(1 + x) of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.log1p(x);
  }
}

/** Tangent of an angle in radians. */
export class LTan {
  /** tan x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LTan>(x);
  }

  /** tan x of one number. */
  @inline one(x: f64): f64 {
    // Beyond 2^20 pi/2 NativeMath's reduction is less exact than ours.
    if (!(abs<f64>(x) > 1e6)) return NativeMath.tan(x);
    return Trig.lane(x, false) / Trig.lane(x, true);
  }
}

/** Hyperbolic sine. */
export class LSinh {
  /** sinh x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LSinh>(x);
  }

  /** sinh x of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.sinh(x);
  }
}

/** Hyperbolic cosine. */
export class LCosh {
  /** cosh x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LCosh>(x);
  }

  /** cosh x of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.cosh(x);
  }
}

/** Inverse sine, in radians. */
export class LAsin {
  /** asin x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LAsin>(x);
  }

  /** asin x of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.asin(x);
  }
}

/** Inverse cosine, in radians. */
export class LAcos {
  /** acos x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LAcos>(x);
  }

  /** acos x of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.acos(x);
  }
}

/** Inverse tangent, in radians. */
export class LAtan {
  /** atan x in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LAtan>(x);
  }

  /** atan x of one number. */
  @inline one(x: f64): f64 {
    return NativeMath.atan(x);
  }
}

/** ln(1 + e^x), a smooth max(x, 0). */
export class LSoftplus {
  /** ln(1 + e^x) in every lane. */
  @inline static f<T>(x: v128): v128 {
    return Lanes.map<T, LSoftplus>(x);
  }

  /** ln(1 + e^x) of one number. */
  @inline one(x: f64): f64 {
    return max<f64>(x, 0) + NativeMath.log1p(NativeMath.exp(-abs<f64>(x)));
  }
}

/** a to the power b, with the special values of C99 and IEEE 754. */
export class LPow {
  /** a^b in every lane. */
  @inline static f<T>(a: v128, b: v128): v128 {
    if (sizeof<T>() == 4) {
      const y0 = <f32>LPow.one(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0));
      const y1 = <f32>LPow.one(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1));
      const y2 = <f32>LPow.one(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2));
      const y3 = <f32>LPow.one(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3));
      return f32x4(y0, y1, y2, y3);
    } else {
      const y0 = LPow.one(f64x2.extract_lane(a, 0), f64x2.extract_lane(b, 0));
      const y1 = LPow.one(f64x2.extract_lane(a, 1), f64x2.extract_lane(b, 1));
      return f64x2(y0, y1);
    }
  }

  /** a^b of one pair of numbers. */
  static one(a: f64, b: f64): f64 {
    const size = abs<f64>(b);
    // NativeMath follows JavaScript, where these are NaN.
    if (a == 1 || (a == -1 && size == Infinity)) return 1;
    // Beyond 2^31 fdlibm's pow is hundreds of ulp off; an even b (beyond 2^53) hides the sign of a.
    if (size > HUGE_EXPONENT && size < Infinity) {
      const t = abs<f64>(a) - 1;
      if (abs<f64>(t) < NEAR_ONE) {
        const y = LPow.nearOne(t, b);
        if (a > 0) return y;
        if (trunc<f64>(b) != b) return NaN;
        return trunc<f64>(b * 0.5) * 2 == b ? y : -y;
      }
    }
    return NativeMath.pow(a, b);
  }

  /** (1 + t)^b = e^(b ln(1 + t)) for a tiny t of at most 33 bits, with the exponent in two parts. */
  private static nearOne(t: f64, b: f64): f64 {
    if (abs<f64>(b * t) > 2000) return b * t > 0 ? Infinity : 0;
    const bHigh = reinterpret<f64>(reinterpret<u64>(b) & 0xfffffffe00000000); // 20 bits
    const high = bHigh * t; // exact
    const curve = b * t * t * (0.5 - t * (1.0 / 3 - t * 0.25)); // b (t - ln(1 + t))
    const low = (b - bHigh) * t - curve;
    const exponent = high + low;
    const lost = high - exponent + low;
    const y = NativeMath.exp(exponent);
    return y == Infinity ? y : y + y * lost;
  }
}

const HUGE_EXPONENT: f64 = 2147483648;
const NEAR_ONE: f64 = 1.0 / 1048576;
