// Forward mode step by step: dual numbers, a value with its tangent, as in torch.autograd.forward_ad.
import { toTensor, uniformLike, type TensorLike } from "../convert.js";
import { dtypeName, isFloat } from "../dtype.js";
import { computeTogether, isHandle, slot, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkSynchronous } from "../synchronous.js";
import * as wasm from "../wasm.js";
import { checkFunction, hasFloats, inLevel, peeked, suited } from "./scope.js";
import { pushForward, withWalk } from "./walk.js";

interface Scope {
  level: number;
  /** Dual numbers made so far and their tangents. */
  duals: [Tensor, Tensor][];
}

const scopes: Scope[] = [];

function innermost(who: string): Scope {
  const scope = scopes.at(-1);
  if (scope === undefined) {
    throw new Error(`${who}: only inside dualLevel(() => …), which says how long tangents live`);
  }
  return scope;
}

/**
 * Runs f, in which `dual` gives values a tangent and `undual` reads how it has moved on. Levels nest,
 * for derivatives of higher order; `dual` and `undual` belong to the innermost one.
 *
 * @example
 * ```ts
 * dualLevel(() => {
 *   const x = dual(tensor(3), 1);
 *   return undual(multiply(x, x)).tangent.item(); // 6
 * });
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function dualLevel<R>(f: () => R): R {
  const who = "dualLevel";
  checkFunction(f, who);
  return inLevel(who, (level) => {
    scopes.push({ level, duals: [] });
    try {
      const result = f();
      checkSynchronous(result, who);
      return result;
    } finally {
      scopes.pop();
    }
  });
}

/**
 * x with tangent v: what is computed from it has the tangent that follows from v.
 *
 * @throws outside dualLevel, if x is no float or has a tangent of this level already, or if v has
 *   another shape
 */
export function dual(x: TensorLike, v: TensorLike): Tensor {
  const who = "dual";
  const { level, duals } = innermost(who);
  const c = wasm.core();
  const source = toTensor(x, who);
  const dtype = c.tensorDtype(slot(source));
  if (!isFloat(dtype))
    throw new TypeError(`${who}: ${dtypeName(dtype)} has no tangents, only floats have`);
  if (c.tensorMask(slot(source)) & (1 << level)) {
    throw new Error(`${who}: this value has a tangent already; take undual(x).primal first`);
  }
  const input = tensorOf(() => c.fresh(slot(source), level), who);
  duals.push([input, suited(v, input, who, "tangent")]);
  return input;
}

/**
 * Value and tangent of what was computed from dual numbers; the tangent of a constant is 0.
 *
 * @throws outside dualLevel
 */
export function undual(y: TensorLike): { primal: Tensor; tangent: Tensor } {
  const who = "undual";
  const { level, duals } = innermost(who);
  const out = toTensor(y, who);
  const c = wasm.core();
  if (!isHandle(y) || !hasFloats(out) || !(c.tensorMask(slot(out)) & (1 << level))) {
    return { primal: out, tangent: uniformLike(out, 0, who) };
  }
  const tangent = withWalk(who, level, c.levelOrder(level), (walk) => {
    pushForward(who, walk, level, [out], duals);
    return peeked(walk, out, who);
  });
  const before = c.setRecording(c.recording() & ~(1 << level));
  let primal: Tensor;
  try {
    primal = tensorOf(() => c.tensorAlias(slot(out)), who);
  } finally {
    c.setRecording(before);
  }
  computeTogether([primal, tangent]);
  return { primal, tangent };
}
