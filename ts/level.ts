// Levels, from this side of the border: a transform enters one and leaves it in a `finally`. Near the
// end of the stack even that may fail, so this side keeps its own count, which needs no call.
import { closeLogs } from "./light.js";
import { freeRules } from "./rules.js";
import * as wasm from "./wasm.js";

/**
 * What is live: how many levels, and which of them is the innermost vmap (0: none). Who leaves level n
 * sets `depth` to n - 1 first: an assignment cannot fail.
 */
export const live = { depth: 0, batch: 0 };

/** Opens a level for a call of `who`. */
export function enterLevel(who: string): number {
  closeLost();
  return entered(wasm.core().enter(), who);
}

/** Opens the level of a trace. */
export function enterTrace(who: string): number {
  closeLost();
  return entered(wasm.core().traceBegin(), who);
}

/** Opens a level with a batch axis of this size. */
export function enterBatch(size: number, who: string): number {
  closeLost();
  return entered(wasm.core().enterBatch(size), who);
}

function entered(level: number, who: string): number {
  if (level === 0) throw wasm.takeFault(who);
  live.depth = level;
  return level;
}

/** Closes levels whose transforms have ended, but could not leave them for want of stack. */
function closeLost(): void {
  if (wasm.core().levelDepth() > live.depth) leaveLevel(live.depth + 1);
}

/** Closes levels from `level` up. Scalars that nothing needs any more come over at once. */
export function leaveLevel(level: number): void {
  // If the stack is about to overflow, it does so here: not with scalars between wasm and their tensors.
  reserveStack(8);
  closeLogs(level);
  freeRules();
}

/** Returns after so many calls inside each other. */
function reserveStack(calls: number): number {
  return calls === 0 ? 0 : 1 + reserveStack(calls - 1);
}
