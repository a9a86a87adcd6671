// erf x = x + x p(x^2) near 0; beyond 0.9, 1 - e^-(t + t q(t)) for t = |x|, where e^... is erfc t: there
// its error counts little. p and q are minimax polynomials (Remez, 60 digits) by Horner's rule, highest
// coefficients first.

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// Degrees of p and q.
const P32: usize = 5;
const Q32: usize = 6;
const P64: usize = 11;
const Q64: usize = 20;

// prettier-ignore
const F32 = memory.data<f32>([
  -0.0005953736254014075, // p5
  0.0049859448336064816, // p4
  -0.026761729270219803, // p3
  0.11281683295965195, // p2
  -0.3761247992515564, // p1
  0.12837915122509003, // p0
  1.4902547263773158e-05, // q6
  -0.0003566369996406138, // q5
  0.003769168397411704, // q4
  -0.024009091779589653, // q3
  0.10650152713060379, // q2
  0.6350034475326538, // q1
  0.1286821961402893, // q0
  0.9, // where q takes over
  4, // from where on erf x rounds to 1
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -8.41220527265715e-10, // p11
  1.401595263446291e-08, // p10
  -1.6269870372363915e-07, // p9
  1.645462499065286e-06, // p8
  -1.492526140079966e-05, // p7
  0.00012055319442704336, // p6
  -0.0008548326712175264, // p5
  0.005223977620893132, // p4
  -0.02686617064473804, // p3
  0.11283791670953365, // p2
  -0.3761263890318372, // p1
  0.1283791670955126, // p0
  7.743388421378284e-16, // q20
  -5.475205848242045e-14, // q19
  1.823653919716166e-12, // q18
  -3.805302303530862e-11, // q17
  5.579840640189218e-10, // q16
  -6.111473288518346e-09, // q15
  5.185183198802339e-08, // q14
  -3.4842394430583597e-07, // q13
  1.8764260554761065e-06, // q12
  -8.113308809347556e-06, // q11
  2.781221099437736e-05, // q10
  -7.243473570169872e-05, // q9
  0.00012444712445893258, // q8
  -4.193179636556e-05, // q7
  -0.0005286691032727085, // q6
  0.0016521868039573386, // q5
  -0.00018485007512193894, // q4
  -0.01913846320967725, // q3
  0.10277548594340043, // q2
  0.6366192552636912, // q1
  0.12837921055152382, // q0
  0.9, // where q takes over
  6, // from where on erf x rounds to 1
], 16);

/** Polynomials with coefficients in a table. */
abstract class Table {
  @inline static at<T>(table: usize, index: usize): v128 {
    if (sizeof<T>() == 4) return v128.load32_splat(table + (index << 2));
    else return v128.load64_splat(table + (index << 3));
  }

  /** The polynomial with coefficients first … last, the highest first. */
  @inline static polynomial<T>(table: usize, first: usize, last: usize, x: v128): v128 {
    let y = Table.at<T>(table, first);
    for (let i = first + 1; i <= last; i++) y = Vec.madd<T>(y, x, Table.at<T>(table, i));
    return y;
  }
}

/** The error function. */
export abstract class VErf {
  /** erf x in every lane; with `tail` erf x + 1, which is erfc(-x), without cancellation far left. */
  static f<T>(x: v128, tail: bool): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const p = sizeof<T>() == 4 ? P32 : P64;
    const q = p + 1 + (sizeof<T>() == 4 ? Q32 : Q64);
    const one = Vec.one<T>();
    const size = v128.abs<T>(x);
    const small = Vec.madd<T>(Table.polynomial<T>(table, 0, p, v128.mul<T>(x, x)), x, x);
    const last = Table.at<T>(table, q + 2);
    const t = v128.pmin<T>(size, last);
    const exponent = Vec.madd<T>(Table.polynomial<T>(table, p + 1, q, t), t, t);
    const far = v128.andnot(ExpCore.upTo<T>(v128.neg<T>(exponent)), v128.gt<T>(size, last));
    let big = v128.bitselect(x, v128.sub<T>(one, far), Vec.signBit<T>());
    let near = small;
    if (tail) {
      big = v128.bitselect(far, v128.add<T>(one, big), v128.lt<T>(x, i32x4.splat(0)));
      near = v128.add<T>(one, near);
    }
    return v128.bitselect(near, big, v128.lt<T>(size, Table.at<T>(table, q + 1)));
  }

  /** The distribution function of the normal distribution, where it is not tiny. */
  @inline static normal<T>(x: v128): v128 {
    const z = v128.mul<T>(x, v128.splat<T>(<T>Math.SQRT1_2));
    return v128.mul<T>(v128.splat<T>(<T>0.5), VErf.f<T>(z, true));
  }

  /** Lanes where `normal` has lost digits. */
  @inline static rareNormal<T>(x: v128): v128 {
    return v128.lt<T>(x, v128.splat<T>(<T>-3));
  }
}

/** e^(-x²), the slope of the error function but for a factor. */
export abstract class VBell {
  /** The same in every lane, with what rounding x² loses: it is many ulp of the result. */
  @inline static f<T>(x: v128): v128 {
    const size = v128.pmin<T>(v128.abs<T>(x), v128.splat<T>(<T>40)); // of which it is 0
    const square = v128.mul<T>(size, size);
    const y = ExpCore.upTo<T>(v128.neg<T>(square));
    return Vec.nmadd<T>(y, Vec.lostProduct<T>(size, size, square), y);
  }
}
