// Calls of functions that have rules of their own. A call is cut out of one level, the innermost one that
// its arguments depend on: the function runs on arguments that do not depend on that level (those
// outside record what it does, as always), and its results depend on it through a node where walks stop
// and the rules run.
import type { Tensor } from "../tensor.js";
import { again } from "../cell.js";
import { SCRATCH_WORDS } from "../../assembly/shared/limits.js";
import { slot, slotsOf, tensorOf, wrap } from "../handle.js";
import { live } from "../level.js";
import { addRules, dropRules, freeRules, type CallRules, type Stop } from "../rules.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { gatheredFor, inFrames } from "./frames.js";
import { isObservedSince } from "./open.js";
import type { Kept, Place } from "./places.js";
import { filled, isFloatTensor, keepTree, placesOf } from "./places.js";
import { checkResult, hasFloats, inLevel, taken } from "./scope.js";
import { pullBack, withWalk } from "./walk.js";

/** What rules know of a call. */
export interface Called {
  /** Per argument a tree of places, undefined where it is not differentiated. */
  args: readonly unknown[];
  /** The result as a tree of places. */
  value: unknown;
}

type Slopes = (Tensor | null)[];

/** How a function with rules of its own goes. At least one of the rules is there; they are linear. */
export interface Rules {
  who: string;
  /** The value of a call, and what the rules need to know later. */
  forward(args: readonly unknown[]): { value: unknown; saved: unknown };
  /** What `forward` would save for these arguments. */
  save(args: readonly unknown[]): unknown;
  /**
   * What is saved holds tensors that nobody can see, or pullbacks: where shapes have changed, or the
   * transform around the call has ended, it is made anew.
   */
  closed?: boolean;
  /** Cotangents of all places of the arguments for those of the result. */
  pull?: (saved: unknown, cotangents: readonly Tensor[], called: Called) => Slopes;
  /** Tangents of all places of the result for those of the arguments. */
  push?: (saved: unknown, tangents: readonly Tensor[], called: Called) => Slopes;
}

/** The innermost level that tensors depend on and that is recorded now; -1: none. */
export function innermostLevel(tensors: readonly Tensor[]): number {
  const c = wasm.core();
  let mask = 0;
  for (const x of tensors) mask |= c.tensorMask(slot(x));
  mask &= c.recording() & 0x7fffffff;
  const level = 31 - Math.clz32(mask);
  // A tape or an accumulator that was opened inside of a transform comes before it.
  return level > 0 && mask & 1 && isObservedSince(c.levelOrder(level)) ? 0 : level;
}

/** Bit of a level. */
export function bitOf(level: number): number {
  return 1 << level;
}

/**
 * Calls a function through its rules. Undefined if no transform differentiates the arguments: then the
 * function is to be called as it is.
 */
export function callThrough(
  rules: Rules,
  args: readonly unknown[],
  constant: readonly number[],
): { value: unknown } | undefined {
  const tensors: Tensor[] = [];
  const places: Place[] = [];
  const tree = args.map((arg, i) =>
    constant.includes(i) ? undefined : placesOf(arg, `argument ${i}`, tensors, places),
  );
  const level = innermostLevel(tensors);
  if (level < 0) return undefined;
  freeRules();
  const { who } = rules;
  const c = wasm.core();
  const peel = (x: Tensor) => tensorOf(() => c.externalPeel(slot(x), bitOf(level)), who);
  const inside = args.map((arg, i) =>
    constant.includes(i) ? arg : mapTree(arg, (leaf) => (isFloatTensor(leaf) ? peel(leaf) : leaf)),
  );
  const { value, saved } = rules.forward(inside);
  checkResult(value, who);
  const results: Tensor[] = [];
  const resultPlaces: Place[] = [];
  const valueTree = placesOf(value, "the result", results, resultPlaces);
  if (results.length === 0) return { value };
  checkCaptured(results, level, who);
  const call = new Call(rules, level, { args: tree, value: valueTree }, places, resultPlaces);
  call.keep(saved, tensors, args);
  const { inputs } = call;
  call.inputs = [];
  const outputs = recordCall(who, call, {
    level,
    mapped: call.depth > 0,
    inputs,
    called: "arguments",
    values: results,
  });
  let next = 0;
  return { value: mapTree(value, (leaf) => (isFloatTensor(leaf) ? outputs[next++] : leaf)) };
}

/** Throws if results depend on a level although no argument does any more. */
function checkCaptured(results: readonly Tensor[], level: number, who: string): void {
  const c = wasm.core();
  if (results.every((y) => (c.tensorMask(slot(y)) & bitOf(level)) === 0)) return;
  throw new Error(
    `${who}: the function uses a tensor that is being differentiated but is no argument of it, which ` +
      "its rule knows nothing of; pass it as an argument, or use stopGradient(x) inside",
  );
}

/** What the scratch area has room for, when a call is recorded and when a walk stops at it. */
const MOST_TENSORS: number = SCRATCH_WORDS;
const MOST_RESULTS: number = SCRATCH_WORDS / 2 - 2;

