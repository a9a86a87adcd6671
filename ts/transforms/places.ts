// Trees of what a function with rules of its own was called with, and of what it returned: a place for
// each tensor that derivatives go through, and what its rules keep.
import type { Tensor } from "../tensor.js";
import type { DType } from "../../assembly/shared/dtype.js";
import { disposeCell, isDisposed } from "../cell.js";
import { closeScope, openScope } from "../collection.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { isFloat } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import { isContainer, mapTree, openNode } from "../tree.js";
import * as wasm from "../wasm.js";

/** A float tensor of a tree, as it was when the function was called. */
export class Place {
  readonly index: number;
  /** What errors call it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Batch axes that it had. */
  readonly axes: number;

  constructor(x: Tensor, index: number, name: string) {
    const c = wasm.core();
    this.index = index;
    this.name = name;
    this.shape = x.shape;
    this.dtype = c.tensorDtype(slot(x));
    this.axes = c.tensorBatch(slot(x));
  }

  /** Zeros in its form. */
  zeros(): Tensor {
    return tensorOf(() => {
      wasm.writeList(this.shape);
      return wasm.core().tensorUniform(this.dtype, this.shape.length, 0);
    });
  }

  /** What a rule gave for it, in its dtype; null stands for zeros. */
  suited(given: unknown, who: string, what: string): Tensor | null {
    if (given === null || given === undefined) return null;
    const x = toTensor(given as TensorLike, who);
    const { shape } = x;
    if (shape.length !== this.shape.length || !shape.every((d, i) => d === this.shape[i])) {
      throw new RangeError(
        `${who}: the ${what} of ${this.name} has shape ${shapeText(shape)}, the value itself ` +
          shapeText(this.shape),
      );
    }
    const c = wasm.core();
    const code = c.tensorDtype(slot(x));
    if (code === this.dtype) return x;
    if (!isFloat(code)) {
      throw new TypeError(`${who}: the ${what} of ${this.name} is ${x.dtype}, not float`);
    }
    return tensorOf(() => c.astype(slot(x), this.dtype), who);
  }
}

/** A tensor that rules keep, and the batch axes that it had. */
export class Kept {
  readonly tensor: Tensor;
  readonly axes: number;

  constructor(tensor: Tensor) {
    this.tensor = tensor;
    this.axes = wasm.core().tensorBatch(slot(tensor));
  }

  free(): void {
    const { cell } = this.tensor;
    if (!isDisposed(cell) && !cell.held) disposeCell(cell);
  }
}

/** True for tensors that can have derivatives. */
export function isFloatTensor(x: unknown): x is Tensor {
  return isHandle(x) && isFloat(wasm.core().tensorDtype(slot(x)));
}

/** A tree with places for its float tensors, which are added to `tensors`, and 0 for its other leaves. */
export function placesOf(tree: unknown, name: string, tensors: Tensor[], places: Place[]): unknown {
  return mapTree(tree, (leaf, path) => {
    if (!isFloatTensor(leaf)) return 0;
    const place = new Place(leaf, places.length, name + path);
    tensors.push(leaf);
    places.push(place);
    return place;
  });
}

/** A tree whose tensors are kept, as they are without a level. No scope around disposes of them. */
export function keepTree(tree: unknown, level: number, kept: Kept[], who: string): unknown {
  const outer = openScope();
  try {
    return mapTree(tree, (leaf) => {
      if (!isHandle(leaf)) return leaf;
      const one = new Kept(tensorOf(() => wasm.core().externalPeel(slot(leaf), 1 << level), who));
      kept.push(one);
      return one;
    });
  } finally {
    closeScope(outer);
  }
}

/** A tree with something in the place of each gap. */
function replaced<T>(
  tree: unknown,
  isGap: (x: unknown) => x is T,
  fill: (gap: T) => unknown,
): unknown {
  if (isGap(tree)) return fill(tree);
  if (Array.isArray(tree)) return tree.map((x) => replaced(x, isGap, fill));
  const node = openNode(tree);
  if (node !== undefined) {
    return node.kind.unflatten(replaced(node.children, isGap, fill), node.aux);
  }
  if (isContainer(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, x]) => [key, replaced(x, isGap, fill)]),
    );
  }
  return tree;
}

const isKept = (x: unknown): x is Place | Kept => x instanceof Place || x instanceof Kept;

/** A tree with something in the place of each Place and Kept. */
export function filled(tree: unknown, get: (x: Place | Kept) => unknown): unknown {
  return replaced(tree, isKept, get);
}

/** Where a float tensor stood. */
class Hole {}
const isHole = (x: unknown): x is Hole => x instanceof Hole;

/** A tree with holes in the place of its float tensors, which `visit` is told. */
export function holesIn(tree: unknown, visit?: (x: Tensor) => void): unknown {
  return mapTree(tree, (leaf) => {
    if (!isFloatTensor(leaf)) return leaf;
    visit?.(leaf);
    return new Hole();
  });
}

/** A tree with something in the place of each hole, in order. */
export function fillHoles(tree: unknown, next: () => unknown): unknown {
  return replaced(tree, isHole, next);
}

/** Reads what a rule returned: for each place of a tree a tensor, or null where it gave nothing. */
export function matched(
  places: unknown,
  given: unknown,
  who: string,
  what: string,
  name: string,
  out: (Tensor | null)[],
): void {
  if (places instanceof Place) {
    out[places.index] = places.suited(given, who, what);
    return;
  }
  const [node, other] = [openNode(places), openNode(given)];
  // A rule may return a plain object with the same keys instead.
  if (node !== undefined && other?.kind === node.kind) {
    matched(node.children, other.children, who, what, name, out);
  } else if (isContainer(places) && given !== null && given !== undefined) {
    const keys = Object.keys(places);
    if (
      !isContainer(given) ||
      Array.isArray(given) !== Array.isArray(places) ||
      keys.join() !== Object.keys(given).join()
    ) {
      throw new TypeError(
        `${who}: the ${what}s of ${name} are ${
          isContainer(given)
            ? `a tree of other keys ([${Object.keys(given).join()}])`
            : describe(given)
        }, where a tree with [${keys.join()}] is expected`,
      );
    }
    for (const key of keys) {
      const path = Array.isArray(places) ? `${name}[${key}]` : `${name}.${key}`;
      matched(
        (places as Record<string, unknown>)[key],
        (given as Record<string, unknown>)[key],
        who,
        what,
        path,
        out,
      );
    }
  }
}

const isPlaceOrNone = (x: unknown): x is Place | 0 => x === 0 || x instanceof Place;

/** A tree of the result's form with a cotangent or tangent in each place, null elsewhere. */
export function slopesIn(tree: unknown, slopes: readonly Tensor[], none: unknown): unknown {
  return replaced(tree, isPlaceOrNone, (x) => (x === 0 ? none : slopes[x.index]));
}
