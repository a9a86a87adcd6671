// A program on this side of the border: which tensors it is bound to, and what its results are.
import type { Tensor } from "../tensor.js";
import { RESULT_PRESSURE } from "../../assembly/shared/limits.js";
import { again, evict, latest, moveCell, slotOf, succeed, type Cell } from "../cell.js";
import { fromData } from "../convert.js";
import { dtypeName } from "../dtype.js";
import { bytesText, shapeText } from "../errors.js";
import { isHandle, wrap } from "../handle.js";
import { Style } from "../recording.js";
import { programsPart } from "../../build/generated/parts/programs.js";
import * as wasm from "../wasm.js";
import type { OpenNode } from "../tree.js";
import { costOf, type ProgramCost } from "./cost.js";
import { drawn, listed, listingOf, type Listing } from "./listing.js";
import { allMatch, type Form, type Given } from "./signature.js";

/** What a recorded function returns: a tree of results and constants. */
export type Outcome =
  | { kind: "result"; at: number; style: Style }
  | { kind: "constant"; value: unknown }
  | { kind: "list"; items: Outcome[] }
  | { kind: "tree"; keys: string[]; items: Outcome[] }
  | { kind: "node"; of: OpenNode["kind"]; children: Outcome; aux: unknown };

/** What a program is made of. Outputs are, in this order: results, assigned, graded, tapped. */
export interface Parts {
  /** In wasm. */
  address: number;
  form: readonly Form[];
  /** The arguments it was recorded with. */
  given: readonly Given[];
  /** Leaves whose gradient is an input. */
  gradients: readonly Cell[];
  /** Leaves that must not have one, or it would be an input too. */
  absent: readonly Cell[];
  /** What was captured by reference. */
  captured: readonly Cell[];
  result: Outcome;
  styles: readonly Style[];
  assigned: readonly Tensor[];
  graded: readonly Cell[];
  /** Leaves that have no gradient any more. */
  cleared: readonly Cell[];
  /** Who gets the last outputs, one each. */
  taps: readonly ((value: Tensor) => void)[];
}

/** Stands for a result where a tensor was not what the program was made for. */
export const UNSUITED = Symbol("unsuited");

/** A recorded function, for arguments of one form. `toString()` lists what it does. */
export class Program {
  /** Bytes that the program keeps for its values, constants not counted. */
  readonly peakBytes: number;
  private readonly parts: Parts;
  /** Of the core that it belongs to; 0 once it is disposed of. */
  private address: number;
  private readonly core = wasm.core();
  private readonly runner = wasm.need(programsPart);
  private readonly given: Given[];
  /** Cells of what is bound; undefined for numbers. */
  private readonly cells: (Cell | undefined)[] = [];
  /** Where numbers stand among float64 words, -1 for other inputs. */
  private readonly numbers: number[];
  /** The same for results; those that are no float64 numbers are asked for one by one. */
  private readonly places: number[];
  private readonly results: number[] = [];
  /** Nothing but numbers goes in and comes out. */
  private readonly formula: boolean;

  /** @internal */
  constructor(parts: Parts) {
    const c = wasm.core();
    const { address, given, gradients, captured, styles } = parts;
    this.parts = parts;
    this.address = address;
    this.given = [...given];
    this.peakBytes = c.programBytes(address);
    this.numbers = given.map((x, i) =>
      typeof x === "number" ? c.programPlace(address, i, false) >>> 3 : -1,
    );
    this.places = styles.map((_, i) =>
      dtypeName(c.tensorDtype(c.programOutput(address, i))) === "float64"
        ? c.programPlace(address, i, true) >>> 3
        : -1,
    );
    this.formula =
      this.numbers.every((at) => at >= 0) &&
      styles.every((style) => style === Style.Number) &&
      [
        gradients,
        parts.absent,
        captured,
        parts.assigned,
        parts.graded,
        parts.cleared,
        parts.taps,
      ].every((list) => list.length === 0);
    for (let i = given.length + gradients.length + captured.length; i > 0; i--) {
      this.cells.push(undefined);
    }
  }

  /** True if it was disposed of, or went with the core that setThreads has replaced. */
  private isGone(): boolean {
    return this.address === 0 || this.core !== wasm.core();
  }

