// Rows looked up in a table, with gradients by rows. A lookup is a call with rules of its own: where a walk
// that collects rows (ts/rows.ts) comes to one in a table at which it ends, the rows are put aside; every
// other walk adds them up in a tensor of the whole size, as for any other operation.
import { gather, scatter } from "../along.js";
import { again, disposeCell, isDisposed } from "../cell.js";
import { closeScope, openScope } from "../collection.js";
import { slot, tensorOf, wrap } from "../handle.js";
import { recorder } from "../recording.js";
import { collectorOf, type RowCollector } from "../rows.js";
import { RowSparse } from "../rowsparse.js";
import { freeRules, type CallRules, type Stop } from "../rules.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { bitOf, innermostLevel, recordCall } from "./external.js";
import { isNumbering } from "./saving.js";

class Lookup implements CallRules {
  readonly name: string;
  private readonly shape: readonly number[];
  private readonly index: Tensor;

  constructor(name: string, shape: readonly number[], index: Tensor) {
    this.name = name;
    this.shape = shape;
    this.index = kept(index, name);
  }

  free(): void {
    release(this.index);
  }

  back({ walk, hub, results }: Stop): void {
    const c = wasm.core();
    const node = results[0]![1];
    const take = () => c.walkTake(walk, node);
    const g = wrap(take() || again(take, this.name));
    const input = c.programInput(hub, 0);
    const collector = c.tensorBatch(slot(g)) === 0 ? collectorOf(walk) : undefined;
    const table = collector && tableAt(input, collector);
    if (collector !== undefined && table !== undefined) {
      collector.add(table, new RowSparse(this.shape, this.index, g));
      return;
    }
    this.give(walk, input, scatter(g, this.index, this.shape[0]!, this.inner, this.name));
  }

  forth({ walk, hub, results }: Stop): void {
    const c = wasm.core();
    const peek = () => c.walkPeek(walk, c.programInput(hub, 0));
    let t = peek();
    if (t === 0) {
      if (wasm.pendingFault() === 0) return;
      t = again(peek, this.name);
    }
    this.give(walk, results[0]![1], gather(wrap(t), this.index, this.inner, this.name));
  }

  private give(walk: number, node: number, x: Tensor): void {
    if (!wasm.core().walkTangent(walk, node, slot(x))) throw wasm.takeFault(this.name);
  }

  /** Axes of a row. */
  private get inner(): number {
    return this.shape.length - 1;
  }
}

/** A tensor of its own with this value, which no scope disposes of. */
function kept(x: Tensor, who: string): Tensor {
  const outer = openScope();
  try {
    return tensorOf(() => wasm.core().tensorAlias(slot(x)), who);
  } finally {
    closeScope(outer);
  }
}

/** Gives back what nobody else has seen. */
function release({ cell }: Tensor): void {
  if (!isDisposed(cell) && !cell.held) disposeCell(cell);
}

/** The node whose rows are wanted, if it is this one or that of which a function was given an alias. */
function tableAt(node: number, collector: RowCollector): number | undefined {
  const c = wasm.core();
  for (let at = node; ; at = c.programInput(at, 0)) {
    if (collector.wants(at)) return at;
    if (c.externalInputs(at) !== 1 || wasm.opName(c.tensorOp(at)) !== "alias") return undefined;
  }
}

/**
 * Rows of w by a vector of indices, whose gradients may be rows; undefined if nothing that could have such
 * is recorded. Inside vmap and compile they are dense, and in calls of which a policy keeps something.
 */
export function lookUp(w: Tensor, index: Tensor, who: string): Tensor | undefined {
  const c = wasm.core();
  if (c.batchDepth() > 0 || recorder.now !== undefined || isNumbering()) return undefined;
  const level = innermostLevel([w]);
  if (level < 0) return undefined;
  freeRules();
  const plain = tensorOf(() => c.externalPeel(slot(w), bitOf(level)), who);
  let value: Tensor;
  try {
    value = lookUp(plain, index, who) ?? gather(plain, index, w.ndim - 1, who);
  } finally {
    // Until it is gone, nothing can be assigned to the table in place.
    release(plain);
  }
  const rules = new Lookup(who, w.shape, index);
  const call = { level, mapped: false, inputs: [w], called: "arguments", values: [value] };
  try {
    return recordCall(who, rules, call)[0];
  } catch (error) {
    rules.free();
    throw error;
  }
}
