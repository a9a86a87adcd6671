// Inverse hyperbolic functions as ln(1 + w), w in two parts: what its roots, sums and quotients lost in
// rounding is added where the logarithm takes what rounding 1 + w lost. Far out ln 2|x|.

import { VLog } from "./log";
import { Vec } from "./vector";

// prettier-ignore
const F32 = memory.data<f32>([
  8192, 8192, 8192, 8192, // 0: sqrt(x^2 + 1) is x
  0.6931472, 0.6931472, 0.6931472, 0.6931472, // 1: ln 2
  1e-30, 1e-30, 1e-30, 1e-30, // 2: nothing, but no zero
  Infinity, Infinity, Infinity, Infinity, // 3
  0.5, 0.5, 0.5, 0.5, // 4
], 16);

// prettier-ignore
const F64 = memory.data<f64>([
  268435456, 268435456, // 0
  0.6931471805599453, 0.6931471805599453, // 1
  1e-30, 1e-30, // 2
  Infinity, Infinity, // 3
  0.5, 0.5, // 4
], 16);

/** Inverses of sinh, cosh and tanh. */
export abstract class VArea {
  /** asinh x: w = t + t^2 / (1 + sqrt(1 + t^2)), t = |x|. */
  @inline static sinh<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const t = v128.abs<T>(x);
    const t2 = v128.mul<T>(t, t);
    const q = v128.div<T>(t2, v128.add<T>(one, v128.sqrt<T>(v128.add<T>(one, t2))));
    const w = v128.add<T>(t, q);
    const y = VArea.log<T>(t, w, v128.add<T>(v128.sub<T>(t, w), q));
    const finite = v128.lt<T>(t, Vec.row(table, 3));
    return v128.bitselect(x, v128.bitselect(y, t, finite), Vec.signBit<T>());
  }

  /** acosh x: w = t + s, t = x - 1, s = sqrt(2 t + t^2); NaN below 1. */
  @inline static cosh<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const t = v128.sub<T>(x, one);
    const twice = v128.add<T>(t, t);
    const t2 = v128.mul<T>(t, t);
    const p = v128.add<T>(twice, t2);
    const pLost = v128.add<T>(v128.sub<T>(twice, p), t2);
    const s = v128.sqrt<T>(p);
    const square = v128.mul<T>(s, s);
    const rest = v128.sub<T>(v128.sub<T>(p, square), Vec.lostProduct<T>(s, s, square));
    const below = v128.add<T>(v128.add<T>(s, s), Vec.row(table, 2));
    const sLost = v128.div<T>(v128.add<T>(rest, pLost), below);
    const w = v128.add<T>(s, t);
    const y = VArea.log<T>(x, w, v128.add<T>(v128.add<T>(v128.sub<T>(s, w), t), sLost));
    const inside = v128.and(v128.ge<T>(x, one), v128.lt<T>(x, Vec.row(table, 3)));
    return v128.bitselect(y, v128.sqrt<T>(t), inside);
  }

  /** atanh x: w = 2 t / (1 - t), halved; infinite at 1, NaN beyond. */
  @inline static tanh<T>(x: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const one = Vec.one<T>();
    const t = v128.abs<T>(x);
    const d = v128.sub<T>(one, t);
    const dLost = v128.sub<T>(v128.sub<T>(one, d), t);
    const twice = v128.add<T>(t, t);
    const w = v128.div<T>(twice, d);
    const product = v128.mul<T>(w, d);
    let rest = v128.sub<T>(v128.sub<T>(twice, product), Vec.lostProduct<T>(w, d, product));
    rest = Vec.nmadd<T>(w, dLost, rest);
    const u = v128.add<T>(one, w);
    // (lost + rest / d) / u, where d u = 1 + t
    const lost = Vec.madd<T>(VArea.lost<T>(w, u), d, rest);
    const y = VLog.core<T>(u, v128.div<T>(lost, v128.add<T>(one, t)), true, 0);
    const edge = v128.add<T>(Vec.row(table, 3), v128.sqrt<T>(d));
    const inside = v128.bitselect(v128.mul<T>(y, Vec.row(table, 4)), edge, v128.lt<T>(t, one));
    return v128.bitselect(x, inside, Vec.signBit<T>());
  }

  /** ln(1 + w + wLost), or ln 2 t where t is far out. */
  @inline private static log<T>(t: v128, w: v128, wLost: v128): v128 {
    const table = sizeof<T>() == 4 ? F32 : F64;
    const far = v128.gt<T>(t, Vec.row(table, 0));
    const u = v128.add<T>(Vec.one<T>(), w);
    const lost = v128.div<T>(v128.add<T>(VArea.lost<T>(w, u), wLost), u);
    const two = Vec.row(table, 1);
    return VLog.core<T>(v128.bitselect(t, u, far), v128.bitselect(two, lost, far), true, 0);
  }

  /** What rounding u = 1 + w lost. */
  @inline private static lost<T>(w: v128, u: v128): v128 {
    const part = v128.sub<T>(u, w);
    return v128.add<T>(v128.sub<T>(w, v128.sub<T>(u, part)), v128.sub<T>(Vec.one<T>(), part));
  }
}
