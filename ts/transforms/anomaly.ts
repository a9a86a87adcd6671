// The search for the op that made the first NaN, forward or backward.
import { equal, isfinite, logicalAnd, logicalNot, logicalOr } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import { setFusion } from "../fusion.js";
import { setFactory, wrap } from "../handle.js";
import { DONE, inspection } from "../inspector.js";
import { nameAt } from "../node.js";
import { Tensor } from "../tensor.js";
import { checkSynchronous } from "../synchronous.js";
import * as wasm from "../wasm.js";
import { forgetOrigins, lineNow, noteOrigin, originOf } from "./origins.js";
import { checkFunction } from "./scope.js";
import { elementsAt, firstBad, placeText } from "./values.js";
import { checkOptions } from "../options.js";

/** A factor that a zero has masked: 0 · ∞ and 0 · NaN count as 0 in derivatives. */
export interface MaskedFactor {
  /** The op whose derivative it is. */
  op: string;
  /** Which operand's derivative. */
  operand: number;
  /** Which element. */
  place: string;
  /** The masked factor. */
  value: number;
  /** The line that called the op, if it is known. */
  line: string | undefined;
}

/** What counts as an anomaly. */
export interface AnomalyOptions {
  /** Infinities too, not NaN alone. Default false. */
  infs?: boolean;
  /** Look at results of ops, not at derivatives alone. Default true. */
  forward?: boolean;
  /**
   * What to do about a factor ∞ or NaN that a zero masks in a derivative: nothing, a warning on the
   * console (the default; once per line), an error, or a function to be called.
   */
  masked?: "ignore" | "warn" | "throw" | ((factor: MaskedFactor) => void);
}

/** What detectAnomaly() throws. */
export class AnomalyError extends Error {
  /** The op whose result, or derivative, has the first bad value. */
  readonly op: string;
  /** Whether that is its result or a derivative. */
  readonly phase: "forward" | "backward";
  /** The bad value: NaN or an infinity. */
  readonly value: number;
  /** The line that called the op, if it is known. */
  readonly line: string | undefined;

  /** @internal */
  constructor(
    message: string,
    found: { op: string; phase: "forward" | "backward"; value: number; line: string | undefined },
  ) {
    super(message);
    this.name = "AnomalyError";
    this.op = found.op;
    this.phase = found.phase;
    this.value = found.value;
    this.line = found.line;
  }
}

type Mode = Required<AnomalyOptions>;

let mode: Mode | undefined;
let fusion = 0;
let waiting = 0;
/** What is made now is the search's own. */
let busy = false;
/** Bad values came in as data: of unrecorded results nobody can tell any more where they come from. */
let tainted = false;
/** Tensors made of data, which are not filled yet when they are seen. */
let unread: WeakRef<Tensor>[] = [];
const MOST_UNREAD = 1000;
const warned = new Set<string>();

const by = (line: string | undefined): string => (line === undefined ? "" : `, called at ${line}`);

/** Switches the search on, to another mode, or off; returns what it was. */
function setMode(next: Mode | undefined): Mode | undefined {
  const before = mode;
  mode = next;
  if (next === undefined) {
    if (before === undefined) return before;
    setFactory((home, light) => new Tensor(home, light));
    inspection.now = undefined;
    setFusion(fusion);
    forgetOrigins();
    tainted = false;
    unread = [];
    warned.clear();
  } else if (before === undefined) {
    setFactory((home, light) => {
      const x = new Tensor(home, light);
      see(x, light);
      return x;
    });
    inspection.now = inspect;
    fusion = setFusion(Infinity);
  }
  return before;
}

/** Runs f unseen. */
function unseen<R>(f: () => R): R {
  const before = busy;
  busy = true;
  try {
    return f();
  } finally {
    busy = before;
  }
}

// --- results ---

/** A tensor has been made. */
function see(x: Tensor, light: number): void {
  if (busy || mode === undefined) return;
  unseen(() => {
    const c = wasm.core();
    const at = light > 0 ? light : x.cell.slot;
    if (at <= 0) return;
    const made = c.tensorOp(at);
    noteOrigin(c.tensorOrder(at));
    if (!mode!.forward) return;
    if (made === 0) {
      if (unread.push(new WeakRef(x)) > MOST_UNREAD) readData();
      return;
    }
    const values = elementsAt(at);
    const i = firstBad(values, mode!.infs);
    if (i < 0) return;
    const op = wasm.opName(made);
    const inputs = inputsAt(at);
    // Copies of what was made elsewhere.
    if (op === "alias") tainted = true;
    else if (inputs.length > 0) {
      if (inputs.every((input) => firstBad(elementsAt(input), mode!.infs) < 0)) {
        throw forwardError(op, at, i, inputs);
      }
    } else {
      readData();
      if (!tainted) throw forwardError(op, at, i, inputs);
    }
  });
}

