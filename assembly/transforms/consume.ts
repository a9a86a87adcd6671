// The end of a graph of the imperative style: backward() frees what it has walked, and what was
// computed beside it from consumed values lets go as well. A tape that closes forgets what it has seen.
import {
  blockOf,
  bytesOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  inputsOf,
  maskOf,
  opOf,
  orderOf,
  prefixOf,
  setFlag,
  setMask,
  setPrefix,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { tracingMask } from "../tape/levels";
import { runOf } from "../tape/rows";
import { forget } from "../tape/recipes";
import { nextOnTape, prevOnTape, tapeTail } from "../tape/tape";
import { takesPart, walkNode, walkSize } from "./walk";

/** Turns the nodes of a finished walk of level 0 into plain values. */
export function consume(walk: usize): void {
  let oldest: u64 = u64.MAX_VALUE;
  for (let i: u32 = 0, n = walkSize(walk); i < n; i++) {
    const node = walkNode(walk, i);
    if (hasFlag(node, Flag.Leaf) || !takesPart(walk, i)) continue;
    oldest = min(oldest, orderOf(node));
    setMask(node, maskOf(node) & ~1);
    setFlag(node, Flag.Cut);
  }
  // The first tape node that may have lost something.
  let x: Tensor = 0;
  for (let t = tapeTail(); t && orderOf(t) >= oldest; t = prevOnTape(t)) x = t;
  while (x) {
    const next = nextOnTape(x);
    settleMask(x);
    x = next;
  }
  // Letting inputs go frees nodes, so it waits until the masks are right, and runs backward.
  x = tapeTail();
  while (x && orderOf(x) >= oldest) x = maskOf(x) ? prevOnTape(x) : forget(x);
}

/** Recomputes on which levels x depends. */
function settleMask(x: Tensor): void {
  if (hasFlag(x, Flag.Source)) return;
  let mask: u32 = 0;
  let cut = false;
  for (let k: u32 = 0, n = inputsOf(x); k < n; k++) {
    const input = inputOf(x, k);
    mask |= maskOf(input);
    if (hasFlag(input, Flag.Cut)) cut = true;
  }
  const left = maskOf(x) & (mask | tracingMask());
  if (cut && !(left & 1)) setFlag(x, Flag.Cut);
  setMask(x, left);
}

/** Turns what was recorded at some levels after `since`, up to `until`, into plain values. */
export function forgetBetween(levels: u32, since: u64, until: u64): void {
  let x = tapeTail();
  while (x && orderOf(x) > since) {
    const left = maskOf(x) & ~levels;
    if (orderOf(x) > until || left || hasFlag(x, Flag.Leaf)) {
      if (orderOf(x) <= until && !hasFlag(x, Flag.Leaf)) setMask(x, left);
      x = prevOnTape(x);
    } else x = forget(x);
  }
}

/** Bytes of values that were recorded at some levels after `since`, computed or not. */
export function bytesSince(levels: u32, since: u64): f64 {
  let bytes: f64 = 0;
  for (let x = tapeTail(); x && orderOf(x) > since; x = prevOnTape(x)) {
    if (maskOf(x) & levels && runOf(opOf(x))) bytes += <f64>sizeOf(x) * bytesOf(dtypeOf(x));
  }
  return bytes;
}

/** Leaves what was made after `since`, up to `until`, so many batch axes. */
export function unmapBetween(since: u64, until: u64, depth: u32): void {
  for (let x = tapeTail(); x && orderOf(x) > since; x = prevOnTape(x)) {
    unmap(x, since, until, depth);
    for (let k: u32 = 0, n = inputsOf(x); k < n; k++) unmap(inputOf(x, k), since, until, depth);
  }
}

function unmap(x: Tensor, since: u64, until: u64, depth: u32): void {
  const order = orderOf(x);
  if (order > since && order <= until) setPrefix(x, min(prefixOf(x), depth));
}

/** The first node after `since` (x: 0), or after x, that depends on some of these levels; 0 at the end. */
export function nextSince(levels: u32, since: u64, x: Tensor): Tensor {
  let node = x;
  if (!node) for (let t = tapeTail(); t && orderOf(t) > since; t = prevOnTape(t)) node = t;
  else node = nextOnTape(node);
  while (node && !(maskOf(node) & levels)) node = nextOnTape(node);
  return node;
}

/** The node whose storage x shows. */
export function baseOf(x: Tensor): Tensor {
  let base = x;
  while (inputsOf(base) && isView(base)) base = inputOf(base, 0);
  return base;
}

function isView(x: Tensor): bool {
  const input = inputOf(x, 0);
  return !runOf(opOf(x)) || (blockOf(x) != 0 && blockOf(x) == blockOf(input));
}

/** Bytes of x's value if it was computed, is no view and does not stand in its slot; else 0. */
export function ownBytes(x: Tensor): f64 {
  const bytes = <f64>sizeOf(x) * bytesOf(dtypeOf(x));
  return inputsOf(x) && bytes > 16 && !isView(x) ? bytes : 0;
}
