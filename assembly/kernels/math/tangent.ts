// tan(n pi/2 + r + low) for |r| <= pi/4: beyond 0.67434 by the tangent of what is left to pi/4. The
// polynomial and the way of fdlibm's k_tan.c (Sun Microsystems), in two lanes.

import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  2.590730518636337e-05, 2.590730518636337e-05, // t12
  -1.8558637485527546e-05, -1.8558637485527546e-05, // t11
  7.140724913826082e-05, 7.140724913826082e-05, // t10
  7.817944429395571e-05, 7.817944429395571e-05, // t9
  0.0002464631348184699, 0.0002464631348184699, // t8
  0.0005880412408202641, 0.0005880412408202641, // t7
  0.0014562094543252903, 0.0014562094543252903, // t6
  0.0035920791075913124, 0.0035920791075913124, // t5
  0.0088632398235993, 0.0088632398235993, // t4
  0.021869488294859542, 0.021869488294859542, // t3
  0.05396825397622605, 0.05396825397622605, // t2
  0.13333333333320124, 0.13333333333320124, // t1
  0.3333333333333341, 0.3333333333333341, // t0
  0.67434, 0.67434, // 13
  0.7853981633974483, 0.7853981633974483, // 14: pi/4
  3.061616997868383e-17, 3.061616997868383e-17, // 15: the rest of it
  2, 2, // 16
], 16);

/** The tangent near 0. */
export abstract class Tangent {
  /** tan(n pi/2 + r + low) of two float64, with the sign of `flip`; n counts in its low bits. */
  static at(r: v128, low: v128, n: v128, flip: v128): v128 {
    const one = Vec.one<f64>();
    const size = f64x2.abs(r);
    const sign = v128.and(r, Vec.signBit<f64>());
    const far = f64x2.ge(size, Vec.row(TABLE, 13));
    const rest = f64x2.add(
      f64x2.sub(Vec.row(TABLE, 14), size),
      f64x2.sub(Vec.row(TABLE, 15), v128.xor(low, sign)),
    );
    const x = v128.bitselect(rest, r, far);
    const y = v128.andnot(low, far);
    const z = f64x2.mul(x, x);
    const w = f64x2.mul(z, z);
    let even = Vec.row(TABLE, 0);
    for (let i: usize = 2; i <= 10; i += 2) even = Vec.madd<f64>(even, w, Vec.row(TABLE, i));
    let odd = Vec.row(TABLE, 1);
    for (let i: usize = 3; i <= 11; i += 2) odd = Vec.madd<f64>(odd, w, Vec.row(TABLE, i));
    const cube = f64x2.mul(z, x);
    const p = f64x2.add(odd, f64x2.mul(z, even));
    const curve = Vec.madd<f64>(z, Vec.madd<f64>(cube, p, y), y);
    const tail = Vec.madd<f64>(cube, Vec.row(TABLE, 12), curve);
    const t = f64x2.add(x, tail); // tan x, or that of what is left

    const turned = i64x2.shl(n, 63); // the sign of an odd n
    const quarters = i64x2.shr_s(turned, 63);
    const unit = v128.xor(one, turned); // 1 or -1
    const above = v128.bitselect(f64x2.mul(t, t), f64x2.neg(one), far);
    const below = v128.bitselect(f64x2.add(t, unit), t, far);
    const quotient = f64x2.div(above, below);
    // far: unit - 2 (x + (tail - t^2 / (t + unit)))
    const left = f64x2.add(x, f64x2.sub(tail, quotient));
    const beyond = v128.xor(Vec.nmadd<f64>(Vec.row(TABLE, 16), left, unit), sign);
    // -1 / (x + tail), its last digits from upper halves whose product is exact
    const tHigh = Vec.upper<f64>(t);
    const tLow = f64x2.sub(tail, f64x2.sub(tHigh, x));
    const high = Vec.upper<f64>(quotient);
    const lost = Vec.madd<f64>(high, tLow, Vec.madd<f64>(high, tHigh, one));
    const inverse = Vec.madd<f64>(quotient, lost, high);
    const near = v128.bitselect(inverse, t, quarters);
    const result = v128.bitselect(beyond, near, far);
    return v128.xor(result, v128.and(flip, Vec.signBit<f64>()));
  }
}
