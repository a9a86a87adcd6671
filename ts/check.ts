// Derivatives against finite differences, in both modes and to any order.
import type { Tensor } from "./tensor.js";
import {
  absolute,
  add,
  divide,
  maximum,
  multiply,
  sin,
  subtract,
  sum,
} from "../build/generated/ops.js";
import { toCount, toList } from "./arguments.js";
import { describe } from "./convert.js";
import { arange } from "./create.js";
import { isLeaf, leavesOf, mapTree } from "./tree.js";
import { checkFunction, leafTensor } from "./transforms/scope.js";
import { jvp, vjp } from "./transforms/products.js";
import { checkOptions } from "./options.js";

/** How to check. */
export interface CheckOptions {
  /** Which modes. Default both. */
  modes?: readonly ("forward" | "reverse")[];
  /** Up to which order of derivatives. Default 2. */
  order?: number;
  /** Step of the central difference. Default 1e-5; 1e-2 if an argument is float32. */
  eps?: number;
  /** Allowed absolute error. Default 1e-6; 1e-3 if an argument is float32. */
  atol?: number;
  /** Allowed relative error. Default 1e-5; 1e-2 if an argument is float32. */
  rtol?: number;
}

type Tree = unknown;
type Fn = (...args: Tree[]) => Tree;

let seed = 0;

/** Numbers in (-1, 1) in the form of a tree: the same ones in every run. */
function direction(tree: Tree): Tree {
  return mapTree(tree, (leaf) => {
    const x = leafTensor(leaf, "checkGrads");
    seed = (seed + 1) % 1000;
    const angles = multiply(arange(x.size, undefined, 1, { dtype: x.dtype }), 2.399963);
    return sin(add(angles, 1.3 * seed + 0.7)).reshape(x.shape);
  });
}

function zip(a: Tree, b: Tree, combine: (x: Tensor, y: Tensor) => Tensor): Tree {
  const others = leavesOf(b);
  let next = 0;
  return mapTree(a, (x) => {
    const y = leafTensor(others[next++]!, "checkGrads");
    return combine(leafTensor(x, "checkGrads"), y);
  });
}

function inner(a: Tree, b: Tree): number {
  const products: number[] = [];
  zip(a, b, (x, y) => {
    products.push(sum(multiply(x, y)).item());
    return x;
  });
  return products.reduce((x, y) => x + y, 0);
}

function moved(args: Tree, along: Tree, by: number): Tree[] {
  return zip(args, along, (x, v) => add(x, multiply(v, by))) as Tree[];
}

/** (f(x + εv) - f(x - εv)) / 2ε */
function difference(f: Fn, args: Tree[], along: Tree, eps: number): Tree {
  const up = f(...moved(args, along, eps));
  const down = f(...moved(args, along, -eps));
  return zip(up, down, (a, b) => divide(subtract(a, b), 2 * eps));
}

/** Throws unless two trees agree. */
function compare(got: Tree, want: Tree, options: Required<CheckOptions>, what: string): void {
  const { atol, rtol } = options;
  zip(got, want, (a, b) => {
    const error = absolute(subtract(a, b));
    const allowed = add(atol, multiply(rtol, maximum(absolute(a), absolute(b))));
    const excess = a.size === 0 ? 0 : divide(error, allowed).max().item();
    if (!(excess <= 1)) {
      throw new Error(
        `checkGrads: ${what} differs from the finite difference: ${String(a)} against ${String(b)}`,
      );
    }
    return a;
  });
}

