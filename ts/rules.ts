// Where walks stop for TypeScript: at calls of functions that have rules of their own, and at nodes with
// hooks. Rules are known by numbers, which their nodes carry; they live as long as those do.
import type { Dtype } from "./dtype.js";
import { DONE, runBack } from "./inspector.js";
import * as wasm from "./wasm.js";

/** Why a walk has stopped (Outcome in assembly/transforms/stops.ts). */
const FAULT = 0;
const HUB = 2;

/** A walk that has stopped at the node of a call. */
export interface Stop {
  walk: number;
  /** The node. */
  hub: number;
  /** The level that the walk is for. */
  level: number;
  /** The way is taped at that level too. */
  record: boolean;
  /** Which results the walk knows, and their nodes. */
  results: [index: number, node: number][];
}

/** A value that a backward pass will find. */
export interface Residual {
  /** The operation that computed it; "argument" or "constant" for what the function was given. */
  op: string;
  /** What it was called (`checkpointName`). */
  names: readonly string[];
  shape: readonly number[];
  dtype: Dtype;
  /** Bytes of memory. */
  bytes: number;
}

/** What one call of a function with rules of its own left behind. */
export interface CallRules {
  /** What the user calls the function. */
  readonly name: string;
  /** What it keeps beside its inputs. */
  residuals?(): readonly Residual[];
  /** Gives the inputs the cotangents that follow from those of the results. */
  back(stop: Stop): void;
  /** Gives the results the tangents that follow from those of the inputs. */
  forth(stop: Stop): void;
  /** The node is gone. */
  free(): void;
}

/** Called where a walk stops at a node with a hook. */
type AtHook = (walk: number, node: number) => void;

const rules = new Map<number, CallRules>();
let last = 0;
let running = 0;

/** Numbers rules. */
export function addRules(call: CallRules): number {
  // Numbers may come around: 2^31 calls later hardly any of the first is alive.
  do last = (last % 0x7fffffff) + 1;
  while (rules.has(last));
  rules.set(last, call);
  return last;
}

/** Changes with every call of a function that has rules of its own. */
export function newestRules(): number {
  return last;
}

/** Forgets rules whose call did not come onto the tape. */
export function dropRules(number: number): void {
  rules.get(number)?.free();
  rules.delete(number);
}

/** The rules of this number. */
export function rulesOf(number: number): CallRules | undefined {
  return rules.get(number);
}

/** True if some tape has such calls on it. */
export function haveRules(): boolean {
  return rules.size > 0;
}

/** True while a rule or a hook runs: a walk waits for it. */
export function isWalkWaiting(): boolean {
  return running > 0;
}

/** What the function is called whose call, or result of a call, is in a slot; undefined for others. */
export function calledAt(at: number): string | undefined {
  const c = wasm.core();
  const hub = rules.size === 0 ? 0 : c.externalHub(at);
  return hub === 0 ? undefined : rules.get(c.externalNumber(hub))?.name;
}

/** Lets rules go whose nodes are gone. */
export function freeRules(): void {
  if (rules.size === 0) return;
  const c = wasm.core();
  for (let number = c.externalGone(); number !== 0; number = c.externalGone()) {
    const call = rules.get(number);
    rules.delete(number);
    call?.free();
  }
}

/** Brings a walk that is in order back to its end. */
export function finishBack(
  who: string,
  walk: number,
  level: number,
  record: boolean,
  hook?: AtHook,
): void {
  let outcome = runBack(walk, 1 << level, record);
  while (outcome > DONE) {
    attend(walk, level, record, hook, "back");
    outcome = runBack(walk, 1 << level, record);
  }
  if (outcome === FAULT) throw wasm.takeFault(who);
}

/** The same for a walk that may have stopped already, where TypeScript did not begin it. */
export function resumeBack(who: string, walk: number, level: number): void {
  if (wasm.core().walkStop(walk) === 0) return;
  attend(walk, level, false, undefined, "back");
  finishBack(who, walk, level, false);
}

/** Brings a walk forth to its end. */
export function finishForth(who: string, walk: number, level: number, record: boolean): void {
  const c = wasm.core();
  let outcome = c.walkForth(walk, record);
  while (outcome > DONE) {
    attend(walk, level, record, undefined, "forth");
    outcome = c.walkForth(walk, record);
  }
  if (outcome === FAULT) throw wasm.takeFault(who);
}

/** Does what the walk waits for. What is recorded meanwhile is what the walk itself would record. */
function attend(
  walk: number,
  level: number,
  record: boolean,
  hook: AtHook | undefined,
  way: "back" | "forth",
): void {
  const c = wasm.core();
  const why = c.walkStop(walk);
  const [hub, number, n] = wasm.readList(3) as [number, number, number];
  const words = wasm.readList(3 + 2 * n);
  const before = c.recording();
  if (!record) c.setRecording(before & ~(1 << level));
  running++;
  try {
    if (why !== HUB) hook?.(walk, hub);
    else {
      const results = Array.from({ length: n }, (_, i): [number, number] => [
        words[3 + 2 * i]!,
        words[4 + 2 * i]!,
      ]);
      const call = rules.get(number);
      if (call === undefined) throw new Error("internal: the rules of a call are gone");
      call[way]({ walk, hub, level, record, results });
    }
  } finally {
    running--;
    c.setRecording(before);
  }
}
