// The imperative style: from tensors back to the requiresGrad leaves, or to whatever was asked for.
import type { Tensor } from "./tensor.js";
import { SCRATCH_WORDS } from "../assembly/shared/limits.js";
import { add } from "../build/generated/ops.js";
import { again, cellAt, formersOf, latest, type Cell } from "./cell.js";
import { describe, toTensor, uniformLike, type TensorLike } from "./convert.js";
import { shapeText } from "./errors.js";
import { computeTogether, isHandle, slot, slotsOf, wrap } from "./handle.js";
import { gradientOf, noteBackward, setGradient } from "./recording.js";
import { callAfter, HookWalk, haveHooks } from "./hooks.js";
import { collecting, RowCollector } from "./rows.js";
import { finishBack, freeRules, haveRules } from "./rules.js";
import { checkDepth, isContainer } from "./tree.js";
import { checkOptions, trailing } from "./options.js";
import * as wasm from "./wasm.js";

/** A tensor, or tensors in arrays and plain objects. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** How backward() goes. */
export interface BackwardOptions {
  /** Cotangent of the output; needed unless it has one element. */
  seed?: TensorLike;
  /** Keep the graph, so that it can be gone through again. Default: as createGraph. */
  retainGraph?: boolean;
  /** Record the way back too, so that `.grad` can itself be differentiated. Default false. */
  createGraph?: boolean;
  /**
   * Tensors (or a tree of them) whose `.grad` is accumulated, also such that are no leaves; nothing
   * else is computed. Default: all leaves.
   */
  inputs?: TensorTree;
}