/** Looks for bad values among data. */
function readData(): void {
  for (const one of unread) {
    const x = one.deref();
    if (x === undefined || x.light > 0 || x.cell.slot <= 0) continue;
    if (firstBad(elementsAt(x.cell.slot), mode!.infs) >= 0) tainted = true;
  }
  unread = [];
}

function inputsAt(at: number): number[] {
  const c = wasm.core();
  return Array.from({ length: c.recipeInputs(at) }, (_, k) => c.programInput(at, k));
}

function shapeAt(at: number): number[] {
  return wasm.readList(wasm.core().tensorShape(at));
}

function forwardError(op: string, at: number, i: number, inputs: readonly number[]): AnomalyError {
  const values = elementsAt(at)!;
  const value = values[i]!;
  const size = values.length;
  const line = lineNow();
  return new AnomalyError(
    `detectAnomaly: ${op}: the result has ${value} at ${placeText(i, shapeAt(at), size)}` +
      `${operandsText(inputs, i, size)}${by(line)}`,
    { op, phase: "forward", value, line },
  );
}

/** `, of operands 0 and -1`: the elements of operands that belong to element i of a result. */
function operandsText(inputs: readonly number[], i: number, size: number): string {
  const parts: string[] = [];
  for (const input of inputs) {
    const values = elementsAt(input);
    if (values === undefined || (values.length !== size && values.length !== 1)) return "";
    parts.push(String(values[values.length === 1 ? 0 : i]));
  }
  if (parts.length === 0) return "";
  return `, of operand${parts.length > 1 ? "s" : ""} ${parts.join(" and ")}`;
}

// --- derivatives ---

/** A walk back, step by step, from where it stands to its end or next stop. */
function inspect(walk: number, levels: number, record: boolean): number {
  const c = wasm.core();
  const before = c.recording();
  if (!record) c.setRecording(before & ~levels);
  try {
    return unseen(() => {
      let outcome = DONE;
      for (let s = c.walkPlace(walk), n = c.walkSize(walk); s < n && outcome === DONE; s++) {
        outcome = step(walk, s);
      }
      return outcome;
    });
  } finally {
    c.setRecording(before);
  }
}

/** Calls f with what the walk carries at a node; undefined if that is nothing. */
function withCarried<R>(walk: number, at: number, f: (x: Tensor | undefined) => R): R {
  const result = wasm.core().walkPeek(walk, at);
  if (result === 0) {
    wasm.clearFault();
    return f(undefined);
  }
  const x = wrap(result);
  try {
    return f(x);
  } finally {
    x.dispose();
  }
}

function badIn(x: Tensor | undefined): number {
  return x === undefined ? -1 : firstBad(elementsAt(x.cell.slot), mode!.infs);
}

/** One step; gives what `walkStep` gives. */
function step(walk: number, s: number): number {
  const c = wasm.core();
  const at = c.walkAt(walk, s);
  const inputs = inputsAt(at);
  const isBad = (input: number) => withCarried(walk, input, badIn) >= 0;
  const were = inputs.map(isBad);
  const own = withCarried(walk, at, (g) => {
    if (g !== undefined) findMasked(at, inputs, g);
    return badIn(g) >= 0;
  });
  const outcome = c.walkStep(walk, s);
  if (own || outcome !== DONE) return outcome;
  inputs.forEach((input, k) => {
    if (!were[k] && isBad(input)) throw backwardError(walk, at, input, k);
  });
  return outcome;
}

function backwardError(walk: number, at: number, input: number, k: number): AnomalyError {
  const op = nameAt(at, wasm.core().tensorMask(at));
  const line = originOf(at);
  return withCarried(walk, input, (g) => {
    const i = badIn(g);
    const values = elementsAt(g!.cell.slot)!;
    const value = values[i]!;
    const size = values.length;
    const operands = inputsAt(at).filter((x) => elementsAt(x)?.length === size || x === input);
    return new AnomalyError(
      `detectAnomaly: ${op}: the derivative with respect to operand ${k} has ${value} at ` +
        `${placeText(i, g!.shape, size)}${operandsText(operands, i, size)}${by(line)}`,
      { op, phase: "backward", value, line },
    );
  });
}

