// One recorded run of a function: its inputs become inputs of a trace, and what it did to tensors, its
// own results and others, becomes a program.
import { SCRATCH_WORDS } from "../../assembly/shared/limits.js";
import { again, cellAt, isDisposed, moveCell, succeed, type Cell } from "../cell.js";
import { closeScope, collect, openScope } from "../collection.js";
import { computeTogether, isHandle, slot, slotsOf, wrap, type ByRows } from "../handle.js";
import { enterTrace, leaveLevel, live } from "../level.js";
import { Recording, recorder, Style } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { isLeaf, isPlainContainer, mapTree, openNode, type OpenNode } from "../tree.js";
import { programsPart } from "../../build/generated/parts/programs.js";
import * as wasm from "../wasm.js";
import { Program, type Outcome } from "./program.js";
import { checkResult, leafTensor } from "./scope.js";
import type { Form, Given } from "./signature.js";

const WHO = "compile";
/** What becomes of an output (assembly/transforms/program.ts). */
const ASSIGNMENT = 2;

/** Gradients by rows, as nodes of results. */
const ROWS: OpenNode["kind"] = {
  flatten: (x) => [[(x as ByRows).indices, (x as ByRows).values]],
  unflatten: (children, make) =>
    (make as ReturnType<ByRows["maker"]>)(...(children as [Tensor, Tensor])),
};

/** What came of a recorded run. */
interface Recorded {
  result: unknown;
  /** Undefined if the function has to be recorded once more. */
  program: Program | undefined;
  /** No program can do what it does. */
  isOpen: boolean;
}

/** Calls f and records it. Tensors that turn out to be variables are added to `variables`. */
export function record(
  f: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  form: readonly Form[],
  given: readonly Given[],
  variables: Set<Tensor>,
): Recorded {
  const level = enterTrace(WHO);
  const run = new Run(level, form, given);
  const outer = openScope();
  let made: Set<Cell> | undefined;
  let recorded: Recorded;
  try {
    recorder.now = run.recording;
    run.begin(variables);
    const result = f(...form.map((x, i) => run.open(x, args[i])));
    if (result !== undefined) checkResult(result, WHO);
    made = new Set(closeScope(outer));
    recorded = run.finish(result, made, variables);
  } finally {
    for (const cell of made ?? closeScope(outer)) collect(cell);
    run.settle();
    recorder.now = undefined;
    live.depth = level - 1;
    leaveLevel(level);
  }
  recorded.result = run.styled(recorded.result);
  for (const { x, see } of run.recording.taps) see(x);
  return recorded;
}

class Run {
  readonly recording: Recording;
  /** Inputs of the trace, in the order of `given`. */
  private readonly inputs: Tensor[] = [];
  private readonly form: readonly Form[];
  private readonly given: readonly Given[];
  /** Slots of variables, which the trace holds. */
  private held: number[] = [];
  // The outputs of the program: results, then what is assigned, then gradients.
  private readonly outputs: Tensor[] = [];
  private readonly styles: Style[] = [];
  private isOpen = false;
  private made: ReadonlySet<Cell> = new Set();

  constructor(level: number, form: readonly Form[], given: readonly Given[]) {
    this.recording = new Recording(level);
    this.form = form;
    this.given = given;
  }

  begin(variables: Iterable<Tensor>): void {
    for (const x of variables) {
      if (isDisposed(x.cell)) continue;
      const at = slot(x);
      wasm.core().traceVariable(at, true);
      this.held.push(at);
    }
  }

  /** An argument as f gets it. */
  open(form: Form, x: unknown): unknown {
    switch (form.kind) {
      case "number":
      case "tensor":
      case "array":
        return this.openInput(this.given[form.at]!);
      case "list":
        return form.items.map((item, i) => this.open(item, (x as unknown[])[i]));
      case "tree":
        return Object.fromEntries(
          form.keys.map((key, i) => [
            key,
            this.open(form.items[i]!, (x as Record<string, unknown>)[key]),
          ]),
        );
      case "node": {
        const { kind, children, aux } = openNode(x)!;
        return kind.unflatten(this.open(form.children, children), aux);
      }
      default:
        return x;
    }
  }

  private openInput(given: Given): Tensor {
    const { recording } = this;
    const c = wasm.core();
    let input: Tensor;
    if (typeof given === "number") {
      const make = () => c.freshNumber(given, recording.level);
      input = wrap(make() || again(make, WHO));
      recording.styles.set(input, Style.Number);
    } else {
      input = recording.fresh(leafTensor(given, WHO));
      if (!isHandle(given)) recording.styles.set(input, Style.Array);
    }
    this.inputs.push(input);
    recording.inputs.add(input);
    return input;
  }

  /** Makes a program of what was recorded, if that is possible. */
  finish(result: unknown, made: ReadonlySet<Cell>, variables: Set<Tensor>): Recorded {
    this.made = made;
    const outcome = this.outcomeOf(result);
    const { assigned, learnt } = this.assignments(variables);
    const isOpen = this.isOpen || this.recording.isOpen;
    const recorded: Recorded = { result, program: undefined, isOpen };
    if (isOpen || learnt) return recorded;
    const { gradients } = this.recording;
    const notes = [...gradients].filter(([cell]) => !made.has(cell));
    const entered = notes.filter(([, note]) => note.input !== undefined);
    const changed = notes.filter(([cell, note]) => note.written && cell.grad !== note.input);
    const graded = changed.filter(([cell]) => cell.grad !== null);
    const inputs = [...this.inputs, ...entered.map(([, note]) => note.input!)];
    const { taps } = this.recording;
    const outputs = [
      ...this.outputs,
      ...assigned,
      ...graded.map(([cell]) => cell.grad as Tensor),
      ...taps.map(({ x }) => x),
    ];
    const address = this.capture(inputs, outputs, assigned.length);
    const captured = address === 0 ? undefined : this.captured();
    if (captured === undefined) {
      if (address !== 0) wasm.core().programFree(address);
      return { ...recorded, isOpen: true };
    }
    const absent = notes.filter(([, note]) => note.read && note.before === null);
    recorded.program = new Program({
      address,
      form: this.form,
      given: this.given,
      gradients: entered.map(([cell]) => cell),
      absent: absent.map(([cell]) => cell),
      captured,
      result: outcome,
      styles: this.styles,
      assigned,
      graded: graded.map(([cell]) => cell),
      cleared: changed.filter(([cell]) => cell.grad === null).map(([cell]) => cell),
      taps: taps.map(({ see }) => see),
    });
    return recorded;
  }

