// The tape as an object, as in TensorFlow.
import { MAX_RANK } from "../../assembly/shared/limits.js";
import { tensorsOf, leftAt, walkBack, type TensorTree } from "../backward.js";
import { describe, uniformLike } from "../convert.js";
import { eye } from "../create.js";
import { shapeText } from "../errors.js";
import { computeTogether, isHandle, slot } from "../handle.js";
import { noteBackward } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { mapTree } from "../tree.js";
import { checkSynchronous } from "../synchronous.js";
import * as wasm from "../wasm.js";
import { rootsOf, type Gradients, type Seed } from "./gradients.js";
import { checkUnconnected, Observer } from "./open.js";
import { checkFunction, hasFloats } from "./scope.js";
import { inBatch, mapAxis, unmap } from "./vmap.js";
import { checkOptions } from "../options.js";

const DISPOSE: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** What a tape does. */
export interface TapeOptions {
  /** It can be asked several times, until it is disposed of. Default false: once. */
  persistent?: boolean;
  /** It watches requiresGrad leaves, such as variables, by itself. Default true. */
  autoWatch?: boolean;
}

/** What a tape is asked. */
export interface TapeGradientOptions {
  /** Cotangents of y, in its containers; outputs of one element have 1 by default. */
  seed?: Seed;
  /** What stands for a gradient that is not there: null ("none", the default) or zeros. */
  unconnected?: "none" | "zero";
}

let registry: FinalizationRegistry<Observer> | undefined;

/**
 * Records what is computed from watched tensors while it is open, and gives derivatives of it. It is
 * open from `new` on until it is asked (unless it is persistent) or disposed of, which `using` does at
 * the end of the block. What it has recorded becomes plain values then.
 *
 * Tapes nest: what an inner tape computes for `gradient` is recorded by those that are open around it,
 * and by itself if it is persistent. So second derivatives need two of them, or a persistent one. They
 * need not close in the order in which they were opened. Values that were computed from leaves before
 * the tape was opened, in the imperative style, are gone through as well.
 *
 * @example
 * ```ts
 * using t = new Tape();
 * const x = tensor(3);
 * t.watch(x);
 * t.gradient(multiply(x, x), x)!.item(); // 6
 * ```
 * @throws inside vmap (a function of vmap may use grad, and vmap may stand inside a tape)
 */
export class Tape implements Disposable {
  private readonly observer = new Observer();
  private readonly persistent: boolean;
  private readonly autoWatch: boolean;
  private asked = false;
  private disposed = false;

  constructor(options: TapeOptions = {}) {
    checkOptions(options, "Tape", "persistent autoWatch");
    this.persistent = options.persistent ?? false;
    this.autoWatch = options.autoWatch ?? true;
    this.observer.open("Tape");
    if (typeof FinalizationRegistry === "undefined") return;
    registry ??= new FinalizationRegistry((observer) => observer.abandon());
    registry.register(this, this.observer);
  }

  /** The tensors given to watch(). */
  get watched(): readonly Tensor[] {
    return this.observer.list;
  }

  /**
   * Watches a tensor, or all tensors of a tree: what is computed from them from now on is recorded.
   *
   * @throws if something else than float tensors is among them, or the tape is closed
   */
  watch(x: TensorTree): void {
    this.check("watch");
    for (const t of tensorsOf(x, "Tape.watch", "x")) this.observer.watch(t, "Tape.watch");
  }

  /**
   * Gradients of y, or of the sum of several outputs, with respect to xs: what is watched, or computed
   * from that. A tape that is not persistent is closed by it.
   *
   * @example
   * ```ts
   * using t = new Tape();
   * const w = variable([1, 2]);
   * t.gradient(sum(multiply(w, w)), { w }).w!.toArray(); // [2, 4]
   * ```
   * @throws if y has more than one element and there is no seed, or if the tape was asked before and is
   *   not persistent
   */
  gradient<const X extends TensorTree>(
    y: TensorTree,
    xs: X,
    options: TapeGradientOptions & { unconnected: "zero" },
  ): Gradients<X>;
  gradient<const X extends TensorTree>(
    y: TensorTree,
    xs: X,
    options?: TapeGradientOptions,
  ): Gradients<X, null>;
  gradient(y: TensorTree, xs: TensorTree, options: TapeGradientOptions = {}): unknown {
    const who = "Tape.gradient";
    checkOptions(options, who, "seed unconnected");
    this.check("gradient");
    const zero = checkUnconnected(options.unconnected, who);
    const inputs = tensorsOf(xs, who, "xs");
    const roots = rootsOf(y, options.seed, who);
    const found = this.recorded(() => {
      const map = new Map<Tensor, Tensor>();
      this.walk(who, roots, inputs, (x, g) => map.set(x, g));
      return map;
    });
    this.spend();
    computeTogether([...roots.map(([output]) => output), ...found.values()]);
    return mapTree(xs, (x) => {
      const g = found.get(x as Tensor);
      return g ?? (zero ? uniformLike(x as Tensor, 0, who) : null);
    });
  }

