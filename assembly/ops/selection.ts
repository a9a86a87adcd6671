// Choosing between values.
import { Vec } from "../kernels/math/vector";
import { Tensor } from "../tensor/node";
import { opCode } from "../tape/rows";
import { constant } from "./arithmetic";
import { greater, less } from "./comparison";
import { hiddenUnary, ternary, ternaryOp, unary, unaryOp, ZERO } from "./families/elementwise";

export function where(condition: Tensor, x: Tensor, y: Tensor): Tensor {
  return ternaryOp(opCode<Where>(), condition, x, y, true);
}

/**
 * x where the condition holds (is not zero), else y; broadcast. Only the chosen one gets a derivative.
 *
 * @example
 * ```ts
 * where([true, false], [1, 2], 0).toArray(); // [1, 0]
 * ```
 */
class Where {
  @inline f<T>(condition: v128, x: v128, y: v128): v128 {
    return v128.bitselect(x, y, holds<T>(condition));
  }
  dx(condition: Tensor, x: Tensor, y: Tensor): Tensor { return ZERO; }
  dy(condition: Tensor, x: Tensor, y: Tensor): Tensor {
    return where(condition, constant(1, x), constant(0, x));
  }
  dz(condition: Tensor, x: Tensor, y: Tensor): Tensor {
    return where(condition, constant(0, x), constant(1, x));
  }
}
ternary<Where>();

function holds<T>(condition: v128): v128 {
  // 32-bit conditions stay as they are; 64-bit ones were cast to the dtype of the choices.
  if (sizeof<T>() == 8) return v128.ne<T>(condition, v128.splat<T>(<T>0));
  return i32x4.ne(condition, i32x4.splat(0));
}

/**
 * x limited to min … max, broadcast; null is no limit. The derivative passes at the edges. Where
 * min > max the result is max.
 *
 * @example
 * ```ts
 * clip([-1, 0.5, 2], 0, 1).toArray(); // [0, 0.5, 1]
 * ```
 */
export class Clip {
  @inline f<T>(x: v128, low: v128, high: v128): v128 {
    if (isInteger<T>()) return v128.min<T>(v128.max<T>(x, low), high);
    // A limit where both are zero; all bits, which is no number, where an operand is none.
    const y = v128.pmin<T>(high, v128.pmax<T>(low, x));
    return v128.or(y, v128.or(v128.ne<T>(x, x), v128.ne<T>(low, low)));
  }
  /** The same for limits that stay, of which `bad` says where low is no number. */
  @inline held<T>(x: v128, low: v128, high: v128, bad: v128): v128 {
    return v128.or(v128.pmin<T>(high, v128.pmax<T>(low, x)), v128.or(v128.ne<T>(x, x), bad));
  }
  @inline bad<T>(low: v128): v128 { return v128.ne<T>(low, low); }
  dx(x: Tensor, low: Tensor, high: Tensor): Tensor {
    const zero = constant(0, x);
    return where(less(x, low), zero, where(greater(x, high), zero, constant(1, x)));
  }
  dy(x: Tensor, low: Tensor, high: Tensor): Tensor {
    const zero = constant(0, x);
    return where(less(x, low), where(greater(low, high), zero, constant(1, x)), zero);
  }
  dz(x: Tensor, low: Tensor, high: Tensor): Tensor {
    const one = constant(1, x);
    return where(greater(x, high), one, where(greater(low, high), one, constant(0, x)));
  }
}
ternary<Clip>();

/**
 * max(x, 0); derivative 0 at 0.
 *
 * @example
 * ```ts
 * relu([-1, 2]).toArray(); // [0, 2]
 * ```
 */
class Relu {
  ints: bool;
  @inline f<T>(x: v128): v128 {
    const zero = v128.splat<T>(<T>0);
    if (isInteger<T>()) return v128.max<T>(x, zero);
    return v128.andnot(x, v128.le<T>(x, zero));
  }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<Positive>(), x); }
}
unary<Relu>();

/** 1 where x > 0, else 0. */
class Positive {
  @inline f<T>(x: v128): v128 {
    return v128.and(v128.gt<T>(x, v128.splat<T>(<T>0)), Vec.one<T>());
  }
  d(x: Tensor, y: Tensor): Tensor { return ZERO; }
}
hiddenUnary<Positive>();

/** The op code of Where. */
export function whereCode(): u32 {
  return opCode<Where>();
}
