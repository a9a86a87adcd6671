// Where a gradient comes from, and where it gets lost.
import { seedFor, tensorsOf, type TensorTree } from "../backward.js";
import { describe, type TensorLike } from "../convert.js";
import { dtypeName, isFloat, type Dtype } from "../dtype.js";
import { shapeText } from "../errors.js";
import { cellAt } from "../cell.js";
import { isHandle, slot, slotsOf, wrap } from "../handle.js";
import { DONE, inspection } from "../inspector.js";
import { nameAt } from "../node.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { originOf } from "./origins.js";
import { elementsAt } from "./values.js";
import { pullBack, withWalk } from "./walk.js";
import { checkOptions } from "../options.js";

/** What happens to a gradient at a node. */
export type GradientEvent = "nan" | "infinite" | "vanishes" | "explodes" | "shrinks";

/** A value on the way from x to the loss. */
export interface ExplainedNode {
  /** Number of the node: x has the highest, the loss 0. */
  readonly id: number;
  /** The op, "leaf" or "input". */
  readonly op: string;
  /** What the user called the tensor. */
  readonly name: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Numbers of the nodes on the way to x that it was made from. */
  readonly inputs: readonly number[];
  /** Root of the sum of squares of the derivative of the loss with respect to it. */
  readonly norm: number;
  /** How many elements of that are NaN or infinite. */
  readonly nonfinite: number;
  /** What is striking about it, compared with the nodes that the derivative comes from. */
  readonly event: GradientEvent | undefined;
  /** The line that made it, inside detectAnomaly() or after debug({ nans: true }). */
  readonly line: string | undefined;
}

/** A change of the norm by more than this factor, from one node to the next, is striking. */
const STRIKING = 1e4;

/** What explain() has found. Prints as a list, from the loss to x. */
export class Explanation {
  /** True if the loss depends on x by way of recorded operations. */
  readonly connected: boolean;
  /** The nodes between, loss first; empty if there is no way. */
  readonly nodes: readonly ExplainedNode[];
  /** In words: what is wrong, or that nothing is. */
  readonly findings: readonly string[];

  /** @internal */
  constructor(nodes: readonly ExplainedNode[], findings: readonly string[]) {
    this.connected = nodes.length > 0;
    this.nodes = nodes;
    this.findings = findings;
  }

  /** One line per node: norm of the gradient, op, dtype and shape, what it was made from. */
  toString(): string {
    const rows = this.nodes.map((node) => {
      const from =
        node.inputs.length === 0 ? "" : ` ← ${node.inputs.map((i) => `%${i}`).join(", ")}`;
      const name = node.name === undefined ? "" : ` "${node.name}"`;
      const event = node.event === undefined ? "" : `  (${node.event})`;
      const line = node.line === undefined ? "" : `  ${node.line}`;
      return (
        `  %${String(node.id).padEnd(4)} ${normText(node.norm).padEnd(10)} ` +
        `${node.op}${name} ${node.dtype}${shapeText(node.shape)}${from}${event}${line}`
      );
    });
    const head = rows.length === 0 ? [] : ["  node  |gradient| value", ...rows];
    return [...this.findings, ...head].join("\n");
  }

  /** How Node.js prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function normText(norm: number): string {
  return Number.isFinite(norm) ? norm.toPrecision(4) : String(norm);
}

/** The recorded nodes between the loss and x, loss first: slot, and slots of inputs on the way. */
function wayTo(loss: number, x: number, bit: number): Map<number, number[]> {
  const c = wasm.core();
  const inputs = new Map<number, number[]>();
  const waiting = [loss];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (inputs.has(at)) continue;
    const own: number[] = [];
    for (let k = 0, n = at === x ? 0 : c.recipeInputs(at); k < n; k++) {
      const input = c.programInput(at, k);
      if (c.tensorMask(input) & bit) own.push(input);
    }
    inputs.set(at, own);
    waiting.push(...own);
  }
  // In the order of creation: inputs before consumers.
  const order = [...inputs.keys()].sort((a, b) => c.tensorOrder(a) - c.tensorOrder(b));
  const leads = new Set<number>([x]);
  for (const at of order) if (inputs.get(at)!.some((input) => leads.has(input))) leads.add(at);
  const way = new Map<number, number[]>();
  if (!inputs.has(x)) return way;
  for (const at of order.reverse()) {
    if (leads.has(at)) {
      way.set(at, [...new Set(inputs.get(at)!.filter((input) => leads.has(input)))]);
    }
  }
  return way;
}

/** The constants that stand beside recorded values in what leads to the loss. */
function constantsOf(loss: number, bit: number): { at: number; op: string }[] {
  const c = wasm.core();
  const seen = new Set<number>();
  const found: { at: number; op: string }[] = [];
  const waiting = [loss];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (!(c.tensorMask(at) & bit)) continue;
    for (let k = 0, n = c.recipeInputs(at); k < n; k++) {
      const input = c.programInput(at, k);
      if (!(c.tensorMask(input) & bit)) found.push({ at: input, op: nameAt(at, c.tensorMask(at)) });
      waiting.push(input);
    }
  }
  return found;
}

