// Products with the Jacobian, from the left (vjp) and from the right (jvp).
import type { Tensor } from "../tensor.js";
import { describe, uniformLike } from "../convert.js";
import type { Cell } from "../cell.js";
import { again, disposeCell, moveCell, slotOf } from "../cell.js";
import { closeScope, collect, openScope } from "../collection.js";
import { computeTogether, slot, tensorOf } from "../handle.js";
import { leavesOf, mapTree, type Leaf } from "../tree.js";
import type { AnyArgs, Derivative, Input as InputOf, Inputs } from "../types.js";
import { enterLevel, leaveLevel, live } from "../level.js";
import { isNumeric } from "../recording.js";
import * as wasm from "../wasm.js";
import {
  checkFunction,
  checkResult,
  hasFloats,
  inLevel,
  inStyleOf,
  leafTensor,
  openArguments,
  peeked,
  resultTensor,
  suited,
  taken,
  type Input,
} from "./scope.js";
import { pullBack, pushForward, withWalk } from "./walk.js";

/** What a function returned: its tree with tensors as leaves. */
export function resultTree(out: unknown, who: string): { tree: unknown; leaves: Tensor[] } {
  checkResult(out, who);
  const leaves: Tensor[] = [];
  const tree = mapTree(out, (leaf) => {
    const y = resultTensor(leaf, who);
    leaves.push(y);
    return y;
  });
  if (leaves.length === 0) throw new TypeError(`${who}: the function returned no tensor`);
  return { tree, leaves };
}

/** Leaves of a tree that must have the form of another one. */
function matching(tree: unknown, n: number, who: string, what: string): Leaf[] {
  const leaves = leavesOf(tree);
  if (leaves.length !== n) {
    throw new TypeError(`${who}: ${leaves.length} ${what}s for ${n} values`);
  }
  return leaves;
}

/** The cotangents of all arguments for a cotangent of the result. */
export interface Pullback<A extends readonly unknown[], R> {
  (cotangent: InputOf<R>): { -readonly [K in keyof A]: Derivative<A[K]> };
  /** Frees the tape that the pullback keeps; never needed. */
  dispose(): void;
}

let registry: FinalizationRegistry<Cell[]> | undefined;

/** When `owner` is gone, its cells may go. */
function releaseWith(owner: object, cells: Cell[]): void {
  if (typeof FinalizationRegistry === "undefined") return;
  registry ??= new FinalizationRegistry((list) => list.forEach(freeCell));
  registry.register(owner, cells);
}

function freeCell(cell: Cell): void {
  if (cell.slot > 0 && !cell.held) disposeCell(cell);
}

/**
 * The value of f and its pullback, which maps a cotangent of the result to cotangents of all
 * arguments. It can be called any number of times.
 *
 * @example
 * ```ts
 * const [y, pullback] = vjp((x) => multiply(x, x), tensor([1, 2, 3]));
 * const [dx] = pullback(tensor([1, 0, 1])); // [2, 0, 6]
 * ```
 * @throws if the cotangent does not have the form of the result
 */
export function vjp<A extends AnyArgs, R, B extends Inputs<A>>(
  f: (...args: A) => R,
  ...args: B
): [R, Pullback<B, R>] {
  return vjpOf("vjp", f, args) as [R, Pullback<B, R>];
}

/** `vjp` in the name of the transform that the user called. */
export function vjpOf(
  who: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
): [unknown, (cotangent: unknown) => unknown[]] {
  const [y, kept] = keepTape(who, f, args);
  return [y, makePullback(who, args, kept)];
}

/** The value of f and its pushforward, which maps tangents of all arguments to those of the result. */
export function pushforwardOf(
  who: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
): [unknown, (tangents: readonly unknown[]) => unknown] {
  const [y, kept] = keepTape(who, f, args);
  return [y, makePushforward(who, kept)];
}

/** The tape of one run of a function, which outlives its level. */
interface KeptTape {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  /** What the function returned, with leaves of whatever kind. */
  tree: unknown;
  origin: Origin;
}

/** Runs f in a level of its own and keeps what that records. */
function keepTape(
  who: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
): [unknown, KeptTape] {
  checkFunction(f, who);
  const c = wasm.core();
  const level = enterLevel(who);
  const order = c.levelOrder(level);
  const recording = c.recording();
  let kept = false;
  try {
    const all = args.map((_, i) => i);
    const opened: Input[] = [];
    const inside = openArguments(args, all, level, who, opened);
    const outer = openScope();
    let made: Cell[] = [];
    let out: unknown;
    try {
      out = f(...(inside as never[]));
    } finally {
      made = closeScope(outer);
      made.forEach(collect);
    }
    const { tree, leaves } = resultTree(out, who);
    const alias = (y: Tensor) => tensorOf(() => c.tensorAlias(slot(y)), who);
    const outputs = leaves.map(alias);
    // The user gets copies without this level, so that nothing else is recorded on it.
    c.setRecording(recording & ~(1 << level));
    const y = mapTree(tree, (leaf) => alias(leaf as Tensor));
    // So do intermediate values: the graph alone holds their nodes, and goes with the pullback.
    for (const cell of made) {
      if (cell.slot > 0 && c.tensorMask(cell.slot) & (1 << level)) {
        moveCell(cell, c.tensorAlias(cell.slot) || again(() => c.tensorAlias(slotOf(cell)), who));
      }
    }
    const inputs = opened.map((x) => x.tensor);
    const enclosing = enclosingScope(level);
    kept = true;
    return [y, { inputs, outputs, tree: y, origin: { level, order, enclosing } }];
  } finally {
    live.depth = level - 1;
    c.setRecording(recording);
    if (kept) c.leaveKeeping(level);
    else leaveLevel(level);
  }
}

