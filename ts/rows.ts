// Gradients by rows: which walks collect them, and for which nodes. Where a walk comes to what was looked up
// in a table (ts/transforms/lookups.ts) at which it ends, the rows are put here and never added up.
import type { Tensor } from "./tensor.js";

/** What one walk has found. */
export class RowCollector {
  /** True for nodes whose gradients may be rows: nothing is to go on from there. */
  readonly wants: (node: number) => boolean;
  private readonly found = new Map<number, Tensor>();

  constructor(wants: (node: number) => boolean) {
    this.wants = wants;
  }

  add(node: number, rows: Tensor): void {
    const before = this.found.get(node);
    this.found.set(node, before?.byRows?.sumWith(rows) ?? rows);
  }

  /** The rows of a node; undefined if there are none. */
  at(node: number): Tensor | undefined {
    return this.found.get(node);
  }

  /** All nodes with rows. */
  nodes(): Iterable<[node: number, rows: Tensor]> {
    return this.found;
  }
}

const collectors = new Map<number, RowCollector>();

/** The collector of a walk, if it has one. */
export function collectorOf(walk: number): RowCollector | undefined {
  return collectors.size === 0 ? undefined : collectors.get(walk);
}

/** Runs `body`, in which a walk has a collector. */
export function collecting<R>(walk: number, collector: RowCollector | undefined, body: () => R): R {
  if (collector === undefined) return body();
  collectors.set(walk, collector);
  try {
    return body();
  } finally {
    collectors.delete(walk);
  }
}
