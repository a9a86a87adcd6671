// One run of a function that is called again: what it gives, what it makes and what it reaches, and how
// what it has recorded is forgotten.
import type { Tensor } from "../tensor.js";
import { disposeCell, isDisposed, type Cell } from "../cell.js";
import { closeScope, collect, openScope } from "../collection.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { isFloatTensor } from "./places.js";
import { checkResult } from "./scope.js";
import { withWalk } from "./walk.js";

/** What errors of such runs begin with. */
export const WHO = "checkpoint";

// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Fn = (...args: any[]) => any;

/** One run of a function. */
export interface Run {
  out: unknown;
  results: Tensor[];
  /** Cells that were made. */
  made: Cell[];
  /** Creation numbers: before, after. */
  since: number;
  until: number;
}

/** Runs f, and notes what it has made. */
export function run(f: Fn, args: readonly unknown[]): Run {
  const c = wasm.core();
  const since = c.newestOrder();
  const outer = openScope();
  let out: unknown;
  let made: Cell[];
  try {
    out = f(...args) as unknown;
  } finally {
    made = closeScope(outer);
    made.forEach(collect);
  }
  checkResult(out, WHO);
  const results: Tensor[] = [];
  mapTree(out, (leaf) => isFloatTensor(leaf) && results.push(leaf));
  return { out, results, made, since, until: c.newestOrder() };
}

/** What a level's derivatives of a run end at. */
export function inputsOf(level: number, { results, since }: Run): number[] {
  const c = wasm.core();
  return withWalk(WHO, level, since, (walk) => {
    c.walkBorder(walk);
    for (const y of results) if (!c.walkRoot(walk, slot(y), 0)) throw wasm.takeFault(WHO);
    if (!c.walkArrange(walk)) throw wasm.takeFault(WHO);
    return outerNodes(walk);
  });
}

/** The older nodes that a walk has ended at. */
export function outerNodes(walk: number): number[] {
  const c = wasm.core();
  const nodes: number[] = [];
  for (let i = c.walkOuter(walk, 0); i >= 0; i = c.walkOuter(walk, i + 1)) {
    nodes.push(c.walkNode(walk, i));
  }
  return nodes;
}

/** The arguments as nodes of their own, which no scope around disposes of. */
export class Arguments {
  readonly list: unknown[];
  /** Levels that still need them. */
  users = 0;
  private readonly cells: Cell[] = [];

  constructor(args: readonly unknown[]) {
    const c = wasm.core();
    const outer = openScope();
    try {
      this.list = args.map((arg) =>
        mapTree(arg, (leaf) => {
          if (!isHandle(leaf)) return leaf;
          const x = tensorOf(() => c.tensorAlias(slot(leaf)), WHO);
          this.cells.push(x.cell);
          return x;
        }),
      );
    } finally {
      closeScope(outer);
    }
  }

  /** They are tensors like others: the function was called as it is. */
  publish(): void {
    this.cells.forEach(collect);
  }

  release(): void {
    if (--this.users > 0) return;
    for (const cell of this.cells) if (!isDisposed(cell) && !cell.held) disposeCell(cell);
  }
}

/**
 * Forgets what a run has recorded at some levels: tensors that depend on them are disposed of, so that
 * their memory is free at once. Where the bits may belong to other levels by now, the tape stays.
 */
export function forget(
  levels: number,
  { made, since, until }: Pick<Run, "made" | "since" | "until">,
  stale: boolean,
): void {
  const c = wasm.core();
  for (const cell of made) {
    if (cell.slot <= 0 || cell.held || cell.gradient || c.tensorIsLeaf(cell.slot)) continue;
    if ((c.tensorMask(cell.slot) & levels) !== 0) disposeCell(cell);
  }
  if (!stale) c.externalForget(levels, since, until);
}