/** True if there is room for a call of so many inputs and results. */
export function fitsCall(inputs: number, results: number): boolean {
  return inputs + results <= MOST_TENSORS && results <= MOST_RESULTS;
}

/** A call to put onto the tape at a level. */
interface CallRecord {
  level: number;
  /** Some of it is mapped by a vmap: each result gets all batch axes. */
  mapped: boolean;
  /** What the call depends on at that level: tensors, or slots of nodes. */
  inputs: readonly (Tensor | number)[];
  /** What errors call those. */
  called: string;
  /** The values of the results. */
  values: readonly Tensor[];
}

/** Puts a call onto the tape; returns its results. */
export function recordCall(who: string, rules: CallRules, call: CallRecord): Tensor[] {
  const c = wasm.core();
  const { level, mapped, inputs, called, values } = call;
  const n = inputs.length;
  const m = values.length;
  if (!fitsCall(n, m)) {
    throw new RangeError(
      `${who}: ${n} ${called} and ${m} results at once (at most ${MOST_TENSORS}, and ${MOST_RESULTS} results)`,
    );
  }
  const slots = inputs.filter((x) => typeof x === "number");
  const tensors = [...inputs.filter((x) => typeof x !== "number"), ...values];
  const number = addRules(rules);
  let fine = false;
  try {
    const make = () => {
      wasm.writeList([...slots, ...slotsOf(tensors, who)]);
      return c.externalRecord(number, level, mapped, n, m);
    };
    if (!make()) again(make, who);
    fine = true;
  } finally {
    if (!fine) dropRules(number);
  }
  return wasm
    .readList(n + m)
    .slice(n)
    .map(wrap);
}

class Call implements CallRules {
  readonly name: string;
  readonly level: number;
  /** Batch axes at the call; 0 if nothing is mapped. */
  depth = 0;
  /** Tensors that depend on the level, until the tape has them. */
  inputs: Tensor[] = [];
  private readonly rules: Rules;
  private readonly called: Called;
  private readonly places: readonly Place[];
  private readonly results: readonly Place[];
  /** Places of the node's inputs. */
  private entries: Place[] = [];
  private sizes: number[] = [];
  private saved: unknown = undefined;
  /** The arguments, for a walk that is differentiated itself at the same level. */
  private args: unknown = undefined;
  private readonly kept: Kept[] = [];
  /** How many of those belong to `saved`. */
  private mine = 0;
  /** The innermost transform around the call, and when it began. */
  private readonly scope = live.depth;
  private readonly began = wasm.core().levelOrder(live.depth);

  constructor(
    rules: Rules,
    level: number,
    called: Called,
    places: readonly Place[],
    results: readonly Place[],
  ) {
    this.rules = rules;
    this.name = rules.who;
    this.level = level;
    this.called = called;
    this.places = places;
    this.results = results;
  }

  /** Keeps what the rules will need. */
  keep(saved: unknown, tensors: readonly Tensor[], args: readonly unknown[]): void {
    const c = wasm.core();
    const { level, kept, rules } = this;
    const tracked = new Set<number>();
    tensors.forEach((x, i) => {
      if (!(c.tensorMask(slot(x)) & bitOf(level))) return;
      tracked.add(i);
      this.entries.push(this.places[i]!);
      this.inputs.push(x);
    });
    this.saved = keepTree(saved, level, kept, rules.who);
    this.mine = kept.length;
    const all = [...this.places, ...this.results, ...kept];
    if (all.some((x) => x.axes > 0)) {
      this.depth = c.batchDepth();
      for (let i = 1; i <= this.depth; i++) this.sizes.push(c.batchSize(i));
    }
    if (level === 0 || (rules.closed === true && this.scope > 0)) {
      this.args = this.keepArgs(args, tracked);
    }
  }

  /** The arguments, with places for the inputs of the node. */
  private keepArgs(args: readonly unknown[], tracked: ReadonlySet<number>): unknown {
    let next = 0;
    return args.map((arg, i) => {
      if (this.called.args[i] === undefined) return this.keepOne(arg);
      return mapTree(arg, (leaf) => {
        if (!isFloatTensor(leaf)) return this.keepOne(leaf);
        const at = next++;
        return tracked.has(at) ? this.places[at]! : this.keepOne(leaf);
      });
    });
  }

  private keepOne(x: unknown): unknown {
    return keepTree(x, this.level, this.kept, this.rules.who);
  }

  free(): void {
    for (const one of this.kept) one.free();
  }

  back(stop: Stop): void {
    const c = wasm.core();
    const { who } = this.rules;
    const cotangents: Slopes = this.results.map(() => null);
    for (const [i, node] of stop.results) {
      const take = () => c.walkTake(stop.walk, node);
      const g = take();
      if (g !== 0) cotangents[i] = wrap(g);
      else if (wasm.pendingFault() !== 0) cotangents[i] = wrap(again(take, who));
    }
    const own = this.results.map(() => this.depth);
    const slopes = this.inside(stop, cotangents, own, (saved, gs) => this.pull(saved, gs));
    this.entries.forEach((place, i) => {
      const g = slopes[place.index] ?? null;
      if (g === null) return;
      const node = c.programInput(stop.hub, i);
      const shape = wasm.readList(c.tensorShape(node));
      const open = this.openAxes(stop);
      const whole = gatheredFor(g, this.sizes.slice(open), shape, place.axes - open);
      this.give(stop, node, whole);
    });
  }

