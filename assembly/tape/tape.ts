// The Wengert list: recorded nodes, linked in creation order. A recorded node holds its inputs; when
// nothing it depends on is live any more it becomes a constant and lets them go. Nothing recurses.
import { releaseBlock } from "../memory/heap";
import {
  attrOf,
  clearFlag,
  extOf,
  Flag,
  freeBareSlot,
  freeSlot,
  hasFlag,
  inputOf,
  inputsOf,
  isBareSlot,
  maskOf,
  opOf,
  refsOf,
  setExt,
  setFlag,
  Tensor,
} from "../tensor/node";
import { noteNumber } from "./numbers";
import { hasTrait, Trait } from "./rows";

let tail: Tensor = 0;
/** Blocks of nodes whose rules are not needed any more: the next one, then the rule's number. */
let gone: usize = 0;

/** The node before x on the tape. */
export function prevOnTape(x: Tensor): Tensor {
  return <usize>load<u32>(x, 28);
}
/** The node after x on the tape. */
export function nextOnTape(x: Tensor): Tensor {
  return <usize>load<u32>(x, 32);
}

/** The newest recorded node, 0 if there is none. */
export function tapeTail(): Tensor {
  return tail;
}

/** Levels whose nodes are counted as they come, and how many have come. */
let counted: u32 = 0;
let count: u32 = 0;
/** Begins to count nodes that depend on a level. */
export function countAppended(levels: u32): void {
  counted = levels;
  count = 0;
}
/** Goes on with a count that another one has interrupted. */
export function resumeAppended(levels: u32, already: u32): void {
  counted = levels;
  count = already;
}
export function countedLevels(): u32 {
  return counted;
}
/** How many have come since. */
export function appended(): u32 {
  return count;
}

/** Puts a fresh node at the end of the tape. Nodes are appended in creation order. */
export function append(x: Tensor): void {
  if (maskOf(x) & counted) count++;
  noteNumber(x);
  store<u32>(x, <u32>tail, 28);
  store<u32>(x, 0, 32);
  if (tail) store<u32>(tail, <u32>x, 32);
  tail = x;
  setFlag(x, Flag.Taped);
}

/** Takes a node off the tape. */
export function unlink(x: Tensor): void {
  if (!hasFlag(x, Flag.Taped)) return;
  const prev = prevOnTape(x);
  const next = nextOnTape(x);
  if (prev) store<u32>(prev, <u32>next, 32);
  if (next) store<u32>(next, <u32>prev, 28);
  else tail = prev;
  clearFlag(x, Flag.Taped);
}

/** One more holder. */
export function retain(x: Tensor): void {
  store<u32>(x, refsOf(x) + 1, 20);
}

/** One holder less. Frees the node, and whatever only it held, without recursion. */
export function release(x: Tensor): void {
  const refs = refsOf(x) - 1;
  store<u32>(x, refs, 20);
  if (!refs) free(x);
}

function free(x: Tensor): void {
  if (isBareSlot(x)) freeBareSlot(x);
  else drain(x);
}

/** Frees nodes without holders; the chain of those to come runs through their `next` fields. */
function drain(first: Tensor): void {
  unlink(first);
  store<u32>(first, 0, 32);
  let head = first;
  while (head) {
    const x = head;
    head = nextOnTape(x);
    head = letInputsGo(x, head);
    freeSlot(x);
  }
}

/** Drops x's inputs; those that nobody else holds are put before `chain`, whose head is returned. */
function letInputsGo(x: Tensor, chain: Tensor): Tensor {
  let head = chain;
  const n = inputsOf(x);
  for (let i: u32 = 0; i < n; i++) {
    const input = inputOf(x, i);
    const refs = refsOf(input) - 1;
    store<u32>(input, refs, 20);
    if (refs) continue;
    unlink(input);
    store<u32>(input, <u32>head, 32);
    head = input;
  }
  store<u8>(x, 0, 46);
  const ext = extOf(x);
  if (ext) {
    if (hasTrait(opOf(x), Trait.External)) {
      store<u32>(ext, <u32>gone);
      store<u32>(ext, attrOf(x), 4);
      gone = ext;
    } else releaseBlock(ext);
    setExt(x, 0);
  }
  return head;
}

/** The number of a rule in JavaScript whose node has let its inputs go; 0 if there is none left. */
export function takeGone(): u32 {
  if (!gone) return 0;
  const block = gone;
  const rule = load<u32>(block, 4);
  gone = <usize>load<u32>(block);
  releaseBlock(block);
  return rule;
}

/** Drops x's inputs and frees those that nobody else holds. */
export function dropInputs(x: Tensor): void {
  let head = letInputsGo(x, 0);
  while (head) {
    const next = nextOnTape(head);
    store<u32>(head, 0, 32);
    drain(head);
    head = next;
  }
}
