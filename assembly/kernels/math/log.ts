// ln x by x = 2^k m with sqrt(1/2) <= m < sqrt(2), f = m - 1, ln x = k ln 2 + ln(1 + f).
// float32: ln(1 + f) = f - f^2/2 + f^3 p(f), p minimax (Remez, 60 digits), Estrin's scheme.
// float64: the series in s = f / (2 + f), with the coefficients of fdlibm's e_log.c (Sun Microsystems).

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// Offsets common to both tables.
const LN2_HIGH: usize = 0;
const LN2_LOW: usize = 1;
const HALF: usize = 2;

// prettier-ignore
const F32 = memory.data<f32>([
  0.693359375, 0.693359375, 0.693359375, 0.693359375, // ln 2, high bits
  -2.1219444e-4, -2.1219444e-4, -2.1219444e-4, -2.1219444e-4, // ln 2, the rest
  0.5, 0.5, 0.5, 0.5, // 1/2
  0.3333333134651184, 0.3333333134651184, 0.3333333134651184, 0.3333333134651184, // 3: p0
  -0.250008225440979, -0.250008225440979, -0.250008225440979, -0.250008225440979, // p1
  0.20001226663589478, 0.20001226663589478, 0.20001226663589478, 0.20001226663589478, // p2
  -0.16623356938362122, -0.16623356938362122, -0.16623356938362122, -0.16623356938362122, // p3
  0.14201751351356506, 0.14201751351356506, 0.14201751351356506, 0.14201751351356506, // p4
  -0.13160184025764465, -0.13160184025764465, -0.13160184025764465, -0.13160184025764465, // p5
  0.12761621177196503, 0.12761621177196503, 0.12761621177196503, 0.12761621177196503, // p6
  -0.07634547352790833, -0.07634547352790833, -0.07634547352790833, -0.07634547352790833, // p7
], 16);

// prettier-ignore
const I32 = memory.data<i32>([
  0x3f3504f3, 0x3f3504f3, 0x3f3504f3, 0x3f3504f3, // sqrt(1/2)
  0x007fffff, 0x007fffff, 0x007fffff, 0x007fffff, // mantissa
  0x00800000, 0x00800000, 0x00800000, 0x00800000, // the smallest normal number
  0x7f000000, 0x7f000000, 0x7f000000, 0x7f000000, // the normal numbers' span
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  6.9314718036912381649e-1, 6.9314718036912381649e-1, // ln 2, high bits
  1.90821492927058770002e-10, 1.90821492927058770002e-10, // ln 2, the rest
  0.5, 0.5, // 1/2
  2, 2, // 3
  4503599627371519, 4503599627371519, // 4: 2^52 + 1023
  6.66666666666673513e-1, 6.66666666666673513e-1, // 5: c1
  3.999999999940941908e-1, 3.999999999940941908e-1, // c2
  2.857142874366239149e-1, 2.857142874366239149e-1, // c3
  2.222219843214978396e-1, 2.222219843214978396e-1, // c4
  1.818357216161805012e-1, 1.818357216161805012e-1, // c5
  1.531383769920937332e-1, 1.531383769920937332e-1, // c6
  1.479819860511658591e-1, 1.479819860511658591e-1, // c7
], 16);

// prettier-ignore
const I64 = memory.data<i64>([
  0x00095f6200000000, 0x00095f6200000000, // 1 - sqrt(1/2), as bits
  0x000fffffffffffff, 0x000fffffffffffff, // mantissa
  0x3fe6a09e00000000, 0x3fe6a09e00000000, // sqrt(1/2)
  0x4330000000000000, 0x4330000000000000, // 2^52
  0x7ff0000000000000, 0x7ff0000000000000, // -2^63 - smallest normal, modulo 2^64
  -0x0020000000000001, -0x0020000000000001, // -2^63 + normal numbers' span - 1
  -0x0000000100000000, -0x0000000100000000, // upper half
], 16);

