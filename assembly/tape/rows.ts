// The op table. A row is filled by a family (ops/families) from one class; the tape knows rows by
// number only. Row 0 stands for leaves.
//
//     0 name   4 family   5 arity   6 flags   8 run   12 vjp   16 jvp
//     20 kernels of float32, float64, int32   32 partial derivatives (up to three)
//
// Functions are indices into the function table.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";

const ROW_BYTES: usize = 48;
const MAX_ROWS: u32 = 512;
const rows = memory.data(512 * 48, 16);
const rowsByClass = memory.data(2048 * 2, 16);
let count: u32 = 1;

/** Traits of a row. */
export const enum Trait {
  /** Derivative zero everywhere; never recorded. */
  Constant = 1,
  /** Integers become the default float. */
  Floating = 2,
  /** The result is bool. */
  Bool = 4,
  /** `vjp` and `jvp` of several inputs come from one joint rule. */
  Joint = 8,
  /** Not part of the public surface. */
  Hidden = 16,
  /** bool operands become int32. */
  Numeric = 32,
  /** Operands become bool. */
  Logical = 64,
  /** Its rules live in JavaScript (ops/external.ts). */
  External = 128,
  /** Computing it again takes little longer than copying it: a recipe (tape/recipes.ts). */
  Cheap = 256,
}

function rowAt(op: u32): usize {
  return rows + <usize>op * ROW_BYTES;
}

/** Adds the row of class F; its name is the class name. */
export function addRow<F>(family: Family, arity: u32, traits: u32): usize {
  return newRow(changetype<usize>(nameof<F>()), idof<F>(), family | (arity << 8) | (traits << 16));
}

/** Not in `addRow`, whose calls the compiler would replace by a copy each. */
function newRow(name: usize, id: u32, kind: u32): usize {
  if (count == MAX_ROWS) unreachable();
  const row = rowAt(count);
  store<u32>(row, <u32>name);
  store<u32>(row, kind, 4);
  store<u16>(rowsByClass + ((<usize>id) << 1), <u16>count);
  count++;
  return row;
}

/** The op code of class F. */
export function opCode<F>(): u32 {
  return load<u16>(rowsByClass + ((<usize>idof<F>()) << 1));
}

/** Where rows are, and the op codes of classes. */
export function rowsArea(): usize {
  return rows;
}
export function classesArea(): usize {
  return rowsByClass;
}

/** Rows in the table, row 0 included. */
export function rowCount(): u32 {
  return count;
}
/** Address of the row's name, an AssemblyScript string. */
export function nameOf(op: u32): usize {
  return <usize>load<u32>(rowAt(op));
}
export function familyOf(op: u32): Family {
  return <Family>load<u8>(rowAt(op), 4);
}
export function traitsOf(op: u32): u32 {
  return load<u16>(rowAt(op), 6);
}
export function hasTrait(op: u32, trait: Trait): bool {
  return (load<u16>(rowAt(op), 6) & trait) != 0;
}
export function runOf(op: u32): u32 {
  return load<u32>(rowAt(op), 8);
}
export function vjpOf(op: u32): u32 {
  return load<u32>(rowAt(op), 12);
}
export function jvpOf(op: u32): u32 {
  return load<u32>(rowAt(op), 16);
}
/** Kernel for operands of this dtype; 0 if there is none. */
export function kernelOf(op: u32, dtype: DType): u32 {
  const row = rowAt(op);
  if (dtype == DType.Float32) return load<u32>(row, 20);
  if (dtype == DType.Float64) return load<u32>(row, 24);
  return load<u32>(row, 28);
}
/** Partial derivative with respect to input i. */
export function partialOf(op: u32, i: u32): u32 {
  return load<u32>(rowAt(op) + ((<usize>i) << 2), 32);
}
/** What a family writes into its row. */
export function setRules(row: usize, run: u32, vjp: u32, jvp: u32): void {
  store<u32>(row, run, 8);
  store<u32>(row, vjp, 12);
  store<u32>(row, jvp, 16);
}
export function setKernels(row: usize, f32s: u32, f64s: u32, i32s: u32): void {
  store<u32>(row, f32s, 20);
  store<u32>(row, f64s, 24);
  store<u32>(row, i32s, 28);
}
export function setPartial(row: usize, i: u32, partial: u32): void {
  store<u32>(row + ((<usize>i) << 2), partial, 32);
}
