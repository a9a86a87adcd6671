// Gradients of tables of which few rows were used: those rows, and where they belong.
import { concatenate, multiply } from "../build/generated/ops.js";
import { gather, scatter } from "./along.js";
import { assign, checkAssignable } from "./assignment.js";
import { disposeCell, disposedCell, isDisposed, notePast, type Cell } from "./cell.js";
import { closeScope, openScope } from "./collection.js";
import { describe, fromData, toShape, toTensor, type TensorLike } from "./convert.js";
import { DType } from "../assembly/shared/dtype.js";
import type { Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { isHandle, slot, slotsOf, type ByRows } from "./handle.js";
import { inspection } from "./inspector.js";
import { recorder } from "./recording.js";
import { Tensor } from "./tensor.js";
import * as wasm from "./wasm.js";

/**
 * A tensor all of whose rows (parts along the first axis) are zero but for some: the gradient of a table
 * that `embedding(…, { sparse: true })` has looked up, as `backward()`, `gradients`, `Tape.gradient`, `grad`
 * and `valueAndGrad` give it. Rows may occur several times: they add up. (TensorFlow IndexedSlices; torch
 * sparse gradients of embeddings.)
 *
 * It is a tensor like others, for every function: what is not one of the methods here takes the whole of
 * it, which is computed when it is needed first. `g instanceof RowSparse` tells.
 *
 * @example
 * ```ts
 * const table = tensor([[1, 2], [3, 4], [5, 6]]);
 * const rows = new RowSparse([3, 2], tensor([2, 0, 2], { dtype: "int32" }), ones([3, 2]));
 * rows.toArray(); // [[1, 1], [0, 0], [2, 2]]
 * rows.coalesce().indices.toArray(); // [0, 2]
 * table.assignSub(rows.multiply(0.5)).toArray(); // [[0.5, 1.5], [3, 4], [4, 5]]
 * ```
 */
export class RowSparse extends Tensor implements ByRows {
  /** Which rows: int32 [n]. */
  readonly indices: Tensor;
  /** The rows: [n, ...rest of the shape]. */
  readonly values: Tensor;
  private readonly sizes: readonly number[];

  /** @throws if the shapes do not suit each other, or indices are no integers */
  constructor(shape: readonly number[], indices: Tensor, values: Tensor) {
    const who = "RowSparse";
    toShape(shape, who);
    if (!isHandle(indices))
      throw new TypeError(`${who}: indices are ${describe(indices)}, no tensor`);
    if (!isHandle(values)) throw new TypeError(`${who}: values are ${describe(values)}, no tensor`);
    if (indices.dtype !== "int32" || indices.ndim !== 1) {
      throw new TypeError(
        `${who}: indices are int32 [n], not ${indices.dtype}${shapeText(indices.shape)}`,
      );
    }
    const want = [indices.size, ...shape.slice(1)];
    if (shape.length === 0 || shapeText(values.shape) !== shapeText(want)) {
      throw new RangeError(
        `${who}: values have shape ${shapeText(values.shape)}, not ${shapeText(want)}, for ` +
          `${indices.size} rows of ${shapeText(shape)}`,
      );
    }
    // The whole has a cell once it is computed.
    super(undefined as never, 0);
    this.sizes = [...shape];
    this.indices = indices;
    this.values = values;
  }

  /** The shape of the whole. */
  override get shape(): number[] {
    return [...this.sizes];
  }

  /** The dtype of the rows. */
  override get dtype(): Dtype {
    return this.values.dtype;
  }

  /** Number of axes of the whole. */
  override get ndim(): number {
    return this.sizes.length;
  }

  /** @internal */
  override get cell(): Cell {
    if ((this.home as unknown) === undefined) this.compute();
    return super.cell;
  }
  override set cell(cell: Cell) {
    super.cell = cell;
  }

  /** @internal */
  override get byRows(): ByRows {
    return this;
  }

  /** Computes the whole, as it would have been with the rows: recorded where they are, in no scope. */
  private compute(): void {
    const c = wasm.core();
    const before = c.recording();
    const outer = openScope();
    try {
      c.setRecording(before | (c.tensorMask(slot(this.values)) & 0x7fffffff));
      const whole = scatter(this.values, this.indices, this.sizes[0]!, this.ndim - 1, "RowSparse");
      this.home = whole.cell;
      this.token = whole.token;
    } finally {
      closeScope(outer);
      c.setRecording(before);
    }
  }

  /** The whole tensor as one that is no RowSparse. */
  toDense(): Tensor {
    const { indices, sizes, values } = this;
    return scatter(values, indices, sizes[0]!, sizes.length - 1, "RowSparse.toDense");
  }

  /**
   * The same with each row once, in ascending order.
   *
   * @throws inside `compile` and `vmap`, where indices cannot be read
   */
  coalesce(): RowSparse {
    const rows = this.sizes[0]!;
    const at = Array.from(this.indices.data(), (i) => (i < 0 ? i + rows : i));
    const unique = [...new Set(at)].sort((a, b) => a - b);
    const places = new Map(unique.map((row, i) => [row, i]));
    const who = "RowSparse.coalesce";
    const to = fromData(
      Int32Array.from(at, (row) => places.get(row)!),
      DType.Int32,
      who,
    );
    const values = scatter(this.values, to, unique.length, this.sizes.length - 1, who);
    return new RowSparse(this.sizes, fromData(Int32Array.from(unique), DType.Int32, who), values);
  }

  /** The sum with another of this shape by rows; with anything else, that with these rows added. */
  override add(other: RowSparse): RowSparse;
  override add(other: TensorLike): Tensor;
  override add(other: TensorLike): Tensor {
    if (!(other instanceof RowSparse)) {
      const x = toTensor(other, "RowSparse.add");
      return shapeText(x.shape) === shapeText(this.sizes) ? this.addTo(x) : super.add(x);
    }
    if (shapeText(other.sizes) !== shapeText(this.sizes)) return super.add(other);
    const indices = concatenate([this.indices, other.indices], 0);
    return new RowSparse(this.sizes, indices, concatenate([this.values, other.values], 0));
  }

  /**
   * The product with a number or tensor. What has no more than this many axes multiplies the rows alone, also
   * where it is infinite; the result is by rows.
   *
   * @throws if the shapes do not broadcast to this one
   */
  override multiply(factor: number): RowSparse;
  override multiply(factor: TensorLike): Tensor;
  override multiply(factor: TensorLike): Tensor {
    return this.scaled(factor, multiply) ?? super.multiply(factor);
  }

  /** The quotient by a number or tensor, as {@link RowSparse.multiply}. */
  override divide(divisor: number): RowSparse;
  override divide(divisor: TensorLike): Tensor;
  override divide(divisor: TensorLike): Tensor {
    return this.scaled(divisor, (x, y) => x.divide(y)) ?? super.divide(divisor);
  }

  /** Every row negated. */
  override negative(): RowSparse {
    return new RowSparse(this.sizes, this.indices, this.values.negative());
  }

  /** The rows combined with the same rows of another tensor; undefined if that is no matter of rows. */
  private scaled(other: TensorLike, combine: (x: Tensor, y: Tensor) => Tensor): Tensor | undefined {
    const y = toTensor(other, "RowSparse");
    const [shape, axes] = [y.shape, this.ndim];
    const fits = shape.every((d, i) => d === 1 || d === this.sizes[axes - shape.length + i]);
    if (!fits || shape.length > axes) return undefined;
    const whole = shape.length === axes && shape[0] !== 1;
    const own = whole ? gather(y, this.indices, axes - 1, "RowSparse") : y;
    return new RowSparse(this.sizes, this.indices, combine(this.values, own));
  }

  /** @internal */
  sumWith(other: Tensor): Tensor {
    if (!(other instanceof RowSparse)) return this.addTo(other);
    const sum = this.add(other);
    // Many backward passes without zeroGrad() do not take more room than the table.
    return sum.indices.size > this.sizes[0]! && recorder.now === undefined ? sum.coalesce() : sum;
  }

  /** @internal */
  markAsGradient(): void {
    this.indices.cell.gradient = true;
    this.values.cell.gradient = true;
  }

  /**
   * x with `factor` times these rows added, a new tensor; x itself stays what it is.
   *
   * @throws if x has another shape
   */
  addTo(x: Tensor, factor: TensorLike = 1): Tensor {
    this.checkShape(x, "RowSparse.addTo");
    return x.addAt([this.indices], multiply(this.values, factor));
  }

  /**
   * Adds `factor` times these rows to a leaf, as `x.assignAdd` does, under `noGrad`. If nobody else holds
   * the value, nothing but these rows is read or written.
   *
   * @example
   * ```ts
   * const table = tensor([[1, 2], [3, 4]], { requiresGrad: true });
   * const rows = new RowSparse([2, 2], tensor([1], { dtype: "int32" }), ones([1, 2]));
   * noGrad(() => rows.assignTo(table, -0.1));
   * table.toArray(); // [[1, 2], [2.9, 3.9]]
   * ```
   * @throws if x has another shape, or cannot be assigned to
   */
  assignTo(x: Tensor, factor: TensorLike = 1): void {
    this.assignRows(x, multiply(this.values, factor), "RowSparse.assignTo");
  }

  /** @internal */
  addInto(x: Tensor, minus: boolean, who: string): boolean {
    if (shapeText(x.shape) !== shapeText(this.sizes)) return false;
    this.assignRows(x, minus ? this.values.negative() : this.values, who);
    return true;
  }

  private assignRows(x: Tensor, values: Tensor, who: string): void {
    this.checkShape(x, who);
    checkAssignable(x, who);
    const rows = values.astype(x.dtype);
    if (!x.cell.held && !inspection.saved && recorder.now === undefined) {
      const [a, b, d] = slotsOf([x, this.indices, rows], who) as [number, number, number];
      // A function that runs again holds what it has seen.
      notePast(x);
      const outcome = wasm.core().tensorAddRows(a, b, d);
      if (outcome === 0) throw wasm.takeFault(who);
      if (outcome === 1) return;
    }
    // What is made on the way would hold the value, and the next rows could not be added in place.
    const outer = openScope();
    try {
      assign(x, x.detach().addAt([this.indices], rows), who);
    } finally {
      for (const cell of closeScope(outer)) {
        if (cell !== x.cell && !cell.held && !isDisposed(cell)) disposeCell(cell);
      }
    }
  }

  private checkShape(x: unknown, who: string): void {
    if (!isHandle(x)) throw new TypeError(`${who}: needs a tensor, not ${describe(x)}`);
    if (shapeText(x.shape) === shapeText(this.sizes)) return;
    throw new RangeError(
      `${who}: the tensor has shape ${shapeText(x.shape)}, not ${shapeText(this.sizes)}`,
    );
  }

  /** Frees the whole, if it was computed, and forbids its use; indices and values stay. */
  override dispose(): void {
    if ((this.home as unknown) === undefined) this.home = disposedCell(undefined);
    else super.dispose();
  }

  /** As printed. */
  override toString(): string {
    return `RowSparse(${this.dtype}${shapeText(this.sizes)}, ${this.indices.size} rows)`;
  }
}