/** Reports factors of an elementwise derivative that are masked: by a cotangent of 0, or being 0. */
function findMasked(at: number, inputs: readonly number[], g: Tensor): void {
  if (mode!.masked === "ignore") return;
  const c = wasm.core();
  inputs.forEach((_, k) => {
    const result = c.partialOf(at, k);
    if (result === 0) {
      wasm.clearFault();
      return;
    }
    const d = wrap(result);
    const bad = (x: Tensor) => logicalNot(isfinite(x));
    const hits = logicalOr(logicalAnd(equal(g, 0), bad(d)), logicalAnd(equal(d, 0), bad(g))).astype(
      "float32",
    );
    const marks = elementsAt(hits.cell.slot);
    const i = marks === undefined ? -1 : marks.indexOf(1);
    if (i < 0) return;
    const size = marks!.length;
    const slope = elementsAt(d.cell.slot)!;
    const carried = elementsAt(g.cell.slot)!;
    const factor = [slope, carried]
      .map((list) => list[list.length === size ? i : firstBad(list, true)])
      .find((x) => x !== undefined && !Number.isFinite(x));
    report({
      op: nameAt(at, c.tensorMask(at)),
      operand: k,
      place: placeText(i, hits.shape, size),
      value: factor ?? Number.NaN,
      line: originOf(at),
    });
  });
}

function report(found: MaskedFactor): void {
  const { masked } = mode!;
  if (typeof masked === "function") {
    masked(found);
    return;
  }
  const { op, operand, place, value, line } = found;
  const text =
    `detectAnomaly: ${op}: a factor ${value} of the derivative with respect to operand ${operand} met a ` +
    `zero at ${place} and counts as 0${by(line)}`;
  if (masked === "throw") throw new AnomalyError(text, { op, phase: "backward", value, line });
  const key = `${op} ${operand} ${line}`;
  if (warned.has(key)) return;
  warned.add(key);
  console.warn(`tapegrad: ${text}`);
}

function completed(options: AnomalyOptions): Mode {
  return {
    infs: options.infs ?? false,
    forward: options.forward ?? true,
    masked: options.masked ?? "warn",
  };
}

/**
 * Runs f and throws as soon as an op makes NaN of operands that have none, or the derivative of one does:
 * the error names the op, the first bad element, the operands there and the line that called the op. In
 * derivatives, which mask factors by zeros (0 · ∞ = 0), each masked factor that is not finite is
 * reported as well. Slow: every op runs by itself and takes down its line. Replays of `compile` are
 * not looked at, only the calls that are recorded.
 *
 * @example
 * ```ts
 * detectAnomaly(() => grad((x) => sum(sqrt(x)))(tensor([1, -1])));
 * // AnomalyError: detectAnomaly: sqrt: the result has NaN at [1] (element 1 of 2), of operand -1, called at …
 * ```
 * @throws {@link AnomalyError}; what f throws; if f returns a promise, which would go on afterwards
 */
export function detectAnomaly<R>(f: () => R, options: AnomalyOptions = {}): R {
  checkOptions(options, "detectAnomaly", "infs forward masked");
  checkFunction(f, "detectAnomaly");
  const before = setMode(completed(options));
  try {
    const result = f();
    checkSynchronous(result, "detectAnomaly", "debug() has no end");
    return result;
  } finally {
    setMode(before);
  }
}

/** What to look for, everywhere. */
export interface DebugOptions extends AnomalyOptions {
  /** As detectAnomaly(), for everything from now on. */
  nans?: boolean;
  /** Assigning to a tensor whose old value a recorded computation still needs is an error. */
  saved?: boolean;
}

/**
 * Switches checks on until they are switched off by `debug({})`: `nans` is detectAnomaly() for all that
 * follows, `saved` reports assignments to tensors whose old value is still needed for a derivative.
 * (That derivative is right, as the old value is kept; but it may not be what was meant.)
 *
 * @example
 * ```ts
 * debug({ nans: true, saved: true });
 * const w = tensor(2, { requiresGrad: true });
 * const y = multiply(w, w);
 * noGrad(() => w.assign(3)); // throws: assign: a recorded computation still needs the value …
 * debug({});
 * ```
 * @throws if an option is no boolean
 */
export function debug(options: DebugOptions): void {
  checkOptions(options ?? null, "debug", "nans saved infs forward masked");
  for (const key of ["nans", "saved"] as const) {
    const given: unknown = options[key];
    if (given !== undefined && typeof given !== "boolean") {
      throw new TypeError(`debug: ${key} is ${describe(given)}, neither true nor false`);
    }
  }
  setMode(options.nans === true ? completed(options) : undefined);
  const saved = options.saved ?? false;
  // What waits to be computed needs old values too, and is no derivative: nothing waits.
  if (saved && !inspection.saved) waiting = setFusion(Infinity);
  else if (!saved && inspection.saved) setFusion(waiting);
  inspection.saved = saved;
}
