// The walk back over a level that recorded nothing but scalars, as formulas of numbers do. The tape's
// own order will do, and every node has room for its entry: nothing is looked up, counted or allocated.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import {
  dataOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  opOf,
  orderOf,
  Tensor,
} from "../tensor/node";
import { storeNumber } from "../kernels/number";
import { batchDepth, levelOrder, onlyScalars, recordingMask, setRecording } from "../tape/levels";
import { poolMark, settle } from "../tape/pool";
import { familyOf, partialOf } from "../tape/rows";
import { prevOnTape } from "../tape/tape";
import { NEGATED, partial, PASS, weigh, ZERO } from "../ops/families/elementwise";
import { product } from "../ops/scratch";
import {
  accumulate,
  accumulateNumber,
  beginSwept,
  dropValue,
  entryOf,
  hasValue,
  isBare,
  NUMBER,
  reaches,
  valueAt,
} from "./entries";
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
    fine = isNumberStep(x, entry) ? stepNumber(walk, x, entry) : stepBack(walk, entry);
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

/** True for an elementwise node of one or two operands that carries a bare number. */
function isNumberStep(x: Tensor, entry: usize): bool {
  const op = opOf(x);
  return (
    load<u32>(entry, 12) == <u32>NUMBER && familyOf(op) <= Family.Binary && partialOf(op, 0) != 0
  );
}

/** `stepBack` for such a node: the number goes on to the operands as a number, where it can. */
function stepNumber(walk: usize, x: Tensor, entry: usize): bool {
  for (let k: u32 = 0, n = inputsOf(x); k < n; k++) {
    const to = entryOf(walk, inputOf(x, k));
    if (!to) continue;
    const mark = poolMark();
    const d = partial(x, k);
    if (!d) return false;
    let fine = true;
    if (d > ZERO && !(isBare(d) && dtypeOf(d) == dtypeOf(x))) {
      const g = valueAt(entry);
      const c = g ? weigh(g, d) : 0;
      fine = c != 0 && accumulate(to, c);
    } else if (d != ZERO) {
      fine =
        dtypeOf(x) == DType.Float64
          ? passOn<f64>(load<f64>(entry, 16), d, to)
          : passOn<f32>(load<f32>(entry, 16), d, to);
    }
    if (poolMark() != mark) settle(mark);
    if (!fine) return false;
  }
  if (!hasFlag(x, Flag.Source)) dropValue(entry);
  return true;
}

/** Adds g·d, as `weigh` computes it, to what entry `to` carries. */
function passOn<T>(g: T, d: Tensor, to: usize): bool {
  let c = g;
  if (d == NEGATED) c = -g;
  else if (d != PASS) {
    const slope = load<T>(dataOf(d));
    c = g == 0 || slope == 0 ? <T>0 : g * slope;
  }
  const had = load<u32>(to, 12);
  if (had > <u32>NUMBER) {
    store<T>(product, c);
    return accumulateNumber(to, product);
  }
  store<T>(to, had ? load<T>(to, 16) + c : c, 16);
  store<u32>(to, <u32>NUMBER, 12);
  return true;
}

/** Ends the walk: what sources still hold is let go. */
export function endSweep(): void {
  for (let entry = sources; entry; entry = <usize>load<u32>(entry, 4)) dropValue(entry);
  sources = 0;
}
