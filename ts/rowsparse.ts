// Gradients of tables of which few rows were used: those rows, and where they belong.
import { concatenate, multiply } from "../build/generated/ops.js";
import { scatter } from "./along.js";
import { assign, checkAssignable } from "./assignment.js";
import { notePast } from "./cell.js";
import { describe, fromData, toShape, type TensorLike } from "./convert.js";
import { DType } from "../assembly/shared/dtype.js";
import type { Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { isHandle, slotsOf } from "./handle.js";
import { inspection } from "./inspector.js";
import { recorder } from "./recording.js";
import type { Tensor } from "./tensor.js";
import * as wasm from "./wasm.js";

/**
 * A tensor all of whose rows (parts along the first axis) are zero but for some: what `grad` gives for a
 * table that `embedding(…, { sparse: true })` has looked up. Rows may occur several times: they add up.
 * (TensorFlow IndexedSlices; torch sparse gradients of embeddings.)
 *
 * @example
 * ```ts
 * const table = tensor([[1, 2], [3, 4], [5, 6]]);
 * const rows = new RowSparse([3, 2], tensor([2, 0, 2], { dtype: "int32" }), ones([3, 2]));
 * rows.toDense().toArray(); // [[1, 1], [0, 0], [2, 2]]
 * rows.coalesce().indices.toArray(); // [0, 2]
 * rows.addTo(table, -0.5).toArray(); // [[0.5, 1.5], [3, 4], [4, 5]]
 * ```
 */
export class RowSparse {
  /** The shape of the whole. */
  readonly shape: readonly number[];
  /** Which rows: int32 [n]. */
  readonly indices: Tensor;
  /** The rows: [n, ...rest of the shape]. */
  readonly values: Tensor;

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
    this.shape = [...shape];
    this.indices = indices;
    this.values = values;
  }

  /** The dtype of the rows. */
  get dtype(): Dtype {
    return this.values.dtype;
  }

  /** The whole tensor. */
  toDense(): Tensor {
    const { indices, shape, values } = this;
    return scatter(values, indices, shape[0]!, shape.length - 1, "RowSparse.toDense");
  }

  /**
   * The same with each row once, in ascending order.
   *
   * @throws inside `compile` and `vmap`, where indices cannot be read
   */
  coalesce(): RowSparse {
    const rows = this.shape[0]!;
    const at = Array.from(this.indices.data(), (i) => (i < 0 ? i + rows : i));
    const unique = [...new Set(at)].sort((a, b) => a - b);
    const places = new Map(unique.map((row, i) => [row, i]));
    const who = "RowSparse.coalesce";
    const to = fromData(
      Int32Array.from(at, (row) => places.get(row)!),
      DType.Int32,
      who,
    );
    const values = scatter(this.values, to, unique.length, this.shape.length - 1, who);
    return new RowSparse(this.shape, fromData(Int32Array.from(unique), DType.Int32, who), values);
  }

  /** The sum with another of this shape; with a tensor, that tensor with these rows added. */
  add(other: RowSparse): RowSparse;
  add(other: Tensor): Tensor;
  add(other: RowSparse | Tensor): RowSparse | Tensor {
    if (isHandle(other)) return this.addTo(other);
    if (!((other as unknown) instanceof RowSparse)) {
      throw new TypeError(`RowSparse.add: ${describe(other)} is neither rows nor a tensor`);
    }
    if (shapeText(other.shape) !== shapeText(this.shape)) {
      throw new RangeError(
        `RowSparse.add: shapes differ: ${shapeText(this.shape)} and ${shapeText(other.shape)}`,
      );
    }
    const indices = concatenate([this.indices, other.indices], 0);
    return new RowSparse(this.shape, indices, concatenate([this.values, other.values], 0));
  }

  /** Each row times a number, or a tensor that broadcasts against the rows. */
  multiply(factor: TensorLike): RowSparse {
    return new RowSparse(this.shape, this.indices, multiply(this.values, factor));
  }

  /**
   * x with `factor` times these rows added, a new tensor; x itself stays what it is.
   *
   * @throws if x has another shape
   */
  addTo(x: Tensor, factor: TensorLike = 1): Tensor {
    this.checkShape(x, "addTo");
    return x.addAt([this.indices], multiply(this.values, factor));
  }

  /**
   * Adds `factor` times these rows to a leaf, as `x.assignAdd` would, under `noGrad`. If nobody else holds
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
    const who = "RowSparse.assignTo";
    this.checkShape(x, "assignTo");
    checkAssignable(x, who);
    const rows = multiply(this.values, factor).astype(x.dtype);
    if (!x.cell.held && !inspection.saved && recorder.now === undefined) {
      const [a, b, d] = slotsOf([x, this.indices, rows], who) as [number, number, number];
      // A function that runs again holds what it has seen.
      notePast(x);
      const outcome = wasm.core().tensorAddRows(a, b, d);
      if (outcome === 0) throw wasm.takeFault(who);
      if (outcome === 1) return;
    }
    assign(x, x.detach().addAt([this.indices], rows), who);
  }

  private checkShape(x: unknown, what: string): void {
    const who = `RowSparse.${what}`;
    if (!isHandle(x)) throw new TypeError(`${who}: needs a tensor, not ${describe(x)}`);
    if (shapeText(x.shape) === shapeText(this.shape)) return;
    throw new RangeError(
      `${who}: the tensor has shape ${shapeText(x.shape)}, not ${shapeText(this.shape)}`,
    );
  }

  /** As printed. */
  toString(): string {
    return `RowSparse(${this.dtype}${shapeText(this.shape)}, ${this.indices.size} rows)`;
  }

  /** How Node.js prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
