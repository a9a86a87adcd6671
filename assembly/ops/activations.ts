// Activations in one pass. At their kinks derivatives are those of torch.
import { VElu } from "../kernels/math/elu";
import { Vec } from "../kernels/math/vector";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { constant, multiply, square } from "./arithmetic";
import { greater } from "./comparison";
import { binary, hiddenUnary, ternary, ternaryOp, unaryOp, ZERO } from "./families/elementwise";
import { Clip, where } from "./selection";
import { exp, expm1 } from "./transcendental";

/** x above 0, else alpha (e^x - 1); the derivative at 0 is alpha. */
class Elu {
  long: bool;
  @inline f<T>(x: v128, alpha: v128): v128 { return VElu.f<T>(x, alpha); }
  dx(x: Tensor, alpha: Tensor, y: Tensor): Tensor {
    const zero = constant(0, x);
    return where(greater(x, zero), constant(1, x), multiply(exp(x), alpha));
  }
  dy(x: Tensor, alpha: Tensor, y: Tensor): Tensor {
    const zero = constant(0, x);
    return where(greater(x, zero), zero, expm1(x));
  }
}
binary<Elu>(Trait.Hidden);

/** x above 0, else x times slope; the derivative at 0 is slope. */
class LeakyRelu {
  @inline f<T>(x: v128, slope: v128): v128 {
    const above = v128.gt<T>(x, i32x4.splat(0));
    return v128.bitselect(x, v128.mul<T>(x, slope), above);
  }
  dx(x: Tensor, slope: Tensor, y: Tensor): Tensor {
    return where(greater(x, constant(0, x)), constant(1, x), slope);
  }
  dy(x: Tensor, slope: Tensor, y: Tensor): Tensor {
    const zero = constant(0, x);
    return where(greater(x, zero), zero, x);
  }
}
binary<LeakyRelu>(Trait.Hidden);

/** x limited to low … high, which have derivative 0; that in x is 0 at both. */
class Hardtanh {
  @inline f<T>(x: v128, low: v128, high: v128): v128 {
    return changetype<Clip>(0).f<T>(x, low, high);
  }
  @inline held<T>(x: v128, low: v128, high: v128, bad: v128): v128 {
    return changetype<Clip>(0).held<T>(x, low, high, bad);
  }
  @inline bad<T>(low: v128): v128 { return v128.ne<T>(low, low); }
  dx(x: Tensor, low: Tensor, high: Tensor): Tensor {
    return ternaryOp(opCode<Inside>(), x, low, high, false);
  }
  dy(x: Tensor, low: Tensor, high: Tensor): Tensor { return ZERO; }
  dz(x: Tensor, low: Tensor, high: Tensor): Tensor { return ZERO; }
}
ternary<Hardtanh>(Trait.Hidden);

/** 0 where x is at most low or at least high, else 1. */
class Inside {
  @inline f<T>(x: v128, low: v128, high: v128): v128 {
    const outside = v128.or(v128.le<T>(x, low), v128.ge<T>(x, high));
    return v128.andnot(v128.splat<T>(<T>1), outside);
  }
  dx(x: Tensor, low: Tensor, high: Tensor): Tensor { return ZERO; }
  dy(x: Tensor, low: Tensor, high: Tensor): Tensor { return ZERO; }
  dz(x: Tensor, low: Tensor, high: Tensor): Tensor { return ZERO; }
}
ternary<Inside>(Trait.Hidden);

/** 0 below -3, x above 3, x (x + 3) / 6 between. */
class Hardswish {
  @inline f<T>(x: v128): v128 {
    const three = v128.splat<T>(<T>3);
    const bend = v128.mul<T>(x, v128.div<T>(v128.add<T>(x, three), v128.splat<T>(<T>6)));
    const y = v128.bitselect(x, bend, v128.gt<T>(x, three));
    return v128.andnot(y, v128.lt<T>(x, v128.neg<T>(three)));
  }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<HardswishSlope>(), x); }
}
hiddenUnary<Hardswish>();

/** 0 below -3, 1 above 3, (2 x + 3) / 6 between. */
class HardswishSlope {
  @inline f<T>(x: v128): v128 {
    const three = v128.splat<T>(<T>3);
    const bend = v128.div<T>(v128.add<T>(v128.add<T>(x, x), three), v128.splat<T>(<T>6));
    const y = v128.bitselect(Vec.one<T>(), bend, v128.gt<T>(x, three));
    return v128.andnot(y, v128.lt<T>(x, v128.neg<T>(three)));
  }
  d(x: Tensor, y: Tensor): Tensor {
    const far = greater(square(x), constant(9, x));
    return where(far, constant(0, x), constant(1.0 / 3, x));
  }
}
hiddenUnary<HardswishSlope>();
