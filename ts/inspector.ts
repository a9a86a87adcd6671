// Who watches the walks back, if anybody does: detectAnomaly() and debug() go through them step by step.
import * as wasm from "./wasm.js";

/** What a run or step gives at its end; 0 is a fault, more a stop. */
export const DONE = 1;

/**
 * Takes the place of the run through an arranged walk back for levels (a mask), from where it stands to
 * its end or next stop. Gives what `walkRun` gives.
 */
export type Inspector = (walk: number, levels: number, record: boolean) => number;

/** The inspector of the walks that begin now, and whether assignments to what is in use are errors. */
export const inspection: { now: Inspector | undefined; saved: boolean } = {
  now: undefined,
  saved: false,
};

/**
 * Runs an arranged walk back: 0 after a fault, 1 at the end, more where it has stopped for rules or
 * hooks (ts/rules.ts).
 */
export function runBack(walk: number, levels: number, record: boolean): number {
  return inspection.now === undefined
    ? wasm.core().walkRun(walk, record)
    : inspection.now(walk, levels, record);
}
