// The Tensor class: a handle with a shape, readable values, methods for every row of the op table,
// and the imperative style (requiresGrad, backward, grad, assign).
import { assign, assignSum } from "./assignment.js";
import { again, disposeCell, disposedCell, isDisposed, keptDtype, keptShape } from "./cell.js";
import { describe, toTensor, type TensorLike } from "./convert.js";
import { bytesOf, dtypeName, isFloat, type Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { isHandle, numberOutside, setFactory, slot, tensorOf } from "./handle.js";
import { increased, indexed, replaced, type Index } from "./indexing.js";
import { ArrayMethods } from "./arraymethods.js";
import { addAccumulateHook, addGradHook, retainGradient, type GradHook } from "./hooks.js";
import { nodeOf, type Node } from "./node.js";
import { formatTensor } from "./print.js";
import { checkReadable, gradientOf, isTraced, setGradient } from "./recording.js";
import { backward, type BackwardOptions } from "./backward.js";
import * as wasm from "./wasm.js";

const DISPOSE: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** Numbers in arrays in arrays …: what toArray() gives. */
export type ArrayTree = number | boolean | ArrayTree[];

/**
 * An n-dimensional array whose value lives in WebAssembly memory, or outside of it while nothing
 * needs it there. Immutable but for `assign…` on leaves. Made by `tensor`, `zeros`, … and by ops.
 *
 * @example
 * ```ts
 * const x = tensor([[1, 2], [3, 4]]);
 * x.multiply(x).sum(0).toArray(); // [10, 20]
 * ```
 */
export class Tensor extends ArrayMethods implements Disposable {
  /** Sizes of the axes; inside vmap, without the mapped ones. */
  get shape(): number[] {
    const kept = keptShape(this.cell);
    if (kept !== undefined) return [...kept];
    const at = slot(this);
    return wasm.readList(wasm.core().tensorShape(at));
  }

  /** Element type. */
  get dtype(): Dtype {
    return keptDtype(this.cell) ?? dtypeName(wasm.core().tensorDtype(slot(this)));
  }

  /** Number of axes. */
  get ndim(): number {
    const kept = keptShape(this.cell);
    return kept === undefined ? wasm.core().tensorRank(slot(this)) : kept.length;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /**
   * Size of the first axis: how many tensors `for (const part of x)` gives.
   *
   * @throws if there is no axis
   */
  get length(): number {
    return this.sizeOfFirst("length");
  }

  /** What error messages call this tensor. */
  get name(): string | undefined {
    return this.cell.name;
  }
  set name(name: string | undefined) {
    this.cell.name = name;
  }

  // --- values ---

  /**
   * The only element as a number (a boolean counts as 0 or 1).
   *
   * @throws if there is not exactly one element, or inside vmap
   */
  item(): number {
    checkReadable(this, "item");
    const kept = numberOutside(this);
    if (kept !== undefined) return kept;
    const at = slot(this);
    const c = wasm.core();
    this.outsideVmap("item");
    if (c.tensorSize(at) !== 1) {
      throw new RangeError(
        `item: a tensor of shape ${shapeText(this.shape)} has ${this.size} elements, not one`,
      );
    }
    return c.tensorItem(at);
  }

  /**
   * A copy of the elements in row-major order: Float64Array, Float32Array, Int32Array, or for bools
   * Uint8Array.
   */
  data(): Float32Array | Float64Array | Int32Array | Uint8Array {
    this.outsideVmap("data");
    checkReadable(this, "data");
    const c = wasm.core();
    const at = slot(this);
    const dtype = c.tensorDtype(at);
    const n = c.tensorSize(at);
    const address = c.tensorAddress(at) || again(() => c.tensorAddress(slot(this)), "data");
    const view = wasm.viewAt(address, n, bytesOf(dtype) === 8, isFloat(dtype));
    return this.dtype === "bool" ? Uint8Array.from(view) : view.slice();
  }

  /** The elements in nested arrays; of a 0-d tensor the number itself. bools give booleans. */
  toArray(): ArrayTree {
    const { shape } = this;
    const flat = this.data();
    const bool = this.dtype === "bool";
    let at = 0;
    const level = (axis: number): ArrayTree => {
      if (axis === shape.length) {
        const x = flat[at++]!;
        return bool ? x !== 0 : x;
      }
      return Array.from({ length: shape[axis]! }, () => level(axis + 1));
    };
    return level(0);
  }

  /** As printed: dtype, then the elements; large tensors are elided. */
  override toString(): string {
    if (isDisposed(this.cell)) return "Tensor(disposed)";
    const dtype = this.dtype;
    if (wasm.core().tensorBatch(slot(this)) > 0) {
      return `Tensor(${dtype}, shape ${shapeText(this.shape)} inside vmap)`;
    }
    if (isTraced(this)) {
      return `Tensor(${dtype}, shape ${shapeText(this.shape)} inside compile)`;
    }
    const head = `Tensor(${dtype}) `;
    return head + formatTensor(this.data(), this.shape, dtype, head.length);
  }

  /** What console.log shows in Node, Deno and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** JSON.stringify(x) gives the nested arrays. */
  toJSON(): ArrayTree {
    return this.toArray();
  }

  private outsideVmap(who: string): void {
    if (wasm.core().tensorBatch(slot(this)) > 0) {
      throw new Error(
        `${who}: the value of a mapped tensor cannot be read inside vmap; use where() to choose, ` +
          "and read values after vmap has returned",
      );
    }
  }

  // --- the imperative style ---

  /** True if backward() on what is computed from this tensor reaches it or goes through it. */
  get requiresGrad(): boolean {
    return (wasm.core().tensorMask(slot(this)) & 1) !== 0;
  }
  set requiresGrad(on: boolean) {
    const c = wasm.core();
    const at = slot(this);
    if (c.tensorIsLeaf(at) ? on : !on && !(c.tensorMask(at) & 1)) return;
    if (!c.tensorIsLeaf(at) && c.tensorMask(at) !== 0) {
      throw new Error(
        "requiresGrad: only leaves can change it; this tensor is computed from others, use detach()",
      );
    }
    if (!isFloat(c.tensorDtype(at))) {
      throw new TypeError(`requiresGrad: only floats have gradients, not ${this.dtype}`);
    }
    c.tensorSetLeaf(at, on);
  }

  /** True for tensors that are not computed from tracked ones. */
  get isLeaf(): boolean {
    const at = slot(this);
    return wasm.core().tensorIsLeaf(at) !== 0 || wasm.core().tensorMask(at) === 0;
  }

  /** requiresGrad of a leaf, as TensorFlow calls it; false for what is computed from others. */
  get trainable(): boolean {
    return wasm.core().tensorIsLeaf(slot(this)) !== 0;
  }
  set trainable(on: boolean) {
    this.requiresGrad = on;
  }

  /** The recorded op that this tensor is the result of, and what that was made from; null for constants. */
  get node(): Node | null {
    return nodeOf(this);
  }

  /**
   * What backward() has accumulated for this leaf, or null. Of a table that was looked up by
   * `embedding(…, { sparse: true })` alone, it is a `RowSparse`.
   */
  get grad(): Tensor | null {
    return gradientOf(this.cell);
  }
  set grad(grad: Tensor | null) {
    if (grad !== null && !isHandle(grad)) {
      throw new TypeError(`grad: ${describe(grad)} is neither a tensor nor null`);
    }
    setGradient(this.cell, grad);
  }

  /**
   * Adds to the `.grad` of every requiresGrad leaf (or of `inputs`) its derivative of this tensor,
   * weighted with `seed` (default 1 for a tensor of one element), and uses the graph up unless it is
   * told to retain it: going through it again is an error then.
   *
   * @example
   * ```ts
   * const x = tensor([1, 2], { requiresGrad: true });
   * x.square().sum().backward();
   * x.grad!.toArray(); // [2, 4]
   * ```
   * @throws if this tensor depends on no leaf, has more than one element and no seed, if an earlier
   *   backward() has used its graph up, and inside vmap
   */
  backward(seed?: TensorLike | BackwardOptions, options?: BackwardOptions): void {
    backward(this, seed, options);
  }

  /**
   * Calls `fn` with the gradient of this tensor in each backward() that comes here, before it goes on
   * to what this tensor is computed from, or is accumulated. A tensor that fn returns takes its place.
   * Returns a function that ends that.
   *
   * @example
   * ```ts
   * const x = tensor([1, 2], { requiresGrad: true });
   * x.onGrad((g) => g.multiply(10));
   * x.square().sum().backward();
   * x.grad!.toArray(); // [20, 40]
   * ```
   * @throws if this tensor neither has requiresGrad nor depends on one that has; in backward(), if what
   * fn returns has another shape
   */
  onGrad(fn: GradHook): () => void {
    return addGradHook(this, fn);
  }

  /**
   * Calls `fn(this)` after each backward() that has added to the `.grad` of this leaf, all of them being
   * there. Returns a function that ends that.
   *
   * @throws if this is no leaf with requiresGrad
   */
  onAccumulate(fn: (x: Tensor) => void): () => void {
    return addAccumulateHook(this, fn);
  }

  /**
   * Has backward() accumulate the gradient of this tensor in `.grad` although it is no leaf.
   *
   * @throws if this tensor neither has requiresGrad nor depends on one that has
   */
  retainGrad(): void {
    retainGradient(this);
  }

  /** The same value as a constant: no derivative passes. */
  detach(): Tensor {
    return tensorOf(() => wasm.core().tensorDetach(slot(this)), "detach");
  }

  /** Gives this leaf another value; views and recorded uses keep the old one. Under noGrad only. */
  assign(value: TensorLike): this {
    assign(this, toTensor(value, "assign"), "assign");
    return this;
  }

  /** assign(this + x). */
  assignAdd(x: TensorLike): this {
    assignSum(this, x, false);
    return this;
  }

  /** assign(this - x). */
  assignSub(x: TensorLike): this {
    assignSum(this, x, true);
    return this;
  }

  // --- the first axis, and the last two ---

  private sizeOfFirst(who: string): number {
    const { shape } = this;
    if (shape.length === 0) throw new TypeError(`${who}: a 0-d tensor has no axis to go along`);
    return shape[0]!;
  }

  /**
   * The parts along the first axis, `x.at(0)`, `x.at(1)`, …: views that derivatives pass through.
   *
   * @example
   * ```ts
   * const [a, b] = tensor([[1, 2], [3, 4]]);
   * add(a, b).toArray(); // [4, 6]
   * ```
   * @throws if there is no axis
   */
  [Symbol.iterator](): IterableIterator<Tensor> {
    return parts(this, this.sizeOfFirst("for … of"));
  }

  /** All axes in reverse order, as `x.transpose()` gives. */
  get T(): Tensor {
    return this.transpose();
  }

  /**
   * The last two axes exchanged: the transposes of matrices.
   *
   * @throws if there are fewer than two axes
   */
  get mT(): Tensor {
    const rank = this.ndim;
    if (rank < 2) throw new RangeError(`mT: needs two axes, a tensor of ${rank} has no matrices`);
    return this.swapaxes(-2, -1);
  }

  // --- indexing ---

  /**
   * Part of this tensor as NumPy indexes: by integers, slices ("1:3", "::-1", `slice(a, b, step)`),
   * null for a new axis, "..." for all axes between, integer arrays or tensors, which broadcast among
   * each other, and boolean masks. Derivatives of elements that are taken repeatedly add up.
   *
   * @example
   * ```ts
   * tensor([[1, 2, 3], [4, 5, 6]]).at(":", [2, 0]).toArray(); // [[3, 1], [6, 4]]
   * ```
   * @throws if an index is out of bounds, if there are more of them than axes, if arrays do not
   * broadcast, or if a mask does not fit or is mapped by vmap
   */
  at(...index: Index[]): Tensor {
    return indexed(this, index, "at");
  }

  /**
   * A copy with other elements where `index` points: one index as `at` takes it, or the list of all.
   * (Integers alone in a list are one per axis; more of them than axes are one array.) The value is
   * broadcast and takes this dtype; of several values for one element the last one counts.
   *
   * @example
   * ```ts
   * tensor([[1, 2], [3, 4]]).set([":", 0], 9).toArray(); // [[9, 2], [9, 4]]
   * ```
   * @throws as `at` does, or if the value does not fit
   */
  set(index: Index | readonly Index[], value: TensorLike): Tensor {
    return replaced(this, index, value);
  }

  /**
   * A copy with `value` added where `index` points, which is as in `set`. Several values for one
   * element are all added. The sum, taken in a dtype that holds both, is rounded to this one.
   *
   * @example
   * ```ts
   * tensor([1, 2, 3]).addAt([[0, 0, 2]], 10).toArray(); // [21, 2, 13]
   * ```
   * @throws as `at` does, or if the value does not fit
   */
  addAt(index: Index | readonly Index[], value: TensorLike): Tensor {
    return increased(this, index, value);
  }

  // --- memory ---

  /** Frees the value now. Never needed; using the tensor afterwards is an error. */
  dispose(): void {
    if (this.cell.held) this.cell = disposedCell(this.cell.name);
    else if (!isDisposed(this.cell)) disposeCell(this.cell);
  }

  /** `using x = …` disposes at the end of the block. */
  [DISPOSE](): void {
    this.dispose();
  }
}

function* parts(x: Tensor, count: number): IterableIterator<Tensor> {
  for (let i = 0; i < count; i++) yield x.at(i);
}

setFactory((home, light) => new Tensor(home, light));
