// e^x - 1, sinh and cosh from the pieces of e^x = 2^n (1 + s): differences of powers of two are exact,
// and what the sum of both parts loses is added again. Beyond 40 they are e^x alone.

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  -106, -106, -106, -106, // 0: e^x rounds to 0
  90, 90, 90, 90, // 1: beyond overflow
  40, 40, 40, 40, // 2
  0.5, 0.5, 0.5, 0.5, // 3
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -748, -748, // 0: e^x rounds to 0
  712, 712, // 1: beyond overflow
  40, 40, // 2
  0.5, 0.5, // 3
], 16);

// prettier-ignore
const I32 = memory.data<i32>([
  127, 127, 127, 127, // 0: bias
  1, 1, 1, 1, // 1
], 16);

// prettier-ignore
const I64 = memory.data<i64>([
  1023, 1023, // 0: bias
  1, 1, // 1
], 16);

/** e^x - 1. */
export abstract class VExpm1 {
  /** e^x - 1 in every lane, over the whole domain. */
  @inline static f<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const a = v128.pmin<T>(v128.pmax<T>(x, Vec.row(table, 0)), Vec.row(table, 1));
    const sum = ExpCore.round<T>(a);
    const n = ExpCore.integer<T>(sum);
    const r = ExpCore.remainder<T>(a, n);
    const curve = ExpCore.curve<T>(a, n, r);
    const s = v128.add<T>(r, curve);
    const sLost = v128.add<T>(v128.sub<T>(r, s), curve);
    const power = Powers.up<T>(sum);
    const from = v128.sub<T>(power, one);
    const part = v128.mul<T>(power, s);
    const y = v128.add<T>(from, part);
    const lost = v128.add<T>(v128.sub<T>(from, y), part);
    const near = v128.add<T>(y, Vec.madd<T>(power, sLost, lost));
    const far = v128.sub<T>(ExpCore.scale<T>(v128.add<T>(one, s), sum), one);
    const big = v128.gt<T>(v128.abs<T>(x), Vec.row(table, 2));
    return v128.bitselect(x, v128.bitselect(far, near, big), Vec.signBit<T>());
  }
}

/** 2^n and 2^-n from the magic sum, for small n. */
abstract class Powers {
  @inline static up<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) return i32x4.shl(i32x4.sub(sum, Vec.row(I32, 0)), 23);
    else return i64x2.shl(i64x2.sub(sum, Vec.row(I64, 0)), 52);
  }

  @inline static down<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) {
      const three = i32x4.add(i32x4.shl(Vec.row(I32, 0), 1), Vec.row(I32, 0));
      return i32x4.shl(i32x4.sub(three, sum), 23);
    } else {
      const three = i64x2.add(i64x2.shl(Vec.row(I64, 0), 1), Vec.row(I64, 0));
      return i64x2.shl(i64x2.sub(three, sum), 52);
    }
  }

  /** The magic sum of n - 1. */
  @inline static before<T>(sum: v128): v128 {
    if (sizeof<T>() == 4) return i32x4.sub(sum, Vec.row(I32, 1));
    else return i64x2.sub(sum, Vec.row(I64, 1));
  }
}

/** sinh and cosh: with P = 2^n, M = 2^-n, c = cosh r and s = sinh r, (P - M) c + (P + M) s, halved. */
export abstract class VHyperbolic {
  /** sinh x, or cosh x, in every lane. */
  @inline static f<T>(x: v128, sine: bool): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const half = Vec.row(table, 3);
    const size = v128.abs<T>(x);
    const a = v128.pmin<T>(size, Vec.row(table, 1));
    const sum = ExpCore.round<T>(a);
    const n = ExpCore.integer<T>(sum);
    const r = ExpCore.remainder<T>(a, n);
    const r2 = v128.mul<T>(r, r);
    const even = ExpCore.even<T>(r2);
    let odd = ExpCore.odd<T>(r, r2);
    if (sizeof<T>() == 8) odd = v128.add<T>(odd, ExpCore.lost(a, n, r));
    const up = v128.mul<T>(half, Powers.up<T>(sum));
    const down = v128.mul<T>(half, Powers.down<T>(sum));
    const plus = v128.add<T>(up, down);
    const minus = v128.sub<T>(up, down);
    const first = sine ? minus : plus;
    const second = sine ? plus : minus;
    const part = v128.mul<T>(second, r);
    const y = v128.add<T>(first, part);
    const lost = v128.add<T>(v128.sub<T>(first, y), part);
    const rest = Vec.madd<T>(first, even, v128.mul<T>(second, odd));
    const near = v128.add<T>(y, v128.add<T>(lost, rest));
    const s = v128.add<T>(r, v128.add<T>(even, odd));
    const far = ExpCore.scale<T>(v128.add<T>(Vec.one<T>(), s), Powers.before<T>(sum));
    const z = v128.bitselect(far, near, v128.gt<T>(size, Vec.row(table, 2)));
    return sine ? v128.bitselect(x, z, Vec.signBit<T>()) : z;
  }
}
