// e^x by Cody and Waite: x = n ln 2 + r with |r| <= ln(2)/2, then e^x = 2^n (1 + r + r^2 p(r)).
// p is a minimax polynomial (Remez, 60 digits) evaluated by Estrin's scheme. Adding "magic"
// 1.5 * 2^23 (2^52) rounds x / ln 2 to the integer n and leaves n in the low bits of the sum, where a
// shift turns it into a power of two; the magic numbers also carry the exponent bias.

import { Vec } from "./vector";

// Offsets into the tables below.
const LOWEST: usize = 0;
const HIGHEST: usize = 1;
const LOG2E: usize = 2;
const MAGIC_TWICE: usize = 3;
const MAGIC_ONCE: usize = 4;
const LN2_HIGH: usize = 5;
const LN2_LOW: usize = 6;
const P: usize = 7;

// prettier-ignore
const F32 = memory.data<f32>([
  -112, -112, -112, -112, // x e^x rounds to 0, 4 e^x too
  89, 89, 89, 89, // e^x overflows
  1.44269504, 1.44269504, 1.44269504, 1.44269504, // log2(e)
  12583166, 12583166, 12583166, 12583166, // 1.5 * 2^23 + 2 * 127
  12583039, 12583039, 12583039, 12583039, // 1.5 * 2^23 + 127
  0.693359375, 0.693359375, 0.693359375, 0.693359375, // ln 2, high bits
  -2.1219444e-4, -2.1219444e-4, -2.1219444e-4, -2.1219444e-4, // ln 2, the rest
  0.4999999403953552, 0.4999999403953552, 0.4999999403953552, 0.4999999403953552, // p0
  0.1666652113199234, 0.1666652113199234, 0.1666652113199234, 0.1666652113199234, // p1
  0.04166838899254799, 0.04166838899254799, 0.04166838899254799, 0.04166838899254799, // p2
  0.008368744514882565, 0.008368744514882565, 0.008368744514882565, 0.008368744514882565, // p3
  0.0013814553385600448, 0.0013814553385600448, 0.0013814553385600448, 0.0013814553385600448, // p4
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -756, -756, // x e^x rounds to 0, 4 e^x too
  710, 710, // e^x overflows
  1.4426950408889634, 1.4426950408889634, // log2(e)
  6755399441057790, 6755399441057790, // 1.5 * 2^52 + 2 * 1023
  6755399441056767, 6755399441056767, // 1.5 * 2^52 + 1023
  6.9314718036912381649e-1, 6.9314718036912381649e-1, // ln 2, high bits
  1.90821492927058770002e-10, 1.90821492927058770002e-10, // ln 2, the rest
  0.5000000000000006, 0.5000000000000006, // p0
  0.16666666666666588, 0.16666666666666588, // p1
  0.041666666666576466, 0.041666666666576466, // p2
  0.008333333333389736, 0.008333333333389736, // p3
  0.0013888888931667736, 0.0013888888931667736, // p4
  0.00019841269718696555, 0.00019841269718696555, // p5
  2.480150514183012e-5, 2.480150514183012e-5, // p6
  2.755740770214256e-6, 2.755740770214256e-6, // p7
  2.7626093187877297e-7, 2.7626093187877297e-7, // p8
  2.5053770248535292e-8, 2.5053770248535292e-8, // p9
], 16);