interface Origin {
  level: number;
  order: number;
  enclosing: number;
}

/** Identity of the transform around a level: a pullback dies with it. 0 outside all. */
function enclosingScope(level: number): number {
  return level > 1 ? wasm.core().levelOrder(level - 1) : -1;
}

/** Throws if the transform has ended in which a tape was recorded. */
function checkOrigin(who: string, { level, enclosing }: Origin, what: string): void {
  const c = wasm.core();
  if (enclosing >= 0 && (c.levelDepth() < level - 1 || c.levelOrder(level - 1) !== enclosing)) {
    throw new Error(
      `${who}: this ${what} was used after the transform around its ${who} had ended`,
    );
  }
}

function makePullback(
  who: string,
  args: readonly unknown[],
  { inputs, outputs, origin }: KeptTape,
): (cotangent: unknown) => unknown[] {
  const cells = [...inputs, ...outputs].map((x) => x.cell);
  const pullback = (cotangent: unknown): unknown[] => {
    const { level, order } = origin;
    checkOrigin(who, origin, "pullback");
    const given = matching(cotangent, outputs.length, who, "cotangent");
    const roots = outputs.flatMap((y, i): [Tensor, Tensor][] =>
      hasFloats(y) ? [[y, suited(given[i]!, y, who, "cotangent")]] : [],
    );
    const found = withWalk(who, level, order, (walk) => {
      // The level is closed: what is recorded now belongs to others that are live.
      pullBack(who, walk, level, roots, true);
      return inputs.map((x) => taken(walk, x, who));
    });
    computeTogether(found);
    let next = 0;
    return args.map((arg) => mapTree(arg, (leaf) => inStyleOf(leaf, found[next++]!)));
  };
  pullback.dispose = () => cells.forEach(freeCell);
  releaseWith(pullback, cells);
  return pullback;
}

function makePushforward(
  who: string,
  { inputs, outputs, tree, origin }: KeptTape,
): (tangents: readonly unknown[]) => unknown {
  const cells = [...inputs, ...outputs].map((x) => x.cell);
  const pushforward = (tangents: readonly unknown[]): unknown => {
    const { level, order } = origin;
    checkOrigin(who, origin, "function");
    const along = matching(tangents, inputs.length, who, "tangent").map(
      (t, i): [Tensor, Tensor] => [inputs[i]!, suited(t, inputs[i]!, who, "tangent")],
    );
    const found = withWalk(who, level, order, (walk) => {
      pushForward(who, walk, level, outputs.filter(hasFloats), along, true);
      return outputs.map((y) => (hasFloats(y) ? peeked(walk, y, who) : uniformLike(y, 0)));
    });
    computeTogether(found);
    let next = 0;
    return mapTree(tree, () => found[next++]!);
  };
  releaseWith(pushforward, cells);
  return pushforward;
}

/**
 * The value of f and its derivative along a tangent: `[y, dy]`, where dy is the Jacobian times the
 * tangents.
 *
 * @example
 * ```ts
 * const [y, dy] = jvp((x) => sin(x), [0], [1]); // dy = 1
 * ```
 * @throws if the tangents do not have the form of the primals
 */
export function jvp<A extends AnyArgs, R>(
  f: (...args: A) => R,
  primals: Readonly<Inputs<A>>,
  tangents: Readonly<Inputs<A>>,
): [R, R] {
  const who = "jvp";
  checkFunction(f, who);
  for (const list of [primals, tangents] as unknown[]) {
    if (!Array.isArray(list)) {
      throw new TypeError(
        `${who}: primals and tangents are lists of arguments, not ${describe(list)}`,
      );
    }
  }
  return jvpOf(who, f, primals, tangents) as [R, R];
}

/** `jvp` in the name of the transform that the user called. */
export function jvpOf(
  who: string,
  f: (...args: never[]) => unknown,
  given: readonly unknown[],
  tangents: readonly unknown[],
): [unknown, unknown] {
  const { tree, leaves, slopes, numbers } = inLevel(who, (level) => {
    const all = given.map((_, i) => i);
    const inputs: Input[] = [];
    const args = openArguments(given, all, level, who, inputs);
    const along = matching(tangents, inputs.length, who, "tangent").map((t, i) =>
      suited(leafTensor(t, who), inputs[i]!.tensor, who, "tangent"),
    );
    const result = resultTree(f(...(args as never[])), who);
    const floats = result.leaves.filter(hasFloats);
    const c = wasm.core();
    const found = withWalk(who, level, c.levelOrder(level), (walk) => {
      const pairs = inputs.map((x, i): [Tensor, Tensor] => [x.tensor, along[i]!]);
      pushForward(who, walk, level, floats, pairs);
      return result.leaves.map((y) => (hasFloats(y) ? peeked(walk, y, who) : uniformLike(y, 0)));
    });
    const plain = inputs.length > 0 && inputs.every((x) => isNumeric(x.given));
    return { tree: result.tree, leaves: result.leaves, slopes: found, numbers: plain };
  });
  const style = (x: Tensor) => (numbers ? inStyleOf(0, x) : x);
  if (!numbers) computeTogether([...leaves, ...slopes]);
  let next = 0;
  const dy = mapTree(tree, () => style(slopes[next++]!));
  const y = mapTree(tree, (leaf) => style(leaf as Tensor));
  return [y, dy];
}
