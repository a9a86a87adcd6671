// Operands of a branch that runs for all examples although only some take it.
import { where } from "../../build/generated/ops.js";
import { isHandle, isTracked, slot, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { hasFloats } from "../transforms/scope.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { knownValue } from "./deciding.js";

/**
 * Operands for a branch that is taken where the condition holds. Examples that do not take it get those
 * of one that does. Where that is not known, while a function is recorded, they keep their values, but
 * no derivative of the branch comes back to them, nor a NaN that its slopes make of zeros.
 */
export function sheltered<A extends readonly unknown[]>(
  condition: Tensor,
  operands: A,
  who: string,
): A {
  const known = knownValue(condition, who, "the predicate");
  if (known !== undefined && !("each" in known)) return operands;
  const taken = known?.each.findIndex((x) => x !== 0);
  if (taken === -1) return operands;
  const place = taken === undefined ? undefined : axesOf(condition, taken);
  return operands.map((operand) =>
    mapTree(operand, (leaf) => {
      if (!isHandle(leaf)) return leaf;
      if (place === undefined) {
        return isTracked(leaf) && hasFloats(leaf)
          ? where(condition, leaf, stopGradient(leaf))
          : leaf;
      }
      return wasm.core().tensorBatch(slot(leaf)) === 0
        ? leaf
        : where(condition, leaf, exampleOf(leaf, place, who));
    }),
  ) as unknown as A;
}

/** Which example it is on each mapped axis, for element i of a mapped scalar. */
function axesOf(x: Tensor, i: number): number[] {
  const sizes = physical(x, "cond").shape;
  const place: number[] = [];
  for (const size of sizes.reverse()) {
    place.unshift(i % size);
    i = Math.floor(i / size);
  }
  return place;
}

/** x as a constant, with mapped axes as ordinary ones. */
function physical(x: Tensor, who: string): Tensor {
  return tensorOf(() => wasm.core().externalPlain(slot(x)), who);
}

/** What x is for one example. */
function exampleOf(x: Tensor, place: readonly number[], who: string): Tensor {
  const whole = physical(x, who);
  const { shape } = whole;
  const batch = wasm.core().tensorBatch(slot(x));
  const index = Array.from({ length: batch }, (_, i) => (shape[i] === 1 ? 0 : (place[i] ?? 0)));
  return whole.at(...index);
}
