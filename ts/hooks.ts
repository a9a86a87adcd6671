// Functions that backward() calls on its way: with the gradient of a tensor, or after a leaf has got its
// own. What belongs to a tensor is kept with its cell; a walk stops where there is something (ts/rules.ts).
import type { Tensor } from "./tensor.js";
import { add } from "../build/generated/ops.js";
import { cellAt, latest, type Cell } from "./cell.js";
import { describe, uniformLike } from "./convert.js";
import { shapeText } from "./errors.js";
import { isHandle, slot, tensorOf } from "./handle.js";
import { gradientOf, setGradient } from "./recording.js";
import * as wasm from "./wasm.js";

/** Sees a gradient; what it returns, if anything, takes its place. */
export type GradHook = (gradient: Tensor) => Tensor | null | undefined | void;

/** Several tensors whose gradients are wanted together. */
interface Group {
  cells: readonly Cell[];
  call: (gradients: (Tensor | null)[]) => void;
}

/** What hangs on one tensor. */
class Hooks {
  readonly see = new Set<{ call: GradHook }>();
  readonly after = new Set<{ call: () => void }>();
  readonly groups = new Set<Group>();
  /** The gradient is kept although this is no leaf. */
  retained = false;
}

/** Some tensor has, or had, hooks. */
let some = false;

/** True if backward() has to look for hooks. */
export function haveHooks(): boolean {
  return some;
}

function hooksOf(x: Tensor, who: string): Hooks {
  if (!isHandle(x)) throw new TypeError(`${who}: ${describe(x)} is not a tensor`);
  if (!(wasm.core().tensorMask(slot(x)) & 1)) {
    throw new Error(
      `${who}: backward() never comes to this tensor: it neither has requiresGrad nor depends on one ` +
        "that has",
    );
  }
  some = true;
  const { cell } = x;
  cell.hooks ??= new Hooks();
  return cell.hooks as Hooks;
}

function checkCall(call: unknown, who: string): void {
  if (typeof call !== "function") {
    throw new TypeError(`${who}: needs a function, not ${describe(call)}`);
  }
}

/** Adds a hook that sees the gradient of x. */
export function addGradHook(x: Tensor, call: GradHook): () => void {
  checkCall(call, "onGrad");
  const { see } = hooksOf(x, "onGrad");
  const hook = { call };
  see.add(hook);
  return () => void see.delete(hook);
}

/** Adds a hook that is called once leaf x has got its gradient. */
export function addAccumulateHook(x: Tensor, call: (x: Tensor) => void): () => void {
  checkCall(call, "onAccumulate");
  if (!wasm.core().tensorIsLeaf(slot(x))) {
    throw new Error("onAccumulate: only leaves with requiresGrad accumulate gradients; see onGrad");
  }
  const { after } = hooksOf(x, "onAccumulate");
  const hook = { call: () => call(x) };
  after.add(hook);
  return () => void after.delete(hook);
}

/** Has backward() keep the gradient of x. */
export function retainGradient(x: Tensor): void {
  hooksOf(x, "retainGrad").retained = true;
}

/**
 * Calls `fn` once in each backward() that comes to any of these tensors, as soon as the gradients of all
 * that it comes to are known: with a list of them, null where it does not come. Returns what ends that.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2], { requiresGrad: true });
 * const y = x.square();
 * onGrads([x, y], ([gx, gy]) => console.log(gx.toArray(), gy.toArray()));
 * y.sum().backward(); // prints [2, 4] [1, 1]
 * ```
 * @throws if a tensor neither has requiresGrad nor depends on one that has
 */
