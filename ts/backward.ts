// The imperative style: from a tensor back to the requiresGrad leaves.
import type { Tensor } from "./tensor.js";
import { add } from "../build/generated/ops.js";
import { cellAt, latest, type Cell } from "./cell.js";
import { isTypedArray } from "./dtype.js";
import { toTensor, uniformLike, type TensorLike } from "./convert.js";
import { shapeText } from "./errors.js";
import { computeTogether, isHandle, slot, wrap } from "./handle.js";
import { gradientOf, noteBackward, setGradient } from "./recording.js";
import { finishBack, freeRules } from "./rules.js";
import * as wasm from "./wasm.js";

/** How backward() goes. */
export interface BackwardOptions {
  /** Cotangent of the output; needed unless it has one element. */
  seed?: TensorLike;
  /** Keep the graph, so that backward() can be called again. Default false. */
  retainGraph?: boolean;
}

function isOptions(x: unknown): x is BackwardOptions {
  return (
    typeof x === "object" && x !== null && !isHandle(x) && !Array.isArray(x) && !isTypedArray(x)
  );
}

function seedFor(y: Tensor, seed: TensorLike | undefined): Tensor {
  if (seed === undefined) {
    if (y.size !== 1) {
      throw new Error(
        `backward: the output has shape ${shapeText(y.shape)}, so it needs a seed: ` +
          "y.backward(onesLike(y)), or sum(y).backward()",
      );
    }
    return uniformLike(y, 1, "backward");
  }
  const given = toTensor(seed, "backward");
  const shape = y.shape;
  if (given.shape.length !== shape.length || !given.shape.every((d, i) => d === shape[i])) {
    throw new RangeError(
      `backward: the seed has shape ${shapeText(given.shape)}, the output ${shapeText(shape)}`,
    );
  }
  return given;
}

/** Runs backward from y and accumulates into the leaves' gradients. */
export function backward(
  y: Tensor,
  seedOrOptions: TensorLike | BackwardOptions | undefined,
  more: BackwardOptions | undefined,
): void {
  const options = isOptions(seedOrOptions) ? seedOrOptions : (more ?? {});
  const c = wasm.core();
  const at = slot(y);
  if (c.batchDepth() > 0) {
    throw new Error("backward: not inside vmap; use grad() there");
  }
  if (!(c.tensorMask(at) & 1)) {
    if (c.tensorIsCut(at)) {
      throw new Error(
        "backward: the graph of this tensor was already used up by an earlier backward(); call that " +
          "one with { retainGraph: true } to go through it twice",
      );
    }
    throw new Error(
      "backward: this tensor depends on no tensor with requiresGrad (made with " +
        "tensor(…, { requiresGrad: true }), outside noGrad), or only through values whose graph an " +
        "earlier backward() has used up",
    );
  }
  noteBackward(y);
  const seed = seedFor(y, isOptions(seedOrOptions) ? options.seed : seedOrOptions);
  const found = collect(y, seed, options.retainGraph ?? false);
  const before = c.setRecording(c.recording() & ~1);
  try {
    for (const [cell, g] of found) {
      const had = gradientOf(cell);
      const sum = had === null ? g : add(had, g);
      sum.cell.gradient = true;
      setGradient(cell, sum);
    }
  } finally {
    c.setRecording(before);
  }
  computeTogether([y, ...found.map(([cell]) => cell.grad)]);
}

function collect(y: Tensor, seed: Tensor, retain: boolean): [Cell, Tensor][] {
  const c = wasm.core();
  const walk = c.walkBegin(0, 0);
  if (walk === 0) throw wasm.takeFault("backward");
  try {
    if (!c.walkRoot(walk, slot(y), slot(seed))) throw wasm.takeFault("backward");
    finishBack("backward", walk, 0, c.walkBack(walk, false), false);
    const found: [Cell, Tensor][] = [];
    for (let i = c.walkLeaf(walk, 0); i >= 0; i = c.walkLeaf(walk, i + 1)) {
      const leaf = c.walkNode(walk, i);
      const cell = cellAt(leaf);
      if (cell === undefined) continue;
      const g = c.walkTake(walk, leaf);
      if (g === 0) throw wasm.takeFault("backward");
      found.push([latest(cell), wrap(g)]);
    }
    if (!retain) c.walkConsume(walk);
    return found;
  } finally {
    c.walkEnd(walk);
    freeRules();
  }
}
