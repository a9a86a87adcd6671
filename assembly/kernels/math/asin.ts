// asin and acos: asin s = s + s z p(z) with z = s^2 up to 1/2; beyond it asin t = pi/2 - 2 asin s with
// z = (1 - t) / 2, which is exact, and s = sqrt z. p was interpolated at Chebyshev points with 60 digits.

import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  0.5, 0.5, 0.5, 0.5, // 0
  1.5707963267948966, 1.5707963267948966, 1.5707963267948966, 1.5707963267948966, // 1: pi/2
  -4.3711388e-8, -4.3711388e-8, -4.3711388e-8, -4.3711388e-8, // 2: the rest of it
  0.033690847203, 0.033690847203, 0.033690847203, 0.033690847203, // p5
  0.017149238358, 0.017149238358, 0.017149238358, 0.017149238358, // p4
  0.031100662735, 0.031100662735, 0.031100662735, 0.031100662735, // p3
  0.044599401529, 0.044599401529, 0.044599401529, 0.044599401529, // p2
  0.075000945435, 0.075000945435, 0.075000945435, 0.075000945435, // p1
  0.16666666337, 0.16666666337, 0.16666666337, 0.16666666337, // p0
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  0.5, 0.5, // 0
  1.5707963267948966, 1.5707963267948966, // 1: pi/2
  6.123233995736766e-17, 6.123233995736766e-17, // 2: the rest of it
  0.028757851367421566, 0.028757851367421566, // p12
  -0.014851887071247204, -0.014851887071247204, // p11
  0.01740087944269402, 0.01740087944269402, // p10
  0.005457506718640358, 0.005457506718640358, // p9
  0.01032281435018578, 0.01032281435018578, // p8
  0.011479177415184906, 0.011479177415184906, // p7
  0.013971212973552933, 0.013971212973552933, // p6
  0.017352392720869973, 0.017352392720869973, // p5
  0.02237217294214989, 0.02237217294214989, // p4
  0.030381944138531247, 0.030381944138531247, // p3
  0.04464285714635543, 0.04464285714635543, // p2
  0.07499999999998433, 0.07499999999998433, // p1
  0.16666666666666669, 0.16666666666666669, // p0
], 16);

const P32: usize = 5; // degrees of p
const P64: usize = 12;

/** The inverse sine and cosine. */
export abstract class VAsin {
  /** asin x in every lane, or acos x; NaN outside [-1, 1]. */
  @inline static f<T>(x: v128, cosine: bool): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const last: usize = sizeof<T>() == 4 ? 3 + P32 : 3 + P64;
    const half = Vec.row(table, 0);
    const t = v128.abs<T>(x);
    const far = v128.gt<T>(t, half);
    const rest = v128.mul<T>(v128.sub<T>(Vec.one<T>(), t), half);
    const z = v128.bitselect(rest, v128.mul<T>(t, t), far);
    const s = v128.bitselect(v128.sqrt<T>(rest), t, far);
    let p = Vec.row(table, 3);
    for (let i: usize = 4; i <= last; i++) p = Vec.madd<T>(p, z, Vec.row(table, i));
    const curve = v128.mul<T>(s, v128.mul<T>(z, p));
    const twice = v128.add<T>(s, s);
    const curves = v128.add<T>(curve, curve);
    const high = Vec.row(table, 1);
    const low = Vec.row(table, 2);
    if (!cosine) {
      const gap = v128.sub<T>(high, twice);
      const lost = v128.sub<T>(v128.sub<T>(high, gap), twice);
      const edge = v128.sub<T>(gap, v128.sub<T>(curves, v128.add<T>(low, lost)));
      return v128.bitselect(x, v128.bitselect(edge, v128.add<T>(s, curve), far), Vec.signBit<T>());
    }
    // Near 0: pi/2 - asin x. Towards 1: 2 asin s. Towards -1: pi - 2 asin s.
    const sign = v128.and(x, Vec.signBit<T>());
    const near = v128.sub<T>(high, v128.sub<T>(x, v128.sub<T>(low, v128.xor(curve, sign))));
    const right = v128.add<T>(twice, curves);
    const pi = v128.add<T>(high, high);
    const left = v128.sub<T>(pi, v128.add<T>(twice, v128.sub<T>(curves, v128.add<T>(low, low))));
    const end = v128.bitselect(left, right, v128.lt<T>(x, i32x4.splat(0)));
    return v128.bitselect(end, near, far);
  }
}
