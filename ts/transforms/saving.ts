// What checkpoints keep of a call beside its results, so that it is not computed again: values that a
// policy chooses, as they are or packed. When the function is called again its nodes are numbered, and
// those whose values were kept take these instead of being run (assembly/tape/supply.ts).
import { disposeCell, isDisposed } from "../cell.js";
import { closeScope, collect, openScope } from "../collection.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { dtypeName } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import type { Residual } from "../rules.js";
import type { Tensor } from "../tensor.js";
import { leavesOf } from "../tree.js";
import * as wasm from "../wasm.js";
import { noGrad } from "./control.js";

/** A value that could be kept. */
export interface Saveable extends Residual {
  /** Shapes of what it was computed from. */
  inputShapes: readonly (readonly number[])[];
}

/** Says which values a checkpoint keeps. */
export type Policy = (value: Saveable) => boolean;

/** What is kept, and in which form. */
export interface Saving {
  who: string;
  policy: Policy;
  pack?: (x: Tensor) => unknown;
  unpack?: (x: unknown) => TensorLike;
}

/** Names that values were given, by their creation numbers. */
export type Names = Map<number, string[]>;

let names: Names | undefined;
let numbering = 0;

/** True while a function runs whose nodes are numbered: calls inside are part of it. */
export function isNumbering(): boolean {
  return numbering > 0;
}

/** Runs `body`, and notes which values get names. */
export function naming<R>(list: Names | undefined, body: () => R): R {
  if (list === undefined) return body();
  const outer = names;
  names = list;
  try {
    return body();
  } finally {
    names = outer;
  }
}

function numbered<R>(body: () => R): R {
  numbering++;
  try {
    return body();
  } finally {
    numbering--;
  }
}

/** What came onto the tape during a run, in order: creation numbers and masks in turn. */
export type Numbers = Float64Array;

const NOTHING: Numbers = new Float64Array(0);

/** The first run of a function of which something is kept. */
export function firstRun<R>(
  saving: Saving | undefined,
  list: Names,
  body: () => R,
): [result: R, numbers: Numbers] {
  if (saving === undefined) return [body(), NOTHING];
  const c = wasm.core();
  const start = c.numbersBegin();
  try {
    const result = naming(list, () => numbered(body));
    const entries = Math.max(c.numbersCount() - start, 0);
    const from = (c.numbersAddress() >>> 3) + 2 * start;
    return [result, wasm.doubles().slice(from, from + 2 * entries)];
  } finally {
    c.numbersEnd();
  }
}

/** The numbers of a level's nodes, by when they were made. */
function numbersOf(level: number, numbers: Numbers): Map<number, number> {
  const found = new Map<number, number>();
  for (let i = 0; i < numbers.length; i += 2) {
    if ((numbers[i + 1]! & (1 << level)) !== 0) found.set(numbers[i]!, found.size);
  }
  return found;
}

/**
 * x itself, under a name by which the policy of a {@link checkpoint} around can choose it
 * (`policies.saveOnlyTheseNames`). (JAX checkpoint_name.)
 *
 * @example
 * ```ts
 * const layer = (w, x) => tanh(checkpointName(matmul(x, w), "product"));
 * const block = checkpoint(layer, { policy: policies.saveOnlyTheseNames("product") });
 * grad((w) => sum(block(w, ones([2, 3]))))(ones([3, 3])); // forms the product once
 * ```
 * @throws if the name is not a string
 */
export function checkpointName(x: TensorLike, name: string): Tensor {
  const who = "checkpointName";
  if (typeof name !== "string") {
    throw new TypeError(`${who}: the name is ${describe(name)}, not a string`);
  }
  const t = toTensor(x, who);
  if (names !== undefined) {
    const c = wasm.core();
    const order = c.tensorOrder(c.externalBase(slot(t)));
    const list = names.get(order);
    if (list === undefined) names.set(order, [name]);
    else list.push(name);
  }
  return t;
}

