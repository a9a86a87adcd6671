// One call of a gradient: the function runs in a fresh level, then the tape is walked back.
import type { Tensor } from "../tensor.js";
import { describe, uniformLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { computeTogether, isHandle, slot, wrap } from "../handle.js";
import { enterLevel, leaveLevel, live } from "../level.js";
import { inspection } from "../inspector.js";
import { haveRules, resumeBack } from "../rules.js";
import { collecting, RowCollector } from "../rows.js";
import { isLeaf, mapTree } from "../tree.js";
import { isNumeric } from "../recording.js";
import * as wasm from "../wasm.js";
import {
  checkResult,
  hasFloats,
  inStyleOf,
  openArguments,
  openLeaf,
  resultTensor,
  taken,
  takenInStyle,
  toArgnums,
  type Input,
} from "./scope.js";
import { pullBack } from "./walk.js";
import { partsOf } from "./wrt.js";

/** What to differentiate. */
export interface GradOptions {
  /** Position of the argument, or positions of several. Default 0. */
  argnums?: number | readonly number[];
  /**
   * Of an argument that is an object, the part with this name, or an object of several parts. What else
   * is in the argument is constant.
   */
  wrt?: string | readonly string[];
  /** The function returns [value, aux]; aux is passed through. Default false. */
  hasAux?: boolean;
}

/** What a walk has left at an input. */
type Gradient = Tensor | number;

/** Transforms whose results may be by rows; what others compute with is dense. */
const GIVES_ROWS: readonly string[] = ["grad", "valueAndGrad", "gradAll"];

/** What is wrong with a result that is not one float number. */
function notScalar(y: Tensor, who: string): Error {
  return y.ndim > 0
    ? new RangeError(
        `${who}: the function returned a tensor of shape ${shapeText(y.shape)}, not a scalar; reduce it ` +
          "(sum, mean) or use jacobian, vjp or elementwiseGrad",
      )
    : new TypeError(`${who}: the function returned ${y.dtype}, which has no derivative`);
}

/** [y, aux] of what the function returned. */
export function splitAux(out: unknown, who: string): [unknown, unknown] {
  if (!Array.isArray(out) || out.length !== 2) {
    throw new TypeError(
      `${who}: with hasAux the function returns [value, aux], not ${describe(out)}`,
    );
  }
  return [out[0], out[1]];
}

/** The same, step by step. */
function inspectFrom(
  y: Tensor,
  level: number,
  who: string,
  rows: RowCollector | undefined,
): number {
  const c = wasm.core();
  const walk = c.walkBegin(level, c.levelOrder(level));
  if (walk === 0) throw wasm.takeFault(who);
  try {
    const roots: [Tensor, Tensor][] = [[y, uniformLike(y, 1, who)]];
    collecting(walk, rows, () => pullBack(who, walk, level, roots, false));
  } catch (error) {
    c.walkEnd(walk);
    throw error;
  }
  return walk;
}

/** What a call has given. */
export interface Outcome {
  value: unknown;
  aux: unknown;
  gradient: unknown;
}

/** The walk back from y, which is what the function returned (`result`) as a tensor. */
function walkFrom(
  y: Tensor,
  result: unknown,
  level: number,
  who: string,
  rows?: RowCollector,
): number {
  if (inspection.now !== undefined && y.ndim === 0 && hasFloats(y))
    return inspectFrom(y, level, who, rows);
  return begun(wasm.core().walkScalar(level, slot(y)), y, result, level, who, rows);
}

/** The walk that `walkScalar` gave for y. */
function begun(
  given: number,
  y: Tensor,
  result: unknown,
  level: number,
  who: string,
  rows?: RowCollector,
): number {
  const c = wasm.core();
  let walk = given;
  if (walk === 1) {
    // A plain number is a constant: its gradient is 0.
    if (result === y) throw notScalar(y, who);
    walk = c.walkBegin(level, c.levelOrder(level));
  }
  if (walk === 0) throw wasm.takeFault(who);
  if (haveRules()) finishScalar(walk, level, who, rows);
  return walk;
}

/** Does what the walk waits for, if it has stopped at a function with rules of its own. */
function finishScalar(
  walk: number,
  level: number,
  who: string,
  rows: RowCollector | undefined,
): void {
  try {
    collecting(walk, rows, () => resumeBack(who, walk, level));
  } catch (error) {
    wasm.core().walkEnd(walk);
    throw error;
  }
}

/** Collects rows of the inputs. */
function rowsOf(inputs: readonly Input[]): RowCollector {
  const nodes = new Set(inputs.map(({ tensor }) => slot(tensor)));
  return new RowCollector((node) => nodes.has(node));
}

/** The gradient of an input that rows were looked up in; undefined for others. */
function rowsTaken(
  walk: number,
  rows: RowCollector | undefined,
  { tensor }: Input,
  who: string,
): Tensor | undefined {
  const found = rows?.at(slot(tensor));
  // It may have been used otherwise as well.
  return found !== undefined && wasm.core().walkPeek(walk, slot(tensor)) !== 0
    ? found.byRows!.sumWith(taken(walk, tensor, who))
    : found;
}

/** One call of a gradient: the function runs in a fresh level, then the tape is walked back. */
export function differentiate(
  who: string,
  f: (...args: never[]) => unknown,
  given: readonly unknown[],
  options: GradOptions | undefined,
): Outcome {
  if (given.length === 1 && options === undefined) {
    const [x] = given;
    if (typeof x === "number") return differentiateAt(who, f, x);
    if (isHandle(x) && x.light > 0) return differentiateScalar(who, f, x);
  }
  if (options?.wrt !== undefined) return differentiateParts(who, f, given, options, options.wrt);
  const argnums = toArgnums(options?.argnums, given, who);
  const hasAux = options?.hasAux ?? false;
  const level = enterLevel(who);
  const inputs: Input[] = [];
  const gradients: Gradient[] = [];
  let aux: unknown;
  let y: Tensor;
  try {
    const args = openArguments(given, argnums, level, who, inputs);
    const out: unknown = f(...(args as never[]));
    checkResult(out, who);
    let result = out;
    if (hasAux) {
      [result, aux] = splitAux(out, who);
      checkResult(result, who);
    }
    y = resultTensor(result, who);
    const rows = haveRules() && GIVES_ROWS.includes(who) ? rowsOf(inputs) : undefined;
    const walk = walkFrom(y, result, level, who, rows);
    try {
      for (const input of inputs) {
        gradients.push(rowsTaken(walk, rows, input, who) ?? takenInStyle(walk, input, who));
      }
    } finally {
      wasm.core().walkEnd(walk);
    }
  } finally {
    live.depth = level - 1;
    leaveLevel(level);
  }
  // In the style of the arguments: the level is left, so plain numbers can be read.
  const numbers = inputs.length > 0 && inputs.every((input) => isNumeric(input.given));
  if (!numbers) computeTogether([y, ...gradients]);
  const value = numbers ? inStyleOf(0, y) : y;
  return { value, aux, gradient: arrange(given, argnums, gradients, options) };
}

/** The same with respect to named parts of an object. */
function differentiateParts(
  who: string,
  f: (...args: never[]) => unknown,
  given: readonly unknown[],
  options: GradOptions,
  wrt: string | readonly string[],
): Outcome {
  const { call, args, argnum } = partsOf(who, f, given, options.argnums, wrt);
  const { hasAux } = options;
  const outcome = differentiate(who, call, args, { argnums: argnum, hasAux: hasAux ?? false });
  if (typeof wrt !== "string") return outcome;
  return { ...outcome, gradient: (outcome.gradient as Record<string, unknown>)[wrt] };
}

/** What `walkNumbers` returns if both numbers are in the scratch area. */
const NUMBERS = 2;

/** The same at one number, in as few calls as it takes: formulas take no longer than they do. */
function differentiateAt(who: string, f: (...args: never[]) => unknown, x: number): Outcome {
  const c = wasm.core();
  const opened = c.enterNumber(live.depth, x);
  if (opened === 0) return differentiateScalar(who, f, x);
  const level = ++live.depth;
  let y: Tensor;
  let slope: Tensor | number;
  let value: number | undefined;
  try {
    const tensor = wrap(opened);
    const result = f(tensor as never);
    checkResult(result, who);
    y = resultTensor(result, who);
    const plain = inspection.now === undefined && !haveRules();
    let walk = plain ? c.walkNumbers(level, slot(y), slot(tensor)) : 0;
    if (walk === NUMBERS) {
      const numbers = wasm.doubles();
      const at = wasm.scratchWord() >>> 1;
      value = numbers[at]!;
      slope = numbers[at + 1]!;
    } else {
      walk = plain ? begun(walk, y, result, level, who) : walkFrom(y, result, level, who);
      slope = takenAtEnd(walk, { given: x, tensor }, who);
    }
  } finally {
    live.depth = level - 1;
    leaveLevel(level);
  }
  return { value: value ?? inStyleOf(0, y), aux: undefined, gradient: inStyleOf(0, slope) };
}

/** What a walk left at an input, in its style; that is all that the walk was for. */
function takenAtEnd(walk: number, input: Input, who: string): Tensor | number {
  try {
    return takenInStyle(walk, input, who);
  } finally {
    wasm.core().walkEnd(walk);
  }
}

/** The same at a number or a scalar of another transform, without lists and trees. */
function differentiateScalar(
  who: string,
  f: (...args: never[]) => unknown,
  given: number | Tensor,
): Outcome {
  const level = enterLevel(who);
  let y: Tensor;
  let slope: Tensor | number;
  try {
    const input = openLeaf(given, level, 0, who);
    const result = f(input.tensor as never);
    checkResult(result, who);
    y = resultTensor(result, who);
    slope = takenAtEnd(walkFrom(y, result, level, who), input, who);
  } finally {
    live.depth = level - 1;
    leaveLevel(level);
  }
  const number = isNumeric(given);
  if (!number) computeTogether([y, slope]);
  return { value: number ? inStyleOf(0, y) : y, aux: undefined, gradient: inStyleOf(given, slope) };
}

/** Gradients in the containers of the arguments. */
function arrange(
  given: readonly unknown[],
  argnums: readonly number[],
  gradients: readonly Gradient[],
  options: GradOptions | undefined,
): unknown {
  if (argnums.length === 1 && typeof options?.argnums !== "object") {
    const arg = given[argnums[0]!];
    if (isLeaf(arg)) return inStyleOf(arg, gradients[0]!);
  }
  let next = 0;
  const byArgument = given.map((arg, i) =>
    argnums.includes(i) ? mapTree(arg, (leaf) => inStyleOf(leaf, gradients[next++]!)) : undefined,
  );
  const trees = argnums.map((n) => byArgument[n]);
  return typeof options?.argnums === "object" ? trees : trees[0];
}

/** The gradient function, in the name of the transform that the user called. */
export function gradientOf(
  who: string,
  f: (...args: never[]) => unknown,
  options: GradOptions | undefined,
): (...args: unknown[]) => unknown {
  return (...args) => {
    const { aux, gradient } = differentiate(who, f, args, options);
    return options?.hasAux ? [gradient, aux] : gradient;
  };
}
