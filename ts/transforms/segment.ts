// Calls that are made again: a function runs, what it has recorded is forgotten, and where a walk comes
// to its results it runs once more. Its inputs are whatever older values it has reached: arguments, and
// what it captures.
import type { Tensor } from "../tensor.js";
import { again, beginPast, cellAt, endPast, inPast, keepPast, type Cell } from "../cell.js";
import { slot, tensorOf, wrap } from "../handle.js";
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
import { collecting, collectorOf } from "../rows.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { bitOf, fitsCall, recordCall } from "./external.js";
import { isFloatTensor } from "./places.js";
import { isElsewhere, Surroundings } from "./reopened.js";
import { Arguments, forget, inputsOf, outerNodes, run, WHO, type Fn, type Run } from "./run.js";
import { firstRun, isNumbering, Saved, type Names, type Numbers, type Saving } from "./saving.js";
import { withWalk } from "./walk.js";

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
      // Rows of tables outside belong to what the outer walk collects.
      collecting(walk, collectorOf(outer), () => finishBack(WHO, walk, level, record));
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
  // What is too much for one call stays on the tape, as if it had not been made again.
  if (ends.some(([, inputs]) => !fitsCall(inputs.length, first.results.length))) {
    for (const [, , saved] of ends) saved.free();
    args.publish();
    return first.out;
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
