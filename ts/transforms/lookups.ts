// Tables whose gradients are rows. While a gradient's function runs, what it looks up in an argument is
// made an input of its own: derivatives end at the rows, and the table itself is not part of the walk.
import { concatenate } from "../../build/generated/ops.js";
import { gather } from "../along.js";
import { slot, tensorOf } from "../handle.js";
import { recorder } from "../recording.js";
import { RowSparse } from "../rowsparse.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { taken, type Input } from "./scope.js";

/** Rows of an argument. */
interface Lookup {
  input: Input;
  index: Tensor;
  rows: Tensor;
}

/** A gradient whose function is running. */
export interface Lookups {
  level: number;
  inputs: readonly Input[];
  found: Lookup[] | undefined;
  outer: Lookups | undefined;
}

let now: Lookups | undefined;

/** Begins to watch what is looked up in arguments. */
export function beginLookups(level: number, inputs: readonly Input[]): Lookups {
  now = { level, inputs, found: undefined, outer: now };
  return now;
}

export function endLookups({ outer }: Lookups): void {
  now = outer;
}

/** Runs `body`, whose tape is taken apart later: nothing in it is an input of a level outside. */
export function withoutLookups<R>(body: () => R): R {
  const outer = now;
  now = undefined;
  try {
    return body();
  } finally {
    now = outer;
  }
}

/** Rows of w by a vector of indices, if w is an argument of a gradient that is being computed. */
export function lookUp(w: Tensor, index: Tensor, who: string): Tensor | undefined {
  const c = wasm.core();
  if (c.batchDepth() > 0 || recorder.now !== undefined) return undefined;
  const at = slot(w);
  for (let one = now; one !== undefined; one = one.outer) {
    const input = one.inputs.find(({ tensor }) => slot(tensor) === at);
    if (input === undefined) continue;
    const { level } = one;
    if ((c.recording() & (1 << level)) === 0) return undefined;
    const plain = tensorOf(() => c.externalPeel(at, 1 << level), who);
    const taken = gather(plain, index, w.ndim - 1, who);
    const rows = tensorOf(() => c.fresh(slot(taken), level), who);
    (one.found ??= []).push({ input, index, rows });
    return rows;
  }
  return undefined;
}

/** The gradient of an input that rows were looked up in; undefined for others. */
export function rowsTaken(
  walk: number,
  { found }: Lookups,
  input: Input,
  who: string,
): Tensor | RowSparse | undefined {
  const own = found?.filter((one) => one.input === input) ?? [];
  if (own.length === 0) return undefined;
  const joined = (list: Tensor[]) => (list.length === 1 ? list[0]! : concatenate(list, 0));
  const rows = new RowSparse(
    input.tensor.shape,
    joined(own.map(({ index }) => index)),
    joined(own.map((one) => taken(walk, one.rows, who))),
  );
  // It may have been used otherwise as well.
  const c = wasm.core();
  return c.walkPeek(walk, slot(input.tensor)) === 0
    ? rows
    : rows.addTo(taken(walk, input.tensor, who));
}
