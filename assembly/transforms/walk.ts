// One walk over the part of the tape that leads from the roots (outputs) back to the sources of a
// level: cotangents run backward along it, tangents forward. Nodes are found breadth first and put
// into order by counting consumers; nothing recurses and no address is scanned.
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, failed } from "../tensor/fault";
import {
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  maskOf,
  opOf,
  orderOf,
  Tensor,
} from "../tensor/node";
import { recordingMask, setRecording } from "../tape/levels";
import { pooled, poolMark, settle } from "../tape/pool";
import { familyOf, hasTrait, jvpOf, partialOf, Trait, vjpOf } from "../tape/rows";
import { isPlain } from "../tape/scalar";
import { partial, weigh, weighNumber, ZERO } from "../ops/families/elementwise";
import { product } from "../ops/scratch";
import {
  accumulate,
  accumulateNumber,
  countOf,
  dropValue,
  enlist,
  entryAt,
  hasValue,
  indexOf,
  isBare,
  levelsOf,
  nodeAt,
  NUMBER,
  numberAt,
  numberMask,
  oldestOf,
  orderOfWalk,
  takeOut,
  valueAt,
} from "./entries";

/** True if the walk goes on to this input. */
function reaches(walk: usize, x: Tensor): bool {
  return (maskOf(x) & levelsOf(walk)) != 0 && orderOf(x) > oldestOf(walk);
}

/** Adds an output with its cotangent g (or 0). False after a fault. */
export function addRoot(walk: usize, y: Tensor, g: Tensor): bool {
  if (levelsOf(walk) & 1 && hasFlag(y, Flag.Cut)) {
    fail(Fault.Consumed, opOf(y));
    return false;
  }
  if (!reaches(walk, y)) return true;
  const i = enlist(walk, y);
  if (i < 0) return false;
  return !g || accumulate(walk, <u32>i, g);
}

/** Finds all nodes between roots and sources and orders them, consumers first. */
function arrange(walk: usize): bool {
  for (let i: u32 = 0; i < countOf(walk); i++) {
    const node = nodeAt(walk, i);
    for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
      const x = inputOf(node, k);
      if (!reaches(walk, x)) {
        if (levelsOf(walk) & 1 && hasFlag(x, Flag.Cut)) {
          fail(Fault.Consumed, opOf(x));
          return false;
        }
        continue;
      }
      const at = enlist(walk, x);
      if (at < 0) return false;
      const entry = entryAt(walk, at);
      store<u32>(entry, load<u32>(entry, 8) + 1, 8);
    }
  }
  const count = countOf(walk);
  const order = orderOfWalk(walk);
  let filled: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(entryAt(walk, i), 8)) continue;
    store<u32>(order + ((<usize>filled) << 2), i);
    filled++;
  }
  for (let done: u32 = 0; done < filled; done++) {
    const node = nodeAt(walk, load<u32>(order + ((<usize>done) << 2)));
    for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
      const at = indexOf(walk, inputOf(node, k));
      if (at < 0) continue;
      const entry = entryAt(walk, at);
      const left = load<u32>(entry, 8) - 1;
      store<u32>(entry, left, 8);
      if (left) continue;
      store<u32>(order + ((<usize>filled) << 2), at);
      filled++;
    }
  }
  return true;
}

/** Sends the roots' cotangents back to the sources. With `record`, the way is taped at this level too. */
export function walkBack(walk: usize, record: bool): bool {
  if (!arrange(walk)) return false;
  const before = recordingMask();
  if (!record) setRecording(before & ~levelsOf(walk));
  const order = orderOfWalk(walk);
  let fine = true;
  for (let s: u32 = 0, n = countOf(walk); s < n && fine; s++) {
    fine = stepBack(walk, load<u32>(order + ((<usize>s) << 2)));
  }
  setRecording(before);
  return fine;
}

/** One node: its cotangent becomes cotangents of its inputs. */
function stepBack(walk: usize, i: u32): bool {
  if (!hasValue(walk, i)) return true;
  const node = nodeAt(walk, i);
  const fine =
    isBack(node) && numberAt(walk, i) ? stepNumber(walk, i, node) : stepTensor(walk, i, node);
  // Sources keep theirs: one of an inner level is both an end and a step on the way.
  if (fine && !hasFlag(node, Flag.Source)) dropValue(walk, i);
  return fine;
}

