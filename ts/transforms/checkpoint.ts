// Recomputing instead of storing: a function runs, what it has recorded is forgotten, and where a walk
// comes to its results it runs again. Its inputs are whatever older values it has reached: arguments,
// and what it captures.
import type { Tensor } from "../tensor.js";
import {
  again,
  beginPast,
  cellAt,
  disposeCell,
  endPast,
  inPast,
  isDisposed,
  keepPast,
  type Cell,
} from "../cell.js";
import { closeScope, collect, openScope } from "../collection.js";
import { describe } from "../convert.js";
import { isHandle, slot, tensorOf, wrap } from "../handle.js";
import { enterLevel, live } from "../level.js";
import {
  finishBack,
  finishForth,
  freeRules,
  newestRules,
  type CallRules,
  type Stop,
} from "../rules.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { bitOf, recordCall } from "./external.js";
import { isFloatTensor } from "./places.js";
import { checkFunction, checkResult } from "./scope.js";
import { withWalk } from "./walk.js";
import { checkOptions } from "../options.js";

const WHO = "checkpoint";

/** When checkpoint() stores nothing. */
export interface CheckpointOptions {
  /**
   * What may be stored: if the values that the backward pass would find on the tape take no more bytes
   * than this, they stay, and nothing is computed twice. Default 0.
   */
  budgetBytes?: number;
}

// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Fn = (...args: any[]) => any;

/** One run of a function. */
interface Run {
  out: unknown;
  results: Tensor[];
  /** Cells that were made. */
  made: Cell[];
  /** Creation numbers: before, after. */
  since: number;
  until: number;
}

function run(f: Fn, args: readonly unknown[]): Run {
  const c = wasm.core();
  const since = c.newestOrder();
  const outer = openScope();
  let out: unknown;
  let made: Cell[];
  try {
    out = f(...args);
  } finally {
    made = closeScope(outer);
    made.forEach(collect);
  }
  checkResult(out, WHO);
  const results: Tensor[] = [];
  mapTree(out, (leaf) => isFloatTensor(leaf) && results.push(leaf));
  return { out, results, made, since, until: c.newestOrder() };
}

/** What a level's derivatives of a run end at. */
function inputsOf(level: number, { results, since }: Run): number[] {
  const c = wasm.core();
  return withWalk(WHO, level, since, (walk) => {
    c.walkBorder(walk);
    for (const y of results) if (!c.walkRoot(walk, slot(y), 0)) throw wasm.takeFault(WHO);
    if (!c.walkArrange(walk)) throw wasm.takeFault(WHO);
    return outerNodes(walk);
  });
}

function outerNodes(walk: number): number[] {
  const c = wasm.core();
  const nodes: number[] = [];
  for (let i = c.walkOuter(walk, 0); i >= 0; i = c.walkOuter(walk, i + 1)) {
    nodes.push(c.walkNode(walk, i));
  }
  return nodes;
}

/** The arguments as nodes of their own, which no scope around disposes of. */
class Arguments {
  readonly list: unknown[];
  /** Levels that still need them. */
  users = 0;
  readonly cells: Cell[] = [];

  constructor(args: readonly unknown[]) {
    const c = wasm.core();
    const outer = openScope();
    try {
      this.list = args.map((arg) =>
        mapTree(arg, (leaf) => {
          if (!isHandle(leaf)) return leaf;
          const x = tensorOf(() => c.tensorAlias(slot(leaf)), WHO);
          this.cells.push(x.cell);
          return x;
        }),
      );
    } finally {
      closeScope(outer);
    }
  }

  /** They are tensors like others: the function was called as it is. */
  publish(): void {
    this.cells.forEach(collect);
  }

  release(): void {
    if (--this.users > 0) return;
    for (const cell of this.cells) if (!isDisposed(cell) && !cell.held) disposeCell(cell);
  }
}

/**
 * Forgets what a run has recorded at some levels: tensors that depend on them are disposed of, so that
 * their memory is free at once. Where the bits may belong to other levels by now, the tape stays.
 */