  /** The form of the result. Tensors from outside are what they are: the user gets them themselves. */
  private outcomeOf(x: unknown): Outcome {
    if (Array.isArray(x)) return { kind: "list", items: x.map((item) => this.outcomeOf(item)) };
    const node = openNode(x);
    if (node !== undefined) {
      const children = this.outcomeOf(node.children);
      return { kind: "node", of: node.kind, children, aux: node.aux };
    }
    if (isPlainContainer(x)) {
      const keys = Object.keys(x);
      const items = keys.map((key) => this.outcomeOf((x as Record<string, unknown>)[key]));
      return { kind: "tree", keys, items };
    }
    if (!isHandle(x)) {
      // An object of some class may hold tensors of this run.
      if (typeof x === "object" && x !== null) this.isOpen = true;
      return { kind: "constant", value: x };
    }
    if (x.byRows !== undefined) return this.outcomeOfRows(x, x.byRows);
    if (!this.made.has(this.recording.assigned.get(x) ?? x.cell))
      return { kind: "constant", value: x };
    if ((wasm.core().tensorMask(slot(x)) & 1) !== 0) this.isOpen = true;
    const style = this.recording.styles.get(x) ?? Style.Tensor;
    this.styles.push(style);
    return { kind: "result", at: this.outputs.push(x) - 1, style };
  }

  /** Rows are results; what they are rows of is put together when somebody asks for it. */
  private outcomeOfRows(x: Tensor, rows: ByRows): Outcome {
    const items = [this.outcomeOf(rows.indices), this.outcomeOf(rows.values)];
    if (items.every(({ kind }) => kind === "constant")) return { kind: "constant", value: x };
    return { kind: "node", of: ROWS, children: { kind: "list", items }, aux: rows.maker() };
  }

  /** Tensors from outside that were assigned to; those that are no leaves are variables from now on. */
  private assignments(variables: Set<Tensor>): { assigned: Tensor[]; learnt: boolean } {
    const assigned: Tensor[] = [];
    let learnt = false;
    for (const [x, cell] of this.recording.assigned) {
      if (this.made.has(cell) || isDisposed(x.cell)) continue;
      assigned.push(x);
      if (variables.has(x) || wasm.core().tensorIsLeaf(slot(x)) !== 0) continue;
      variables.add(x);
      learnt = true;
    }
    return { assigned, learnt };
  }

  /** The program in wasm; 0 if there is none. */
  private capture(inputs: readonly Tensor[], outputs: readonly Tensor[], assigned: number): number {
    if ((inputs.length + outputs.length) * 2 > SCRATCH_WORDS) return 0;
    const list = slotsOf([...inputs, ...outputs], WHO);
    const first = inputs.length + this.styles.length;
    const words = list.map((at, i) => {
      if (i < inputs.length) return at;
      if (i < first) return (at << 2) | (this.styles[i - inputs.length] === Style.Number ? 1 : 0);
      return (at << 2) | (i < first + assigned ? ASSIGNMENT : 0);
    });
    wasm.writeList(words);
    const address = wasm.need(programsPart).programCapture(inputs.length, outputs.length);
    if (address === 0) wasm.clearFault();
    return address;
  }

  /** Cells of what the program has captured, from the scratch area; undefined if one is unknown. */
  private captured(): Cell[] | undefined {
    const [n] = wasm.readList(1) as [number];
    const cells: Cell[] = [];
    for (const at of wasm.readList(n + 1).slice(1)) {
      const cell = cellAt(at);
      if (cell === undefined) return undefined;
      // A leaf that f has made itself: the program keeps what it is now.
      cells.push(this.made.has(cell) ? wrap(wasm.core().traceSettle(at)).cell : cell);
    }
    return cells;
  }

  /** Ends what the recording did to tensors from outside. */
  settle(): void {
    const c = wasm.core();
    for (const x of this.recording.assigned.keys()) {
      if (isDisposed(x.cell)) continue;
      const make = () => c.traceSettle(slot(x));
      const result = make() || again(make, WHO);
      if (x.cell.held) x.cell = succeed(x.cell, result);
      else moveCell(x.cell, result);
    }
    for (const [cell, note] of this.recording.gradients) {
      if (note.input !== undefined && cell.grad === note.input) cell.grad = note.before;
    }
    for (const at of this.held) c.traceVariable(at, false);
  }

  /** The result as f would have given it without being recorded. */
  styled(result: unknown): unknown {
    const { styles, gradients } = this.recording;
    computeTogether([
      ...this.outputs,
      ...[...gradients.keys()].map((cell) => cell.grad),
      ...this.recording.assigned.keys(),
    ]);
    if (styles.size === 0) return result;
    return mapTree(result, (leaf) => {
      const style = isLeaf(leaf) ? styles.get(leaf) : undefined;
      if (style === undefined) return leaf;
      return style === Style.Number ? (leaf as Tensor).item() : (leaf as Tensor).data();
    });
  }
}