/** The tensors of a tree, in order; throws for other leaves. */
export function tensorsOf(tree: unknown, who: string, what: string): Tensor[] {
  const found: Tensor[] = [];
  const visit = (x: unknown, path: string, depth: number): void => {
    if (isHandle(x)) found.push(x);
    else if (isContainer(x)) {
      checkDepth(depth, who);
      for (const [key, item] of Object.entries(x)) {
        visit(item, Array.isArray(x) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
      }
    } else throw new TypeError(`${who}: ${what}${path} is ${describe(x)}, not a tensor`);
  };
  visit(tree, "", 0);
  return found;
}

/** The cotangent to begin with at y: what was given, or 1. */
export function seedFor(y: Tensor, seed: TensorLike | undefined, who: string): Tensor {
  if (seed === undefined) {
    if (y.size !== 1) {
      throw new Error(
        `${who}: the output has shape ${shapeText(y.shape)}, so it needs a seed: ` +
          (who === "backward" ? "y.backward(onesLike(y)), or sum(y).backward()" : "onesLike(y)"),
      );
    }
    return uniformLike(y, 1, who);
  }
  const given = toTensor(seed, who);
  const shape = y.shape;
  if (given.shape.length !== shape.length || !given.shape.every((d, i) => d === shape[i])) {
    throw new RangeError(
      `${who}: the seed has shape ${shapeText(given.shape)}, the output ${shapeText(shape)}`,
    );
  }
  return given;
}

/** Throws unless a way leads from y to leaves. */
function checkTracked(y: Tensor): void {
  const c = wasm.core();
  const at = slot(y);
  if (c.tensorMask(at) & 1) return;
  if (c.tensorIsCut(at)) {
    throw new Error(
      "backward: the graph of this tensor was already used up by an earlier backward(); call that " +
        "one with { retainGraph: true } to go through it twice",
    );
  }
  throw new Error(
    "backward: this tensor depends on no tensor with requiresGrad (made with " +
      "tensor(…, { requiresGrad: true }), outside noGrad), or only through values whose graph an " +
      "earlier backward() has used up",
  );
}

/** Throws inside vmap, where the examples of a leaf could not be told apart. */
export function checkOutsideVmap(who: string, instead: string): void {
  if (wasm.core().batchDepth() > 0)
    throw new Error(`${who}: not inside vmap; use ${instead} there`);
}

/** Runs backward from y and accumulates into the leaves' gradients. */
export function backward(
  y: Tensor,
  seedOrOptions: TensorLike | BackwardOptions | undefined,
  more: BackwardOptions | undefined,
): void {
  const who = "backward";
  const [first, options = {}] = trailing(seedOrOptions, more);
  checkOptions(options, who, "seed retainGraph createGraph inputs");
  if (first !== undefined && options.seed !== undefined) {
    throw new TypeError(`${who}: the seed is given twice`);
  }
  checkOutsideVmap(who, "grad()");
  checkTracked(y);
  const inputs = options.inputs === undefined ? undefined : inputsOf(options.inputs);
  noteBackward(y);
  const given = first === undefined ? options.seed : first;
  const one = given === undefined && wasm.core().tensorRank(slot(y)) === 0;
  const seed = one ? undefined : seedFor(y, given, who);
  const record = options.createGraph ?? false;
  // What is asked for is accumulated at the end.
  const asked = inputs && new Set(inputs.map((x) => x.cell));
  const how = {
    inputs,
    record,
    retain: options.retainGraph ?? record,
    keeps: (cell: Cell) => !asked?.has(cell),
  };
  const c = wasm.core();
  const before = c.recording();
  if (record) c.setRecording(before | 1);
  let found: [Cell, Tensor][];
  try {
    found = walkBack(who, [[y, seed]], how, (walk, rows) =>
      inputs === undefined ? leavesOf(walk, rows) : gradientsAt(walk, inputs, rows),
    );
    if (!record) c.setRecording(before & ~1);
    for (const [cell, g] of found) {
      accumulate(cell, g);
    }
  } finally {
    c.setRecording(before);
  }
  if (haveHooks()) for (const [cell] of found) callAfter(cell);
  // What was added to a gradient is computed too: pending, it would keep all that it is made of.
  const due: unknown[] = [y];
  for (const [cell, g] of found) {
    due.push(g);
    if (cell.grad !== g) due.push(cell.grad);
  }
  computeTogether(due);
}

function inputsOf(tree: TensorTree): Tensor[] {
  const inputs = [...new Set(tensorsOf(tree, "backward", "inputs"))];
  for (const x of inputs) {
    if (wasm.core().tensorMask(slot(x)) & 1) continue;
    throw new Error(
      "backward: one of the inputs has no requiresGrad and depends on no tensor that has",
    );
  }
  return inputs;
}

/** The sum of gradients of one tensor. */
export function sumOf(x: Tensor, y: Tensor): Tensor {
  return x.byRows?.sumWith(y) ?? y.byRows?.sumWith(x) ?? add(x, y);
}

/** Adds to the `.grad` of a tensor. */
export function accumulate(cell: Cell, g: Tensor): void {
  const had = gradientOf(cell);
  setGradient(cell, had === null ? g : sumOf(had, g));
}

/** What a walk left at leaves. */
function leavesOf(walk: number, rows: RowCollector | undefined): [Cell, Tensor][] {
  const c = wasm.core();
  const found: [Cell, Tensor][] = [];
  for (let i = c.walkLeaf(walk, 0); i >= 0; i = c.walkLeaf(walk, i + 1)) {
    const leaf = c.walkNode(walk, i);
    const cell = cellAt(leaf);
    if (cell === undefined) continue;
    const take = () => c.walkTake(walk, leaf);
    found.push([latest(cell), wrap(take() || again(take, "backward"))]);
  }
  for (const [leaf, g] of rows?.nodes() ?? []) {
    const cell = cellAt(leaf);
    if (cell === undefined) continue;
    const other = found.find(([one]) => one === latest(cell));
    if (other === undefined) found.push([latest(cell), g]);
    else other[1] = sumOf(other[1], g);
  }
  return found;
}

/** What a walk left at these tensors. */
function gradientsAt(
  walk: number,
  inputs: readonly Tensor[],
  rows: RowCollector | undefined,
): [Cell, Tensor][] {
  return inputs.flatMap((x): [Cell, Tensor][] => {
    const g = leftAt(walk, x, "backward", rows);
    return g === undefined ? [] : [[latest(x.cell), g]];
  });
}

/** What a walk left at x, or at values that leaf x had before; undefined if it did not come there. */
export function leftAt(
  walk: number,
  x: Tensor,
  who: string,
  rows?: RowCollector,
): Tensor | undefined {
  const own = slot(x);
  const parts = [rows?.at(own), peekAt(walk, () => slot(x), who)];
  for (const former of formersAt(x)) {
    parts.push(
      rows?.at(former),
      peekAt(walk, () => former, who),
    );
  }
  const list = parts.filter((g) => g !== undefined);
  return list.length === 0 ? undefined : list.reduce(sumOf);
}

/** Slots of values that x had before; a light scalar is no leaf, and stays light. */
export function formersAt(x: Tensor): readonly number[] {
  return x.light > 0 ? [] : formersOf(x.cell);
}

export function peekAt(walk: number, at: () => number, who: string): Tensor | undefined {
  const peek = () => wasm.core().walkPeek(walk, at());
  const result = peek();
  if (result !== 0) return wrap(result);
  return wasm.pendingFault() === 0 ? undefined : wrap(again(peek, who));
}

/** How a walk of level 0 goes. */
export interface Way {
  /** What is asked for; undefined: all leaves. */
  inputs: readonly Tensor[] | undefined;
  /** The way is recorded at level 0 as well. */
  record: boolean;
  /** The graph stays. */
  retain: boolean;
  /** Pairs of creation numbers: nodes made in between are constants, the first one excluded. */
  spans?: readonly number[];
  /** Gradients of tables may be rows. Default true. */
  rows?: boolean;
  /** Whose gradients are kept as they pass, if retainGrad() wants them. Default: nobody's. */
  keeps?: (cell: Cell) => boolean;
}

/** An output and its cotangent; undefined: 1, for a scalar. */
export type Root = readonly [y: Tensor, g: Tensor | undefined];

function addRoot(walk: number, y: Tensor, g: Tensor | undefined, who: string): boolean {
  const c = wasm.core();
  if (g === undefined) return c.walkOne(walk, slot(y)) !== 0;
  const [at, to] = slotsOf([y, g], who) as [number, number];
  return c.walkRoot(walk, at, to) !== 0;
}

/** Collects rows of tables that nothing leads further back from, and whose gradients no hook is to see. */
function rowsFor(inputs: readonly Tensor[] | undefined): RowCollector {
  const c = wasm.core();
  const asked = inputs && new Set(inputs.flatMap((x) => [slot(x), ...formersAt(x)]));
  return new RowCollector((node) => {
    const ends = asked === undefined ? c.tensorIsLeaf(node) !== 0 : asked.has(node);
    const cell = cellAt(node);
    return ends && c.externalInputs(node) === 0 && (cell && latest(cell).hooks) === undefined;
  });
}

/** Walks back from outputs with their cotangents at level 0; `read` sees what that leaves. */
export function walkBack<R>(
  who: string,
  roots: readonly Root[],
  { inputs, record, retain, spans, rows = true, keeps = () => false }: Way,
  read: (walk: number, rows: RowCollector | undefined) => R,
): R {
  const c = wasm.core();
  const walk = c.walkBegin(0, 0);
  if (walk === 0) throw wasm.takeFault(who);
  try {
    for (const [y, g] of roots) if (!addRoot(walk, y, g, who)) throw wasm.takeFault(who);
    if (!c.walkArrange(walk)) throw wasm.takeFault(who);
    if (inputs !== undefined) {
      for (const x of inputs) {
        c.walkWant(walk, slot(x));
        for (const former of formersAt(x)) c.walkWant(walk, former);
      }
      const list = spans ?? [];
      // In portions that fit the scratch area; each prunes what the last one has left.
      const most = SCRATCH_WORDS / 2;
      for (let i = 0; i === 0 || i < list.length; i += most) {
        const part = list.slice(i, i + most);
        wasm.doubles().set(part, wasm.scratchWord() >>> 1);
        c.walkPrune(walk, part.length / 2);
      }
    }
    const hooks = haveHooks() ? new HookWalk(walk, keeps) : undefined;
    const collector = rows && haveRules() ? rowsFor(inputs) : undefined;
    collecting(walk, collector, () => finishBack(who, walk, 0, record, hooks?.stop));
    hooks?.finish();
    const result = read(walk, collector);
    if (!retain) c.walkConsume(walk);
    return result;
  } finally {
    c.walkEnd(walk);
    freeRules();
  }
}
