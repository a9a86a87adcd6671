// What the tape keeps for a backward pass.
import { bytesOf, dtypeName } from "../dtype.js";
import { slot } from "../handle.js";
import { rulesOf, type Residual } from "../rules.js";
import { mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { isFloatTensor } from "./places.js";
import { naming, residualAt, type Names } from "./saving.js";
import { checkFunction, checkResult, inLevel, openArguments, type Input } from "./scope.js";
import { withWalk } from "./walk.js";

const WHO = "savedResiduals";

/** A value that stands there without having been computed. */
function given(node: number, op: string): Residual {
  const c = wasm.core();
  const dtype = c.tensorDtype(node);
  const bytes = c.tensorSize(node) * bytesOf(dtype);
  const shape = wasm.readList(c.tensorShape(node));
  return { op, names: [], shape, dtype: dtypeName(dtype), bytes };
}

/**
 * The values that a backward pass through f would find on the tape: arguments, constants, results of
 * operations, and of a {@link checkpoint} what it keeps; views of others and values of at most 16 bytes are left out.
 * In order from the result back. (JAX print_saved_residuals.)
 *
 * @example
 * ```ts
 * const f = (x) => sum(sin(exp(x)));
 * savedResiduals(f, ones([3])).map((r) => r.op); // ["sin", "exp", "argument"]
 * savedResiduals(checkpoint(f), ones([3])).map((r) => r.op); // ["argument"]
 * ```
 * @throws if an argument holds what cannot be differentiated
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function savedResiduals<A extends any[]>(
  f: (...args: A) => unknown,
  ...args: A
): Residual[] {
  checkFunction(f, WHO);
  const c = wasm.core();
  return inLevel(WHO, (level) => {
    const inputs: Input[] = [];
    const all = args.map((_, i) => i);
    const opened = openArguments(args, all, level, WHO, inputs);
    const names: Names = new Map<number, string[]>();
    const out = naming(names, () => f(...(opened as A)));
    checkResult(out, WHO);
    const sources = new Set(inputs.map(({ tensor }) => slot(tensor)));
    return withWalk(WHO, level, c.levelOrder(level), (walk) => {
      mapTree(out, (leaf) => {
        if (isFloatTensor(leaf) && !c.walkRoot(walk, slot(leaf), 0)) throw wasm.takeFault(WHO);
        return leaf;
      });
      if (!c.walkArrange(walk)) throw wasm.takeFault(WHO);
      return collected(walk, sources, names);
    });
  });
}

function collected(walk: number, sources: ReadonlySet<number>, names: Names): Residual[] {
  const c = wasm.core();
  const met = new Set<number>();
  const computed: Residual[] = [];
  const rest: Residual[] = [];
  const nodes = Array.from({ length: c.walkSize(walk) }, (_, i) => c.walkNode(walk, i));
  for (const node of nodes) met.add(node);
  for (const node of nodes) {
    if (sources.has(node)) {
      rest.unshift(given(node, "argument"));
      continue;
    }
    const rules = c.externalHub(node) === node ? rulesOf(c.externalNumber(node)) : undefined;
    if (rules !== undefined) computed.push(...(rules.residuals?.() ?? []));
    else if (c.externalOwn(node) > 0) computed.push(residualAt(node, names));
    for (let i = 0, n = c.externalInputs(node); i < n; i++) {
      const input = c.externalBase(c.programInput(node, i));
      if (met.has(input) || c.tensorSize(input) < 2) continue;
      met.add(input);
      rest.push(given(input, "constant"));
    }
  }
  return [...computed, ...rest];
}