// Of a base b: 1 / ln b, the upper half; the rest; ln 2 / ln b, its upper bits; the rest; 1 / ln b.
// prettier-ignore
const TWO = memory.data<f64>([
  1.44269504072144627571, 1.44269504072144627571, // 0
  1.67517131648865118353e-10, 1.67517131648865118353e-10, // 1
  1, 1, // 2
  0, 0, // 3
  1.4426950408889634, 1.4426950408889634, // 4
], 16);

// prettier-ignore
const TEN = memory.data<f64>([
  4.34294481878168880939e-1, 4.34294481878168880939e-1, // 0
  2.50829467116452752298e-11, 2.50829467116452752298e-11, // 1
  3.01029995663611771306e-1, 3.01029995663611771306e-1, // 2
  3.69423907715893078616e-13, 3.69423907715893078616e-13, // 3
  0.4342944819032518, 0.4342944819032518, // 4
], 16);

// ln((1 + s) / (1 - s)) / s by powers of s^2, to 2^-37 (interpolated at Chebyshev points with 40 digits).
// prettier-ignore
const SERIES = memory.data<f64>([
  2.000000000008373, 2.000000000008373, // 0
  0.6666666524566327, 0.6666666524566327, // 1
  0.40000385044768283, 0.40000385044768283, // 2
  0.28535027399039437, 0.28535027399039437, // 3
  0.23616818311338425, 0.23616818311338425, // 4
], 16);

/** The natural logarithm. */
export abstract class VLog {
  /** ln x in every lane that holds a positive normal number. */
  @inline static f<T>(x: v128): v128 {
    return VLog.core<T>(x, x, false, 0);
  }

  /**
   * ln x + lost, or ln x alone; `lost` is small. In float64, with the rows of a base, the logarithm to
   * that, from ln m in two parts.
   */
  @inline static core<T>(x: v128, lost: v128, add: bool, base: usize): v128 {
    if (sizeof<T>() == 4) {
      const bits = i32x4.sub(x, Vec.row(I32, 0));
      const k = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
      const m = i32x4.add(v128.and(bits, Vec.row(I32, 1)), Vec.row(I32, 0));
      const f = f32x4.sub(m, Vec.one<f32>());
      const f2 = f32x4.mul(f, f);
      const f4 = f32x4.mul(f2, f2);
      const p01 = Vec.madd<f32>(f, Vec.row(F32, 4), Vec.row(F32, 3));
      const p23 = Vec.madd<f32>(f, Vec.row(F32, 6), Vec.row(F32, 5));
      const p45 = Vec.madd<f32>(f, Vec.row(F32, 8), Vec.row(F32, 7));
      const p67 = Vec.madd<f32>(f, Vec.row(F32, 10), Vec.row(F32, 9));
      const p = Vec.madd<f32>(Vec.madd<f32>(p67, f2, p45), f4, Vec.madd<f32>(p23, f2, p01));
      let y = f32x4.mul(f32x4.mul(f, f2), p);
      y = Vec.madd<f32>(k, Vec.row(F32, LN2_LOW), y);
      if (add) y = f32x4.add(y, lost);
      y = Vec.nmadd<f32>(f2, Vec.row(F32, HALF), y);
      return Vec.madd<f32>(k, Vec.row(F32, LN2_HIGH), f32x4.add(f, y));
    } else {
      const bits = i64x2.add(x, Vec.row(I64, 0));
      const biased = v128.or(i64x2.shr_u(bits, 52), Vec.row(I64, 3)); // 2^52 + exponent
      const k = f64x2.sub(biased, Vec.row(F64, 4));
      const m = i64x2.add(v128.and(bits, Vec.row(I64, 1)), Vec.row(I64, 2));
      const f = f64x2.sub(m, Vec.one<f64>());
      const s = f64x2.div(f, f64x2.add(f, Vec.row(F64, 3)));
      const z = f64x2.mul(s, s);
      const w = f64x2.mul(z, z);
      let even = Vec.madd<f64>(w, Vec.row(F64, 10), Vec.row(F64, 8));
      even = f64x2.mul(w, Vec.madd<f64>(w, even, Vec.row(F64, 6)));
      let odd = Vec.madd<f64>(w, Vec.row(F64, 11), Vec.row(F64, 9));
      odd = Vec.madd<f64>(w, odd, Vec.row(F64, 7));
      odd = f64x2.mul(z, Vec.madd<f64>(w, odd, Vec.row(F64, 5)));
      const halfSquare = f64x2.mul(f64x2.mul(f, f), Vec.row(F64, HALF));
      const tail = f64x2.mul(s, f64x2.add(halfSquare, f64x2.add(even, odd)));
      if (base) {
        const high = v128.and(f64x2.sub(f, halfSquare), Vec.row(I64, 6));
        const low = f64x2.add(f64x2.sub(f64x2.sub(f, high), halfSquare), tail);
        const product = f64x2.mul(high, Vec.row(base, 0));
        const whole = f64x2.mul(k, Vec.row(base, 2));
        const sum = f64x2.add(whole, product);
        let rest = f64x2.mul(k, Vec.row(base, 3));
        rest = Vec.madd<f64>(f64x2.add(low, high), Vec.row(base, 1), rest);
        rest = Vec.madd<f64>(low, Vec.row(base, 0), rest);
        return f64x2.add(sum, f64x2.add(rest, f64x2.add(f64x2.sub(whole, sum), product)));
      }
      let low = Vec.madd<f64>(k, Vec.row(F64, LN2_LOW), tail);
      if (add) low = f64x2.add(low, lost);
      return Vec.madd<f64>(k, Vec.row(F64, LN2_HIGH), f64x2.sub(f, f64x2.sub(halfSquare, low)));
    }
  }

