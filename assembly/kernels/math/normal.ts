// The normal distribution and the error functions: erfc lanes at a time, the others a number. All tails
// come from erfcx t = e^(t²) erfc t, which varies slowly: with y = (t - 3) / (t + 3), (t + 3) erfcx t is a
// polynomial in y to 2^-55 (interpolated at Chebyshev points with 60 digits). e^(-c x²) squares the
// upper half of x exactly, for an error in the exponent would be multiplied by it.

import { VErf } from "./erf";
import { Exact } from "./double";
import { ExpCore, VExp } from "./exp";
import { Polynomial } from "./polynomial";
import { Rare } from "./rare";
import { Vec } from "./vector";

// prettier-ignore
const ERFCX = memory.data<f64>([
  1.8102815683637526e-10,
  8.102668624003257e-10,
  -1.0795037278510775e-09,
  -8.68917229673563e-09,
  -7.153751145495182e-10,
  5.117094154651631e-08,
  4.565470037225715e-08,
  -2.3383735980435184e-07,
  -4.0756884426822985e-07,
  9.988024518234282e-07,
  2.7651479916016476e-06,
  -4.749019807941394e-06,
  -1.747047597754263e-05,
  3.03980483596444e-05,
  0.00010756146675383789,
  -0.0002767778132333872,
  -0.000548309689252168,
  0.0030340619959404215,
  -0.0012124166273809992,
  -0.026827234624041664,
  0.11952776128729657,
  -0.3104672619005836,
  0.5902283571041017,
  -0.8833944531698834,
  1.0740069070883398,
], 16);

const SQRT_PI: f64 = 1.772453850905516;
const SQRT_PI_REST: f64 = -7.666586499825799e-17;
const ROOT_HALF_REST: f64 = -4.833646656726457e-17; // of √(1/2)
const TWO_OVER_PI_ROOT: f64 = 0.7978845608028654; // sqrt(2 / pi)

// prettier-ignore
const TABLE = memory.data<f64>([
  3, 3, // 0
  -8.807445678337799e-17, -8.807445678337799e-17, // 1: what rounding lost of the polynomial's last coefficient
  0.5, 0.5, // 2
  2, 2, // 3
  12, 12, // 4: where erfcx is a series
  0.16666666666666666, 0.16666666666666666, // 5
  1.1283791670955126, 1.1283791670955126, // 6: 2 / sqrt(pi)
], 16);

/** Terms beyond y^17, in bytes: less than float32 knows. */
const TERMS: usize = 7 * 8;

/** 1 - erf x, as `Normal.erfc`; four float32 through float64, with fewer terms and without erf. */
export abstract class VErfc {
  @inline static f<T>(x: v128): v128 {
    if (sizeof<T>() == 8) {
      const t = f64x2.abs(x);
      const near = f64x2.sub(Vec.one<f64>(), VErf.f<f64>(x, false));
      const y = v128.bitselect(near, VErfc.two(x, 0), f64x2.lt(t, Vec.row(TABLE, 2)));
      return VErfc.hard(y, x);
    } else return VErfc.four(x);
  }

  private static four(x: v128): v128 {
    const low = f64x2.promote_low_f32x4(x);
    const high = Vec.upperTwo(x);
    return Vec.joined(
      VErfc.hard(VErfc.two(low, TERMS), low),
      VErfc.hard(VErfc.two(high, TERMS), high),
    );
  }

  /** Far out. */
  private static hard(y: v128, x: v128): v128 {
    return Rare.select1(y, x, f64x2.gt(f64x2.abs(x), Vec.row(TABLE, 4)), Normal.erfc.index);
  }

  /** a - q (b + bLow), where q is a / b rounded. */
  @inline private static left(a: v128, q: v128, b: v128, bLow: v128): v128 {
    const product = f64x2.mul(q, b);
    const rest = f64x2.sub(f64x2.sub(a, product), Vec.lostProduct<f64>(q, b, product));
    return Vec.nmadd<f64>(q, bLow, rest);
  }

