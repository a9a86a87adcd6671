// A walk over the tape, ended whatever happens.
import type { Tensor } from "../tensor.js";
import { formersAt } from "../backward.js";
import { slot, slotsOf } from "../handle.js";
import { finishBack, finishForth } from "../rules.js";
import * as wasm from "../wasm.js";

/** Runs `body` with a walk for a level over what was recorded after `order`. */
export function withWalk<R>(
  who: string,
  level: number,
  order: number,
  body: (walk: number) => R,
): R {
  const c = wasm.core();
  const walk = c.walkBegin(level, order);
  if (walk === 0) throw wasm.takeFault(who);
  try {
    return body(walk);
  } finally {
    c.walkEnd(walk);
  }
}

/** Adds outputs with their cotangents and walks back; `record` tapes the way at this level too. */
export function pullBack(
  who: string,
  walk: number,
  level: number,
  roots: readonly [Tensor, Tensor][],
  record: boolean,
): void {
  const c = wasm.core();
  for (const [y, g] of roots) {
    const [at, gt] = slotsOf([y, g]) as [number, number];
    if (!c.walkRoot(walk, at, gt)) throw wasm.takeFault(who);
  }
  if (!c.walkArrange(walk)) throw wasm.takeFault(who);
  finishBack(who, walk, level, record);
}

/** Adds outputs and inputs with their tangents and walks forward; `record` as in `pullBack`. */
export function pushForward(
  who: string,
  walk: number,
  level: number,
  roots: readonly Tensor[],
  tangents: readonly [Tensor, Tensor][],
  record = false,
): void {
  const c = wasm.core();
  for (const y of roots) {
    if (!c.walkRoot(walk, slot(y), 0)) throw wasm.takeFault(who);
  }
  if (!c.walkArrange(walk)) throw wasm.takeFault(who);
  for (const [x, t] of tangents) {
    const [at, tt] = slotsOf([x, t]) as [number, number];
    // What a leaf was before it was assigned to has the same tangent.
    for (const node of [at, ...formersAt(x)]) {
      if (!c.walkTangent(walk, node, tt)) throw wasm.takeFault(who);
    }
  }
  finishForth(who, walk, level, record);
}
