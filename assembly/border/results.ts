// How results cross the border: handles, the flags below them, and the scratch area for lists.
import {
  RESULT_LIGHT,
  RESULT_PRESSURE,
  RESULT_SHIFT,
  RESULT_TAPED,
  SLOT_SHIFT,
} from "../shared/limits";
import { failed } from "../tensor/fault";
import { Flag, hasFlag, maskOf, refsOf, setFlag, Tensor } from "../tensor/node";
import * as marks from "../tape/marks";
import { departs } from "../tape/depart";
import * as levels from "../tape/levels";
import { settle, settleKeeping } from "../tape/pool";
import { alias } from "../ops/cast";

/** Lists of numbers on their way across. */
export const scratch = memory.data(16384, 16);

/** The node of a handle. */
export function node(handle: u32): Tensor {
  return (<usize>handle) << SLOT_SHIFT;
}
/** The handle of a node. */
export function handleOf(x: Tensor): u32 {
  return <u32>(x >> SLOT_SHIFT);
}

/** Hands a result to TypeScript and lets everything else go that was made since `mark`. */
export function give(mark: usize, result: Tensor): u32 {
  let x = result;
  // What TypeScript, or anybody, holds already gets a node of its own: one handle, one cell.
  if (x && (refsOf(x) > 1 || hasFlag(x, Flag.Handle))) x = alias(x);
  if (!x || failed()) {
    settle(mark);
    return 0;
  }
  settleKeeping(mark, x);
  setFlag(x, Flag.Handle);
  marks.countHandle(1);
  return departs(x) ? packed(x) | lightOf(x) : packed(x);
}

/** `give` for a scalar that never was in the pool and has its flag. */
export function handOver(x: Tensor): u32 {
  if (!x) return 0;
  marks.countHandle(1);
  return packed(x) | lightOf(x);
}

/**
 * LIGHT for a scalar that only transforms have recorded: it cannot leave before they end, and then it
 * does, so that TypeScript needs no cell for it.
 */
function lightOf(x: Tensor): u32 {
  return hasFlag(x, Flag.Taped) && (maskOf(x) & 1) == 0 ? RESULT_LIGHT : 0;
}

/**
 * The handle above three flags: TAPED if the imperative tape holds it outside transforms, PRESSURE if
 * it is time to evict, LIGHT.
 */
export function packed(x: Tensor): u32 {
  const taped = hasFlag(x, Flag.Taped) && (!levels.levelDepth() || (maskOf(x) & 1) != 0);
  return (
    (handleOf(x) << RESULT_SHIFT) |
    (taped ? RESULT_TAPED : 0) |
    (marks.underPressure() ? RESULT_PRESSURE : 0)
  );
}