  /** The tail, or what it leaves of 2; without the terms of the first `skipped` bytes. */
  private static two(x: v128, skipped: usize): v128 {
    const t = f64x2.abs(x);
    const below = f64x2.add(t, Vec.row(TABLE, 0));
    const y = f64x2.div(f64x2.sub(t, Vec.row(TABLE, 0)), below);
    let p = v128.load64_splat(ERFCX + skipped);
    for (let o = skipped + 8; o < 24 * 8; o += 8) {
      p = Vec.madd<f64>(p, y, v128.load64_splat(ERFCX + o));
    }
    const first = v128.load64_splat(ERFCX + 24 * 8);
    const others = f64x2.mul(p, y);
    p = f64x2.add(others, first);
    const quotient = f64x2.div(p, below);
    // e^(-x^2) = 2^n (1 + m): the lower part of the square joins what is left of the upper one.
    const high = Vec.upper<f64>(t);
    const low = f64x2.mul(f64x2.sub(t, high), f64x2.add(t, high));
    const exponent = ExpCore.clampLow<f64>(f64x2.neg(f64x2.mul(high, high)));
    const sum = ExpCore.round<f64>(exponent);
    const n = ExpCore.integer<f64>(sum);
    const upper = ExpCore.remainder<f64>(exponent, n);
    const r = f64x2.sub(upper, low);
    const lost = f64x2.sub(f64x2.sub(upper, r), low);
    const curve = f64x2.add(
      f64x2.add(ExpCore.lost(exponent, n, upper), lost),
      ExpCore.polynomial<f64>(r),
    );
    let more = f64x2.mul(quotient, f64x2.add(r, curve));
    if (!skipped) {
      // What rounding lost: of t + 3, of the polynomial and its quotient, of y by the slope of (t + 3) erfcx t.
      const part = f64x2.sub(below, t);
      const lostBelow = f64x2.add(
        f64x2.sub(t, f64x2.sub(below, part)),
        f64x2.sub(Vec.row(TABLE, 0), part),
      );
      const lostAbove = f64x2.add(f64x2.add(f64x2.sub(first, p), others), Vec.row(TABLE, 1));
      const twice = f64x2.mul(f64x2.add(t, t), quotient);
      const slope = Vec.madd<f64>(below, f64x2.sub(twice, Vec.row(TABLE, 6)), quotient);
      const turn = f64x2.mul(f64x2.mul(slope, below), Vec.row(TABLE, 5));
      const above = f64x2.sub(t, Vec.row(TABLE, 0));
      const back = f64x2.sub(f64x2.sub(t, above), Vec.row(TABLE, 0));
      const lostY = f64x2.add(VErfc.left(above, y, below, lostBelow), back);
      const lostAll = f64x2.add(VErfc.left(p, quotient, below, lostBelow), lostAbove);
      more = f64x2.add(more, f64x2.div(Vec.madd<f64>(lostY, turn, lostAll), below));
    }
    const tail = ExpCore.scale<f64>(f64x2.add(quotient, more), sum);
    const left = f64x2.sub(Vec.row(TABLE, 3), tail);
    return v128.bitselect(left, tail, f64x2.lt(x, i64x2.splat(0)));
  }
}

/** e^(-c x²), as `Normal.gauss`, of two float64. */
export abstract class VGauss {
  static f(c: v128, x: v128): v128 {
    const high = Vec.upper<f64>(x);
    const y = VExp.f<f64>(f64x2.neg(f64x2.mul(f64x2.mul(high, high), c)));
    const low = f64x2.mul(f64x2.mul(f64x2.sub(x, high), f64x2.add(x, high)), c);
    const third = Vec.nmadd<f64>(low, Vec.row(TABLE, 5), Vec.row(TABLE, 2));
    const drop = f64x2.mul(low, Vec.nmadd<f64>(low, third, Vec.one<f64>()));
    // 0 and infinity are what they are.
    return v128.bitselect(y, Vec.nmadd<f64>(y, drop, y), f64x2.eq(y, f64x2.add(y, y)));
  }
}

