// Rounding to integers: same dtype, derivative zero.
import { Tensor } from "../tensor/node";
import { opCode } from "../tape/rows";
import { step, unaryOp } from "./families/elementwise";

export function round(x: Tensor): Tensor { return unaryOp(opCode<Round>(), x); }

/** Largest integer ≤ x. */
class Floor {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.floor<T>(x); }
}
step<Floor>();

/** Smallest integer ≥ x. */
class Ceil {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.ceil<T>(x); }
}
step<Ceil>();

/** Nearest integer, halves to even. */
class Round {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.nearest<T>(x); }
}
step<Round>();

/** x without its fraction. */
class Trunc {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.trunc<T>(x); }
}
step<Trunc>();