  /** Lanes `f` gets wrong: zero, subnormal, negative, infinite, NaN. One comparison of bits. */
  @inline static rare<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return i32x4.ge_u(i32x4.sub(x, Vec.row(I32, 2)), Vec.row(I32, 3));
    else return i64x2.gt_s(i64x2.add(x, Vec.row(I64, 4)), Vec.row(I64, 5));
  }

  /** ln x of one such lane. */
  static lane<T>(x: T): T {
    return <T>NativeMath.log(<f64>x);
  }
}

/** Logarithms to bases 2 and 10: of two float64, or of four float32 rounded from such. */
export abstract class VLogBase {
  /** log2 x of four float32, exact for powers of 2. */
  static twoOfFour(x: v128): v128 {
    return VLogBase.four(x, TWO);
  }

  /** log10 x of four float32. */
  static tenOfFour(x: v128): v128 {
    return VLogBase.four(x, TEN);
  }

  private static four(x: v128, base: usize): v128 {
    const bits = i32x4.sub(x, Vec.row(I32, 0));
    const k = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
    const m = i32x4.add(v128.and(bits, Vec.row(I32, 1)), Vec.row(I32, 0));
    const f = f32x4.sub(m, Vec.one<f32>());
    const low = VLogBase.short(f64x2.promote_low_f32x4(f), f64x2.promote_low_f32x4(k), base);
    const y = Vec.joined(low, VLogBase.short(Vec.upperTwo(f), Vec.upperTwo(k), base));
    const bad = VLog.rare<f32>(x);
    if (!v128.any_true(bad)) return y;
    const others = VLogBase.to(f64x2.promote_low_f32x4(x), base);
    return v128.bitselect(Vec.joined(others, VLogBase.to(Vec.upperTwo(x), base)), y, bad);
  }