/** Error functions and the normal distribution. */
export abstract class Normal {
  /** e^(t²) erfc t for t ≥ 0. */
  static erfcx(t: f64): f64 {
    if (!(t > 12)) return Polynomial.at(ERFCX, 24, (t - 3) / (t + 3)) / (t + 3);
    return (1 + Normal.series(t)) / (t * SQRT_PI);
  }

  /** t √π erfcx t - 1 for large t. */
  private static series(t: f64): f64 {
    const step = -0.5 / (t * t);
    let term: f64 = 1;
    let sum: f64 = 0;
    for (let k: f64 = 1; k < 20; k += 2) sum += term *= k * step;
    return sum;
  }

  /** e^(-c x²) for c = ±1 or ±1/2. */
  static gauss(x: f64, c: f64): f64 {
    if (abs<f64>(x) > 40) return c < 0 ? Infinity : 0;
    const high = Exact.upperHalf(x);
    const low = (x - high) * (x + high) * c;
    const y = NativeMath.exp(-high * high * c);
    return y - y * low * (1 - low * (0.5 - low * (1.0 / 6)));
  }

  static erf(x: f64): f64 {
    return f64x2.extract_lane(VErf.f<f64>(f64x2.splat(x), false), 0);
  }

  /** erfc t for t > 12. */
  private static far(t: f64): f64 {
    if (t > 30) return 0;
    const high = Exact.upperHalf(t);
    const low = (t - high) * (t + high);
    const drop = low * (1 - low * (0.5 - low * (1.0 / 6)));
    const rise = Normal.series(t);
    Exact.product(t, 0, SQRT_PI, SQRT_PI_REST);
    Exact.quotient(NativeMath.exp(-high * high), 0, Exact.high, Exact.low);
    return Exact.high + (Exact.low + Exact.high * (rise - drop - rise * drop));
  }

  /** 1 - erf x. */
  static erfc(x: f64): f64 {
    const t = abs<f64>(x);
    if (t < 0.5) return 1 - Normal.erf(x);
    const tail = t > 12 ? Normal.far(t) : Normal.gauss(x, 1) * Normal.erfcx(t);
    return x < 0 ? 2 - tail : tail;
  }

  /** The distribution function, to some 4 ulp: `ndtr` would be in the core of every page. */
  static below(x: f64): f64 {
    if (abs<f64>(x) < 0.7) return 0.5 + 0.5 * Normal.erf(x * Math.SQRT1_2);
    const tail = 0.5 * Normal.gauss(x, 0.5) * Normal.erfcx(abs<f64>(x) * Math.SQRT1_2);
    return x < 0 ? tail : 1 - tail;
  }

  /** The distribution function: the probability of less than x. */
  static ndtr(x: f64): f64 {
    if (x > -0.35 && x < 0.7) return 0.5 + 0.5 * Normal.erf(x * Math.SQRT1_2);
    if (abs<f64>(x) > 40) return x > 0 ? 1 : 0;
    Exact.product(abs<f64>(x), 0, Math.SQRT1_2, ROOT_HALF_REST);
    const t = Exact.high;
    const low = Exact.low;
    const tail = 0.5 * f64x2.extract_lane(VErfc.f<f64>(f64x2.splat(t)), 0);
    // ln erfc has the slope -2 / (√π erfcx t), nearly -(t + √(t² + 2)).
    const drop = low * (t + sqrt<f64>(t * t + 2));
    const most = tail < 1e-280 ? tail * (1 - drop) : tail - tail * drop; // small products may vanish
    return x < 0 ? most : 1 - most;
  }

  /** x ndtr x, 0 far left. */
  static gelu(x: f64): f64 {
    return max<f64>(x, -50) * Normal.below(x);
  }