function stepTensor(walk: usize, i: u32, node: Tensor): bool {
  const g = valueAt(walk, i);
  if (!g) return false;
  const rule = vjpOf(opOf(node));
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    if (at < 0) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(rule, node, g, k);
    const fine = c ? accumulate(walk, at, c) : !failed();
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** True for an elementwise scalar: its cotangent may be a bare number. */
function isBack(node: Tensor): bool {
  const op = opOf(node);
  return isPlain(node) && familyOf(op) <= Family.Ternary && partialOf(op, 0) != 0;
}

/** The same without a node for each product, where the cotangent and a partial derivative are numbers. */
function stepNumber(walk: usize, i: u32, node: Tensor): bool {
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    if (at < 0) continue;
    const mark = poolMark();
    const d = partial(node, k);
    let fine = !failed();
    if (fine && d != ZERO) {
      if (d <= ZERO || (isBare(d) && dtypeOf(d) == dtypeOf(node))) {
        weighNumber(dtypeOf(node), numberAt(walk, i), d);
        fine = accumulateNumber(walk, at, product);
      } else {
        const g = valueAt(walk, i);
        const c = g ? weigh(g, d) : 0;
        fine = c != 0 && accumulate(walk, at, c);
      }
    }
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** Orders the nodes for a forward walk; then `setTangent` for the sources, then `walkForth`. */
export function prepareForth(walk: usize): bool {
  return arrange(walk);
}

/** Gives source x its tangent; false if no output depends on x. */
export function setTangent(walk: usize, x: Tensor, t: Tensor): bool {
  const at = indexOf(walk, x);
  return at >= 0 && accumulate(walk, at, t);
}

/** Sends tangents from the sources to the roots. */
export function walkForth(walk: usize): bool {
  const before = setRecording(recordingMask() & ~levelsOf(walk));
  const order = orderOfWalk(walk);
  let fine = true;
  for (let s = countOf(walk); s && fine; s--) {
    fine = stepForth(walk, load<u32>(order + ((<usize>(s - 1)) << 2)));
  }
  setRecording(before);
  return fine;
}

/** One node: the tangents of its inputs become its own. */
function stepForth(walk: usize, i: u32): bool {
  const node = nodeAt(walk, i);
  const n = inputsOf(node);
  if (!n) return true;
  const op = opOf(node);
  if (hasTrait(op, Trait.Joint)) return stepJoint(walk, i, node, n);
  for (let k: u32 = 0; k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    const t: Tensor = at < 0 ? 0 : valueAt(walk, at);
    if (!t) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(jvpOf(op), node, t, k);
    const fine = !failed() && (!c || accumulate(walk, i, c));
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** `stepForth` for rows whose rule takes the tangents of all inputs at once. */
function stepJoint(walk: usize, i: u32, node: Tensor, n: u32): bool {
  const list = allocate((<usize>n) << 2);
  if (!list) {
    fail(Fault.OutOfMemory, <f64>(n << 2));
    return false;
  }
  let any = false;
  for (let k: u32 = 0; k < n; k++) {
    const at = indexOf(walk, inputOf(node, k));
    const t: Tensor = at < 0 ? 0 : valueAt(walk, at);
    store<u32>(list + ((<usize>k) << 2), <u32>t);
    if (t) any = true;
  }
  const mark = poolMark();
  const c = any ? call_indirect<Tensor>(jvpOf(opOf(node)), node, list, 0) : 0;
  releaseBlock(list);
  const fine = !failed() && (!c || accumulate(walk, i, c));
  settle(mark);
  return fine;
}

/** What the walk left at x, or 0. */
export function peekValue(walk: usize, x: Tensor): Tensor {
  const at = indexOf(walk, x);
  return at < 0 ? 0 : valueAt(walk, at);
}

/** Takes what the walk left at x out of it, into the pool; 0 if nothing reached x. */
export function takeValue(walk: usize, x: Tensor): Tensor {
  const at = indexOf(walk, x);
  return at < 0 ? 0 : pooled(takeOut(walk, at));
}

/** Address of the number that the walk left at x; 0 if nothing did, NUMBER if that is none. */
export function peekNumber(walk: usize, x: Tensor): usize {
  const at = indexOf(walk, x);
  if (at < 0 || !hasValue(walk, at)) return 0;
  const number = numberAt(walk, at);
  return number && !numberMask(walk, at) ? number : NUMBER;
}

/** The next entry from `from` on that is a requiresGrad leaf with a cotangent; -1 at the end. */
export function nextLeaf(walk: usize, from: u32): i32 {
  for (let i = from; i < countOf(walk); i++) {
    if (hasFlag(nodeAt(walk, i), Flag.Leaf) && hasValue(walk, i)) return <i32>i;
  }
  return -1;
}

/** The node of an entry. */
export function walkNode(walk: usize, i: u32): Tensor {
  return nodeAt(walk, i);
}

/** Nodes met. */
export function walkSize(walk: usize): u32 {
  return countOf(walk);
}
