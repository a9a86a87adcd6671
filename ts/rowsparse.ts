// Gradients of tables of which few rows were used: those rows, and where they belong.
import { add, concatenate, multiply } from "../build/generated/ops.js";
import { gather, places, scatter } from "./along.js";
import { assign, checkAssignable } from "./assignment.js";
import { disposeCell, disposedCell, isDisposed, notePast, type Cell } from "./cell.js";
import { closeScope, openScope } from "./collection.js";
import { describe, fromData, toShape, toTensor, type TensorLike } from "./convert.js";
import { DType } from "../assembly/shared/dtype.js";
import type { Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { isHandle, slot, slotsOf, tensorOf, type ByRows } from "./handle.js";
import { inspection } from "./inspector.js";
import { recorder } from "./recording.js";
import { increased, isTrackedNow, meetingDtype, ownPart, recordedAs } from "./rowparts.js";
import { Tensor } from "./tensor.js";
import * as wasm from "./wasm.js";

/**
 * A tensor all of whose rows (parts along the first axis) are zero but for some: the gradient of a table
 * that `embedding(…, { sparse: true })` has looked up, as `backward()`, `gradients`, `Tape.gradient`, `grad`
 * and `valueAndGrad` give it. Rows may occur several times: they add up. (TensorFlow IndexedSlices; torch
 * sparse gradients of embeddings.)
 *
 * It is a tensor like others, for every function: what is not one of the methods here takes the whole of
 * it, which is computed when it is needed first. `g instanceof RowSparse` tells. Nothing is assigned to it:
 * neither the whole nor its rows change.
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
  /** Which rows: int32 [n]. What is assigned later to the tensor that was given does not matter. */
  readonly indices: Tensor;
  /** The rows: [n, ...rest of the shape]; of bools, which are counted, int32. */
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
    this.indices = ownPart(indices);
    this.values = ownPart(values.dtype === "bool" ? values.astype("int32") : values);
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
    if (!this.isComputed) this.compute("RowSparse");
    return super.cell;
  }
  override set cell(cell: Cell) {
    super.cell = cell;
  }

  /** @internal */
  override get byRows(): ByRows {
    return this;
  }

  /** @internal */
  cells(): Cell[] {
    const parts = [this.indices.cell, this.values.cell];
    return this.isComputed ? [...parts, this.cell] : parts;
  }

  /** The whole was computed, or disposed of. */
  private get isComputed(): boolean {
    return (this.home as unknown) !== undefined;
  }

  /** @internal */
  maker(): (indices: Tensor, values: Tensor) => RowSparse {
    const { sizes } = this;
    return (indices, values) => new RowSparse(sizes, indices, values);
  }

  /** Computes the whole, as it would have been with the rows: recorded where they are, in no scope. */
  private compute(who: string): void {
    const { indices, sizes, values } = this;
    const outer = openScope();
    try {
      const whole = recordedAs(values, () =>
        scatter(values, indices, sizes[0]!, sizes.length - 1, who),
      );
      this.home = whole.cell;
      this.token = whole.token;
    } finally {
      closeScope(outer);
    }
  }

  /** Derivatives may be taken with respect to the whole: it is a leaf, is watched, or is computed. */
  private isTracked(evenIfUnseen: boolean): boolean {
    if (!this.isComputed) return evenIfUnseen && isTrackedNow(this.values);
    return !isDisposed(this.cell) && isTrackedNow(this);
  }

  /** True if what is computed now has to depend on the whole, which is computed then. */
  private goesWhole(who: string): boolean {
    if (!this.isTracked(true)) return false;
    if (!this.isComputed) this.compute(who);
    return true;
  }

  /** The rows that its indices mean, and all of them once, in ascending order. */
  private rowsOnce(who: string): [at: number[], unique: number[]] {
    const rows = this.sizes[0]!;
    const at = Array.from(this.indices.data(), (i) => {
      if (i >= -rows && i < rows) return i < 0 ? i + rows : i;
      throw new RangeError(
        `${who}: index ${i} is out of bounds: the axis has size ${rows}, so indices go from ` +
          `${-rows} to ${rows - 1}`,
      );
    });
    return [at, [...new Set(at)].sort((a, b) => a - b)];
  }

  /** The whole tensor as one that is no RowSparse. */
  toDense(): Tensor {
    const who = "RowSparse.toDense";
    const { indices, sizes, values } = this;
    if (!this.goesWhole(who)) return scatter(values, indices, sizes[0]!, sizes.length - 1, who);
    return tensorOf(() => wasm.core().tensorAlias(slot(this)), who);
  }

  /**
   * The same with each row once, in ascending order. Derivatives with respect to this tensor pass at the rows
   * that are there.
   *
   * @throws if an index is out of bounds; inside `compile` and `vmap`, where indices cannot be read
   */
  coalesce(): RowSparse {
    const who = "RowSparse.coalesce";
    const [at, unique] = this.rowsOnce(who);
    const inner = this.sizes.length - 1;
    const indices = fromData(Int32Array.from(unique), DType.Int32, who);
    if (this.goesWhole(who)) {
      return new RowSparse(this.sizes, indices, gather(this, indices, inner, who));
    }
    const positions = new Map(unique.map((row, i) => [row, i]));
    const to = fromData(
      Int32Array.from(at, (row) => positions.get(row)!),
      DType.Int32,
      who,
    );
    return new RowSparse(this.sizes, indices, scatter(this.values, to, unique.length, inner, who));
  }

  /**
   * The sum with another by rows, by rows too (all of them, if one is broadcast); with anything else, that
   * with these rows added.
   *
   * @throws if the shapes do not broadcast
   */
  override add(other: RowSparse): RowSparse;
  override add(other: TensorLike): Tensor;
  override add(other: TensorLike): Tensor {
    const who = "add";
    if (!(other instanceof RowSparse)) {
      const x = toTensor(other, who);
      if (shapeText(x.shape) === shapeText(this.sizes)) return this.addTo(x);
      if (!this.isComputed) this.compute(who);
      return super.add(x);
    }
    const whole = shapeText(other.sizes) !== shapeText(this.sizes) || this.goesWhole(who);
    return whole || other.goesWhole(who) ? byAllRows(super.add(other)) : this.joined(other);
  }

  private joined(other: RowSparse): RowSparse {
    const indices = concatenate([this.indices, other.indices], 0);
    return new RowSparse(this.sizes, indices, concatenate([this.values, other.values], 0));
  }

  /**
   * The product with a number or tensor. What has no more than this many axes multiplies the rows alone, also
   * where it is infinite; the result is by rows: all of them, if derivatives with respect to this tensor are
   * recorded (as they are while `createGraph` has made it, outside `noGrad`).
   *
   * @throws if the shapes do not broadcast to this one
   */
  override multiply(factor: number): RowSparse;
  override multiply(factor: TensorLike): Tensor;
  override multiply(factor: TensorLike): Tensor {
    return this.scaled(factor, "multiply", multiply, (y) => super.multiply(y));
  }

  /** The quotient by a number or tensor, as {@link RowSparse.multiply}. */
  override divide(divisor: number): RowSparse;
  override divide(divisor: TensorLike): Tensor;
  override divide(divisor: TensorLike): Tensor {
    const combine = (x: Tensor, y: Tensor): Tensor => x.divide(y);
    return this.scaled(divisor, "divide", combine, (y) => super.divide(y));
  }

  /** Every row negated. */
  override negative(): RowSparse {
    if (this.goesWhole("negative")) return byAllRows(super.negative());
    return new RowSparse(this.sizes, this.indices, this.values.negative());
  }

  /** The rows combined with the same rows of another tensor; the whole, if that is no matter of rows. */
  private scaled(
    other: TensorLike,
    who: string,
    combine: (x: Tensor, y: Tensor) => Tensor,
    combineWhole: (y: Tensor) => Tensor,
  ): Tensor {
    const y = toTensor(other, who);
    const [shape, axes] = [y.shape, this.ndim];
    const fits =
      shape.length <= axes &&
      shape.every((d, i) => d === 1 || d === this.sizes[axes - shape.length + i]);
    if (!fits) {
      if (!this.isComputed) this.compute(who);
      return combineWhole(y);
    }
    if (this.goesWhole(who)) return byAllRows(combineWhole(y));
    const each = shape.length === axes && shape[0] !== 1;
    const own = each ? gather(y, this.indices, axes - 1, who) : y;
    return new RowSparse(this.sizes, this.indices, combine(this.values, own));
  }

  /** @internal */
  sumWith(other: Tensor): Tensor {
    if (!(other instanceof RowSparse)) return this.addTo(other);
    // What nobody has seen the whole of is not asked for derivatives yet.
    const seen = this.isTracked(false) || other.isTracked(false);
    const sum = seen ? this.add(other) : this.joined(other);
    // Many backward passes without zeroGrad() do not take more room than the table.
    return sum.indices.size > this.sizes[0]! && recorder.now === undefined ? sum.coalesce() : sum;
  }

  /**
   * x with `factor` times these rows added, a new tensor; x itself stays what it is.
   *
   * @throws if x has another shape
   */
  addTo(x: Tensor, factor: TensorLike = 1): Tensor {
    const who = "RowSparse.addTo";
    this.checkShape(x, who);
    const rows = factor === 1 ? this.values : multiply(this.values, factor);
    if (!this.goesWhole(who) || hasSizes(factor)) return increased(x, this.indices, rows);
    return add(x, multiply(this, factor));
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
    const rows = values.astype(meetingDtype(x, values));
    if (rows.dtype === x.dtype && !x.cell.held && !inspection.saved && recorder.now === undefined) {
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
      assign(x, increased(x.detach(), this.indices, rows), who);
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
    if (this.isComputed) super.dispose();
    else this.home = disposedCell(undefined);
  }

  /** As printed. */
  override toString(): string {
    return `RowSparse(${this.dtype}${shapeText(this.sizes)}, ${this.indices.size} rows)`;
  }
}

/** True for a factor that is not the same for all rows that there are. */
function hasSizes(factor: TensorLike): boolean {
  return typeof factor !== "number" && toTensor(factor, "RowSparse.addTo").ndim > 0;
}

/** A tensor as one by rows, all of which it has. */
function byAllRows(x: Tensor): RowSparse {
  const { shape } = x;
  return new RowSparse(shape, places(shape[0]!), x);
}