  /** ln ndtr x. */
  static logNdtr(x: f64): f64 {
    if (x > -0.7) return NativeMath.log1p(-Normal.ndtr(-x));
    return NativeMath.log(0.5 * Normal.erfcx(-x * Math.SQRT1_2)) - 0.5 * x * x;
  }

  /** Density divided by distribution function, the slope of logNdtr. */
  static mills(x: f64): f64 {
    if (x < -0.7) return TWO_OVER_PI_ROOT / Normal.erfcx(-x * Math.SQRT1_2);
    return (0.5 * TWO_OVER_PI_ROOT * Normal.gauss(x, 0.5)) / Normal.ndtr(x);
  }

  /**
   * The continued fraction of the hazard mills(-t) = t + 1 / (t + 2 / (t + 3 / …)) from its nth
   * numerator on, t = -x: h(n) = n / (t + h(n + 1)), whose slope in t is h(n) (h(n) - h(n + 1)).
   */
  static hazard(n: f64, x: f64): f64 {
    const t = -x;
    if (!(n < 100)) return NaN;
    if (!(t < Infinity)) return t == t ? 0 : NaN;
    if (t > 1) {
      let h: f64 = 0;
      for (let k = n + 30 + trunc<f64>(400 / (t * t)); k >= n; k--) h = k / (t + h);
      return h;
    }
    let h = Normal.mills(x) - t;
    for (let k: f64 = 1; k < n; k++) h = k / h - t;
    return h;
  }

  /** The x ≥ 0 with erf x = y and erfc x = q, given both: Winitzki's guess, then Newton's steps. */
  static inverse(y: f64, q: f64): f64 {
    if (y == 0) return 0;
    if (!(y > 0 && q > 0)) return q == 0 ? Infinity : NaN;
    const log = y < 0.5 ? NativeMath.log1p(-y * y) : NativeMath.log(q * (2 - q));
    const t = 4.330746750799873 + 0.5 * log; // 2 / (0.147 pi)
    const inside = sqrt<f64>(t * t - log / 0.147);
    let x = sqrt<f64>(y < 0.5 ? -log / (0.147 * (inside + t)) : inside - t);
    for (let i = 0; i < 4; i++) {
      if (y < 0.5) {
        const u = ((Normal.erf(x) - y) * (0.5 * SQRT_PI)) / Normal.gauss(x, 1);
        x -= u / (1 + x * u);
      } else {
        // On a logarithmic scale the tail is nearly a parabola.
        const tail = Normal.erfcx(x);
        const excess =
          q < 1e-280 // erfc x may be subnormal
            ? NativeMath.log(tail) - x * x - NativeMath.log(q)
            : NativeMath.log(Normal.erfc(x) / q);
        x += excess * tail * (0.5 * SQRT_PI);
      }
    }
    return x;
  }

  /** The inverse of erf. */
  static erfinv(y: f64): f64 {
    return copysign<f64>(Normal.inverse(abs<f64>(y), 1 - abs<f64>(y)), y);
  }

  /** The inverse of erfc. */
  static erfcinv(q: f64): f64 {
    return q > 1 ? -Normal.inverse(q - 1, 2 - q) : Normal.inverse(1 - q, q);
  }

  /** The derivative of erfcinv: -√π/2 e^(x²), where e^(x²) = erfcx x / erfc x needs no square. */
  static erfcinvSlope(q: f64): f64 {
    q = min<f64>(q, 2 - q);
    if (!(q > 0)) return q == 0 ? -Infinity : NaN;
    return -0.5 * SQRT_PI * (Normal.erfcx(Normal.erfcinv(q)) / q);
  }

  /** The derivative of ndtri. */
  static ndtriSlope(p: f64): f64 {
    return -2 * Math.SQRT2 * Normal.erfcinvSlope(2 * min<f64>(p, 1 - p));
  }

  /** The inverse of ndtr. */
  static ndtri(p: f64): f64 {
    return p >= 0.5
      ? Math.SQRT2 * Normal.erfcinv(2 * (1 - p))
      : -Math.SQRT2 * Normal.erfcinv(2 * p);
  }
}
