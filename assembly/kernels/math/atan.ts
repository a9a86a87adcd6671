// atan x for t = |x|: z = t or 1 / t below tan(pi/8), (t - 1) / (t + 1) and so on above it, from one
// division; then atan z = z + z^3 p(z^2), added to or taken from 0, pi/4 or pi/2. p was interpolated at
// Chebyshev points with 60 digits.

import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  0.41421357, 0.41421357, 0.41421357, 0.41421357, // 0: tan(pi/8)
  0.7853981633974483, 0.7853981633974483, 0.7853981633974483, 0.7853981633974483, // 1: pi/4
  -2.1855694e-8, -2.1855694e-8, -2.1855694e-8, -2.1855694e-8, // 2: the rest of it
  -0.06449835, -0.06449835, -0.06449835, -0.06449835, // p4
  0.10743099667, 0.10743099667, 0.10743099667, 0.10743099667, // p3
  -0.14263897126, -0.14263897126, -0.14263897126, -0.14263897126, // p2
  0.19999538795, 0.19999538795, 0.19999538795, 0.19999538795, // p1
  -0.33333331754, -0.33333331754, -0.33333331754, -0.33333331754, // p0
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  0.41421356237309503, 0.41421356237309503, // 0: tan(pi/8)
  0.7853981633974483, 0.7853981633974483, // 1: pi/4
  3.061616997868383e-17, 3.061616997868383e-17, // 2: the rest of it
  -0.019162068915902573, -0.019162068915902573, // p10
  0.03921955253255129, 0.03921955253255129, // p9
  -0.05085030492810941, -0.05085030492810941, // p8
  0.058580687568615106, 0.058580687568615106, // p7
  -0.06664502215671447, -0.06664502215671447, // p6
  0.07692182535116648, 0.07692182535116648, // p5
  -0.09090904549884611, -0.09090904549884611, // p4
  0.11111111014561013, 0.11111111014561013, // p3
  -0.14285714284657894, -0.14285714284657894, // p2
  0.1999999999999548, 0.1999999999999548, // p1
  -0.3333333333333333, -0.3333333333333333, // p0
], 16);

const P32: usize = 4; // degrees of p
const P64: usize = 10;

/** The inverse tangent. */
export abstract class VAtan {
  /** atan x in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const last: usize = sizeof<T>() == 4 ? 3 + P32 : 3 + P64;
    const one = Vec.one<T>();
    const t = v128.abs<T>(x);
    const inverse = v128.gt<T>(t, one);
    const least = v128.bitselect(one, t, inverse);
    const most = v128.bitselect(t, one, inverse);
    const middle = v128.gt<T>(least, v128.mul<T>(most, Vec.row(table, 0)));
    const above = v128.bitselect(v128.sub<T>(least, most), least, middle);
    const below = v128.add<T>(most, v128.and(least, middle));
    const z = v128.xor(v128.div<T>(above, below), v128.and(inverse, Vec.signBit<T>()));
    const z2 = v128.mul<T>(z, z);
    let p = Vec.row(table, 3);
    for (let i: usize = 4; i <= last; i++) p = Vec.madd<T>(p, z2, Vec.row(table, i));
    // 0, pi/4 or pi/2, each in two parts
    const double = v128.andnot(inverse, middle);
    const once = v128.or(inverse, middle);
    const quarter = Vec.row(table, 1);
    const rest = Vec.row(table, 2);
    const high = v128.add<T>(v128.and(quarter, once), v128.and(quarter, double));
    const low = v128.add<T>(v128.and(rest, once), v128.and(rest, double));
    const curve = Vec.madd<T>(v128.mul<T>(z, z2), p, low);
    const sum = v128.add<T>(high, z);
    const lost = v128.add<T>(v128.sub<T>(high, sum), z);
    const y = v128.add<T>(sum, v128.add<T>(lost, curve));
    return v128.bitselect(x, y, Vec.signBit<T>());
  }
}
