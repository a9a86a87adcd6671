// Values that are known before they are computed: a function that was recorded and forgotten is called
// again, and some of what it computed then was kept. Nodes of one level are counted as they come onto the
// tape, so each has a number; a node whose number has a value here takes that instead of being run.
import { allocate, blockSize, releaseBlock } from "../memory/heap";
import { Fault } from "../shared/fault";
import { fail } from "../tensor/fault";
import {
  adoptStorage,
  dimsOf,
  dtypeOf,
  inputOf,
  inputsOf,
  isFloat_,
  maskOf,
  opOf,
  rankOf,
  setState,
  State,
  Tensor,
} from "../tensor/node";
import { same } from "../tensor/shape";
import { hasTrait, Trait } from "./rows";
import { appended, countAppended, countedLevels, release, resumeAppended, retain } from "./tape";
import { recordingMask } from "./levels";

/** The level, as a mask; 0: nothing is supplied. */
let level: u32 = 0;
//   list   a number and a node for each value, in order of numbers
let list: usize = 0;
let length: u32 = 0;
let next: u32 = 0;

/** Supplies around this one, which a function that runs again may begin: 24 bytes each. */
const MOST: u32 = 64;
const around = memory.data(64 * 24);
let depth: u32 = 0;

/** Begins to count nodes of a level. */
export function beginSupply(mask: u32): void {
  if (depth < MOST) {
    const state = around + <usize>depth * 24;
    store<u32>(state, level);
    store<u32>(state, <u32>list, 4);
    store<u32>(state, length, 8);
    store<u32>(state, next, 12);
    store<u32>(state, countedLevels(), 16);
    store<u32>(state, appended(), 20);
  }
  depth++;
  // Deeper ones supply nothing: everything is computed.
  level = depth <= MOST ? mask : 0;
  list = 0;
  length = 0;
  next = 0;
  countAppended(level);
}

/** The node with this number is to have the value of x; false without memory. */
export function addSupply(number: u32, x: Tensor): bool {
  const bytes = (<usize>length + 1) << 3;
  if (!list || bytes > blockSize(list)) {
    const larger = allocate(max(bytes << 1, 256));
    if (!larger) {
      fail(Fault.OutOfMemory, <f64>bytes);
      return false;
    }
    if (list) {
      memory.copy(larger, list, bytes - 8);
      releaseBlock(list);
    }
    list = larger;
  }
  store<u32>(list + ((<usize>length) << 3), number);
  store<u32>(list + ((<usize>length) << 3), <u32>x, 4);
  retain(x);
  length++;
  return true;
}

export function endSupply(): void {
  for (let i: u32 = 0; i < length; i++) release(<usize>load<u32>(list + ((<usize>i) << 3), 4));
  if (list) releaseBlock(list);
  list = 0;
  length = 0;
  if (--depth >= MOST) return;
  const state = around + <usize>depth * 24;
  level = load<u32>(state);
  list = <usize>load<u32>(state, 4);
  length = load<u32>(state, 8);
  next = load<u32>(state, 12);
  resumeAppended(load<u32>(state, 16), load<u32>(state, 20));
}

/** Gives a fresh node its value, if that is known. */
export function isSupplied(out: Tensor): bool {
  if (!level) return false;
  // What has no derivative does not come onto the tape, and has no number.
  if (!isFloat_(dtypeOf(out)) || hasTrait(opOf(out), Trait.Constant)) return false;
  let mask: u32 = 0;
  for (let i: u32 = 0, n = inputsOf(out); i < n; i++) mask |= maskOf(inputOf(out, i));
  if (!(mask & recordingMask() & level)) return false;
  const number = appended();
  while (next < length && load<u32>(list + ((<usize>next) << 3)) < number) next++;
  if (next == length || load<u32>(list + ((<usize>next) << 3)) != number) return false;
  const x: Tensor = <usize>load<u32>(list + ((<usize>next) << 3), 4);
  if (dtypeOf(x) != dtypeOf(out) || rankOf(x) != rankOf(out)) return false;
  if (!same(dimsOf(x), dimsOf(out), rankOf(x))) return false;
  adoptStorage(out, x);
  setState(out, State.Ready);
  return true;
}
