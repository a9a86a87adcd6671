// One walk over the part of the tape that leads from the roots (outputs) back to the sources of a
// level: cotangents run backward along it, tangents forward (forth.ts). Nodes are found breadth first
// and put into order by counting consumers; nothing recurses and no address is scanned.
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
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
import { loadNumber } from "../kernels/number";
import { recordingMask, setRecording } from "../tape/levels";
import { pooled, poolMark, settle } from "../tape/pool";
import { familyOf, partialOf, vjpOf } from "../tape/rows";
import { isPlain } from "../tape/scalar";
import { resultCode } from "../ops/external";
import { aliasCode } from "../ops/cast";
import { partial, PASS, weigh, ZERO } from "../ops/families/elementwise";
import {
  accumulate,
  accumulateProduct,
  countOf,
  dropValue,
  enlist,
  entryAt,
  entryOf,
  hasValue,
  hasWay,
  indexOf,
  isBare,
  isBorder,
  levelsOf,
  nodeOf,
  NUMBER,
  numberAt,
  numberMask,
  orderOfWalk,
  reaches,
  takeOut,
  touches,
  valueAt,
  Way,
} from "./entries";
import { linkResults, Outcome, reasonToStop, stopAt } from "./stops";

/** Adds an output with its cotangent g (or 0). False after a fault. */
export function addRoot(walk: usize, y: Tensor, g: Tensor): bool {
  if (levelsOf(walk) & 1 && hasFlag(y, Flag.Cut)) {
    fail(Fault.Consumed, opOf(y));
    return false;
  }
  if (!touches(walk, y)) return true;
  const i = enlist(walk, y);
  if (i < 0) return false;
  return !g || accumulate(entryAt(walk, <u32>i), g);
}

