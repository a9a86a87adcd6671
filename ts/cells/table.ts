// Cells, and the table that finds the cell of what is in a slot.
import { SLAB_SHIFT } from "../../assembly/shared/limits.js";
import { scalarKept, type Chunk, type Kept } from "./kept.js";

/** Slots of cells whose value is not in wasm. */
export const DISPOSED = -1;
export const EVICTED = 0;

/** A node that had a leaf's value before an assignment, and is needed still. */
interface Former {
  slot: number;
  order: number;
}
const NO_FORMERS: Former[] = [];

/** What structuredClone() and postMessage() say of a tensor, whose place means nothing elsewhere. */
export const UNCLONEABLE: symbol = Symbol(
  "tensor: tensors cannot be cloned or posted: send x.data() and x.shape, and make a tensor of them",
);

/** What few cells have; most never get one of these. */
class Notes {
  grad: unknown = null;
  held = false;
  successor: Cell | undefined = undefined;
  formers: Former[] = NO_FORMERS;
  name: string | undefined = undefined;
  hooks: unknown = undefined;
  /** A symbol cannot be cloned. */
  readonly here = UNCLONEABLE;
}

const NONE = new Notes();

/** A tensor's place: a slot in wasm, or what was kept of it. There is one per result: small. */
export class Cell {
  /** Slot in wasm, EVICTED or DISPOSED. */
  slot: number;
  /** What was kept, or where it is (`keptOf` in ts/cells/kept.ts). */
  kept: Kept | Chunk | undefined = undefined;
  /** What was kept, if all elements were the same; a place in a chunk. */
  value: number | undefined = undefined;
  /** Group of tensors whose end is reported together (ts/handle.ts); 0: none. */
  group = 0;
  /** This value is, or was, the gradient of a leaf: tidy() leaves it alone. */
  gradient = false;
  private notes: Notes = NONE;

  constructor(slot: number) {
    this.slot = slot;
  }

  private ownNotes(): Notes {
    return this.notes === NONE ? (this.notes = new Notes()) : this.notes;
  }

  /** The accumulated gradient of a leaf (a Tensor, which this file does not know). */
  get grad(): unknown {
    return this.notes.grad;
  }
  set grad(grad: unknown) {
    if (grad !== this.notes.grad) this.ownNotes().grad = grad;
  }

  /** Another cell needs this one to compute its value again: it outlives dispose(). */
  get held(): boolean {
    return this.notes.held;
  }
  set held(on: boolean) {
    this.ownNotes().held = on;
  }

  /** The cell of the same leaf after an assignment that had to leave this one alone. */
  get successor(): Cell | undefined {
    return this.notes.successor;
  }
  set successor(cell: Cell | undefined) {
    this.ownNotes().successor = cell;
  }

  /** What backward() calls when it comes here (ts/hooks.ts). */
  get hooks(): unknown {
    return this.notes.hooks;
  }
  set hooks(hooks: unknown) {
    if (hooks !== this.notes.hooks) this.ownNotes().hooks = hooks;
  }

  /** Where older values of a leaf are. */
  get formers(): Former[] {
    return this.notes.formers;
  }
  set formers(formers: Former[]) {
    this.ownNotes().formers = formers;
  }

  /** What errors call it. */
  get name(): string | undefined {
    return this.notes.name;
  }
  set name(name: string | undefined) {
    if (name !== this.notes.name) this.ownNotes().name = name;
  }
}

/** Cells by slab and slot; slabs without any have no list. */
const table: ((Cell | undefined)[] | undefined)[] = [];
const IN_SLAB = (1 << SLAB_SHIFT) - 1;

/** The cell whose value is in a slot. */
export function cellAt(slot: number): Cell | undefined {
  return table[slot >>> SLAB_SHIFT]?.[slot & IN_SLAB];
}

/** Cells were made since `noCells`. */
let some = false;

/** True if any value in a slot got a cell since the outermost transform began. */
export function haveCells(): boolean {
  return some;
}

/** The outermost transform has ended. */
export function noCells(): void {
  some = false;
}

/** Says, or forgets (undefined), that a slot holds the value of a cell. */
export function register(slot: number, cell: Cell | undefined): void {
  some = true;
  const cells = table[slot >>> SLAB_SHIFT];
  if (cells === undefined) openSlab(slot >>> SLAB_SHIFT)[slot & IN_SLAB] = cell;
  else cells[slot & IN_SLAB] = cell;
}

/** Another core runs, whose slots are others. */
export function forgetSlots(): void {
  table.length = 0;
}

function openSlab(slab: number): (Cell | undefined)[] {
  while (table.length <= slab) table.push(undefined);
  return (table[slab] = new Array<Cell | undefined>(IN_SLAB + 1).fill(undefined));
}

/** The cell of what is in a slot, made if there is none. */
export function cellIn(slot: number): Cell {
  const known = cellAt(slot);
  if (known?.slot === slot) return known;
  const cell = new Cell(slot);
  register(slot, cell);
  return cell;
}

/** A cell for a scalar that has left wasm. */
export function keptScalar(about: number, value: number): Cell {
  const cell = new Cell(EVICTED);
  cell.kept = scalarKept(about);
  cell.value = value;
  return cell;
}

/** A scalar's value has left wasm with the level that recorded it. */
export function depart(cell: Cell, about: number, value: number): void {
  register(cell.slot, undefined);
  cell.kept = scalarKept(about);
  cell.value = value;
  cell.slot = EVICTED;
}

/** The cell that a leaf has now. */
export function latest(cell: Cell): Cell {
  let last = cell;
  while (last.successor !== undefined) last = last.successor;
  return last;
}

/** A cell for a tensor that was disposed of although another value still needs its own. */
export function disposedCell(name: string | undefined): Cell {
  const cell = new Cell(DISPOSED);
  cell.name = name;
  return cell;
}

/** True if the cell was disposed of. */
export function isDisposed(cell: Cell): boolean {
  return cell.slot === DISPOSED;
}