  /**
   * The Jacobian of y, of shape [...y, ...x], by one batched walk; null if y does not depend on x. A
   * tape that is not persistent is closed by it.
   *
   * @throws as `gradient` does, or if the result would have too many axes
   */
  jacobian(y: Tensor, x: Tensor, options: { unconnected: "zero" }): Tensor;
  jacobian(y: Tensor, x: Tensor, options?: { unconnected?: "none" | "zero" }): Tensor | null;
  jacobian(y: Tensor, x: Tensor, options: { unconnected?: "none" | "zero" } = {}): Tensor | null {
    const who = "Tape.jacobian";
    checkOptions(options, who, "unconnected");
    this.check("jacobian");
    const zero = checkUnconnected(options.unconnected, who);
    checkPair(y, x, 0, who);
    const shape = [...y.shape, ...x.shape];
    const basis = eye(y.size, y.size, { dtype: y.dtype }).reshape([y.size, ...y.shape]);
    const rows = this.recorded(() => this.rows(who, y, x, basis)?.reshape(shape));
    this.spend();
    computeTogether([y, rows]);
    return rows ?? (zero ? zerosOf(x, shape, who) : null);
  }

  /**
   * Jacobians of examples that do not depend on each other: for y of shape [n, ...y] and x of shape
   * [n, ...x] the tensor of shape [n, ...y, ...x] whose part i is the Jacobian of y[i] by x[i].
   *
   * @throws as `gradient` does, or if the first axes differ
   */
  batchJacobian(y: Tensor, x: Tensor, options: { unconnected: "zero" }): Tensor;
  batchJacobian(y: Tensor, x: Tensor, options?: { unconnected?: "none" | "zero" }): Tensor | null;
  batchJacobian(
    y: Tensor,
    x: Tensor,
    options: { unconnected?: "none" | "zero" } = {},
  ): Tensor | null {
    const who = "Tape.batchJacobian";
    checkOptions(options, who, "unconnected");
    this.check("batchJacobian");
    const zero = checkUnconnected(options.unconnected, who);
    checkPair(y, x, 1, who);
    const [n, ...own] = y.shape as [number, ...number[]];
    if (x.ndim === 0 || x.shape[0] !== n) {
      throw new RangeError(
        `${who}: first axes differ: ${shapeText(y.shape)} and ${shapeText(x.shape)}`,
      );
    }
    const inner = x.shape.slice(1);
    const count = own.reduce((a, b) => a * b, 1);
    const basis = eye(count, count, { dtype: y.dtype })
      .reshape([count, 1, ...own])
      .broadcastTo([count, n, ...own]);
    const shape = [n, ...own, ...inner];
    const rows = this.recorded(() => {
      const stacked = this.rows(who, y, x, basis);
      return stacked
        ?.reshape([count, n, ...inner])
        .swapaxes(0, 1)
        .reshape(shape);
    });
    this.spend();
    computeTogether([y, rows]);
    return rows ?? (zero ? zerosOf(x, shape, who) : null);
  }

  /**
   * Runs f, which this tape does not record: for what is computed beside. Other tapes do.
   *
   * @throws if f returns a promise: no scope spans an await
   */
  pause<R>(f: () => R): R {
    this.check("pause");
    checkFunction(f, "Tape.pause");
    const result = this.observer.pause(f);
    checkSynchronous(result, "Tape.pause");
    return result;
  }

  /** Forgets what was recorded and watched so far; a tape that was asked can be asked again. */
  reset(): void {
    if (this.disposed) throw new Error("Tape.reset: this tape is closed");
    if (this.observer.isOpen) this.observer.clear();
    else this.observer.open("Tape");
    this.asked = false;
  }

