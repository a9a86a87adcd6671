// The walk back over a level that recorded nothing but scalars, as formulas of numbers do. The tape's
// own order will do, and every node has room for its entry: nothing is looked up, counted or allocated.
import { dtypeOf, Flag, hasFlag, orderOf, Tensor } from "../tensor/node";
import { storeNumber } from "../kernels/number";
import { batchDepth, levelOrder, onlyScalars, recordingMask, setRecording } from "../tape/levels";
import { prevOnTape } from "../tape/tape";
import { product } from "../ops/scratch";
import { accumulateNumber, beginSwept, dropValue, entryOf, hasValue, reaches } from "./entries";
import { stepBack } from "./walk";

/** Entries of sources that hold a derivative, chained through their second words. */
let sources: usize = 0;

/**
 * Walks back from scalar y over what a level recorded, with cotangent 1. Returns the walk; 1 if this
 * is none that can be swept, 0 after a fault.
 */
export function sweep(level: u32, y: Tensor): usize {
  if (!onlyScalars(level) || batchDepth()) return 1;
  const levels: u32 = 1 << level;
  const oldest = levelOrder(level);
  const walk = beginSwept(levels, oldest);
  if (!reaches(walk, y)) return 1;
  const before = recordingMask();
  setRecording(before & ~levels);
  sources = 0;
  storeNumber(product, dtypeOf(y), 1);
  let fine = accumulateNumber(entryOf(walk, y), product);
  for (let x = y; x && fine && orderOf(x) > oldest; x = prevOnTape(x)) {
    const entry = entryOf(walk, x);
    if (!entry || !hasValue(entry)) continue;
    fine = stepBack(walk, entry);
    if (!hasFlag(x, Flag.Source)) continue;
    store<u32>(entry, <u32>sources, 4);
    sources = entry;
  }
  setRecording(before);
  if (fine) return walk;
  for (let x = y; x && orderOf(x) > oldest; x = prevOnTape(x)) {
    const entry = entryOf(walk, x);
    if (entry) dropValue(entry);
  }
  return 0;
}

/** Ends the walk: what sources still hold is let go. */
export function endSweep(): void {
  for (let entry = sources; entry; entry = <usize>load<u32>(entry, 4)) dropValue(entry);
  sources = 0;
}