  /** log(1 + f) + k log 2, to more digits than float32 has. */
  @inline private static short(f: v128, k: v128, base: usize): v128 {
    const s = f64x2.div(f, f64x2.add(f, Vec.row(F64, 3)));
    const z = f64x2.mul(s, s);
    let p = Vec.madd<f64>(z, Vec.row(SERIES, 4), Vec.row(SERIES, 3));
    p = Vec.madd<f64>(z, p, Vec.row(SERIES, 2));
    p = Vec.madd<f64>(z, p, Vec.row(SERIES, 1));
    p = Vec.madd<f64>(z, p, Vec.row(SERIES, 0));
    const y = f64x2.mul(f64x2.mul(s, Vec.row(base, 4)), p);
    return Vec.madd<f64>(k, Vec.row(base, 2), y);
  }

  /** log2 x, exact for powers of 2. */
  static two(x: v128): v128 {
    return VLogBase.to(x, TWO);
  }

  /** log10 x. */
  static ten(x: v128): v128 {
    return VLogBase.to(x, TEN);
  }

  private static to(x: v128, base: usize): v128 {
    let y = VLog.core<f64>(x, x, false, base);
    const bad = VLog.rare<f64>(x);
    if (!v128.any_true(bad)) return y;
    // Subnormal numbers are not; infinity, NaN and numbers that are not positive have their logarithms.
    const zero = i64x2.splat(0);
    const infinity = f64x2.splat(Infinity);
    const positive = v128.and(f64x2.gt(x, zero), f64x2.lt(x, infinity));
    const scaled = f64x2.mul(x, f64x2.splat(18014398509481984)); // 2^54
    const up = v128.and(bad, positive);
    if (v128.any_true(up)) {
      const z = VLogBase.to(v128.bitselect(scaled, Vec.one<f64>(), up), base);
      const octaves = f64x2.splat(54);
      const taken = Vec.nmadd<f64>(octaves, Vec.row(base, 2), z);
      y = v128.bitselect(Vec.nmadd<f64>(octaves, Vec.row(base, 3), taken), y, up);
    }
    // sqrt: infinity and NaN stay what they are, negative numbers become NaN; zero has -infinity.
    const other = v128.bitselect(f64x2.neg(infinity), f64x2.sqrt(x), f64x2.eq(x, zero));
    return v128.bitselect(other, y, v128.andnot(bad, positive));
  }
}

/** ln(1 + x) = ln u + (what rounding u = 1 + x lost) / u. */
export abstract class VLog1p {
  /** ln(1 + x) in every lane where 1 + x is positive and finite. */
  @inline static f<T>(x: v128): v128 {
    const one = Vec.one<T>();
    const u = v128.add<T>(one, x);
    const part = v128.sub<T>(u, x);
    const lost = v128.add<T>(v128.sub<T>(x, v128.sub<T>(u, part)), v128.sub<T>(one, part));
    const y = VLog.core<T>(u, v128.div<T>(lost, u), true, 0);
    return v128.bitselect(x, y, Vec.signBit<T>());
  }

  /** The other lanes. */
  @inline static rare<T>(x: v128): v128 {
    return VLog.rare<T>(v128.add<T>(Vec.one<T>(), x));
  }

  /** ln(1 + x) of one such lane. */
  static lane<T>(x: T): T {
    return <T>NativeMath.log1p(<f64>x);
  }
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
export abstract class VSoftplus {
  /** ln(1 + e^x) in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const one = Vec.one<T>();
    const a = ExpCore.clampLow<T>(v128.or(x, Vec.signBit<T>())); // -|x|
    const sum = ExpCore.round<T>(a);
    const tail = ExpCore.mantissaMinusOne<T>(a, ExpCore.integer<T>(sum));
    const y0 = v128.add<T>(one, tail);
    const e = ExpCore.scale<T>(y0, sum);
    const eLost = ExpCore.scale<T>(v128.add<T>(v128.sub<T>(one, y0), tail), sum);
    const u = v128.add<T>(one, e);
    const lost = v128.add<T>(v128.add<T>(v128.sub<T>(one, u), e), eLost);
    const y = VLog.core<T>(u, v128.div<T>(lost, u), true, 0);
    return v128.add<T>(v128.max<T>(x, i32x4.splat(0)), y);
  }
}
