// Spherical Bessel functions at pi x, of which sin(pi x) / (pi x) is the first: by their power series
// where they have few waves, else by recurrence from sines of pi x, reduced before it is multiplied.

import { Rare } from "./rare";
import { Trig } from "./trig";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  6755399441055744, 6755399441055744, // 0: 1.5 * 2^52
  0.5, 0.5, // 1
  Math.PI, Math.PI, // 2
  1.2246467991473532e-16, 1.2246467991473532e-16, // 3: the rest of pi
  1e-9, 1e-9, // 4
  1e9, 1e9, // 5
], 16);

/** sin(pi x) / (pi x) of two float64: pi and its products are in two parts. */
export abstract class VSinc {
  /** sinc x over the whole domain. */
  static f(x: v128): v128 {
    const pi = Vec.row(TABLE, 2);
    const rest = Vec.row(TABLE, 3);
    const a = f64x2.abs(x);
    // a = n / 2 + f
    const n = f64x2.add(f64x2.add(a, a), Vec.row(TABLE, 0));
    const f = Vec.nmadd<f64>(f64x2.sub(n, Vec.row(TABLE, 0)), Vec.row(TABLE, 1), a);
    const angle = f64x2.mul(f, pi);
    const low = Vec.madd<f64>(f, rest, Vec.lostProduct<f64>(f, pi, angle));
    const sine = Trig.polynomial(angle, low, n, i64x2.splat(0));
    const z = f64x2.mul(a, pi);
    const zLow = Vec.madd<f64>(a, rest, Vec.lostProduct<f64>(a, pi, z));
    const y = f64x2.div(sine, z);
    const product = f64x2.mul(y, z);
    let lost = f64x2.sub(f64x2.sub(sine, product), Vec.lostProduct<f64>(y, z, product));
    lost = Vec.nmadd<f64>(y, zLow, lost);
    const whole = v128.bitselect(y, f64x2.add(y, f64x2.div(lost, z)), Vec.signBit<f64>());
    const near = v128.bitselect(Vec.one<f64>(), whole, f64x2.lt(a, Vec.row(TABLE, 4)));
    return Rare.select1(near, x, f64x2.gt(a, Vec.row(TABLE, 5)), VSinc.lane.index);
  }

  private static lane(x: f64): f64 {
    return SphericalBessel.j(0, x);
  }
}

/** Spherical Bessel functions. */
export abstract class SphericalBessel {
  /** Order n ≥ 0 at pi x; 0 for n < 0. */
  static j(n: f64, x: f64): f64 {
    if (!(n >= 0)) return 0;
    const odd = x < 0 && (<i32>n) & 1;
    x = abs<f64>(x);
    if (x == Infinity) return 0;
    const z = Math.PI * x;
    const y =
      z < max<f64>(2, n + 1) ? SphericalBessel.series(n, z) : SphericalBessel.climb(n, x, z);
    return odd ? -y : y;
  }

  private static series(n: f64, z: f64): f64 {
    let first: f64 = 1;
    for (let k: f64 = 1; k <= min<f64>(n, 200); k++) first *= z / (2 * k + 1);
    const half = -0.5 * z * z;
    let term: f64 = 1;
    let sum: f64 = 1;
    for (let k: f64 = 1; abs<f64>(term) > 1e-18 && k < 500; k++) {
      term *= half / (k * (2 * (n + k) + 1));
      sum += term;
    }
    return first * sum;
  }

  private static climb(n: f64, x: f64, z: f64): f64 {
    const whole = nearest<f64>(x);
    const sign: f64 = trunc<f64>(whole * 0.5) * 2 == whole ? 1 : -1;
    const angle = Math.PI * (x - whole);
    let y = (sign * NativeMath.sin(angle)) / z;
    if (n == 0) return y;
    let next = (y - sign * NativeMath.cos(angle)) / z;
    for (let k: f64 = 1; k < min<f64>(n, 1000); k++) {
      const after = ((2 * k + 1) / z) * next - y;
      y = next;
      next = after;
    }
    return next;
  }
}
