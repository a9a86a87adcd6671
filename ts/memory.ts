// For those who want control or figures; nobody has to free anything.
import { cellStatistics, disposeCell, isDisposed, keptOf } from "./cell.js";
import { closeScope, collect, openScope } from "./collection.js";
import { describe } from "./convert.js";
import { isHandle } from "./handle.js";
import { eachLeaf } from "./tree.js";
import { checkSynchronous } from "./synchronous.js";
import * as wasm from "./wasm.js";

/** What memory() tells. */
export interface MemoryReport {
  /** Tensors whose value is in wasm. */
  tensors: number;
  /** Values in wasm, those without a tensor (of the tape) included. */
  nodes: number;
  /** Bytes in use in wasm. */
  residentBytes: number;
  /** Most bytes in use so far, or since resetPeakMemory(). */
  peakBytes: number;
  /** Bytes that WebAssembly has taken from the host; it cannot give any back. */
  wasmBytes: number;
  /** Bytes moved out to JavaScript and not come back; those of dropped tensors are collected. */
  evictedBytes: number;
  /** Values moved out so far. */
  evictions: number;
}

/**
 * Where tensors are and how much room they take.
 *
 * @example
 * ```ts
 * const { residentBytes, evictedBytes } = memory();
 * ```
 */
export function memory(): MemoryReport {
  const c = wasm.core();
  return {
    tensors: c.handleCount(),
    nodes: c.nodeCount(),
    residentBytes: c.memoryUsed(),
    peakBytes: c.memoryPeak(),
    wasmBytes: c.memory.buffer.byteLength,
    ...cellStatistics(),
  };
}

/**
 * Starts to measure `peakBytes` anew.
 *
 * @example
 * ```ts
 * resetPeakMemory();
 * matmul(ones([50, 50]), ones([50, 50]));
 * memory().peakBytes; // what that took beside what was there
 * ```
 */
export function resetPeakMemory(): void {
  wasm.core().memoryResetPeak();
}

/** Cells of all tensors in a result. */
function keepCells(x: unknown, keep: Set<unknown>): void {
  eachLeaf(x, (leaf) => {
    if (!isHandle(leaf)) return;
    for (const cell of leaf.byRows?.cells() ?? [leaf.cell]) keep.add(cell);
  });
}

/**
 * Runs f and disposes of every tensor made in it but those it returns (in arrays and objects) and
 * requiresGrad leaves with their gradients. Never needed: it only frees sooner.
 *
 * @example
 * ```ts
 * tidy(() => sum(exp(ones([1000])))).shape; // []
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function tidy<R>(f: () => R): R {
  if (typeof f !== "function") throw new TypeError(`tidy: needs a function, not ${describe(f)}`);
  const outer = openScope();
  const keep = new Set<unknown>();
  try {
    const result = f();
    checkSynchronous(result, "tidy");
    keepCells(result, keep);
    return result;
  } finally {
    for (const cell of closeScope(outer)) {
      if (isDisposed(cell) || cell.held) continue;
      const leaf =
        cell.slot > 0 ? wasm.core().tensorIsLeaf(cell.slot) !== 0 : keptOf(cell)?.leaf === true;
      if (keep.has(cell) || cell.gradient || leaf) collect(cell);
      else disposeCell(cell);
    }
  }
}