  /** True if the program is for arguments of this form, as far as this side knows. @internal */
  accepts(args: readonly unknown[]): boolean {
    const { form, gradients, absent } = this.parts;
    if (this.isGone() || args.length !== form.length) return false;
    if (!allMatch(form, args, this.given)) return false;
    for (const cell of gradients) if (latest(cell).grad === null) return false;
    for (const cell of absent) if (latest(cell).grad !== null) return false;
    return true;
  }

  /**
   * Runs the program: results, assignments and changes of `.grad` are those of the function that was
   * traced, for other values of its arguments.
   *
   * @throws if the arguments are not what it was traced for: other containers, shapes, dtypes or constants
   */
  run(...args: unknown[]): unknown {
    if (this.isGone()) throw new Error("Program.run: this program was disposed of");
    if (this.accepts(args)) {
      const result = this.call();
      if (result !== UNSUITED) return result;
    }
    throw new TypeError(`Program.run: ${this.misfit(args)}`);
  }

  /** What is wrong with arguments that do not suit. */
  private misfit(args: readonly unknown[]): string {
    const { form } = this.parts;
    if (args.length !== form.length) {
      return `${args.length} arguments instead of ${form.length}`;
    }
    const given = [...this.given];
    const at = form.findIndex((one, i) => !allMatch([one], [args[i]], given));
    if (at >= 0) return `argument ${at} has another form than the one that was traced`;
    const { address, core } = this;
    for (let i = 0; i < given.length; i++) {
      const x = given[i];
      if (!isHandle(x)) continue;
      const own = core.programBound(address, i);
      const shape = wasm.readList(core.tensorShape(own));
      const want = `${dtypeName(core.tensorDtype(own))}${shapeText(shape)}`;
      const have = `${x.dtype}${shapeText(x.shape)}`;
      if (have !== want) return `input ${i} is ${have}; the program was traced for ${want}`;
    }
    return "a tensor, or gradient, that the program refers to is not what it was";
  }

  /** Runs for the arguments that `accepts` has seen. @internal */
  call(): unknown {
    if (this.formula) {
      // A formula's inputs and results are numbers: there is nothing to look up, nor to hand out.
      this.writeNumbers();
      if (this.runner.programReplay(this.address) === 1) return this.build(this.parts.result);
    }
    this.bind();
    if ((this.replay() || this.replayAgain()) === 2) return UNSUITED;
    const { tapped, pressed } = this.takeOver();
    const result = this.build(this.parts.result);
    if (pressed) evict(false);
    for (let i = 0; i < tapped.length; i++) this.parts.taps[i]!(tapped[i]!);
    return result;
  }

  private replayAgain(): number {
    return again(() => this.replay(), "compile");
  }

  /**
   * Gives what a call has made to those it is for; returns what was tapped, and whether it is time to
   * evict, which has to wait: a result without a cell would be taken for one that nobody can ask for.
   */
  private takeOver(): { tapped: Tensor[]; pressed: boolean } {
    const { styles, assigned, graded, cleared, taps } = this.parts;
    const { results, cells } = this;
    const n = styles.length + assigned.length + graded.length + taps.length;
    const words = wasm.words();
    const first = wasm.scratchWord() + cells.length;
    let pressed = 0;
    for (let i = 0; i < n; i++) {
      const word = words[first + i]!;
      pressed |= word & RESULT_PRESSURE;
      results[i] = word & ~RESULT_PRESSURE;
    }
    let next = styles.length;
    for (const x of assigned) {
      const made = results[next++]!;
      if (made === 0) continue;
      if (x.cell.held) x.cell = succeed(x.cell, made);
      else moveCell(x.cell, made);
    }
    for (const cell of graded) {
      const gradient = wrap(results[next++]!);
      gradient.cell.gradient = true;
      latest(cell).grad = gradient;
    }
    for (const cell of cleared) latest(cell).grad = null;
    const tapped = taps.map(() => wrap(results[next++]!));
    // The program shall not keep what it was called with.
    for (let i = 0; i < this.given.length; i++) cells[i] = undefined;
    return { tapped, pressed: pressed !== 0 };
  }

