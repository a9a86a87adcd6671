// sin and cos by Cody and Waite: |x| = n pi/2 + r with |r| <= pi/4, then a polynomial for sin r or cos r
// chosen, and its sign, by n modulo 4. cos x is sin one quadrant on. Working on |x| keeps sin(-0) = -0.
// float32: r from float64 arithmetic, minimax polynomials (Remez, 60 digits).
// float64: pi/2 in three parts, r as a sum of two numbers, polynomials of fdlibm's k_sin.c and k_cos.c
// (Sun Microsystems).

import { Angle } from "./angle";
import { Tangent } from "./tangent";
import { Vec } from "./vector";

// prettier-ignore
const REDUCE = memory.data<f64>([
  0.6366197723675814, 0.6366197723675814, // 0: 2/pi
  6755399441055744, 6755399441055744, // 1: 1.5 * 2^52
  1.5707963109016418, 1.5707963109016418, // 2: pi/2, 26 bits
  1.58932547735281966916e-8, 1.58932547735281966916e-8, // 3: the rest of pi/2
  1.57079632673412561417, 1.57079632673412561417, // 4: pi/2, 33 bits
  6.0771005063039659766e-11, 6.0771005063039659766e-11, // 5: the next 33 bits
  2.02226624879595063154e-21, 2.02226624879595063154e-21, // 6: the rest
], 16);

// prettier-ignore
const LIMIT32 = memory.data<f32>([
  1e7, 1e7, 1e7, 1e7, // where the reduction ends
], 16);

// prettier-ignore
const LIMIT64 = memory.data<f64>([
  1e6, 1e6, // where the reduction ends
], 16);

// prettier-ignore
const F32 = memory.data<f32>([
  -0.16666655242443085, -0.16666655242443085, -0.16666655242443085, -0.16666655242443085, // 0: s1
  0.008332155644893646, 0.008332155644893646, 0.008332155644893646, 0.008332155644893646, // s2
  -0.00019514630548655987, -0.00019514630548655987, -0.00019514630548655987, -0.00019514630548655987, // s3
  0.5, 0.5, 0.5, 0.5, // 3: 1/2
  0.04166664555668831, 0.04166664555668831, 0.04166664555668831, 0.04166664555668831, // 4: c2
  -0.0013887309469282627, -0.0013887309469282627, -0.0013887309469282627, -0.0013887309469282627, // c3
  2.4432414647890255e-5, 2.4432414647890255e-5, 2.4432414647890255e-5, 2.4432414647890255e-5, // c4
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -1.66666666666666324348e-1, -1.66666666666666324348e-1, // 0: s1
  8.33333333332248946124e-3, 8.33333333332248946124e-3, // s2
  -1.98412698298579493134e-4, -1.98412698298579493134e-4, // s3
  2.75573137070700676789e-6, 2.75573137070700676789e-6, // s4
  -2.50507602534068634195e-8, -2.50507602534068634195e-8, // s5
  1.58969099521155010221e-10, 1.58969099521155010221e-10, // s6
  0.5, 0.5, // 6: 1/2
  4.16666666666666019037e-2, 4.16666666666666019037e-2, // 7: c2
  -1.38888888888741095749e-3, -1.38888888888741095749e-3, // c3
  2.48015872894767294178e-5, 2.48015872894767294178e-5, // c4
  -2.75573143513906633035e-7, -2.75573143513906633035e-7, // c5
  2.0875723212981748279e-9, 2.0875723212981748279e-9, // c6
  -1.13596475577881948265e-11, -1.13596475577881948265e-11, // c7
], 16);

// prettier-ignore
const I32 = memory.data<i32>([
  1, 1, 1, 1, // one quadrant
], 16);

// prettier-ignore
const I64 = memory.data<i64>([
  1, 1, // one quadrant
], 16);

