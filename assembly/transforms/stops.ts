// Where a walk stops for TypeScript: at hubs of functions whose rules live there (ops/external.ts), and
// at nodes that hooks were put on. It holds its nodes then, for anything may happen in between.
//
//   word 24 of an entry    of a hub and its results: 1 + the next result's place; bit 31: a hook
import { Fault } from "../shared/fault";
import { fail } from "../tensor/fault";
import { attrOf, inputOf, inputsOf, maskOf, opOf, Tensor } from "../tensor/node";
import { put } from "../tensor/shape";
import { retain } from "../tape/tape";
import { hubCode, resultCode } from "../ops/external";
import {
  countOf,
  entryAt,
  entryOf,
  hasValue,
  hasWay,
  indexOf,
  levelsOf,
  nodeOf,
  setWay,
  Way,
} from "./entries";

/** How far a walk has come. */
export const enum Outcome {
  Fault = 0,
  Done = 1,
  /** At a hub. */
  Hub = 2,
  /** At a node with a hook. */
  Hook = 3,
}

const HOOK: u32 = 0x80000000;

function chainAt(entry: usize): u32 {
  return load<u32>(entry, 24);
}

/** Finds the results of each hub, if the walk has met any. */
export function linkResults(walk: usize): void {
  hold(walk);
  for (let i: u32 = 0; i < countOf(walk); i++) {
    const entry = entryAt(walk, i);
    const node = nodeOf(entry);
    if (opOf(node) != resultCode() || inputsOf(node) < 2) continue;
    const at = indexOf(walk, inputOf(node, 1));
    if (at < 0) continue;
    const hub = entryAt(walk, at);
    store<u32>(entry, chainAt(hub), 24);
    store<u32>(hub, i + 1, 24);
  }
}

function hold(walk: usize): void {
  if (hasWay(walk, Way.Held)) return;
  setWay(walk, Way.Held);
  for (let i: u32 = 0; i < countOf(walk); i++) retain(nodeOf(entryAt(walk, i)));
}

/** Makes a walk that is in order stop at x; false if it does not come there. */
export function hook(walk: usize, x: Tensor): bool {
  const entry = entryOf(walk, x);
  if (!entry) return false;
  hold(walk);
  store<u32>(entry, chainAt(entry) | HOOK, 24);
  return true;
}

/** Why the walk stops at an entry, if it does. Each reason counts once. */
export function reasonToStop(walk: usize, entry: usize, back: bool): Outcome {
  const node = nodeOf(entry);
  if (!(maskOf(node) & levelsOf(walk))) {
    fail(Fault.Consumed, opOf(node));
    return Outcome.Fault;
  }
  if (chainAt(entry) & HOOK) {
    store<u32>(entry, chainAt(entry) & ~HOOK, 24);
    if (hasValue(entry)) return Outcome.Hook;
  }
  if (opOf(node) != hubCode()) return Outcome.Done;
  return (back ? hasResults(walk, entry) : hasInputs(walk, node)) ? Outcome.Hub : Outcome.Done;
}

function hasResults(walk: usize, hub: usize): bool {
  for (let next = chainAt(hub); next; next = chainAt(entryAt(walk, next - 1))) {
    if (hasValue(entryAt(walk, next - 1))) return true;
  }
  return false;
}

function hasInputs(walk: usize, hub: Tensor): bool {
  for (let k: u32 = 0, n = inputsOf(hub); k < n; k++) {
    const from = entryOf(walk, inputOf(hub, k));
    if (from && hasValue(from)) return true;
  }
  return false;
}

/** The walk has stopped at an entry. */
export function stopAt(walk: usize, entry: usize, why: Outcome): void {
  store<u32>(walk, <u32>entry, 40);
  store<u32>(walk, why, 44);
}
/** Why it has, as an Outcome; 0 if it has not. */
export function whyStopped(walk: usize): u32 {
  return load<u32>(walk, 44);
}
/** Where it has. */
export function stoppedAt(walk: usize): Tensor {
  return nodeOf(<usize>load<u32>(walk, 40));
}

/**
 * Puts into a list what the walk knows of results of the hub where it stands: for each which one it is,
 * and its node. Returns how many.
 */
export function listResults(walk: usize, list: usize, room: u32): u32 {
  let n: u32 = 0;
  const hub = <usize>load<u32>(walk, 40);
  for (let next = chainAt(hub); next && n < room; next = chainAt(entryAt(walk, next - 1))) {
    const node = nodeOf(entryAt(walk, next - 1));
    put(list, 2 * n, attrOf(node));
    put(list, 2 * n + 1, <u32>node);
    n++;
  }
  return n;
}
