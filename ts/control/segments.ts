// Loops in segments, where they are long. Of a segment nothing stays on the tape but what it began with and what it gave: a
// walk that comes there has its steps run again, and walks through them.
import { DType } from "../../assembly/shared/dtype.js";
import { describe } from "../convert.js";
import { bytesOf } from "../dtype.js";
import { isHandle, slot } from "../handle.js";
import { recorder } from "../recording.js";
import { checkpointed } from "../transforms/segment.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";

/** Segments, or how many steps each of them has. */
export type Segmented = boolean | number;

/** A node, and about what TypeScript keeps of one. */
const NODE_BYTES = 128;
/**
 * What a loop may leave on the tape unless it is told otherwise: as long as it is less, nothing is computed
 * twice. It is half of what is evicted at the earliest (ts/cells/eviction.ts).
 */
const FREE_BYTES = 2 ** 24;
/** What stands on the tape for a segment beside its values. */
const SEGMENT_BYTES = 4096;

/** Throws unless x says whether a loop goes in segments. */
export function checkSegmented(x: unknown, who: string): void {
  if (x === undefined || typeof x === "boolean") return;
  if (typeof x === "number" && Number.isInteger(x) && x > 0) return;
  throw new RangeError(
    `${who}: checkpoint is ${describe(x)}, neither a boolean nor a positive number of steps`,
  );
}

/** True if something is recorded now that a loop could leave out; a program has its own plan of memory. */
export function goesInSegments(checkpoint: Segmented | undefined): boolean {
  if (checkpoint === false || (wasm.core().recording() & 0x7fffffff) === 0) return false;
  return checkpoint !== undefined || recorder.now === undefined;
}

function bytesIn(tree: unknown): number {
  const c = wasm.core();
  let bytes = 0;
  mapTree(tree, (leaf) => {
    if (!isHandle(leaf)) return leaf;
    const dtype = c.tensorDtype(slot(leaf));
    if (dtype >= DType.Float32) bytes += c.tensorSize(slot(leaf)) * bytesOf(dtype);
    return leaf;
  });
  return bytes;
}

/** Bytes of values that were recorded since a creation number. */
function recordedSince(order: number): number {
  const c = wasm.core();
  return c.externalBytes(c.recording() & 0x7fffffff, order);
}

/**
 * How many steps a segment has, so that what is kept and what one segment makes again are smallest
 * together: n/k carries and k steps, k = √(n · carry / step). (Griewank 1992; Chen and others 2016.)
 */
function lengthOf(steps: number, carryBytes: number, stepBytes: number): number {
  const ratio = Math.min(16, (carryBytes + SEGMENT_BYTES) / stepBytes);
  return Math.max(1, Math.min(Math.round(Math.sqrt(steps * ratio)), steps));
}

/** One stretch of steps: from the carry, and what else is differentiated, to the next one and a result. */
export type Stretch = (carry: unknown, data: unknown) => readonly [carry: unknown, result: unknown];

/** What a loop is made of. */
export interface Loop {
  steps: number;
  /** The function for the steps from one to another. */
  stretch: (from: number, to: number) => Stretch;
  /** What all steps get beside the carry. */
  data: unknown;
  /** Cuts data into those of so many steps each. */
  cut: (data: unknown, lengths: readonly number[]) => readonly unknown[];
}

/**
 * Runs steps as long as there are any, in segments that grow: `stretch` gives the function for so many
 * steps at most, and what tells afterwards whether there are no more.
 */
export function whileInSegments(
  stretch: (most: number) => { run: (carry: unknown) => unknown; isDone: () => boolean },
  init: unknown,
  checkpoint: Segmented | undefined,
): unknown {
  const c = wasm.core();
  let carry = init;
  let [steps, most, bytes] = [0, typeof checkpoint === "number" ? checkpoint : 1, 0];
  let free = checkpoint === undefined ? FREE_BYTES : 0;
  for (;;) {
    const { run, isDone } = stretch(most);
    const cost = { bytes: 0 };
    const before = c.newestOrder();
    if (most * bytes < free) {
      free -= most * bytes;
      carry = run(carry);
      cost.bytes = steps === 0 ? recordedSince(before) : 0;
    } else {
      carry = checkpointed(run, [carry], { cost });
    }
    if (isDone()) return carry;
    if (typeof checkpoint === "number") continue;
    if (steps === 0) bytes = cost.bytes + (c.newestOrder() - before) * NODE_BYTES;
    steps += most;
    // Nobody knows how many there will be: twice as many as there were is a fair guess.
    most = lengthOf(2 * steps, bytesIn(carry), bytes);
  }
}

/** Runs a loop in segments: the last carry, and what each segment gave. */
export function inSegments(
  { steps, stretch, data, cut }: Loop,
  init: unknown,
  checkpoint: Segmented | undefined,
): [carry: unknown, results: unknown[]] {
  const c = wasm.core();
  const results: unknown[] = [];
  let carry = init;
  const run = (from: number, length: number, given: unknown): number => {
    const cost = { bytes: 0 };
    const f = stretch(from, from + length) as (...args: unknown[]) => unknown;
    const out = checkpointed(f, [carry, given], { cost }) as [unknown, unknown];
    carry = out[0];
    results.push(out[1]);
    return cost.bytes;
  };
  const keep = (begin: number, end: number, given: unknown): number => {
    const before = c.newestOrder();
    const out = stretch(begin, end)(carry, given);
    carry = out[0];
    results.push(out[1]);
    return recordedSince(before);
  };
  let from = 0;
  let rest = data;
  let length = checkpoint as number;
  if (typeof checkpoint !== "number") {
    // One step tells how much a step takes.
    const before = c.newestOrder();
    const [first, others] = cut(data, steps > 1 ? [1, steps - 1] : [1]);
    const own = checkpoint === undefined ? keep(0, 1, first) : run(0, 1, first);
    const bytes = own + (c.newestOrder() - before) * NODE_BYTES;
    if (steps === 1) return [carry, results];
    if (checkpoint === undefined && (steps - 1) * bytes < FREE_BYTES) {
      keep(1, steps, others);
      return [carry, results];
    }
    from = 1;
    rest = others;
    length = lengthOf(steps - 1, bytesIn(carry), bytes);
  }
  const lengths: number[] = [];
  for (let at = from; at < steps; at += length) lengths.push(Math.min(length, steps - at));
  cut(rest, lengths).forEach((given, i) => {
    run(from, lengths[i]!, given);
    from += lengths[i]!;
  });
  return [carry, results];
}