const called = (x: Tensor, what: string): string => (x.name === undefined ? what : `"${x.name}"`);

/** Why no way leads from x to the loss. */
function whyNot(loss: Tensor, x: Tensor, bit: number): string[] {
  const c = wasm.core();
  const [at, from] = slotsOf([loss, x], "explain") as [number, number];
  const who = called(x, "x");
  if (!isFloat(c.tensorDtype(from))) {
    return [`${who} is ${x.dtype}: only floats have derivatives`];
  }
  if (c.tensorIsCut(from) || c.tensorIsCut(at)) {
    return [
      `the graph of ${c.tensorIsCut(at) ? called(loss, "the loss") : who} was used up by an earlier ` +
        "backward() or gradients(); call that one with { retainGraph: true }",
    ];
  }
  if (!(c.tensorMask(from) & bit)) {
    return [
      `${who} is a constant: it has no requiresGrad (or lost it by detach, stopGradient or noGrad), and ` +
        "no tape watches it",
    ];
  }
  if (!isFloat(c.tensorDtype(at)))
    return [`the loss is ${loss.dtype}: only floats have derivatives`];
  if (!(c.tensorMask(at) & bit)) {
    return [
      `${called(loss, "the loss")} is a constant: all that it is computed from was detached, computed under ` +
        "noGrad, or went through integers or comparisons",
    ];
  }
  const findings = [`${called(loss, "the loss")} does not depend on ${who}`];
  const address = c.tensorAddress(from);
  for (const constant of constantsOf(at, bit)) {
    const line = originOf(constant.at);
    const where = `of ${constant.op}${line === undefined ? "" : ` (made at ${line})`}`;
    const dtype = dtypeName(c.tensorDtype(constant.at));
    const shape = wasm.readList(c.tensorShape(constant.at));
    if (c.tensorSize(constant.at) > 4 && c.tensorAddress(constant.at) === address) {
      findings.push(`${who} itself was detached: its value is a constant operand ${where}`);
      continue;
    }
    if (dtype === "int32" || dtype === "bool") {
      findings.push(
        `cut: ${dtype}${shapeText(shape)} is an operand ${where}; such pass no derivative`,
      );
      continue;
    }
    const made = wasm.opName(c.tensorOp(constant.at));
    // Numbers are nobody's concern.
    if (shape.length > 0 || (made !== "tensor" && made !== "alias")) {
      const op =
        made === "tensor" ? "data" : made === "alias" ? "a detached value" : `result of ${made}`;
      const name = cellAt(constant.at)?.name;
      findings.push(
        `cut? a constant ${name === undefined ? "" : `"${name}" `}${dtype}${shapeText(shape)} (${op}) is an ` +
          `operand ${where}`,
      );
    }
  }
  return findings;
}

interface Carried {
  norm: number;
  nonfinite: number;
  nan: boolean;
}

/** Walks back from the loss and measures what nodes carry; the graph stays. */
function measure(
  loss: Tensor,
  g: Tensor,
  level: number,
  way: ReadonlyMap<number, unknown>,
): Map<number, Carried> {
  const c = wasm.core();
  const carried = new Map<number, Carried>();
  // Takes the place of the run: see ts/inspector.ts.
  const watched = (walk: number, levels: number, record: boolean): number => {
    const before = c.recording();
    if (!record) c.setRecording(before & ~levels);
    try {
      let outcome = DONE;
      for (let s = c.walkPlace(walk), n = c.walkSize(walk); s < n && outcome === DONE; s++) {
        const at = c.walkAt(walk, s);
        if (way.has(at)) carried.set(at, normAt(walk, at));
        outcome = c.walkStep(walk, s);
      }
      return outcome;
    } finally {
      c.setRecording(before);
    }
  };
  const inspector = inspection.now;
  inspection.now = watched;
  try {
    const order = level === 0 ? 0 : c.levelOrder(level);
    withWalk("explain", level, order, (walk) =>
      pullBack("explain", walk, level, [[loss, g]], false),
    );
  } finally {
    inspection.now = inspector;
  }
  return carried;
}

function together(parts: readonly Carried[]): Carried {
  return {
    norm: Math.hypot(...parts.map((part) => part.norm)),
    nonfinite: parts.reduce((n, part) => n + part.nonfinite, 0),
    nan: parts.some((part) => part.nan),
  };
}

function normAt(walk: number, at: number): Carried {
  const result = wasm.core().walkPeek(walk, at);
  if (result === 0) {
    wasm.clearFault();
    return { norm: 0, nonfinite: 0, nan: false };
  }
  const x = wrap(result);
  const values = elementsAt(slot(x)) ?? [];
  let largest = 0;
  let nonfinite = 0;
  let nan = false;
  for (const v of values) {
    if (!Number.isFinite(v)) nonfinite++;
    if (Number.isNaN(v)) nan = true;
    largest = Math.max(largest, Math.abs(v));
  }
  let sum = 0;
  // Scaled, so that squares neither overflow nor vanish.
  if (nonfinite === 0 && largest > 0) for (const v of values) sum += (v / largest) ** 2;
  x.dispose();
  const norm = nan ? Number.NaN : nonfinite > 0 ? Infinity : largest * Math.sqrt(sum);
  return { norm, nonfinite, nan };
}