  forth(stop: Stop): void {
    const c = wasm.core();
    const tangents: Slopes = this.places.map(() => null);
    this.entries.forEach((place, i) => {
      const t = c.walkPeek(stop.walk, c.programInput(stop.hub, i));
      if (t !== 0) tangents[place.index] = wrap(t);
      else if (wasm.pendingFault() !== 0) throw wasm.takeFault(this.rules.who);
    });
    const own = this.places.map((place) => place.axes);
    const slopes = this.inside(stop, tangents, own, (saved, ts) => this.push(saved, ts));
    for (const [i, node] of stop.results) {
      const t = slopes[i] ?? null;
      if (t !== null) this.give(stop, node, t);
    }
  }

  private give(stop: Stop, node: number, x: Tensor): void {
    const c = wasm.core();
    if (!c.walkTangent(stop.walk, node, slot(x))) throw wasm.takeFault(this.rules.who);
  }

  /** Batch axes of the call that are still such. */
  private openAxes(stop: Stop): number {
    return this.depth === 0 ? 0 : wasm.core().tensorBatch(stop.hub);
  }

  /** True if the transform around the call has ended. */
  private hasEnded(): boolean {
    const { scope, began } = this;
    return scope > 0 && (live.depth < scope || wasm.core().levelOrder(scope) !== began);
  }

  /** Runs a rule on slopes with the shapes that the function has seen. */
  private inside(
    stop: Stop,
    slopes: Slopes,
    axes: readonly number[],
    rule: (saved: unknown, slopes: Slopes) => Slopes,
  ): Slopes {
    const c = wasm.core();
    const { who } = this.rules;
    const open = this.openAxes(stop);
    const sizes = this.sizes.slice(open);
    // A walk that is differentiated at its own level wants what depends on the arguments.
    const tracked = stop.record && stop.level === 0;
    const again = tracked || (this.rules.closed === true && (sizes.length > 0 || this.hasEnded()));
    const input = (i: number) => {
      const node = c.programInput(stop.hub, i);
      return tracked ? c.tensorAlias(node) : c.externalPeel(node, bitOf(stop.level));
    };
    const inputs = again ? this.entries.map((_, i) => tensorOf(() => input(i), who)) : [];
    const kept = again ? this.kept.slice(this.mine) : this.kept.slice(0, this.mine);
    const tensors = kept.map((one) => tensorOf(() => c.tensorAlias(slot(one.tensor)), who));
    const own = [...axes, ...kept.map((x) => x.axes), ...this.entries.map((x) => x.axes)];
    return inFrames(
      who,
      sizes,
      [...slopes, ...tensors, ...inputs],
      own.map((n) => n - open),
      (all) => {
        const places = new Map<unknown, unknown>();
        kept.forEach((one, i) => places.set(one, all[slopes.length + i]));
        if (!again)
          return rule(
            filled(this.saved, (x) => places.get(x)),
            all.slice(0, axes.length),
          );
        this.entries.forEach((x, i) => places.set(x, all[slopes.length + kept.length + i]));
        const args = filled(this.args, (x) => places.get(x)) as unknown[];
        return rule(this.rules.save(args), all.slice(0, axes.length));
      },
    );
  }

  private pull(saved: unknown, given: Slopes): Slopes {
    const { rules, called } = this;
    if (rules.pull !== undefined) return rules.pull(saved, whole(given, this.results), called);
    const push = (ts: readonly Tensor[]) => rules.push!(saved, ts, called);
    return transposed(rules.who, push, this.places, given);
  }

  private push(saved: unknown, given: Slopes): Slopes {
    const { rules, called } = this;
    if (rules.push !== undefined) return rules.push(saved, whole(given, this.places), called);
    const pull = (gs: readonly Tensor[]) => rules.pull!(saved, gs, called);
    return transposed(rules.who, pull, this.results, given);
  }
}

/** Slopes with zeros where there is none. */
function whole(slopes: Slopes, places: readonly Place[]): Tensor[] {
  return slopes.map((x, i) => x ?? places[i]!.zeros());
}

/** The transpose of a linear function, from what it returns to tensors in `places`. */
function transposed(
  who: string,
  linear: (xs: readonly Tensor[]) => Slopes,
  places: readonly Place[],
  given: Slopes,
): Slopes {
  const c = wasm.core();
  return inLevel(who, (level) => {
    const xs = places.map((place) => {
      const zero = place.zeros();
      return tensorOf(() => c.fresh(slot(zero), level), who);
    });
    const ys = linear(xs);
    const roots = ys.flatMap((y, i): [Tensor, Tensor][] => {
      const g = given[i] ?? null;
      return y !== null && g !== null && hasFloats(y) ? [[y, g]] : [];
    });
    return withWalk(who, level, c.levelOrder(level), (walk) => {
      pullBack(who, walk, level, roots, false);
      return xs.map((x) => taken(walk, x, who));
    });
  });
}