function check(
  f: Fn,
  args: Tree[],
  order: number,
  options: Required<CheckOptions>,
  path: string,
): void {
  const along = direction(args) as Tree[];
  const want = difference(f, args, along, options.eps);
  if (options.modes.includes("forward")) {
    const [, got] = jvp(f, args as never, along as never);
    compare(got, want, options, `the jvp${path}`);
  }
  if (options.modes.includes("reverse")) {
    const [y, pullback] = vjp(f, ...(args as never[]));
    const cotangent = direction(y);
    const back = pullback(cotangent) as Tree;
    const [got, expected] = [inner(back, along), inner(cotangent, want)];
    const allowed = options.atol + options.rtol * Math.max(Math.abs(got), Math.abs(expected));
    if (!(Math.abs(got - expected) <= allowed * Math.max(1, leavesOf(args).length))) {
      throw new Error(
        `checkGrads: the vjp${path} differs from the finite difference: ⟨g, J v⟩ is ${expected}, ` +
          `⟨Jᵀ g, v⟩ is ${got}`,
      );
    }
    pullback.dispose();
    if (order > 1) {
      const again: Fn = (...inputs) => {
        const [, pull] = vjp(f, ...(inputs as never[]));
        return pull(cotangent);
      };
      check(again, args, order - 1, options, ` of the vjp${path}`);
    }
  }
  if (order > 1 && options.modes.includes("forward")) {
    const again: Fn = (...inputs) => jvp(f, inputs as never, along as never)[1];
    check(again, args, order - 1, options, ` of the jvp${path}`);
  }
}

/**
 * Compares the derivatives of f at `args` with central differences: jvp along a direction, vjp
 * through the inner product, and the same for the derivatives themselves up to `order`. Numbers and
 * float64 tensors make sharp checks, float32 ones coarse ones.
 *
 * @example
 * ```ts
 * checkGrads((x) => sin(multiply(x, x)), [0.7], { order: 3 });
 * ```
 * @throws an error that names the first derivative that is off
 */
export function checkGrads(
  // `any`: parameters of an unannotated callback get no type otherwise.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  f: (...args: any[]) => unknown,
  args: readonly unknown[],
  options?: CheckOptions,
): void {
  checkOptions(options, "checkGrads", "modes order eps atol rtol");
  against("checkGrads", f, args, options);
}

function against(
  who: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: CheckOptions | undefined,
): void {
  checkFunction(f, who);
  const list = toList(args, "the list of arguments", who).map((arg) =>
    mapTree(arg, (leaf) => leafTensor(leaf, who), who),
  );
  const coarse = leavesOf(list).some((x) => (x as Tensor).dtype === "float32");
  const full: Required<CheckOptions> = {
    modes: options?.modes ?? ["forward", "reverse"],
    order: options?.order ?? 2,
    eps: options?.eps ?? (coarse ? 1e-2 : 1e-5),
    atol: options?.atol ?? (coarse ? 1e-3 : 1e-6),
    rtol: options?.rtol ?? (coarse ? 1e-2 : 1e-5),
  };
  toList(full.modes, "modes", who);
  toCount(full.order, "order", who, 1, 10);
  for (const key of ["eps", "atol", "rtol"] as const) {
    if (typeof full[key] === "number" && full[key] >= 0) continue;
    throw new RangeError(`${who}: ${key} is ${describe(full[key])}, not a number from 0 up`);
  }
  seed = 0;
  const fn: Fn = (...inputs) => {
    const y = f(...(inputs as never[]));
    return mapTree(y, (leaf) => (isLeaf(leaf) ? leafTensor(leaf, who) : leaf));
  };
  check(fn, list, full.order, full, "");
}

/**
 * As {@link checkGrads}, reverse mode alone and first derivatives: ⟨g, J v⟩ by differences against
 * ⟨Jᵀ g, v⟩. (HIPS check_vjp.)
 *
 * @example
 * ```ts
 * checkVjp((x) => sin(multiply(x, x)), [0.7]);
 * ```
 * @throws an error that says by how much it is off
 */
export function checkVjp(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  f: (...args: any[]) => unknown,
  args: readonly unknown[],
  options?: Omit<CheckOptions, "modes">,
): void {
  checkOptions(options, "checkVjp", "order eps atol rtol");
  against("checkVjp", f, args, { order: 1, ...options, modes: ["reverse"] });
}

/**
 * As {@link checkGrads}, forward mode alone and first derivatives: J v against a difference. (HIPS
 * check_jvp.)
 *
 * @example
 * ```ts
 * checkJvp((x) => sin(multiply(x, x)), [0.7]);
 * ```
 * @throws an error that shows both
 */
export function checkJvp(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  f: (...args: any[]) => unknown,
  args: readonly unknown[],
  options?: Omit<CheckOptions, "modes">,
): void {
  checkOptions(options, "checkJvp", "order eps atol rtol");
  against("checkJvp", f, args, { order: 1, ...options, modes: ["forward"] });
}
