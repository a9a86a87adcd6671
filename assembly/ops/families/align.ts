// Operands of one op meet under the same batch prefix: ones go in after an operand's prefix wherever
// right-alignment alone would let a batch axis face a logical one.
import { rankOf, setPrefix, Tensor } from "../../tensor/node";
import { batchOf } from "../../tape/levels";
import { insertOnes } from "../movement";

/** Axes that the user sees. */
export function logicalRank(x: Tensor): u32 {
  return rankOf(x) - batchOf(x);
}

/** x with `batch` prefix axes and `rank` logical ones, if they are not in place anyway. */
export function aligned(x: Tensor, batch: u32, rank: u32): Tensor {
  const b = batchOf(x);
  const l = rankOf(x) - b;
  if ((b == batch && (!batch || l == rank)) || (!b && l <= rank)) return x;
  const y = insertOnes(x, b, batch - b + (rank - l));
  // Rules look at it: what stands at a batch axis is none of its logical shape.
  if (y && b < batch) setPrefix(y, batch);
  return y;
}