/** The pieces of e^x that other functions build on, in the order they are used. */
export abstract class ExpCore {
  /** x, but no lower than where e^x rounds to 0; NaN stays NaN. */
  @inline static clampLow<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return f32x4.pmax(x, Vec.row(F32, LOWEST));
    else return f64x2.pmax(x, Vec.row(F64, LOWEST));
  }

  /** The magic sum whose low bits are the integer n nearest to x / ln 2, plus twice the bias. */
  @inline static round<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return Vec.madd<f32>(x, Vec.row(F32, LOG2E), Vec.row(F32, MAGIC_TWICE));
    else return Vec.madd<f64>(x, Vec.row(F64, LOG2E), Vec.row(F64, MAGIC_TWICE));
  }

  /** n as a number, from the magic sum. */
  @inline static integer<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) return f32x4.sub(sum, Vec.row(F32, MAGIC_TWICE));
    else return f64x2.sub(sum, Vec.row(F64, MAGIC_TWICE));
  }

  /** r = x - n ln 2. */
  @inline static remainder<T>(x: v128, n: v128): v128 {
    if (sizeof<T>() == 4) {
      const high = Vec.nmadd<f32>(n, Vec.row(F32, LN2_HIGH), x);
      return Vec.nmadd<f32>(n, Vec.row(F32, LN2_LOW), high);
    } else {
      const high = Vec.nmadd<f64>(n, Vec.row(F64, LN2_HIGH), x);
      return Vec.nmadd<f64>(n, Vec.row(F64, LN2_LOW), high);
    }
  }

  /** e^(x - n ln 2) - 1 - r, that is r^2 p(r), in float64 with what rounding r lost. */
  @inline static curve<T>(x: v128, n: v128, r: v128): v128 {
    const curve = ExpCore.polynomial<T>(r);
    if (sizeof<T>() == 4) return curve;
    else return f64x2.add(curve, ExpCore.lost(x, n, r));
  }

  /** What rounding lost of r = x - n ln 2, in float64. */
  @inline static lost(x: v128, n: v128, r: v128): v128 {
    const high = Vec.nmadd<f64>(n, Vec.row(F64, LN2_HIGH), x);
    return Vec.nmadd<f64>(n, Vec.row(F64, LN2_LOW), f64x2.sub(high, r));
  }

  /** e^r - 1 - r, that is r^2 p(r). */
  @inline static polynomial<T>(r: v128): v128 {
    const r2 = v128.mul<T>(r, r);
    if (sizeof<T>() == 4) {
      const p01 = Vec.madd<f32>(r, Vec.row(F32, P + 1), Vec.row(F32, P));
      const p23 = Vec.madd<f32>(r, Vec.row(F32, P + 3), Vec.row(F32, P + 2));
      const p = Vec.madd<f32>(Vec.madd<f32>(r2, Vec.row(F32, P + 4), p23), r2, p01);
      return f32x4.mul(p, r2);
    } else {
      const r4 = f64x2.mul(r2, r2);
      const p01 = Vec.madd<f64>(r, Vec.row(F64, P + 1), Vec.row(F64, P));
      const p23 = Vec.madd<f64>(r, Vec.row(F64, P + 3), Vec.row(F64, P + 2));
      const p45 = Vec.madd<f64>(r, Vec.row(F64, P + 5), Vec.row(F64, P + 4));
      const p67 = Vec.madd<f64>(r, Vec.row(F64, P + 7), Vec.row(F64, P + 6));
      const p89 = Vec.madd<f64>(r, Vec.row(F64, P + 9), Vec.row(F64, P + 8));
      const p03 = Vec.madd<f64>(p23, r2, p01);
      const p47 = Vec.madd<f64>(p67, r2, p45);
      const p = Vec.madd<f64>(Vec.madd<f64>(p89, r4, p47), r4, p03);
      return f64x2.mul(p, r2);
    }
  }

  /** e^(x - n ln 2) - 1. */
  @inline static mantissaMinusOne<T>(x: v128, n: v128): v128 {
    const r = ExpCore.remainder<T>(x, n);
    return v128.add<T>(r, ExpCore.curve<T>(x, n, r));
  }

  /** y 2^n, in two steps so that subnormal and overflowing results are right. */
  @inline static scale<T>(y: v128, sum: v128): v128 {
    const half = i32x4.shr_u(sum, 1); // n fits the low 32 bits in float64 too
    const rest = i32x4.sub(sum, half);
    if (sizeof<T>() == 4) {
      return f32x4.mul(f32x4.mul(y, i32x4.shl(half, 23)), i32x4.shl(rest, 23));
    } else {
      return f64x2.mul(f64x2.mul(y, i64x2.shl(half, 52)), i64x2.shl(rest, 52));
    }
  }

  /** e^x for x not above the overflow clamp, down to 0. */
  @inline static upTo<T>(x: v128): v128 {
    const clamped = ExpCore.clampLow<T>(x);
    const sum = ExpCore.round<T>(clamped);
    const y = ExpCore.mantissaMinusOne<T>(clamped, ExpCore.integer<T>(sum));
    return ExpCore.scale<T>(v128.add<T>(Vec.one<T>(), y), sum);
  }

  /** e^r - 1 - r - r^2/2 - … in its even and odd powers: r^2 (p0 + p2 r^2 + …) … */
  @inline static even<T>(r2: v128): v128 {
    if (sizeof<T>() == 4) {
      const p = Vec.madd<f32>(r2, Vec.row(F32, P + 4), Vec.row(F32, P + 2));
      return f32x4.mul(Vec.madd<f32>(p, r2, Vec.row(F32, P)), r2);
    } else {
      let p = Vec.madd<f64>(r2, Vec.row(F64, P + 8), Vec.row(F64, P + 6));
      p = Vec.madd<f64>(p, r2, Vec.row(F64, P + 4));
      p = Vec.madd<f64>(p, r2, Vec.row(F64, P + 2));
      return f64x2.mul(Vec.madd<f64>(p, r2, Vec.row(F64, P)), r2);
    }
  }

  /** … and r^3 (p1 + p3 r^2 + …): what cosh r and sinh r are more than 1 and r. */
  @inline static odd<T>(r: v128, r2: v128): v128 {
    const r3 = v128.mul<T>(r, r2);
    if (sizeof<T>() == 4) {
      return f32x4.mul(Vec.madd<f32>(r2, Vec.row(F32, P + 3), Vec.row(F32, P + 1)), r3);
    } else {
      let p = Vec.madd<f64>(r2, Vec.row(F64, P + 9), Vec.row(F64, P + 7));
      p = Vec.madd<f64>(p, r2, Vec.row(F64, P + 5));
      p = Vec.madd<f64>(p, r2, Vec.row(F64, P + 3));
      return f64x2.mul(Vec.madd<f64>(p, r2, Vec.row(F64, P + 1)), r3);
    }
  }

  /** As `round`, plus the bias once: for n that need no second step of scaling. */
  @inline static roundNarrow<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return Vec.madd<f32>(x, Vec.row(F32, LOG2E), Vec.row(F32, MAGIC_ONCE));
    else return Vec.madd<f64>(x, Vec.row(F64, LOG2E), Vec.row(F64, MAGIC_ONCE));
  }

  /** n as a number, from the sum of `roundNarrow`. */
  @inline static integerNarrow<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) return f32x4.sub(sum, Vec.row(F32, MAGIC_ONCE));
    else return f64x2.sub(sum, Vec.row(F64, MAGIC_ONCE));
  }

  /** 2^n, from the sum of `roundNarrow`. */
  @inline static power<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) return i32x4.shl(sum, 23);
    else return i64x2.shl(sum, 52);
  }
}

