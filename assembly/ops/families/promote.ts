// Which dtype operands meet in. bool < int32 < float32 < float64; a weak number takes the float dtype
// of its partner, and the default float beside integers.
import { DType } from "../../shared/dtype";
import { dtypeOf, Flag, hasFlag, isFloat_, Tensor } from "../../tensor/node";
import { defaultDType } from "../../tape/constants";
import { hasTrait, Trait } from "../../tape/rows";

/** The common dtype of two operands. */
export function promote(x: Tensor, y: Tensor): DType {
  const a = dtypeOf(x);
  const b = dtypeOf(y);
  if (a == b) return a;
  const weakX = hasFlag(x, Flag.Weak);
  const weakY = hasFlag(y, Flag.Weak);
  if (weakX == weakY) return max(a, b);
  const weak = weakX ? a : b;
  const strong = weakX ? b : a;
  if (isFloat_(strong) || !isFloat_(weak)) return isFloat_(strong) ? strong : max(a, b);
  return defaultDType();
}

/** What an op computes in when its operands have this common dtype. */
export function computeDType(op: u32, common: DType): DType {
  if (hasTrait(op, Trait.Logical)) return DType.Bool;
  if (hasTrait(op, Trait.Floating) && !isFloat_(common)) return defaultDType();
  if (hasTrait(op, Trait.Numeric) && common == DType.Bool) return DType.Int32;
  return common;
}
