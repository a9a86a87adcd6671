// Operations that users define: a value computed in any way, and rules for its derivatives.
import { describe } from "./convert.js";
import { Operation } from "./defining/operation.js";
import { checkOptions } from "./options.js";
import { checkFunction } from "./transforms/scope.js";

/* eslint-disable @typescript-eslint/no-explicit-any -- rules are written for tensors and trees of them */

/** What the rules of an operation know of a call. */
export interface OpContext {
  /** The arguments; without `save`. */
  inputs: any[];
  /** The result; without `save`. */
  output: any;
  /** What `save` returned. */
  saved: any;
}

/** An operation to define. */
export interface OpDefinition {
  /** What errors call it. */
  name: string;
  /**
   * The value for plain arguments: their elements may be read (`x.data()`, `x.item()`), and no transform
   * sees what happens. Returns tensors, typed arrays, numbers or trees of them. Called once per example
   * inside vmap, unless there is `vmap` or `ops`.
   */
  forward: (...args: any[]) => any;
  /** `forward` is made of operations of this library: vmap and compile go through it. Default false. */
  ops?: boolean;
  /**
   * The reverse rule: from the cotangent g of the result a list of cotangents, one per argument (null:
   * zeros), or a list of rules, one per argument (null: zeros).
   */
  vjp?: ((g: any, context: OpContext) => any[]) | (((g: any, context: OpContext) => any) | null)[];
  /**
   * The forward rule: from the list of tangents the tangent of the result, or a list of rules, one per
   * argument, for what its tangent contributes; "same": the operation with the tangent in the place of
   * this argument (it is linear in it); null: nothing. Reverse mode is derived from it, but not from
   * "same" unless there is `ops`.
   */
  jvp?:
    | ((tangents: any, context: OpContext) => any)
    | (((t: any, context: OpContext) => any) | "same" | null)[];
  /**
   * The operation is linear in all float arguments together: its own forward rule, from which reverse
   * mode is derived if there is `ops`. Default false.
   */
  linear?: boolean;
  /** false: derivatives are zero, and nothing is recorded. Default true. */
  differentiable?: boolean;
  /**
   * What the rules need, if that is less than arguments and result. Only that is kept then, and they
   * find it in `context.saved`.
   */
  save?: (inputs: any, output: any) => unknown;
  /**
   * The value for a batch: mapped arguments have it as their first axis (axes[i] is 0, else null), and
   * so has each result.
   */
  vmap?: (args: any, axes: (0 | null)[]) => any;
  /** Compare the rules with finite differences when they are first needed. Default false. */
  check?: boolean;
}

type Fn = (...args: any[]) => any;
/* eslint-enable @typescript-eslint/no-explicit-any */

/**
 * An operation of one's own: a value that is computed in any way (by loops over typed arrays, say), with
 * rules for its derivatives, which are written in operations, so that derivatives of every order follow.
 * One mode is derived from the other where only one rule is given; both are linear. Works inside all
 * transforms; a compiled function that calls it runs as it is, unless there is `ops`.
 *
 * @example
 * ```ts
 * const cube = defineOp({
 *   name: "cube",
 *   forward: (x) => tensor(x.data().map((v) => v ** 3)).reshape(x.shape),
 *   vjp: (g, { inputs: [x] }) => [multiply(g, multiply(3, square(x)))],
 * });
 * grad((x) => sum(cube(x)))(tensor([1, 2])).toArray(); // [3, 12]
 * ```
 * @throws if it is differentiated without a rule, a rule gives another form than that of what it belongs
 * to, or (`check`) rules differ from finite differences
 */
export function defineOp<F extends Fn = Fn>(definition: OpDefinition): F {
  const who = "defineOp";
  if (typeof definition !== "object" || definition === null) {
    throw new TypeError(`${who}: needs a definition, not ${describe(definition)}`);
  }
  checkOptions(definition, who, "name forward ops vjp jvp linear differentiable save vmap check");
  if (typeof definition.name !== "string" || definition.name === "") {
    throw new TypeError(`${who}: needs a name, not ${describe(definition.name)}`);
  }
  for (const key of ["forward", "save", "vmap"] as const) {
    if (key === "forward" || definition[key] !== undefined) {
      checkFunction(definition[key], `${who}: ${definition.name}: ${key}`);
    }
  }
  const op = new Operation(definition);
  return ((...args: unknown[]) => op.call(args)) as F;
}