/** A node as a value that is, or could be, kept. */
export function residualAt(node: number, list: Names | undefined): Residual {
  const c = wasm.core();
  return {
    op: wasm.opName(c.tensorOp(node)),
    names: list?.get(c.tensorOrder(node)) ?? [],
    shape: wasm.readList(c.tensorShape(node)),
    dtype: dtypeName(c.tensorDtype(node)),
    bytes: c.externalOwn(node),
  };
}

function saveableAt(node: number, list: Names): Saveable {
  const c = wasm.core();
  const inputShapes = Array.from({ length: c.externalInputs(node) }, (_, i) =>
    wasm.readList(c.tensorShape(c.programInput(node, i))),
  );
  return { ...residualAt(node, list), inputShapes };
}

/** One value that is kept. */
interface Kept {
  /** Its number among the nodes of the level. */
  number: number;
  /** The value, or what `pack` made of it. */
  value: unknown;
  /** What it looked like: all axes, whatever vmaps there were. */
  shape: readonly number[];
  about: Residual;
}

/** What is kept of a run for one level. */
export class Saved {
  private readonly kept: Kept[] = [];
  private readonly saving: Saving | undefined;

  constructor(
    saving: Saving | undefined,
    level: number,
    run: { since: number; until: number },
    list: Names,
    numbers: Numbers,
  ) {
    this.saving = saving;
    if (saving === undefined) return;
    const c = wasm.core();
    const places = numbersOf(level, numbers);
    for (let node = c.externalNext(level, run.since, 0); node !== 0;) {
      const number = places.get(c.tensorOrder(node));
      // What is kept is made after the run, and does not depend on the level.
      if (
        number !== undefined &&
        c.externalOwn(node) > 0 &&
        saving.policy(saveableAt(node, list))
      ) {
        this.keep(saving, number, node, list);
      }
      node = c.externalNext(level, run.since, node);
    }
  }

  private keep(saving: Saving, number: number, node: number, list: Names): void {
    const { who, pack } = saving;
    // No scope around may dispose of it.
    const outer = openScope();
    try {
      const x = tensorOf(() => wasm.core().externalPlain(node), who);
      const { shape } = x;
      const value = pack === undefined ? x : noGrad(() => pack(x));
      this.kept.push({ number, value, shape, about: residualAt(node, list) });
      if (pack !== undefined && !leavesOf(value).includes(x)) collect(x.cell);
    } finally {
      closeScope(outer);
    }
  }

  /** What is kept. */
  get residuals(): readonly Residual[] {
    return this.kept.map(({ about }) => about);
  }

  /** Runs `body`, which computes the same once more, for a level. */
  during<R>(level: number, body: () => R): R {
    const { saving } = this;
    if (saving === undefined) return body();
    const c = wasm.core();
    // Before anything is numbered: unpacking may be any code.
    const values = this.kept.map((one) => this.unpacked(saving, one));
    c.supplyBegin(level);
    try {
      this.kept.forEach(({ number }, i) => {
        if (!c.supplyAdd(number, slot(values[i]!))) throw wasm.takeFault(saving.who);
      });
      return numbered(body);
    } finally {
      c.supplyEnd();
    }
  }

  private unpacked({ who, unpack }: Saving, { value, shape, about }: Kept): Tensor {
    if (unpack === undefined) return value as Tensor;
    const x = noGrad(() => toTensor(unpack(value), who));
    if (shapeText(x.shape) !== shapeText(shape)) {
      throw new RangeError(
        `${who}: unpack returned ${x.dtype}${shapeText(x.shape)} for what was ` +
          `${about.dtype}${shapeText(shape)}`,
      );
    }
    return x.dtype === about.dtype ? x.detach() : x.astype(about.dtype);
  }

  free(): void {
    for (const { value } of this.kept) {
      if (this.saving?.pack !== undefined || !isHandle(value)) continue;
      if (!isDisposed(value.cell) && !value.cell.held) disposeCell(value.cell);
    }
    this.kept.length = 0;
  }
}
