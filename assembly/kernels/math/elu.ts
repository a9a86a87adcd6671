// alpha (e^x - 1) below 0, else x: e^x - 1 as in expm1.ts, without what large arguments need there.

import { ExpCore } from "./exp";
import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  -20, -20, -20, -20, // e^x - 1 rounds to -1
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  -40, -40, // e^x - 1 rounds to -1
], 16);

/** The exponential linear unit. */
export abstract class VElu {
  /** x above 0, else alpha (e^x - 1), over the whole domain. */
  @inline static f<T>(x: v128, alpha: v128): v128 {
    const zero = i32x4.splat(0);
    const a = v128.pmax<T>(v128.pmin<T>(x, zero), Vec.row(sizeof<T>() == 4 ? F32 : F64, 0));
    const sum = ExpCore.roundNarrow<T>(a);
    const n = ExpCore.integerNarrow<T>(sum);
    const r = ExpCore.remainder<T>(a, n);
    const curve = ExpCore.curve<T>(a, n, r);
    const s = v128.add<T>(r, curve);
    const power = ExpCore.power<T>(sum);
    const from = v128.sub<T>(power, Vec.one<T>());
    const part = v128.mul<T>(power, s);
    const y = v128.add<T>(from, part);
    let below = y;
    // Float32 keeps to 1.5 ulp without what rounding lost.
    if (sizeof<T>() == 8) {
      const sLost = v128.add<T>(v128.sub<T>(r, s), curve);
      const lost = v128.add<T>(v128.sub<T>(from, y), part);
      below = v128.add<T>(y, Vec.madd<T>(power, sLost, lost));
    }
    return v128.bitselect(v128.mul<T>(below, alpha), x, v128.lt<T>(x, zero));
  }
}