/** The common paths of sin and cos, and of tan where it is hard. */
export abstract class Trig {
  /** sin(|x| + quarter * pi/2), with the sign of `flip` applied to it. */
  @inline static f32(x: v128, quarter: bool, flip: v128): v128 {
    const a = f32x4.abs(x);
    const x0 = f64x2.promote_low_f32x4(a);
    const x1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
    const t0 = Vec.madd<f64>(x0, Vec.row(REDUCE, 0), Vec.row(REDUCE, 1));
    const t1 = Vec.madd<f64>(x1, Vec.row(REDUCE, 0), Vec.row(REDUCE, 1));
    const n0 = f64x2.sub(t0, Vec.row(REDUCE, 1));
    const n1 = f64x2.sub(t1, Vec.row(REDUCE, 1));
    let r0 = Vec.nmadd<f64>(n0, Vec.row(REDUCE, 2), x0);
    let r1 = Vec.nmadd<f64>(n1, Vec.row(REDUCE, 2), x1);
    r0 = Vec.nmadd<f64>(n0, Vec.row(REDUCE, 3), r0);
    r1 = Vec.nmadd<f64>(n1, Vec.row(REDUCE, 3), r1);
    const r = v128.shuffle<i64>(f32x4.demote_f64x2_zero(r0), f32x4.demote_f64x2_zero(r1), 0, 2);
    let n = v128.shuffle<i32>(t0, t1, 0, 2, 4, 6);
    if (quarter) n = i32x4.add(n, Vec.row(I32, 0));

    const z = f32x4.mul(r, r);
    let s = Vec.madd<f32>(z, Vec.row(F32, 2), Vec.row(F32, 1));
    s = Vec.madd<f32>(f32x4.mul(r, z), Vec.madd<f32>(s, z, Vec.row(F32, 0)), r);
    let c = Vec.madd<f32>(z, Vec.row(F32, 6), Vec.row(F32, 5));
    c = Vec.madd<f32>(c, z, Vec.row(F32, 4));
    c = Vec.madd<f32>(f32x4.mul(z, z), c, Vec.nmadd<f32>(z, Vec.row(F32, 3), Vec.one<f32>()));

    const odd = i32x4.neg(v128.and(n, Vec.row(I32, 0)));
    const sign = v128.and(v128.xor(flip, i32x4.shl(n, 30)), Vec.signBit<f32>());
    return v128.xor(v128.bitselect(c, s, odd), sign);
  }

  /** The same in float64; with `tangent`, tan x. */
  @inline static f64(x: v128, quarter: bool, flip: v128, tangent: bool): v128 {
    const a = f64x2.abs(x);
    const t = Vec.madd<f64>(a, Vec.row(REDUCE, 0), Vec.row(REDUCE, 1));
    const m = f64x2.sub(t, Vec.row(REDUCE, 1));
    const first = Vec.nmadd<f64>(m, Vec.row(REDUCE, 4), a); // exact
    const part = f64x2.mul(m, Vec.row(REDUCE, 5)); // exact
    const second = f64x2.sub(first, part);
    const lost = f64x2.sub(f64x2.sub(first, second), part);
    const rest = Vec.nmadd<f64>(m, Vec.row(REDUCE, 6), lost);
    const r = f64x2.add(second, rest);
    const low = f64x2.add(f64x2.sub(second, r), rest); // x - n pi/2 = r + low
    if (tangent) return Tangent.at(r, low, t, flip);
    return Trig.polynomial(r, low, quarter ? i64x2.add(t, Vec.row(I64, 0)) : t, flip);
  }

  /** sin(n pi/2 + r + low) in float64, with the sign of `flip` applied to it; n counts in its low bits. */
  @inline static polynomial(r: v128, low: v128, n: v128, flip: v128): v128 {
    const z = f64x2.mul(r, r);
    const z2 = f64x2.mul(z, z);
    const half = Vec.row(F64, 6);
    // sin: r - ((z (low/2 - r^3 p) - low) - r^3 s1)
    const cube = f64x2.mul(z, r);
    let s = Vec.madd<f64>(z, Vec.row(F64, 3), Vec.row(F64, 2));
    s = Vec.madd<f64>(z, s, Vec.row(F64, 1));
    const sTail = Vec.madd<f64>(z, Vec.row(F64, 5), Vec.row(F64, 4));
    s = Vec.madd<f64>(f64x2.mul(z, z2), sTail, s);
    s = Vec.nmadd<f64>(cube, s, f64x2.mul(half, low));
    s = f64x2.sub(f64x2.mul(z, s), low);
    s = f64x2.sub(r, Vec.nmadd<f64>(cube, Vec.row(F64, 0), s));
    // cos: w + (((1 - w) - z/2) + (z^2 q - r low)), w = 1 - z/2
    let c = Vec.madd<f64>(z, Vec.row(F64, 9), Vec.row(F64, 8));
    c = f64x2.mul(z, Vec.madd<f64>(z, c, Vec.row(F64, 7)));
    let cTail = Vec.madd<f64>(z, Vec.row(F64, 12), Vec.row(F64, 11));
    cTail = Vec.madd<f64>(z, cTail, Vec.row(F64, 10));
    c = Vec.madd<f64>(f64x2.mul(z2, z2), cTail, c);
    c = Vec.nmadd<f64>(r, low, f64x2.mul(z, c));
    const halfSquare = f64x2.mul(half, z);
    const w = f64x2.sub(Vec.one<f64>(), halfSquare);
    const wLost = f64x2.sub(f64x2.sub(Vec.one<f64>(), w), halfSquare);
    c = f64x2.add(w, f64x2.add(wLost, c));

    const odd = i64x2.neg(v128.and(n, Vec.row(I64, 0)));
    const sign = v128.and(v128.xor(flip, i64x2.shl(n, 62)), Vec.signBit<f64>());
    return v128.xor(v128.bitselect(c, s, odd), sign);
  }