function forget(
  levels: number,
  { made, since, until }: Pick<Run, "made" | "since" | "until">,
  stale: boolean,
): void {
  const c = wasm.core();
  for (const cell of made) {
    if (cell.slot <= 0 || cell.held || cell.gradient || c.tensorIsLeaf(cell.slot)) continue;
    if ((c.tensorMask(cell.slot) & levels) !== 0) disposeCell(cell);
  }
  if (!stale) c.externalForget(levels, since, until);
}

/** The batch axes that are live, outermost first. */
interface Frame {
  /** When its vmap began. */
  order: number;
  size: number;
}

function framesNow(): Frame[] {
  const c = wasm.core();
  return Array.from({ length: c.batchDepth() }, (_, i) => ({
    order: c.batchOrder(i + 1),
    size: c.batchSize(i + 1),
  }));
}

/** Makes other batch axes live. */
function setFrames(frames: readonly Frame[]): void {
  const c = wasm.core();
  c.batchSet(0, 0, 0);
  frames.forEach(({ order, size }, i) => c.batchSet(i + 1, order, size));
}

/** How many of the outer axes are the same. */
function commonAxes(a: readonly Frame[], b: readonly Frame[]): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i]!.order !== b[i]!.order) return i;
  return n;
}

class Segment implements CallRules {
  readonly name = WHO;
  /** The vmaps around the call, which may have ended when it is made again. */
  private readonly frames = framesNow();
  private readonly batch = live.batch;
  private readonly depth = live.depth;
  private readonly f: Fn;
  private readonly args: Arguments;
  /** When the function was called. */
  private readonly time: number;
  /** Cells of captured tensors, and the nodes they had. */
  private readonly captured: [Cell, number][] = [];
  /** Nodes of arguments and captured tensors with batch axes, and how many these are. */
  private readonly mapped: [number, number][] = [];

  constructor(f: Fn, args: Arguments, inputs: readonly number[], time: number) {
    this.f = f;
    this.args = args;
    this.time = time;
    args.users++;
    if (this.frames.length > 0) wasm.core().evictMapped(true);
    keepPast();
    for (const node of inputs) {
      const cell = cellAt(node);
      if (cell?.slot === node) this.captured.push([cell, node]);
    }
    if (this.frames.length === 0) return;
    const c = wasm.core();
    for (const node of new Set([...args.cells.map((cell) => cell.slot), ...inputs])) {
      const axes = node > 0 ? c.tensorBatch(node) : 0;
      if (axes > 0) this.mapped.push([node, axes]);
    }
  }

  free(): void {
    if (this.frames.length > 0) wasm.core().evictMapped(false);
    this.args.release();
    endPast();
  }

  /** Runs the function again, recorded at the level; `use` gets that. */
  private repeat<R>(stop: Stop, use: (run: Run, walk: number) => R): R {
    const c = wasm.core();
    const { level, record } = stop;
    const rules = newestRules();
    const since = c.newestOrder();
    let made: Cell[] = [];
    try {
      const result = inPast(this.time, () => this.again(level));
      const found = withWalk(WHO, level, since, (walk) => {
        c.walkBorder(walk);
        return use(result, walk);
      });
      // Rules of calls that other levels have recorded may use what the function has made.
      if (newestRules() === rules) made = result.made;
      return found;
    } finally {
      // Also after an exception: what it has carried out depends on nothing any more.
      forget(bitOf(level), { made, since, until: c.newestOrder() }, record);
    }
  }

  /** Runs the function as it ran at first, recorded at the level. */
  private again(level: number): Run {
    const c = wasm.core();
    const before = c.recording();
    // Captured tensors may have moved on since: a pullback's have left its level, leaves were assigned to.
    const places = this.captured.map(([cell]) => cell.slot);
    const { depth, batch } = live;
    const frames = framesNow();
    const since = c.newestOrder();
    try {
      // A pullback's level is closed: transforms in the function must not take its number.
      while (live.depth < Math.max(level, this.depth)) enterLevel(WHO);
      c.setRecording(before | bitOf(level));
      setFrames(this.frames);
      live.batch = this.batch;
      for (const [cell, node] of this.captured) cell.slot = node;
      // An outer function that has run again may have ended their vmap.
      for (const one of this.mapped) one[1] = c.externalPrefix(...one);
      return run(this.f, this.args.list);
    } finally {
      live.depth = depth;
      live.batch = batch;
      c.leaveKeeping(depth + 1);
      for (const one of this.mapped) one[1] = c.externalPrefix(...one);
      setFrames(frames);
      // As many live axes as are the same cannot be taken for others.
      const common = commonAxes(frames, this.frames);
      if (frames.length > common) c.externalUnmap(since, common);
      c.setRecording(before);
      this.captured.forEach(([cell, node], i) => {
        if (cell.slot === node) cell.slot = places[i]!;
      });
    }
  }