/** The exponential function. */
export abstract class VExp {
  /** e^x in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return ExpCore.upTo<T>(f32x4.pmin(x, Vec.row(F32, HIGHEST)));
    else return ExpCore.upTo<T>(f64x2.pmin(x, Vec.row(F64, HIGHEST)));
  }
}

// prettier-ignore
const TWO32 = memory.data<f32>([
  -160, -160, -160, -160, // 2^x rounds to 0
  129, 129, 129, 129, // 2^x overflows
  0.6931471824645996, 0.6931471824645996, 0.6931471824645996, 0.6931471824645996, // ln 2
  -1.904654323148236e-9, -1.904654323148236e-9, -1.904654323148236e-9, -1.904654323148236e-9, // the rest
], 16);

// prettier-ignore
const TWO64 = memory.data<f64>([
  -1080, -1080, // 2^x rounds to 0
  1025, 1025, // 2^x overflows
  0.6931471805599453, 0.6931471805599453, // ln 2
  2.3190468138462996e-17, 2.3190468138462996e-17, // the rest
], 16);

/** 2^x = 2^n e^(f ln 2) for the integer n nearest to x, f = x - n. */
export abstract class VExp2 {
  /** 2^x in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? TWO32 : TWO64;
    const clamped = v128.pmin<T>(v128.pmax<T>(x, Vec.row(table, 0)), Vec.row(table, 1));
    const magic = sizeof<T>() == 4 ? Vec.row(F32, MAGIC_TWICE) : Vec.row(F64, MAGIC_TWICE);
    const sum = v128.add<T>(clamped, magic);
    const f = v128.sub<T>(clamped, v128.sub<T>(sum, magic));
    const r = v128.mul<T>(f, Vec.row(table, 2));
    const curve = Vec.madd<T>(f, Vec.row(table, 3), ExpCore.polynomial<T>(r));
    const y = v128.add<T>(Vec.one<T>(), v128.add<T>(r, curve));
    return ExpCore.scale<T>(y, sum);
  }
}
