// What compile() notes while the function it was given runs for the first time: which tensors stand
// for what the user passed, and what happens to tensors from outside, their values and gradients.
import type { Tensor } from "./tensor.js";
import { again, type Cell } from "./cell.js";
import { isTypedArray } from "./dtype.js";
import { slot, wrap } from "./handle.js";
import * as wasm from "./wasm.js";

/** How a result comes back. */
export const enum Style {
  Tensor = 0,
  Number = 1,
  Array = 2,
}

/** The gradient of a leaf from outside. */
interface Gradient {
  /** What it was at first. */
  before: Tensor | null;
  /** The input of the trace that stands for it, once it has been read. */
  input: Tensor | undefined;
  /** It was read before it was written, so it matters whether there was one. */
  read: boolean;
  written: boolean;
}

/** One run of a function that is recorded. */
export class Recording {
  /** The level that the trace is. */
  readonly level: number;
  /** Tensors that came from numbers and typed arrays, or are to come back as such. */
  readonly styles = new Map<unknown, Style>();
  readonly gradients = new Map<Cell, Gradient>();
  /** What was done cannot be done by a program. */
  isOpen = false;
  /** Tensors that were given another value, and the cells that they had before. */
  readonly assigned = new Map<Tensor, Cell>();
  /** What stands for arguments. */
  readonly inputs = new Set<Tensor>();
  /** Values that somebody wants to see at each call. */
  readonly taps: { x: Tensor; see: (value: Tensor) => void }[] = [];

  constructor(level: number) {
    this.level = level;
  }

  /** The gradient of a leaf, as an input of the trace if it comes from outside. */
  readGradient(cell: Cell): Tensor | null {
    const note = this.gradient(cell);
    if (!note.written) cell.grad = this.enter(note);
    return cell.grad as Tensor | null;
  }

  writeGradient(cell: Cell, gradient: Tensor | null): void {
    const note = this.gradient(cell);
    note.written = true;
    const same = gradient !== null && gradient === note.before;
    cell.grad = same ? this.enter(note) : gradient;
  }

  private gradient(cell: Cell): Gradient {
    let note = this.gradients.get(cell);
    if (note === undefined) {
      const before = cell.grad as Tensor | null;
      note = { before, input: undefined, read: false, written: false };
      this.gradients.set(cell, note);
    }
    return note;
  }

  /** What stands for the gradient that a leaf had at first. */
  private enter(note: Gradient): Tensor | null {
    note.read = true;
    if (note.before !== null) note.input ??= this.fresh(note.before);
    return note.before === null ? null : note.input!;
  }

  /** A tensor as an input of the trace. */
  fresh(x: Tensor): Tensor {
    const c = wasm.core();
    const make = () => (c.tensorAddress(slot(x)) === 0 ? 0 : c.fresh(slot(x), this.level));
    return wrap(make() || again(make, "compile"));
  }

  /** x, which is to come back in the style of `given`, unless a transform inside depends on it. */
  follow(given: unknown, x: Tensor): Tensor {
    const style =
      typeof given === "number"
        ? Style.Number
        : isTypedArray(given)
          ? Style.Array
          : this.styles.get(given);
    const c = wasm.core();
    const at = slot(x);
    if (style !== undefined && !c.tensorMask(at) && !c.tensorBatch(at)) this.styles.set(x, style);
    return x;
  }
}

/** The recording under way. */
export const recorder: { now: Recording | undefined } = { now: undefined };

/** True for numbers, and for what stands for one while a function is recorded. */
export function isNumeric(x: unknown): x is number {
  return (
    typeof x === "number" ||
    (recorder.now !== undefined && recorder.now.styles.get(x) === Style.Number)
  );
}

/** y's graph is about to be used: one that was there before cannot be used up again. */
export function noteBackward(y: Tensor): void {
  if (recorder.now !== undefined && !isTraced(y)) recorder.now.isOpen = true;
}

/** Throws if the value of x is not known before the recorded function runs again. */
export function checkReadable(x: Tensor, who: string): void {
  if (!isTraced(x)) return;
  throw new Error(
    `${who}: compile: a value was read while the function was being recorded, which other calls do ` +
      "not read again; choose with where(), or return the tensor and read it outside (numbers that " +
      "decide something can be arguments named in { static: [...] })",
  );
}

/** The gradient of a leaf. */
export function gradientOf(cell: Cell): Tensor | null {
  return recorder.now === undefined
    ? (cell.grad as Tensor | null)
    : recorder.now.readGradient(cell);
}

/** Gives a leaf another gradient. */
export function setGradient(cell: Cell, gradient: Tensor | null): void {
  // No scope is to dispose of it.
  for (const part of gradient?.byRows?.cells() ?? (gradient === null ? [] : [gradient.cell])) {
    part.gradient = true;
  }
  if (recorder.now === undefined) cell.grad = gradient;
  else recorder.now.writeGradient(cell, gradient);
}

/** True if the value of x is another one when the recorded function runs again. */
export function isTraced(x: Tensor): boolean {
  return recorder.now !== undefined && wasm.core().tensorTraced(slot(x)) !== 0;
}

/** A tensor is about to get another value. */
export function noteAssignment(x: Tensor): void {
  const { now } = recorder;
  if (now === undefined) return;
  if (now.inputs.has(x)) {
    throw new Error(
      "assign: compile: an argument was assigned to, which other calls would not see; return its new " +
        "value, or let the function capture the tensor instead of taking it as an argument",
    );
  }
  if (!now.assigned.has(x)) now.assigned.set(x, x.cell);
}
