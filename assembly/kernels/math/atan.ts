// atan x for t = |x|: z = (t - c) / (1 + c t) for the next of c = 0, 1/2, 1, 3/2, infinity; then
// atan t = atan c + z + z^3 p(z^2). Beside c the quotient is small and what it loses in rounding too; below
// tan(pi/8) it is t itself. The way of fdlibm's s_atan.c (Sun Microsystems); p was interpolated at Chebyshev
// points with 60 digits.

import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  0.41421357, 0.41421357, 0.41421357, 0.41421357, // 0: tan(pi/8)
  0.6875, 0.6875, 0.6875, 0.6875, // 1
  1.1875, 1.1875, 1.1875, 1.1875, // 2
  2.4142135, 2.4142135, 2.4142135, 2.4142135, // 3: tan(3 pi/8)
  0.4636476, 0.4636476, 0.4636476, 0.4636476, // 4: atan 1/2
  5.012158244e-9, 5.012158244e-9, 5.012158244e-9, 5.012158244e-9, // 5: the rest of it
  0.7853982, 0.7853982, 0.7853982, 0.7853982, // 6: atan 1
  -2.1855694e-8, -2.1855694e-8, -2.1855694e-8, -2.1855694e-8, // 7
  0.98279375, 0.98279375, 0.98279375, 0.98279375, // 8: atan 3/2
  -2.5131425e-8, -2.5131425e-8, -2.5131425e-8, -2.5131425e-8, // 9
  1.5707964, 1.5707964, 1.5707964, 1.5707964, // 10: pi/2
  -4.371139e-8, -4.371139e-8, -4.371139e-8, -4.371139e-8, // 11
  0.5, 0.5, 0.5, 0.5, // 12
  -1, -1, -1, -1, // 13
  -0.06449835, -0.06449835, -0.06449835, -0.06449835, // p4
  0.10743099667, 0.10743099667, 0.10743099667, 0.10743099667, // p3
  -0.14263897126, -0.14263897126, -0.14263897126, -0.14263897126, // p2
  0.19999538795, 0.19999538795, 0.19999538795, 0.19999538795, // p1
  -0.33333331754, -0.33333331754, -0.33333331754, -0.33333331754, // p0
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  0.41421356237309503, 0.41421356237309503, // 0: tan(pi/8)
  0.6875, 0.6875, // 1
  1.1875, 1.1875, // 2
  2.414213562373095, 2.414213562373095, // 3: tan(3 pi/8)
  0.4636476090008061, 0.4636476090008061, // 4: atan 1/2
  2.2698777452961687e-17, 2.2698777452961687e-17, // 5: the rest of it
  0.7853981633974483, 0.7853981633974483, // 6: atan 1
  3.061616997868383e-17, 3.061616997868383e-17, // 7
  0.982793723247329, 0.982793723247329, // 8: atan 3/2
  1.3903311031230998e-17, 1.3903311031230998e-17, // 9
  1.5707963267948966, 1.5707963267948966, // 10: pi/2
  6.123233995736766e-17, 6.123233995736766e-17, // 11
  0.5, 0.5, // 12
  -1, -1, // 13
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

const P: usize = 14; // where p begins
const P32: usize = 4; // degrees of p
const P64: usize = 10;

/** The inverse tangent. */
export abstract class VAtan {
  /** atan x in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const last: usize = sizeof<T>() == 4 ? P + P32 : P + P64;
    const t = v128.abs<T>(x);
    const first = v128.gt<T>(t, Vec.row(table, 0));
    const second = v128.gt<T>(t, Vec.row(table, 1));
    const third = v128.gt<T>(t, Vec.row(table, 2));
    const fourth = v128.gt<T>(t, Vec.row(table, 3));
    const half = Vec.row(table, 12);
    const c = v128.add<T>(
      v128.add<T>(v128.and(half, first), v128.and(half, second)),
      v128.and(half, third),
    );
    const above = v128.bitselect(Vec.row(table, 13), v128.sub<T>(t, c), fourth);
    const below = v128.bitselect(t, Vec.madd<T>(c, t, Vec.one<T>()), fourth);
    const z = v128.div<T>(above, below);
    const z2 = v128.mul<T>(z, z);
    let p = Vec.row(table, P);
    for (let i: usize = P + 1; i <= last; i++) p = Vec.madd<T>(p, z2, Vec.row(table, i));
    // atan c, in two parts
    const high = VAtan.part(table, 4, first, second, third, fourth);
    const low = VAtan.part(table, 5, first, second, third, fourth);
    const curve = Vec.madd<T>(v128.mul<T>(z, z2), p, low);
    const sum = v128.add<T>(high, z);
    const lost = v128.add<T>(v128.sub<T>(high, sum), z);
    const y = v128.add<T>(sum, v128.add<T>(lost, curve));
    return v128.bitselect(x, y, Vec.signBit<T>());
  }

  /** 0, or the row at `first`, or the second, fourth or sixth behind it. */
  @inline private static part(
    table: usize,
    at: usize,
    first: v128,
    second: v128,
    third: v128,
    fourth: v128,
  ): v128 {
    let y = v128.and(Vec.row(table, at), first);
    y = v128.bitselect(Vec.row(table, at + 2), y, second);
    y = v128.bitselect(Vec.row(table, at + 4), y, third);
    return v128.bitselect(Vec.row(table, at + 6), y, fourth);
  }
}
