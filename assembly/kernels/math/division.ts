// What division leaves, of two float64. With q = trunc(|x / y|) of at most 26 bits q |y| is known exactly, and
// so is the remainder, but for one |y| if the quotient was rounded over an integer. Of float32 the quotients
// of at most 12 bits are known by the halves of |y|, the others go through float64.

import { Pair } from "./lanes";
import { Rare } from "./rare";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  67108864, 67108864, // 0: 2^26
  1e-280, 1e-280, // 1: lower parts of products are normal numbers
  Infinity, Infinity, // 2
], 16);

// prettier-ignore
const SHORT = memory.data<f32>([
  4096, 4096, 4096, 4096, // 0: 2^12
], 16);

/** What is wanted of a division. */
export const enum Whole {
  /** x - y floor(x / y), with the sign of y. */
  Remainder,
  /** x - y trunc(x / y), with the sign of x. */
  Fmod,
  /** floor(x / y). */
  Quotient,
}

/** Remainders and quotients. */
export abstract class VDivision {
  /** One of them, of four float32 or two float64. */
  @inline static f<T>(x: v128, y: v128, kind: Whole): v128 {
    if (sizeof<T>() == 8) return VDivision.exact(x, y, kind);
    else return VDivision.four(x, y, kind);
  }

  private static exact(x: v128, y: v128, kind: Whole): v128 {
    return VDivision.two(x, y, kind, true);
  }

  private static short(x: v128, y: v128, kind: Whole): v128 {
    return VDivision.two(x, y, kind, false);
  }

  /**
   * floor(x / y). A quotient that is no integer once it is rounded lies between the integers that it lay
   * between before, as no rounding passes a representable number.
   */
  static floor<T>(x: v128, y: v128): v128 {
    const ratio = v128.div<T>(x, y);
    const q = v128.floor<T>(ratio);
    const sure = v128.ne<T>(q, ratio);
    const all = sizeof<T>() == 4 ? i32x4.all_true(sure) : i64x2.all_true(sure);
    if (all) return q;
    return v128.bitselect(q, VDivision.f<T>(x, y, Whole.Quotient), sure);
  }

  /** q times either half of |y| is exact, and so are both differences: multiples of |y|'s last place. */
  private static four(x: v128, y: v128, kind: Whole): v128 {
    const zero = i32x4.splat(0);
    const one = Vec.one<f32>();
    const a = f32x4.abs(x);
    const b = f32x4.abs(y);
    const ratio = f32x4.div(a, b);
    let q = f32x4.trunc(ratio);
    const high = Vec.upper<f32>(b);
    let rest = Vec.nmadd<f32>(q, f32x4.sub(b, high), Vec.nmadd<f32>(q, high, a));
    const under = f32x4.lt(rest, zero);
    rest = f32x4.add(rest, v128.and(b, under));
    q = f32x4.sub(q, v128.and(one, under));

    const sign = Vec.signBit<f32>();
    const mixed = v128.xor(x, y);
    const turned = v128.and(i32x4.shr_s(mixed, 31), f32x4.ne(rest, zero));
    let z = v128.bitselect(x, rest, sign);
    if (kind == Whole.Remainder) {
      z = v128.bitselect(y, v128.bitselect(f32x4.sub(b, rest), rest, turned), sign);
    } else if (kind == Whole.Quotient) {
      z = v128.bitselect(mixed, f32x4.add(q, v128.and(one, turned)), sign);
    }
    // Where y is infinite the rest is no number.
    const good = v128.and(f32x4.lt(ratio, Vec.row(SHORT, 0)), f32x4.eq(rest, rest));
    return i32x4.all_true(good) ? z : v128.bitselect(z, VDivision.long(x, y, kind), good);
  }

  private static long(x: v128, y: v128, kind: Whole): v128 {
    const low = VDivision.short(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y), kind);
    const high = VDivision.short(Vec.upperTwo(x), Vec.upperTwo(y), kind);
    return Vec.joined(low, high);
  }

  /** Of float32 (not `long`) products are exact, and quotients are never rounded over an integer. */
  @inline private static two(x: v128, y: v128, kind: Whole, long: bool): v128 {
    const zero = i64x2.splat(0);
    const one = Vec.one<f64>();
    const sign = Vec.signBit<f64>();
    const a = f64x2.abs(x);
    const b = f64x2.abs(y);
    const ratio = f64x2.div(a, b);
    let q = f64x2.trunc(ratio);
    const product = f64x2.mul(q, b);
    let rest = f64x2.sub(a, product);
    if (long) {
      rest = f64x2.sub(rest, Vec.lostProduct<f64>(q, b, product));
      const under = f64x2.lt(rest, zero);
      rest = f64x2.add(rest, v128.and(b, under));
      q = f64x2.sub(q, v128.and(one, under));
      const over = f64x2.ge(rest, b);
      rest = f64x2.sub(rest, v128.and(b, over));
      q = f64x2.add(q, v128.and(one, over));
    }

    const mixed = v128.xor(x, y);
    const turned = v128.and(i64x2.shr_s(mixed, 63), f64x2.ne(rest, zero));
    let z: v128;
    let hard: u32;
    if (kind == Whole.Fmod) {
      z = v128.bitselect(x, rest, sign);
      hard = VDivision.mod.index;
    } else if (kind == Whole.Remainder) {
      z = v128.bitselect(y, v128.bitselect(f64x2.sub(b, rest), rest, turned), sign);
      hard = Pair.remainder.index;
    } else {
      z = v128.bitselect(mixed, f64x2.add(q, v128.and(one, turned)), sign);
      hard = Pair.floorDivide.index;
    }
    const few = f64x2.lt(ratio, Vec.row(TABLE, 0));
    const normal = v128.and(f64x2.gt(b, Vec.row(TABLE, 1)), f64x2.lt(b, Vec.row(TABLE, 2)));
    return Rare.select2(z, x, y, v128.not(v128.and(few, normal)), hard);
  }

  private static mod(x: f64, y: f64): f64 {
    return NativeMath.mod(x, y);
  }
}