  /** What a walk has left at nodes. */
  private read(nodes: readonly number[], take: (node: number) => number): (Tensor | undefined)[] {
    return nodes.map((node) => {
      const x = take(node);
      if (x !== 0) return wrap(x);
      return wasm.pendingFault() === 0 ? undefined : wrap(again(() => take(node), WHO));
    });
  }

  private inputs(stop: Stop): number[] {
    const c = wasm.core();
    return Array.from({ length: c.externalInputs(stop.hub) }, (_, i) =>
      c.programInput(stop.hub, i),
    );
  }

  // A node knows its place in one walk at a time: what one leaves is read before another begins.

  back(stop: Stop): void {
    const c = wasm.core();
    const { walk: outer, level, record } = stop;
    const nodes = stop.results.map(([, node]) => node);
    const given = this.read(nodes, (node) => c.walkTake(outer, node));
    const inputs = this.inputs(stop);
    const found = this.repeat(stop, ({ results }, walk) => {
      stop.results.forEach(([i], k) => {
        const y = results[i];
        if (y === undefined) throw changed();
        const g = given[k];
        if (g === undefined) return;
        if (!c.walkRoot(walk, slot(y), slot(g))) throw wasm.takeFault(WHO);
      });
      if (!c.walkArrange(walk)) throw wasm.takeFault(WHO);
      finishBack(WHO, walk, level, record);
      const known = new Set(inputs);
      if (!record && outerNodes(walk).some((node) => !known.has(node))) throw changed();
      return this.read(inputs, (node) => c.walkTake(walk, node));
    });
    inputs.forEach((node, i) => pass(outer, node, found[i]));
  }

  forth(stop: Stop): void {
    const c = wasm.core();
    const { walk: outer, level, record } = stop;
    const inputs = this.inputs(stop);
    const given = this.read(inputs, (node) => c.walkPeek(outer, node));
    const found = this.repeat(stop, ({ results }, walk) => {
      for (const y of results) if (!c.walkRoot(walk, slot(y), 0)) throw wasm.takeFault(WHO);
      if (!c.walkArrange(walk)) throw wasm.takeFault(WHO);
      inputs.forEach((node, i) => pass(walk, node, given[i]));
      finishForth(WHO, walk, level, record);
      return stop.results.map(([i]) => {
        const y = results[i];
        if (y === undefined) throw changed();
        return this.read([slot(y)], (node) => c.walkPeek(walk, node))[0];
      });
    });
    stop.results.forEach(([, node], k) => pass(outer, node, found[k]));
  }
}

function pass(walk: number, node: number, x: Tensor | undefined): void {
  if (x !== undefined && !wasm.core().walkTangent(walk, node, slot(x))) throw wasm.takeFault(WHO);
}

function changed(): Error {
  return new Error(
    `${WHO}: the function has computed something else when it was called again: it must depend on ` +
      "nothing but its arguments and on tensors that do not change",
  );
}

/**
 * f, of whose computation nothing is stored for the backward pass but its arguments, and the tensors
 * that it captures: the backward pass calls f again. That is one more forward pass for memory that no
 * longer grows with the depth of a network. Any result of f may be differentiated, in both modes and to
 * any order, also with respect to captured tensors; f must compute the same each time it is called.
 * Tensors that f makes from what is differentiated are disposed of unless it returns them.
 *
 * @example
 * ```ts
 * const [x, w] = [ones([2]), ones([2, 2])];
 * const block = checkpoint((x, w) => tanh(matmul(x, w)));
 * grad((w) => sum(block(block(x, w), w)))(w);
 * ```
 * @throws in the backward pass, if f reaches other tensors than at first
 */