  /** sin(x + quarter * pi/2) of one number of at least 2^19 in magnitude, or infinite, or NaN. */
  static lane(x: f64, quarter: bool): f64 {
    if (!(abs<f64>(x) < Infinity)) return NaN;
    Angle.reduce(x);
    const n = i64x2.splat(Angle.quadrant + i64(quarter));
    const y = Trig.polynomial(f64x2.splat(Angle.high), f64x2.splat(Angle.low), n, i64x2.splat(0));
    return f64x2.extract_lane(y, 0);
  }

  /** Lanes beyond the reduction's range (infinity too; NaN is right in `f`). */
  @inline static rare<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return f32x4.gt(f32x4.abs(x), Vec.row(LIMIT32, 0));
    else return f64x2.gt(f64x2.abs(x), Vec.row(LIMIT64, 0));
  }
}

/** Tangent of an angle in radians. */
export abstract class VTan {
  /** tan x in every lane, for |x| <= 1e7 (float32) or 1e6 (float64). */
  @inline static f<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return VTan.four(x);
    else return Trig.f64(x, false, x, true);
  }

  /** tan x of a huge or infinite one. */
  static lane<T>(x: T): T {
    const a = <f64>x;
    if (!(abs<f64>(a) < Infinity)) return <T>NaN;
    Angle.reduce(a);
    const n = i64x2.splat(Angle.quadrant);
    const y = Tangent.at(f64x2.splat(Angle.high), f64x2.splat(Angle.low), n, i64x2.splat(0));
    return <T>f64x2.extract_lane(y, 0);
  }

  private static four(x: v128): v128 {
    return Vec.joined(VTan.two(f64x2.promote_low_f32x4(x)), VTan.two(Vec.upperTwo(x)));
  }

  /** sin r / cos r, or -cos r / sin r, exact enough for float32. */
  private static two(x: v128): v128 {
    const a = f64x2.abs(x);
    const t = Vec.madd<f64>(a, Vec.row(REDUCE, 0), Vec.row(REDUCE, 1));
    const n = f64x2.sub(t, Vec.row(REDUCE, 1));
    const r = Vec.nmadd<f64>(n, Vec.row(REDUCE, 3), Vec.nmadd<f64>(n, Vec.row(REDUCE, 2), a));
    const z = f64x2.mul(r, r);
    let s = Vec.madd<f64>(z, Vec.row(F64, 4), Vec.row(F64, 3));
    s = Vec.madd<f64>(z, s, Vec.row(F64, 2));
    s = Vec.madd<f64>(z, s, Vec.row(F64, 1));
    s = Vec.madd<f64>(z, s, Vec.row(F64, 0));
    s = Vec.madd<f64>(f64x2.mul(z, r), s, r);
    let c = Vec.madd<f64>(z, Vec.row(F64, 10), Vec.row(F64, 9));
    c = Vec.madd<f64>(z, c, Vec.row(F64, 8));
    c = Vec.madd<f64>(z, c, Vec.row(F64, 7));
    c = Vec.madd<f64>(z, f64x2.sub(f64x2.mul(z, c), Vec.row(F64, 6)), Vec.one<f64>());
    const odd = i64x2.neg(v128.and(t, Vec.row(I64, 0)));
    const above = v128.bitselect(f64x2.neg(c), s, odd);
    const y = f64x2.div(above, v128.bitselect(s, c, odd));
    return v128.xor(y, v128.and(x, Vec.signBit<f64>()));
  }
}

/** Sine of an angle in radians. */
export abstract class VSin {
  /** sin x in every lane, for |x| <= 1e7 (float32) or 1e6 (float64). */
  @inline static f<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return Trig.f32(x, false, x);
    else return Trig.f64(x, false, x, false);
  }

  /** Lanes `f` gets wrong: huge or infinite. */
  @inline static rare<T>(x: v128): v128 {
    return Trig.rare<T>(x);
  }

  /** sin x of one such lane. */
  static lane<T>(x: T): T {
    return <T>Trig.lane(<f64>x, false);
  }
}

/** Cosine of an angle in radians. */
export abstract class VCos {
  /** cos x in every lane, for |x| <= 1e7 (float32) or 1e6 (float64). */
  @inline static f<T>(x: v128): v128 {
    if (sizeof<T>() == 4) return Trig.f32(x, true, i32x4.splat(0));
    else return Trig.f64(x, true, i64x2.splat(0), false);
  }

  /** Lanes `f` gets wrong: huge or infinite. */
  @inline static rare<T>(x: v128): v128 {
    return Trig.rare<T>(x);
  }

  /** cos x of one such lane. */
  static lane<T>(x: T): T {
    return <T>Trig.lane(<f64>x, true);
  }
}