  /** Finds out which cells the call is about. */
  private bind(): void {
    const { gradients, captured } = this.parts;
    const { given, cells } = this;
    for (let i = 0; i < given.length; i++) {
      const x = given[i]!;
      if (typeof x === "number") continue;
      cells[i] = isHandle(x) ? x.cell : fromData(x, undefined, "compile").cell;
      given[i] = 0;
    }
    let next = given.length;
    for (const cell of gradients) cells[next++] = (latest(cell).grad as Tensor).cell;
    for (const cell of captured) cells[next++] = latest(cell);
  }

  /** One call of wasm: 0 after a fault, or if a value had to leave to make room for another. */
  private replay(): number {
    const { cells } = this;
    const { styles, assigned } = this.parts;
    for (const cell of cells) if (cell !== undefined) slotOf(cell);
    for (const x of assigned) slotOf(x.cell);
    const words = wasm.words();
    let at = wasm.scratchWord();
    for (const cell of cells) {
      const slot = cell === undefined ? 0 : cell.slot;
      if (slot < 0 || (slot === 0 && cell !== undefined)) return 0;
      words[at++] = slot;
    }
    at += styles.length;
    for (const x of assigned) {
      if (x.cell.slot <= 0) return 0;
      words[at++] = (x.cell.slot << 1) | (x.cell.held ? 1 : 0);
    }
    this.writeNumbers();
    return this.runner.programReplay(this.address);
  }

  /** Puts numbers into their places. */
  private writeNumbers(): void {
    const { given, numbers } = this;
    const words = wasm.words();
    const doubles = wasm.doubles();
    const list = wasm.scratchWord();
    for (let i = 0; i < numbers.length; i++) {
      const at = numbers[i]!;
      if (at < 0) continue;
      words[list + i] = 0;
      doubles[at] = given[i] as number;
    }
  }

  /** Puts a result together. */
  private build(outcome: Outcome): unknown {
    switch (outcome.kind) {
      case "result":
        return this.leaf(outcome.at, outcome.style);
      case "constant":
        return outcome.value;
      case "list":
        return this.buildList(outcome.items);
      case "node":
        return outcome.of.unflatten(this.build(outcome.children), outcome.aux);
      default: {
        const tree: Record<string, unknown> = {};
        for (let i = 0; i < outcome.keys.length; i++) {
          tree[outcome.keys[i]!] = this.build(outcome.items[i]!);
        }
        return tree;
      }
    }
  }

  private buildList(items: readonly Outcome[]): unknown[] {
    const list = new Array<unknown>(items.length);
    for (let i = 0; i < items.length; i++) list[i] = this.build(items[i]!);
    return list;
  }

  private leaf(at: number, style: Style): unknown {
    if (style === Style.Number) {
      if (this.places[at]! >= 0) return wasm.doubles()[this.places[at]!];
      return wasm.core().tensorItem(wasm.core().programOutput(this.address, at));
    }
    const x = wrap(this.results[at]!);
    return style === Style.Array ? x.data() : x;
  }

  /** Gives the program's memory back. Calls of its function record again. */
  dispose(): void {
    if (!this.isGone()) this.core.programFree(this.address);
    this.address = 0;
  }

  /** What it computes, to be printed, drawn or counted. */
  private listing(): Listing {
    return listingOf(this.address, this.parts);
  }

  /** One line per value: name, op, operands, dtype and shape. */
  toString(): string {
    if (this.isGone()) return "program (disposed)";
    return `program (${bytesText(this.peakBytes)})\n${listed(this.listing())}`;
  }

  /** How Node.js prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /**
   * The program as a graph in the language of Graphviz: values are boxes, inputs rounded, constants grey.
   *
   * @throws after dispose()
   */
  toDot(): string {
    this.mustBeThere("toDot");
    return drawn(this.listing());
  }

  /**
   * What one run costs. Counted are: per element made one operation of an elementwise op, whatever it is,
   * and four of softmax, normalisation and their like; per element read one of a reduction or scan; two
   * per multiplication with addition of a product or convolution; none where values only move. Bytes
   * are those that ops read and write when each runs by itself; passes over several ops move less.
   *
   * @throws after dispose()
   */
  cost(): ProgramCost {
    this.mustBeThere("cost");
    return costOf(this.listing().values, this.peakBytes);
  }

  private mustBeThere(what: string): void {
    if (this.isGone()) throw new Error(`Program.${what}: this program was disposed of`);
  }
}