  /** Closes the tape. Safe to repeat. */
  dispose(): void {
    this.disposed = true;
    this.observer.close();
  }

  /** `using t = …` closes it at the end of the block. */
  [DISPOSE](): void {
    this.dispose();
  }

  private check(what: string): void {
    if (this.disposed) throw new Error(`Tape.${what}: this tape is closed`);
    if (this.asked) {
      throw new Error(
        `Tape.${what}: a tape can be asked once; make it persistent, new Tape({ persistent: true }), ` +
          "to ask more, or reset() it",
      );
    }
  }

  /** After the one question of a tape that is not persistent. */
  private spend(): void {
    if (this.persistent) return;
    this.asked = true;
    this.observer.close();
  }

  /** True if the derivative of this step is to have one itself. */
  private get records(): boolean {
    return (this.persistent && this.observer.paused === 0) || this.observer.isRecordedElsewhere();
  }

  /** Runs f with level 0 recorded if somebody needs that. */
  private recorded<R>(f: () => R): R {
    const c = wasm.core();
    const before = c.recording();
    c.setRecording(this.records ? before | 1 : before & ~1);
    try {
      return f();
    } finally {
      c.setRecording(before);
    }
  }

  private walk(
    who: string,
    roots: readonly [Tensor, Tensor][],
    xs: readonly Tensor[],
    give: (x: Tensor, g: Tensor) => void,
  ): void {
    for (const [y] of roots) noteBackward(y);
    const c = wasm.core();
    const seen = xs.filter(
      (x) => this.autoWatch || !c.tensorIsLeaf(slot(x)) || this.observer.watches(x),
    );
    const { spans } = this.observer;
    // What is mapped has no rows of its own.
    const rows = wasm.core().batchDepth() === 0;
    const how = { inputs: seen, record: this.records, retain: true, spans, rows };
    walkBack(who, roots, how, (walk, found) => {
      for (const x of new Set(seen)) {
        const g = leftAt(walk, x, who, found);
        if (g !== undefined) give(x, g);
      }
    });
  }

  /** Derivatives along a basis [n, ...y]: [n, ...x]; undefined if there are none. */
  private rows(who: string, y: Tensor, x: Tensor, basis: Tensor): Tensor | undefined {
    let rows: Tensor | undefined;
    const stacked = inBatch(who, basis.shape[0]!, () => {
      this.walk(who, [[y, mapAxis(basis, 0, who)]], [x], (_, g) => {
        rows = g;
      });
      return rows === undefined ? undefined : unmap(rows, who);
    });
    return stacked;
  }
}

function checkPair(y: unknown, x: unknown, batch: number, who: string): void {
  for (const [what, t] of Object.entries({ y, x })) {
    if (!isHandle(t)) throw new TypeError(`${who}: ${what} is ${describe(t)}, not a tensor`);
  }
  const [a, b] = [y as Tensor, x as Tensor];
  if (!hasFloats(a)) throw new TypeError(`${who}: y is ${a.dtype}, which has no derivative`);
  if (a.ndim < batch) throw new RangeError(`${who}: y has no axis of examples`);
  const axes = a.ndim + b.ndim - batch;
  if (axes > MAX_RANK) {
    throw new RangeError(`${who}: the result would have ${axes} axes, more than ${MAX_RANK}`);
  }
}

function zerosOf(x: Tensor, shape: readonly number[], who: string): Tensor {
  const zero = uniformLike(x, 0, who).reshape(-1);
  return zero.size === 0 ? zero.reshape(shape) : zero.slice([0]).broadcastTo(shape);
}

/**
 * Runs f with a tape, which is closed afterwards whatever happens.
 *
 * @example
 * ```ts
 * const w = variable([1, 2]);
 * tape((t) => t.gradient(sum(multiply(w, w)), w)!).toArray(); // [2, 4]
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function tape<R>(f: (t: Tape) => R): R;
export function tape<R>(options: TapeOptions, f: (t: Tape) => R): R;
export function tape<R>(first: TapeOptions | ((t: Tape) => R), second?: (t: Tape) => R): R {
  const [options, f] = typeof first === "function" ? [{}, first] : [first, second];
  checkFunction(f, "tape");
  const t = new Tape(options);
  try {
    const result = f!(t);
    checkSynchronous(result, "tape");
    return result;
  } finally {
    t.dispose();
  }
}
