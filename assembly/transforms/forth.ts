// The walk forward: tangents run from the sources of a level to the roots. Its nodes are those of the walk
// back, in the opposite order.
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, failed } from "../tensor/fault";
import { inputOf, inputsOf, opOf, Tensor } from "../tensor/node";
import { recordingMask, setRecording } from "../tape/levels";
import { poolMark, settle } from "../tape/pool";
import { hasTrait, jvpOf, Trait } from "../tape/rows";
import {
  accumulate,
  countOf,
  entryAt,
  entryOf,
  hasWay,
  isBorder,
  levelsOf,
  nodeOf,
  orderOfWalk,
  valueAt,
  Way,
} from "./entries";
import { Outcome, reasonToStop, stopAt } from "./stops";
import { placeOf, setPlace } from "./walk";

/** Gives source x its tangent; false if no output depends on x. */
export function setTangent(walk: usize, x: Tensor, t: Tensor): bool {
  const entry = entryOf(walk, x);
  return entry != 0 && accumulate(entry, t);
}

/**
 * Sends tangents from the sources to the roots, from where the walk stands to the end, or to where it
 * stops. With `record`, the way is taped at this level too.
 */
export function walkForth(walk: usize, record: bool): Outcome {
  const before = recordingMask();
  if (!record) setRecording(before & ~levelsOf(walk));
  const order = orderOfWalk(walk);
  const held = hasWay(walk, Way.Held);
  const bordered = hasWay(walk, Way.Border);
  let outcome = Outcome.Done;
  stopAt(walk, 0, 0);
  for (let s = placeOf(walk), n = countOf(walk); s < n && outcome == Outcome.Done; s++) {
    const entry = entryAt(walk, load<u32>(order + ((<usize>(n - 1 - s)) << 2)));
    if (held) {
      outcome = reasonToStop(walk, entry, false);
      if (outcome > Outcome.Done) {
        stopAt(walk, entry, outcome);
        setPlace(walk, s + 1);
      }
    }
    if (outcome != Outcome.Done || (bordered && isBorder(walk, nodeOf(entry)))) continue;
    if (!stepForth(walk, entry)) outcome = Outcome.Fault;
  }
  setRecording(before);
  return outcome;
}

/** One node: the tangents of its inputs become its own. */
function stepForth(walk: usize, entry: usize): bool {
  const node = nodeOf(entry);
  const n = inputsOf(node);
  if (!n) return true;
  const op = opOf(node);
  if (hasTrait(op, Trait.Joint)) return stepJoint(walk, entry, node, n);
  for (let k: u32 = 0; k < n; k++) {
    const from = entryOf(walk, inputOf(node, k));
    const t: Tensor = from ? valueAt(from) : 0;
    if (!t) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(jvpOf(op), node, t, k);
    const fine = !failed() && (!c || accumulate(entry, c));
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** `stepForth` for rows whose rule takes the tangents of all inputs at once. */
function stepJoint(walk: usize, entry: usize, node: Tensor, n: u32): bool {
  const list = allocate((<usize>n) << 2);
  if (!list) {
    fail(Fault.OutOfMemory, <f64>(n << 2));
    return false;
  }
  let any = false;
  for (let k: u32 = 0; k < n; k++) {
    const from = entryOf(walk, inputOf(node, k));
    const t: Tensor = from ? valueAt(from) : 0;
    store<u32>(list + ((<usize>k) << 2), <u32>t);
    if (t) any = true;
  }
  const mark = poolMark();
  const c = any ? call_indirect<Tensor>(jvpOf(opOf(node)), node, list, 0) : 0;
  releaseBlock(list);
  const fine = !failed() && (!c || accumulate(entry, c));
  settle(mark);
  return fine;
}