/** Finds all nodes between roots and sources and orders them, consumers first. */
export function arrange(walk: usize): bool {
  const result = resultCode();
  const bordered = hasWay(walk, Way.Border);
  let stops = false;
  for (let i: u32 = 0; i < countOf(walk); i++) {
    const node = nodeOf(entryAt(walk, i));
    if (bordered && isBorder(walk, node)) continue;
    if (opOf(node) == result) stops = true;
    for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
      const x = inputOf(node, k);
      if (!reaches(walk, x) && !(bordered && touches(walk, x))) {
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
    const node = nodeOf(entryAt(walk, load<u32>(order + ((<usize>done) << 2))));
    if (bordered && isBorder(walk, node)) continue;
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
  if (stops) linkResults(walk);
  return true;
}

// What is asked of an arranged walk, in the word that counted consumers; nothing of it: every source.

/** The entry keeps its cotangent. */
const WANTED: u32 = 1;
/** No cotangent is sent there. */
const DEAD: u32 = 2;
/** It sends none on. */
const IDLE: u32 = 4;

function askedOf(entry: usize): u32 {
  return load<u32>(entry, 8);
}

/** Asks for the cotangent of x, also if x is no source; false if the walk does not come there. */
export function want(walk: usize, x: Tensor): bool {
  const entry = entryOf(walk, x);
  if (entry) store<u32>(entry, WANTED, 8);
  return entry != 0;
}

/**
 * Restricts the walk to what leads to wanted nodes. The way does not go through nodes that were
 * created within one of n spans of time: pairs of creation numbers, the first one excluded.
 */
export function prune(walk: usize, n: u32, spans: usize): void {
  const order = orderOfWalk(walk);
  for (let s = countOf(walk); s; s--) {
    const entry = entryAt(walk, load<u32>(order + ((<usize>(s - 1)) << 2)));
    const node = nodeOf(entry);
    const wanted = askedOf(entry);
    const leads = !isWithin(node, n, spans) && hasLiveInput(walk, node);
    store<u32>(entry, leads ? wanted : wanted ? wanted | IDLE : DEAD | IDLE, 8);
  }
}

function hasLiveInput(walk: usize, node: Tensor): bool {
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const to = entryOf(walk, inputOf(node, k));
    if (to && !(askedOf(to) & DEAD)) return true;
  }
  return false;
}

function isWithin(node: Tensor, n: u32, spans: usize): bool {
  const order = <f64>orderOf(node);
  for (let i: u32 = 0; i < n; i++) {
    const span = spans + ((<usize>i) << 4);
    if (order > load<f64>(span) && order <= load<f64>(span, 8)) return true;
  }
  return false;
}

/** True if entry i has a part in the walk as it was asked for. */
export function takesPart(walk: usize, i: u32): bool {
  return !(askedOf(entryAt(walk, i)) & IDLE);
}

/** The s-th node in the order of the walk. */
export function nodeInOrder(walk: usize, s: u32): Tensor {
  return nodeOf(entryInOrder(walk, s));
}
function entryInOrder(walk: usize, s: u32): usize {
  return entryAt(walk, load<u32>(orderOfWalk(walk) + ((<usize>s) << 2)));
}
/** The s-th step of an arranged walk back. What is recorded is the caller's business. */
export function stepInOrder(walk: usize, s: u32): Outcome {
  const entry = entryInOrder(walk, s);
  if (hasWay(walk, Way.Held)) return heldBack(walk, entry, s);
  return isBorder(walk, nodeOf(entry)) || stepBack(walk, entry) ? Outcome.Done : Outcome.Fault;
}

/** Sends the roots' cotangents back to the sources. With `record`, the way is taped at this level too. */
export function walkBack(walk: usize, record: bool): Outcome {
  return arrange(walk) ? runBack(walk, record) : Outcome.Fault;
}

/** The same for a walk that is in order, from where it stands to the end, or to where it stops. */
export function runBack(walk: usize, record: bool): Outcome {
  const before = recordingMask();
  if (!record) setRecording(before & ~levelsOf(walk));
  const order = orderOfWalk(walk);
  const held = hasWay(walk, Way.Held);
  const bordered = hasWay(walk, Way.Border);
  let outcome = Outcome.Done;
  stopAt(walk, 0, 0);
  for (let s = placeOf(walk), n = countOf(walk); s < n && outcome == Outcome.Done; s++) {
    const entry = entryAt(walk, load<u32>(order + ((<usize>s) << 2)));
    if (held) outcome = heldBack(walk, entry, s);
    else if (bordered && isBorder(walk, nodeOf(entry))) continue;
    else if (!stepBack(walk, entry)) outcome = Outcome.Fault;
  }
  setRecording(before);
  return outcome;
}

/** One node, the s-th, of a walk that may stop. */
function heldBack(walk: usize, entry: usize, s: u32): Outcome {
  let why = reasonToStop(walk, entry, true);
  if (why == Outcome.Hub && askedOf(entry) & IDLE) why = Outcome.Done;
  if (why != Outcome.Done) {
    if (why != Outcome.Fault) stopAt(walk, entry, why);
    setPlace(walk, why == Outcome.Hub ? s + 1 : s);
    return why;
  }
  const node = nodeOf(entry);
  if (isBorder(walk, node)) return Outcome.Done;
  // Results keep theirs for the hub, which comes later.
  const fine =
    opOf(node) == resultCode()
      ? !hasValue(entry) || askedOf(entry) & IDLE || stepTensor(walk, entry, node)
      : stepBack(walk, entry);
  return fine ? Outcome.Done : Outcome.Fault;
}

/** How many nodes the walk has behind it. */
export function placeOf(walk: usize): u32 {
  return load<u32>(walk, 32);
}
export function setPlace(walk: usize, place: u32): void {
  store<u32>(walk, place, 32);
}

/** One node: its cotangent becomes cotangents of its inputs. */
export function stepBack(walk: usize, entry: usize): bool {
  if (!hasValue(entry)) return true;
  const node = nodeOf(entry);
  let fine = true;
  if (!(askedOf(entry) & IDLE)) {
    const g = isBack(node) ? numberAt(entry) : 0;
    fine = g ? stepNumber(walk, entry, node, g) : stepTensor(walk, entry, node);
  }
  // Sources keep theirs: one of an inner level is both an end and a step on the way.
  if (fine && !hasFlag(node, Flag.Source) && !(askedOf(entry) & WANTED)) dropValue(entry);
  return fine;
}

function stepTensor(walk: usize, entry: usize, node: Tensor): bool {
  const g = valueAt(entry);
  if (!g) return false;
  const rule = vjpOf(opOf(node));
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const to = entryOf(walk, inputOf(node, k));
    if (!to || askedOf(to) & DEAD) continue;
    const mark = poolMark();
    const c = call_indirect<Tensor>(rule, node, g, k);
    const fine = c ? accumulate(to, c) : !failed();
    settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** True for an elementwise scalar, or another name of one: its cotangent may be a bare number. */
function isBack(node: Tensor): bool {
  const op = opOf(node);
  return (
    isPlain(node) &&
    ((familyOf(op) <= Family.Ternary && partialOf(op, 0) != 0) || op == aliasCode())
  );
}

/**
 * True if a product with the number at `g`, a cotangent of `node`, is d itself, which is no value of
 * what is differentiated.
 */
function isUnit(g: usize, d: Tensor, node: Tensor): bool {
  return (
    isPlain(d) &&
    !(maskOf(d) & ~recordingMask()) &&
    dtypeOf(d) == dtypeOf(node) &&
    hasFlag(d, Flag.Weak) == hasFlag(node, Flag.Weak) &&
    loadNumber(g, dtypeOf(node)) == 1
  );
}

/**
 * The same without a node for each product, where the cotangent (the number at `g`) and a partial
 * derivative are numbers.
 */
function stepNumber(walk: usize, entry: usize, node: Tensor, g: usize): bool {
  const same = opOf(node) == aliasCode();
  for (let k: u32 = 0, n = inputsOf(node); k < n; k++) {
    const to = entryOf(walk, inputOf(node, k));
    if (!to || askedOf(to) & DEAD) continue;
    const mark = poolMark();
    const d = same ? PASS : partial(node, k);
    let fine = d != 0;
    if (fine && d != ZERO) {
      if (
        dtypeOf(nodeOf(to)) == dtypeOf(node) &&
        (d <= ZERO || (isBare(d) && dtypeOf(d) == dtypeOf(node)))
      ) {
        fine = accumulateProduct(to, g, d);
      } else if (d > ZERO && isUnit(g, d, node)) fine = accumulate(to, d);
      else {
        const whole = valueAt(entry);
        const c = whole ? weigh(whole, d) : 0;
        fine = c != 0 && accumulate(to, c);
      }
    }
    if (poolMark() != mark) settle(mark);
    if (!fine) return false;
  }
  return true;
}

/** What the walk left at x, or 0. */
export function peekValue(walk: usize, x: Tensor): Tensor {
  const entry = entryOf(walk, x);
  return entry ? valueAt(entry) : 0;
}

/** Takes what the walk left at x out of it, into the pool; 0 if nothing reached x. */
export function takeValue(walk: usize, x: Tensor): Tensor {
  const entry = entryOf(walk, x);
  return entry ? pooled(takeOut(entry)) : 0;
}

/** Address of the number that the walk left at x; 0 if nothing did, NUMBER if that is none. */
export function peekNumber(walk: usize, x: Tensor): usize {
  const entry = entryOf(walk, x);
  if (!entry || !hasValue(entry)) return 0;
  const number = numberAt(entry);
  return number && !numberMask(entry) ? number : NUMBER;
}

/** Puts another cotangent in the place of the one that x has; false after a fault. */
export function replaceValue(walk: usize, x: Tensor, g: Tensor): bool {
  const entry = entryOf(walk, x);
  if (!entry) return true;
  dropValue(entry);
  return accumulate(entry, g);
}

/** The next entry from `from` on whose node is older than the walk allows; -1 at the end. */
export function nextBorder(walk: usize, from: u32): i32 {
  for (let i = from; i < countOf(walk); i++) {
    if (isBorder(walk, nodeOf(entryAt(walk, i)))) return <i32>i;
  }
  return -1;
}

/** The next entry from `from` on that is a requiresGrad leaf with a cotangent; -1 at the end. */
export function nextLeaf(walk: usize, from: u32): i32 {
  for (let i = from; i < countOf(walk); i++) {
    const entry = entryAt(walk, i);
    if (hasFlag(nodeOf(entry), Flag.Leaf) && hasValue(entry)) return <i32>i;
  }
  return -1;
}

/** The node of an entry of the table. */
export function walkNode(walk: usize, i: u32): Tensor {
  return nodeOf(entryAt(walk, i));
}

/** Nodes met. */
export function walkSize(walk: usize): u32 {
  return countOf(walk);
}