export function checkpoint<F extends Fn>(f: F, options?: CheckpointOptions): F {
  checkOptions(options, "checkpoint", "budgetBytes");
  checkFunction(f, WHO);
  const budget = options?.budgetBytes ?? 0;
  if (typeof budget !== "number" || !(budget >= 0)) {
    throw new RangeError(`${WHO}: budgetBytes is ${describe(budget)}, not a number of bytes`);
  }
  return ((...args: unknown[]) => checkpointed(f, args, budget)) as F;
}

/** A call of f as checkpoint makes it; `cost` is told how many bytes f has recorded. */
export function checkpointed(
  f: Fn,
  given: readonly unknown[],
  budget: number,
  cost?: { bytes: number },
): unknown {
  const c = wasm.core();
  freeRules();
  const recorded = c.recording() & 0x7fffffff;
  if (recorded === 0) return f(...given);
  const args = new Arguments(given);
  const time = beginPast();
  try {
    return callFirst(f, args, recorded, budget, time, cost);
  } finally {
    endPast();
  }
}

/** Runs f and cuts what it has recorded out of the tape, where that is worth it. */
function callFirst(
  f: Fn,
  args: Arguments,
  recorded: number,
  budget: number,
  time: number,
  cost: { bytes: number } | undefined,
): unknown {
  const c = wasm.core();
  let first: Run | undefined;
  try {
    first = run(f, args.list);
  } finally {
    if (first === undefined) args.publish();
  }
  let levels = 0;
  for (const y of first.results) levels |= c.tensorMask(slot(y)) & recorded;
  const bytes = c.externalBytes(levels, first.since);
  if (cost) cost.bytes = bytes;
  if (levels === 0 || bytes <= budget) {
    args.publish();
    return first.out;
  }
  return cut(f, args, first, levels, time);
}

/** Replaces what a run has recorded by a node per level; returns its result. */
function cut(f: Fn, args: Arguments, first: Run, levels: number, time: number): unknown {
  const c = wasm.core();
  const ends: [number, number[]][] = [];
  for (let rest = levels; rest !== 0; rest &= rest - 1) {
    const level = 31 - Math.clz32(rest & -rest);
    ends.push([level, inputsOf(level, first)]);
  }
  let values = first.results.map((y) => tensorOf(() => c.externalPeel(slot(y), levels), WHO));
  for (const [level, inputs] of ends) {
    if (inputs.length === 0) continue;
    const segment = new Segment(f, args, inputs, time);
    const call = { level, mapped: false, inputs, called: "tensors", values };
    values = recordCall(WHO, segment, call);
  }
  let next = 0;
  const out = mapTree(first.out, (leaf) => (isFloatTensor(leaf) ? values[next++] : leaf));
  forget(levels, first, false);
  return out;
}

/**
 * x through a list of functions, one after the other, in so many checkpointed segments of about equal
 * length; the last one is stored, since the backward pass begins with it.
 *
 * @example
 * ```ts
 * const layers = Array.from({ length: 100 }, () => sin);
 * grad((x) => sum(checkpointSequential(layers, 10, x)))(ones([3]));
 * ```
 * @throws if there are fewer functions than segments
 */
export function checkpointSequential<T>(
  functions: readonly ((x: T) => T)[],
  segments: number,
  x: T,
): T {
  const who = "checkpointSequential";
  functions.forEach((f) => checkFunction(f, who));
  const n = functions.length;
  if (!Number.isInteger(segments) || segments < 1 || segments > Math.max(1, n)) {
    throw new RangeError(`${who}: ${n} functions do not make ${segments} segments`);
  }
  let y = x;
  for (let i = 0; i < segments; i++) {
    const part = functions.slice(
      Math.floor((i * n) / segments),
      Math.floor(((i + 1) * n) / segments),
    );
    const chain = (z: T) => part.reduce((value, f) => f(value), z);
    y = i === segments - 1 ? chain(y) : checkpoint(chain)(y);
  }
  return y;
}
