// The rules of a user's operation against finite differences.
import type { Tensor } from "../tensor.js";
import { checkGrads } from "../check.js";
import { slot, tensorOf } from "../handle.js";
import { mapTree } from "../tree.js";
import { fillHoles, holesIn, isFloatTensor } from "../transforms/places.js";
import * as wasm from "../wasm.js";

/** Throws if the derivatives of an operation are not its finite differences at these arguments. */
export function checkRules(
  name: string,
  args: readonly unknown[],
  call: (args: readonly unknown[]) => unknown,
): void {
  const c = wasm.core();
  const floats: Tensor[] = [];
  const holes = holesIn(args, (x) => {
    floats.push(tensorOf(() => c.externalPlain(slot(x)), name));
  });
  const exact = floats.every((x) => x.dtype === "float64");
  const tolerance = exact ? {} : { eps: 1e-2, atol: 1e-2, rtol: 1e-2 };
  const f = (...xs: Tensor[]) => {
    let next = 0;
    const out = call(fillHoles(holes, () => xs[next++]) as unknown[]);
    const results: Tensor[] = [];
    mapTree(out, (leaf) => isFloatTensor(leaf) && results.push(leaf));
    return results;
  };
  try {
    checkGrads(f, floats, { order: 1, ...tolerance });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("checkGrads: ")) {
      throw new Error(`${name}: ${error.message.slice(12)}`, { cause: error });
    }
    throw error;
  }
}