/** What is striking at a node whose derivative comes from nodes with these norms. */
function eventOf(own: Carried, from: readonly Carried[]): GradientEvent | undefined {
  if (own.nan) return from.some((x) => x.nan) ? undefined : "nan";
  if (own.nonfinite > 0) return from.some((x) => x.nonfinite > 0) ? undefined : "infinite";
  const most = Math.max(...from.map((x) => x.norm));
  if (from.length === 0 || !Number.isFinite(most) || most === 0) return undefined;
  if (own.norm === 0) return "vanishes";
  if (own.norm > STRIKING * most) return "explodes";
  return own.norm * STRIKING < most ? "shrinks" : undefined;
}

const WORDS: Record<GradientEvent, string> = {
  nan: "becomes NaN",
  infinite: "becomes infinite",
  vanishes: "vanishes",
  explodes: "explodes",
  shrinks: "shrinks",
};

function explainOne(loss: Tensor, x: Tensor, seed: TensorLike | undefined): Explanation {
  const c = wasm.core();
  const [at, from] = slotsOf([loss, x], "explain") as [number, number];
  const both = c.tensorMask(at) & c.tensorMask(from);
  const level = both === 0 ? 0 : 31 - Math.clz32(both);
  const bit = 1 << level;
  const way = both === 0 ? new Map<number, number[]>() : wayTo(at, from, bit);
  if (way.size === 0) return new Explanation([], whyNot(loss, x, bit));
  const carried = measure(loss, seedFor(loss, seed, "explain"), level, way);
  const ids = new Map([...way.keys()].map((node, i) => [node, i]));
  const consumers = new Map<number, number[]>();
  for (const [node, inputs] of way) {
    for (const input of inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const findings: string[] = [];
  const nodes = [...way].map(([node, inputs], id): ExplainedNode => {
    const op = nameAt(node, c.tensorMask(node));
    const above = consumers.get(node) ?? [];
    const over = above.map((other) => carried.get(other)!);
    // A function with rules of its own passes on what its results carry.
    const own =
      c.externalHub(node) === node
        ? together(over)
        : (carried.get(node) ?? { norm: 0, nonfinite: 0, nan: false });
    carried.set(node, own);
    const event = eventOf(own, over);
    const line = originOf(node);
    if (event !== undefined) {
      const by = above.map((other) => {
        const place = originOf(other);
        const called = `${nameAt(other, c.tensorMask(other))} (%${ids.get(other)})`;
        return place === undefined ? called : `${called} at ${place}`;
      });
      findings.push(`the gradient ${WORDS[event]} on the way back through ${by.join(", ")}`);
    }
    return {
      id,
      op,
      name: cellAt(node)?.name,
      shape: wasm.readList(c.tensorShape(node)),
      dtype: dtypeName(c.tensorDtype(node)),
      inputs: inputs.map((input) => ids.get(input)!),
      norm: own.norm,
      nonfinite: own.nonfinite,
      event,
      line,
    };
  });
  if (findings.length === 0) {
    const last = carried.get(from)!;
    findings.push(
      `${called(x, "x")} is connected by ${way.size} nodes; the norm of its gradient is ${normText(last.norm)}`,
    );
  }
  return new Explanation(nodes, findings);
}

/**
 * How the gradient of a loss comes to x, or why it does not: the nodes between with the norm of the
 * derivative at each, where that vanishes, explodes or becomes NaN, and what cuts the way off (detach,
 * integers, a graph that was used up). For values of the imperative style, of tapes that are open, and
 * inside the function that a transform calls. The graph stays as it is.
 *
 * @param x - a tensor; of a tree of tensors each is explained, in a list
 * @param options - seed: cotangent of the loss, needed unless that has one element
 * @example
 * ```ts
 * const w = tensor([1, 2], { requiresGrad: true });
 * const loss = sum(square(relu(negative(w))));
 * console.log(explain(loss, w));
 * // the gradient vanishes on the way back through relu (%2) …
 * ```
 * @throws if loss or x are no tensors
 */
export function explain(loss: Tensor, x: Tensor, options?: { seed?: TensorLike }): Explanation;
export function explain(
  loss: Tensor,
  x: TensorTree,
  options?: { seed?: TensorLike },
): Explanation | Explanation[];
export function explain(
  loss: Tensor,
  x: TensorTree,
  options: { seed?: TensorLike } = {},
): Explanation | Explanation[] {
  checkOptions(options, "explain", "seed");
  if (!isHandle(loss)) throw new TypeError(`explain: the loss is ${describe(loss)}, not a tensor`);
  if (isHandle(x)) return explainOne(loss, x, options.seed);
  return tensorsOf(x, "explain", "x").map((t) => explainOne(loss, t, options.seed));
}