export function onGrads(
  tensors: readonly Tensor[],
  fn: (gradients: (Tensor | null)[]) => void,
): () => void {
  const who = "onGrads";
  checkCall(fn, who);
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${who}: needs a list of at least one tensor`);
  }
  const list: readonly Tensor[] = [...(tensors as readonly Tensor[])];
  const hooks = list.map((x) => hooksOf(x, who));
  const group: Group = { cells: list.map((x) => x.cell), call: fn };
  for (const { groups } of hooks) groups.add(group);
  return () => hooks.forEach(({ groups }) => groups.delete(group));
}

/** Nodes of one tensor in one backward(). */
interface Place {
  /** Where the walk has come already. */
  nodes: number[];
  /** How many it has still to come to. */
  left: number;
}

/** A group in one backward(). */
interface Waiting {
  gradients: Map<Cell, Tensor | null>;
  left: number;
}

/** The hooks that one walk meets. */
export class HookWalk {
  private readonly groups = new Map<Group, Waiting>();
  private readonly walk: number;
  /** Tells whose gradients are kept as they pass. */
  private readonly keeps: (cell: Cell) => boolean;

  /** Nodes with hooks of each tensor: a leaf that was assigned to has one per value. */
  private readonly places = new Map<Cell, Place>();

  /** Marks the nodes of a walk, which is in order, where there are hooks. */
  constructor(walk: number, keeps: (cell: Cell) => boolean) {
    this.walk = walk;
    this.keeps = keeps;
    const c = wasm.core();
    for (let i = 0, n = c.walkSize(walk); i < n; i++) {
      const node = c.walkNode(walk, i);
      const cell = cellOf(node);
      const hooks = cell?.hooks as Hooks | undefined;
      if (cell === undefined || hooks === undefined) continue;
      const retained = hooks.retained && keeps(cell);
      if (hooks.see.size === 0 && hooks.groups.size === 0 && !retained) continue;
      c.walkHook(walk, node);
      const place = this.places.get(cell);
      if (place !== undefined) place.left++;
      else {
        this.places.set(cell, { nodes: [], left: 1 });
        for (const group of hooks.groups) this.await(group, cell);
      }
    }
  }

  private await(group: Group, cell: Cell): void {
    let waiting = this.groups.get(group);
    if (waiting === undefined) {
      waiting = { gradients: new Map(), left: 0 };
      this.groups.set(group, waiting);
    }
    waiting.gradients.set(cell, null);
    waiting.left++;
  }

  /** The walk has stopped at a node. */
  readonly stop = (_: number, node: number): void => {
    const cell = cellOf(node);
    const place = cell && this.places.get(cell);
    if (cell === undefined || place === undefined) return;
    place.nodes.push(node);
    if (--place.left === 0) this.call(cell, place);
  };

  /** Hooks of a tensor see the sum of what has come to its nodes. */
  private call(cell: Cell, { nodes }: Place): void {
    const c = wasm.core();
    const hooks = cell.hooks as Hooks;
    const [first, ...others] = nodes.map((node) =>
      tensorOf(() => c.walkPeek(this.walk, node), "onGrad"),
    );
    const whole = others.reduce((sum, g) => add(sum, g), first!);
    let g = whole;
    for (const hook of [...hooks.see]) g = replaced(g, hook.call(g));
    if (g !== whole) {
      // What it has made of the sum stands at one node.
      nodes.forEach((node, i) => {
        const share = i === 0 ? g : uniformLike(g, 0, "onGrad");
        if (!c.walkReplace(this.walk, node, slot(share))) throw wasm.takeFault("onGrad");
      });
    }
    if (hooks.retained && this.keeps(cell) && !c.tensorIsLeaf(nodes[0]!)) {
      const had = gradientOf(cell);
      setGradient(cell, had === null ? g : add(had, g));
    }
    for (const group of hooks.groups) this.note(group, cell, g);
  }

  /** The walk is at its end: what still waits gets what there is. */
  finish(): void {
    for (const [cell, place] of this.places) {
      if (place.left > 0 && place.nodes.length > 0) this.call(cell, place);
    }
    for (const [group, { gradients, left }] of this.groups) {
      if (left === 0 || [...gradients.values()].every((g) => g === null)) continue;
      group.call(group.cells.map((one) => gradients.get(latest(one)) ?? null));
    }
  }

  private note(group: Group, cell: Cell, g: Tensor): void {
    const waiting = this.groups.get(group);
    if (waiting === undefined) return;
    waiting.gradients.set(cell, g);
    if (--waiting.left > 0) return;
    group.call(group.cells.map((one) => waiting.gradients.get(latest(one)) ?? null));
  }
}

/** The cell of what is in a slot, if the slot is still its place or was that of a leaf. */
function cellOf(node: number): Cell | undefined {
  const cell = cellAt(node);
  if (cell === undefined) return undefined;
  if (cell.slot === node) return cell;
  return wasm.core().tensorIsLeaf(node) ? latest(cell) : undefined;
}

/** What a hook has made of a gradient. */
function replaced(g: Tensor, given: Tensor | null | undefined | void): Tensor {
  if (given === null || given === undefined) return g;
  if (!isHandle(given)) {
    throw new TypeError(`onGrad: the hook returned ${describe(given)}, not a tensor`);
  }
  if (shapeText(given.shape) !== shapeText(g.shape)) {
    throw new RangeError(
      `onGrad: the hook returned shape ${shapeText(given.shape)} for a gradient of shape ` +
        shapeText(g.shape),
    );
  }
  return given.dtype === g.dtype ? given : given.astype(g.dtype);
}

/** Calls what waits for the gradient of a leaf. */
export function callAfter(cell: Cell): void {
  const hooks = cell.hooks as Hooks | undefined;
  for (const hook of [...(hooks?.after ?? [])]) hook.call();
}
