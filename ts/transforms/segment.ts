// Calls that are made again: a function runs, what it has recorded is forgotten, and where a walk comes
// to its results it runs once more. Its inputs are whatever older values it has reached: arguments, and
// what it captures.
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
import { isHandle, slot, tensorOf, wrap } from "../handle.js";
import { enterLevel, live } from "../level.js";
import {
  finishBack,
  finishForth,
  freeRules,
  newestRules,
  type CallRules,
  type Residual,
  type Stop,
} from "../rules.js";
import { recorder } from "../recording.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { bitOf, recordCall } from "./external.js";
import { isFloatTensor } from "./places.js";
import { withoutLookups } from "./lookups.js";
import { isElsewhere, Surroundings } from "./reopened.js";
import { firstRun, isNumbering, Saved, type Names, type Numbers, type Saving } from "./saving.js";
import { checkResult } from "./scope.js";
import { withWalk } from "./walk.js";

const WHO = "checkpoint";

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
    out = withoutLookups(() => f(...args) as unknown);
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
  private readonly cells: Cell[] = [];

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

class Segment implements CallRules {
  readonly name = WHO;
  private readonly around = new Surroundings();
  /** When the function was called. */
  private readonly time: number;
  private readonly f: Fn;
  private readonly args: Arguments;
  private readonly saved: Saved;
  /** Cells of captured tensors, and the nodes they had. */
  private readonly captured: [Cell, number][] = [];
  private freed = false;

  constructor(f: Fn, args: Arguments, inputs: readonly number[], saved: Saved, time: number) {
    this.f = f;
    this.time = time;
    this.saved = saved;
    this.args = args;
    args.users++;
    keepPast();
    for (const node of inputs) {
      const cell = cellAt(node);
      if (cell?.slot === node) this.captured.push([cell, node]);
    }
  }

  residuals(): readonly Residual[] {
    return this.saved.residuals;
  }

  free(): void {
    if (this.freed) return;
    this.freed = true;
    this.around.free();
    this.saved.free();
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
      return this.around.among(
        () => inPast(this.time, () => this.again(level)),
        (result) => {
          const found = withWalk(WHO, level, since, (walk) => {
            c.walkBorder(walk);
            return use(result, walk);
          });
          // Rules of calls that other levels have recorded may use what the function has made.
          if (newestRules() === rules) made = result.made;
          return found;
        },
      );
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
    const { depth } = live;
    try {
      // A pullback's level is closed: transforms in the function must not take its number.
      while (live.depth < Math.max(level, this.around.deepest)) enterLevel(WHO);
      c.setRecording(before | bitOf(level));
      for (const [cell, node] of this.captured) cell.slot = node;
      return this.saved.during(level, () => run(this.f, this.args.list));
    } finally {
      live.depth = depth;
      c.leaveKeeping(depth + 1);
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

/** How a call goes. */
export interface SegmentOptions {
  /** If no more bytes were recorded, they stay. */
  budget?: number;
  /** What of it is kept, and how. */
  saving?: Saving | undefined;
  /** Told how many bytes f has recorded. */
  cost?: { bytes: number } | undefined;
}

/** Calls f and puts one node per level in the place of what it has recorded. */
export function checkpointed(
  f: Fn,
  given: readonly unknown[],
  { budget = 0, cost, ...options }: SegmentOptions = {},
): unknown {
  const c = wasm.core();
  // A program computes in one go: nothing can be kept between its runs.
  const saving = recorder.now === undefined ? options.saving : undefined;
  freeRules();
  const recorded = c.recording() & 0x7fffffff;
  // What is made among axes that are not live otherwise belongs to one walk alone, and what is called
  // again with some of its values has its nodes numbered.
  if (recorded === 0 || isElsewhere() || isNumbering()) return f(...given);
  const args = new Arguments(given);
  const time = beginPast();
  try {
    return callFirst(f, args, recorded, { budget, cost, saving }, time);
  } finally {
    endPast();
  }
}

/** Runs f and cuts what it has recorded out of the tape, where that is worth it. */
function callFirst(
  f: Fn,
  args: Arguments,
  recorded: number,
  { budget = 0, cost, saving }: SegmentOptions,
  time: number,
): unknown {
  const c = wasm.core();
  let first: Run | undefined;
  let numbers: Numbers;
  const names: Names = new Map<number, string[]>();
  try {
    [first, numbers] = firstRun(saving, names, () => run(f, args.list));
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
  const keep = (level: number): Saved => new Saved(saving, level, first, names, numbers);
  return cut(f, args, first, levels, time, keep);
}

/** Replaces what a run has recorded by a node per level; returns its result. */
function cut(
  f: Fn,
  args: Arguments,
  first: Run,
  levels: number,
  time: number,
  keep: (level: number) => Saved,
): unknown {
  const c = wasm.core();
  const ends: [number, number[], Saved][] = [];
  for (let rest = levels; rest !== 0; rest &= rest - 1) {
    const level = 31 - Math.clz32(rest & -rest);
    const inputs = inputsOf(level, first);
    ends.push([level, inputs, keep(level)]);
  }
  let values = first.results.map((y) => tensorOf(() => c.externalPeel(slot(y), levels), WHO));
  for (const [level, inputs, saved] of ends) {
    if (inputs.length === 0) {
      saved.free();
      continue;
    }
    const segment = new Segment(f, args, inputs, saved, time);
    const call = { level, mapped: false, inputs, called: "tensors", values };
    try {
      values = recordCall(WHO, segment, call);
    } catch (error) {
      // Too many tensors for one call, or no memory.
      segment.free();
      for (const [other, , rest] of ends) if (other > level) rest.free();
      forget(levels, first, false);
      throw error;
    }
  }
  let next = 0;
  const out = mapTree(first.out, (leaf) => (isFloatTensor(leaf) ? values[next++] : leaf));
  forget(levels, first, false);
  return out;
}
