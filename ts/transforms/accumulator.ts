// Forward mode as a scope around what is computed, as TensorFlow's ForwardAccumulator.
import { peekAt, tensorsOf, type TensorTree } from "../backward.js";
import { uniformLike } from "../convert.js";
import { computeTogether, slot } from "../handle.js";
import { noteBackward } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { leavesOf, mapTree } from "../tree.js";
import { checkSynchronous } from "../synchronous.js";
import * as wasm from "../wasm.js";
import type { Gradients, Seed } from "./gradients.js";
import { checkUnconnected, Observer } from "./open.js";
import { checkFunction, leafTensor, suited } from "./scope.js";
import { pushForward, withWalk } from "./walk.js";
import { checkOptions } from "../options.js";

/** Where derivatives are taken, and along what. */
export interface ForwardOptions {
  /** Tensors, one or a tree of them. */
  primals: TensorTree;
  /** What belongs to them, in the same containers. */
  tangents: Seed;
}

/** Gives the derivatives of what is computed from the primals. Made by `forward`. */
export class Accumulator {
  private readonly observer: Observer;
  private readonly pairs: readonly [Tensor, Tensor][];

  /** @internal */
  constructor(observer: Observer, pairs: readonly [Tensor, Tensor][]) {
    this.observer = observer;
    this.pairs = pairs;
  }

  /**
   * The derivative of y, a tensor or a tree of them, along the tangents; null where y does not depend on
   * the primals, or zeros.
   *
   * @throws after the end of its scope
   */
  jvp<const Y extends TensorTree>(y: Y, options: { unconnected: "zero" }): Gradients<Y>;
  jvp<const Y extends TensorTree>(
    y: Y,
    options?: { unconnected?: "none" | "zero" },
  ): Gradients<Y, null>;
  jvp(y: TensorTree, options: { unconnected?: "none" | "zero" } = {}): unknown {
    const who = "Accumulator.jvp";
    checkOptions(options, who, "unconnected");
    if (!this.observer.isOpen) throw new Error(`${who}: the scope of this accumulator has ended`);
    const zero = checkUnconnected(options.unconnected, who);
    const ys = tensorsOf(y, who, "y");
    for (const t of ys) noteBackward(t);
    const c = wasm.core();
    const record = this.observer.isRecordedElsewhere();
    const before = c.recording();
    c.setRecording(record ? before | 1 : before & ~1);
    let found: (Tensor | undefined)[];
    try {
      found = withWalk(who, 0, 0, (walk) => {
        pushForward(who, walk, 0, ys, this.pairs, record);
        return ys.map((t) => peekAt(walk, () => slot(t), who));
      });
    } finally {
      c.setRecording(before);
    }
    computeTogether([...ys, ...found]);
    let next = 0;
    return mapTree(y, (t) => {
      const g = found[next++];
      return g ?? (zero ? uniformLike(t as Tensor, 0, who) : null);
    });
  }
}

/**
 * Runs f, in which `acc.jvp(y)` gives the derivative of what has been computed from the primals along
 * the tangents. Nests with itself and with tapes: forward around a tape gives products with the Hessian.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2]);
 * const hv = forward({ primals: x, tangents: [1, 0] }, (acc) =>
 *   tape((t) => {
 *     t.watch(x);
 *     return acc.jvp(t.gradient(sum(power(x, 3)), x)!)!;
 *   }),
 * );
 * hv.toArray(); // [6, 0]
 * ```
 * @throws if tangents do not suit the primals, inside vmap, and if f returns a promise
 */
export function forward<R>(options: ForwardOptions, f: (acc: Accumulator) => R): R {
  const who = "forward";
  checkOptions(options ?? null, who, "primals tangents");
  checkFunction(f, who);
  const primals = tensorsOf(options.primals, who, "primals");
  const tangents =
    primals.length === 1 && primals[0] === options.primals
      ? [options.tangents]
      : leavesOf(options.tangents).map((v) => leafTensor(v, who));
  if (tangents.length !== primals.length) {
    throw new TypeError(`${who}: ${tangents.length} tangents for ${primals.length} primals`);
  }
  const pairs = primals.map((x, i): [Tensor, Tensor] => [
    x,
    suited(tangents[i] as Tensor, x, who, "tangent"),
  ]);
  const observer = new Observer();
  observer.open(who);
  try {
    for (const x of primals) observer.watch(x, who);
    const result = f(new Accumulator(observer, pairs));
    checkSynchronous(result, who);
    return result;
  } finally {
    observer.close();
  }
}
