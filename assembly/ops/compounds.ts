// Kernels of two operations in one pass: what forward and backward passes are full of. They save the
// way of the inner result through the cache, and round as the two do.
import { map3 } from "../kernels/map";
import { addCompound } from "../tape/compounds";
import { kernelOf, opCode } from "../tape/rows";
import { DType } from "../shared/dtype";
import { Add, MaskedMultiply, Multiply, Negative, Subtract } from "./arithmetic";

// Which operand of the outer operation is the inner one's result.
const LEFT: u32 = 1;
const RIGHT: u32 = 2;
const EITHER: u32 = 3;

/** x · y + z. */
class ProductPlus {
  @inline f<T>(x: v128, y: v128, z: v128): v128 { return v128.add<T>(v128.mul<T>(x, y), z); }
}
compound<ProductPlus, Add, Multiply>(EITHER);

/** x · y - z. */
class ProductMinus {
  @inline f<T>(x: v128, y: v128, z: v128): v128 { return v128.sub<T>(v128.mul<T>(x, y), z); }
}
compound<ProductMinus, Subtract, Multiply>(LEFT);

/** z - x · y. */
class MinusProduct {
  @inline f<T>(x: v128, y: v128, z: v128): v128 { return v128.sub<T>(z, v128.mul<T>(x, y)); }
}
compound<MinusProduct, Subtract, Multiply>(RIGHT);

/** (x + y) · z. */
class SumTimes {
  @inline f<T>(x: v128, y: v128, z: v128): v128 { return v128.mul<T>(v128.add<T>(x, y), z); }
}
compound<SumTimes, Multiply, Add>(EITHER);

/** (x - y) · z. */
class DifferenceTimes {
  @inline f<T>(x: v128, y: v128, z: v128): v128 { return v128.mul<T>(v128.sub<T>(x, y), z); }
}
compound<DifferenceTimes, Multiply, Subtract>(EITHER);

/** x · y + z, the product masked: a further contribution to a cotangent. */
class MaskedPlus {
  @inline f<T>(x: v128, y: v128, z: v128): v128 {
    return v128.add<T>(changetype<MaskedMultiply>(0).f<T>(x, y), z);
  }
}
compound<MaskedPlus, Add, MaskedMultiply>(EITHER);

/** (x · y) · z, both masked: two steps back. */
class MaskedTwice {
  @inline f<T>(x: v128, y: v128, z: v128): v128 {
    const mask = changetype<MaskedMultiply>(0);
    return mask.f<T>(mask.f<T>(x, y), z);
  }
}
compound<MaskedTwice, MaskedMultiply, MaskedMultiply>(EITHER);

// z + (-x) is z - x, and (-x) + z too.
const minus = opCode<Subtract>();
addCompound(
  opCode<Add>(),
  opCode<Negative>(),
  EITHER,
  true,
  kernelOf(minus, DType.Float32),
  kernelOf(minus, DType.Float64),
);

/** Registers F for Outer(Inner(x, y), z) and, to the right, Outer(z, Inner(x, y)). */
function compound<F, Outer, Inner>(operands: u32): void {
  addCompound(
    opCode<Outer>(),
    opCode<Inner>(),
    operands,
    false,
    ((x: usize, y: usize, z: usize, out: usize, n: usize): void => map3<F, f32>(x, y, z, out, n)).index,
    ((x: usize, y: usize, z: usize, out: usize, n: usize): void => map3<F, f64>(x, y, z, out, n)).index,
  );
}
