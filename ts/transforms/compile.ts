// compile(): a function is recorded once for each form of its arguments, and replayed from then on.
import { live } from "../level.js";
import { recorder } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { isWalkWaiting } from "../rules.js";
import * as wasm from "../wasm.js";
import { UNSUITED, type Program } from "./program.js";
import { record } from "./record.js";
import { checkFunction } from "./scope.js";
import { Reader } from "./signature.js";
import { checkOptions } from "../options.js";

/** What compile() takes for a constant. */
export interface CompileOptions {
  /** Positions of arguments whose values are part of what is recorded, as axes and shapes are. */
  static?: number | readonly number[];
}

/** What compile() returns, beside the function itself. */
export interface Compiled {
  /** What has been recorded so far, oldest first. */
  readonly programs: readonly Program[];
  /** Gives the memory of all programs back. The function stays usable: it records again. */
  dispose(): void;
}

/** Programs that a function keeps; beyond that the oldest go. */
const MOST = 64;

/** The programs of one function. */
class Cache {
  readonly programs: Program[] = [];
  /** Tensors that are no leaves and are assigned to: inputs of the programs. */
  readonly variables = new Set<Tensor>();
  private readonly byKey = new Map<string, Program[]>();
  /** Forms that cannot be recorded. */
  private readonly open = new Set<string>();
  private last: Program | undefined = undefined;
  private readonly f: (...args: unknown[]) => unknown;
  private readonly constants: readonly number[];

  constructor(f: (...args: unknown[]) => unknown, constants: readonly number[]) {
    this.f = f;
    this.constants = constants;
  }

  call(args: unknown[]): unknown {
    // Inside a transform, another compiled function or a rule that a walk waits for, it is part of that.
    if (live.depth > 0 || recorder.now !== undefined || isWalkWaiting()) return this.f(...args);
    const { last } = this;
    if (last?.accepts(args)) {
      const result = last.call();
      if (result !== UNSUITED) return result;
    }
    return this.search(args);
  }

  private search(args: unknown[]): unknown {
    const reader = new Reader();
    const form = args.map((x, i) => reader.read(x, this.constants.includes(i)));
    const { key } = reader;
    if (reader.tracked || this.open.has(key)) return this.f(...args);
    for (const program of this.byKey.get(key) ?? []) {
      if (!program.accepts(args)) continue;
      const result = program.call();
      if (result !== UNSUITED) {
        this.last = program;
        return result;
      }
      // What it has captured is no leaf any more, or no plain tensor.
      this.drop(program);
    }
    const { result, program, isOpen } = record(this.f, args, form, reader.given, this.variables);
    if (isOpen) this.open.add(key);
    if (program !== undefined) this.keep(key, program);
    return result;
  }

  private keep(key: string, program: Program): void {
    if (this.programs.length === MOST) this.drop(this.programs[0]!);
    this.programs.push(program);
    const same = this.byKey.get(key);
    if (same === undefined) this.byKey.set(key, [program]);
    else same.push(program);
    this.last = program;
  }

  private drop(program: Program): void {
    program.dispose();
    this.programs.splice(this.programs.indexOf(program), 1);
    for (const [key, same] of this.byKey) {
      if (!same.includes(program)) continue;
      const left = same.filter((other) => other !== program);
      if (left.length > 0) this.byKey.set(key, left);
      else this.byKey.delete(key);
    }
    if (this.last === program) this.last = undefined;
  }

  dispose(): void {
    for (const program of [...this.programs]) this.drop(program);
    this.open.clear();
  }
}

let registry: FinalizationRegistry<readonly Program[]> | undefined;

/**
 * f, recorded at its first call and replayed at later ones: forward, gradients and updates in one call
 * of WebAssembly, in memory that is planned beforehand. It is recorded once for each form of its
 * arguments: containers, shapes, dtypes, and the values of whatever is neither tensor, typed array nor
 * number. Results have the bits of f's own.
 *
 * - Arguments are inputs, numbers too (pass a learning rate as an argument). While f is recorded,
 *   numbers and typed arrays are tensors; derivatives and values of transforms come back in their
 *   style, as always. What must be a plain number, such as an axis, is named in `static`; so is a
 *   number beside int32 or bool tensors, where a tensor of float64 gives floats. Objects of classes
 *   count as what they are, not by what is in them.
 * - Tensors with requiresGrad that f finds outside, tensors that it assigns to, and gradients of
 *   leaves are looked up at each call; everything else from outside is a constant.
 * - Assignments and changes of `.grad` happen at each call; arguments cannot be assigned to unless they
 *   are leaves. Other effects (console.log, counters) happen while f is recorded only, and so do checks
 *   of values (of class indices, for instance).
 * - Inside a transform or another compiled function, and if its result has a graph that leads to
 *   leaves outside, f is called as it is.
 *
 * @example
 * ```ts
 * const w = zeros([2], { requiresGrad: true });
 * const step = compile((x, y, rate) => {
 *   const loss = mean(square(subtract(matmul(x, w), y)));
 *   loss.backward();
 *   noGrad(() => w.assignSub(multiply(rate, w.grad)));
 *   w.grad = null;
 *   return loss;
 * });
 * for (let i = 0; i < 10; i++) step(ones([4, 2]), ones([4]), 0.1);
 * ```
 * @throws if f reads a value (`item`, `data`, `toArray`) that depends on an input, assigns to an
 *   argument, or returns a promise
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function compile<F extends (...args: any[]) => unknown>(
  f: F,
  options?: CompileOptions,
): F & Compiled {
  checkOptions(options, "compile", "static");
  checkFunction(f, "compile");
  const named = options?.static ?? [];
  const constants = typeof named === "number" ? [named] : [...named];
  for (const n of constants) {
    if (!Number.isInteger(n) || n < 0) {
      throw new RangeError(`compile: static names argument ${n}; arguments count from 0`);
    }
  }
  const cache = new Cache(f, constants);
  const compiled = (...args: unknown[]) => cache.call(args);
  Object.defineProperty(compiled, "programs", { get: () => cache.programs });
  Object.defineProperty(compiled, "dispose", { value: () => cache.dispose() });
  if (typeof FinalizationRegistry !== "undefined") {
    registry ??= new FinalizationRegistry((programs) => programs.forEach((p) => p.dispose()));
    registry.register(compiled, cache.programs);
  }
  wasm.core();
  return compiled as unknown as F & Compiled;
}
