// What functions of single bits are made of (ts/ops/bits.ts).
import { Trait } from "../tape/rows";
import { integers } from "./families/elementwise";

/** The bits that both operands have. */
class Bits {
  @inline f<T>(x: v128, y: v128): v128 { return v128.and(x, y); }
}
integers<Bits>(Trait.Hidden);
