// The end of a level. Its nodes become plain values; scalars among them leave wasm at once, since
// they are cheaper to hand over now than to look for later (tape/evict.ts), and a formula makes many.
//
//   record    0 handle   4 dtype, and flags as tape/evict.ts has them; 0 if it stays   8 the value
import {
  dataOf,
  dtypeOf,
  extOf,
  Flag,
  freeBareSlot,
  maskOf,
  orderOf,
  rankOf,
  refsOf,
  setMask,
  State,
  stateOf,
  Tensor,
} from "../tensor/node";
import { loadNumber } from "../kernels/number";
import { SLOT_SHIFT } from "../shared/limits";
import { scalarTraits } from "./evict";
import { noteDepartures } from "./marks";
import { forget } from "./recipes";
import { prevOnTape, release, tapeTail, unlink } from "./tape";

const RECORD: usize = 16;

/** Where the forgetting goes on that the last call has left off; 0: it has not begun. */
let cursor: Tensor = 0;

/** The last call has met scalars that stay. */
let stay = false;

/** True if some scalars of the last call's list stay in wasm: other nodes need them. */
export function someStay(): bool {
  return stay;
}

/** True for what leaves with its level: scalars that have their value, and nothing but that. */
export function departs(x: Tensor): bool {
  return !rankOf(x) && stateOf(x) == State.Ready && !extOf(x);
}

/** A level begins: whatever was left off is over. */
export function beginForgetting(): void {
  cursor = 0;
}

/**
 * Levels in `levels` are over: of the nodes recorded after `order`, those that depend on no other
 * level are forgotten. Writes records of scalars that TypeScript knows to `list`, at most `room` of them,
 * and returns how many: if all of the room is used, it is to be called again.
 */
export function forgetLevels(levels: u32, order: u64, list: usize, room: u32): u32 {
  let record = list;
  let gone: u32 = 0;
  stay = false;
  const end = list + <usize>room * RECORD;
  let x = cursor ? cursor : tapeTail();
  while (x && orderOf(x) > order && record < end) {
    const left = maskOf(x) & ~levels;
    if (left) {
      setMask(x, left);
      x = prevOnTape(x);
    } else if (!departs(x)) x = forget(x);
    else {
      const scalar = x;
      x = forgetScalar(scalar);
      if ((load<u8>(scalar, 47) & Flag.Handle) == 0) continue;
      store<u32>(record, <u32>(scalar >> SLOT_SHIFT));
      if (refsOf(scalar) != 1) {
        store<u32>(record, 0, 4);
        stay = true;
      } else {
        store<u32>(record, (<u32>dtypeOf(scalar)) | (scalarTraits(scalar) << 16), 4);
        store<f64>(record, loadNumber(dataOf(scalar), dtypeOf(scalar)), 8);
        // Its one reference goes; whoever gets the slot next sets the rest.
        store<u32>(scalar, 0, 20);
        store<u8>(scalar, 0, 47);
        freeBareSlot(scalar);
        gone++;
      }
      record += RECORD;
    }
  }
  cursor = record == end ? x : 0;
  noteDepartures(gone);
  return <u32>((record - list) / RECORD);
}

/** `forget` for a scalar with at most two inputs: nothing to drop or to compute again. */
function forgetScalar(x: Tensor): Tensor {
  const n = load<u8>(x, 46);
  store<u8>(x, 0, 46);
  if (n) release(<usize>load<u32>(x, 52));
  if (n > 1) release(<usize>load<u32>(x, 56));
  // After the inputs: they may have been neighbours on the tape.
  const prev = prevOnTape(x);
  unlink(x);
  setMask(x, 0);
  store<u8>(x, load<u8>(x, 47) & ~Flag.Source, 47);
  return prev;
}
