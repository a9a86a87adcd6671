// Functions with derivatives of their own, as JAX and TensorFlow have them.
import type { Tensor } from "../tensor.js";
import { describe } from "../convert.js";
import { shapeText } from "../errors.js";
import { isHandle } from "../handle.js";
import { callThrough, type Called, type Rules } from "./external.js";
import { matched, slopesIn } from "./places.js";
import { checkFunction, checkResult, resultTensor } from "./scope.js";
import { checkOptions } from "../options.js";

// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Fn = (...args: any[]) => any;

/** Positions of arguments that are not differentiated, checked. */
function toConstant(given: number | readonly number[] | undefined, who: string): number[] {
  const list = given === undefined ? [] : typeof given === "number" ? [given] : [...given];
  for (const n of list) {
    if (!Number.isInteger(n) || n < 0) {
      throw new RangeError(`${who}: nondiffArgnums names argument ${n}; arguments count from 0`);
    }
  }
  return list;
}

/** Arguments that are differentiated, and those that are not. */
function split<T>(list: readonly T[], constant: readonly number[]): [T[], T[]] {
  return [
    list.filter((_, i) => !constant.includes(i)),
    list.filter((_, i) => constant.includes(i)),
  ];
}

/** The two parts of what a rule returned. */
function pairOf(out: unknown, who: string, what: string, parts: string): [unknown, unknown] {
  checkResult(out, who);
  if (!Array.isArray(out) || out.length !== 2) {
    throw new TypeError(`${who}: ${what} returns ${parts}, not ${described(out)}`);
  }
  return [out[0], out[1]];
}

function described(out: unknown): string {
  return Array.isArray(out) ? `a list of ${out.length}` : describe(out);
}

/** Cotangents per place from a list with one per argument. */
function cotangentsOf(list: unknown, called: Called, who: string, what: string): (Tensor | null)[] {
  const args = called.args.filter((tree) => tree !== undefined);
  checkResult(list, who);
  if (!Array.isArray(list) || list.length !== args.length) {
    throw new TypeError(
      `${who}: ${what} returns a list of ${args.length} cotangents, one per argument, not ` +
        described(list),
    );
  }
  const out: (Tensor | null)[] = [];
  let next = 0;
  called.args.forEach((tree, i) => {
    if (tree !== undefined) matched(tree, list[next++], who, "cotangent", `argument ${i}`, out);
  });
  return out;
}

/** Which arguments are not differentiated. */
export interface CustomOptions {
  /**
   * Positions of arguments that the rule takes as they are: they come first when the rule is called.
   * Default none.
   */
  nondiffArgnums?: number | readonly number[];
}

/** A reverse rule in two halves. */
export interface CustomVjp extends CustomOptions {
  /** Called with f's arguments: `[y, residuals]`, where residuals is any tree that `bwd` needs. */
  fwd: Fn;
  /**
   * `bwd(...nondiff, residuals, g)`: the list of cotangents, one per differentiated argument and in its
   * form, for the cotangent g of the result. null stands for zeros.
   */
  bwd: Fn;
}

/**
 * f with a reverse rule of its own. Where a transform differentiates the result, `fwd` is called in the
 * place of f, and when its backward pass comes to the call, `bwd`. The rule holds for the innermost
 * transform that the arguments depend on; those outside differentiate what `fwd` and `bwd` do, so
 * derivatives of every order follow (let `fwd` call the function that customVjp returns where the rule
 * is to hold for all of them). Forward mode transposes `bwd`, which is linear in g. Inside `vmap`, both
 * see one example.
 *
 * Arguments are trees; what is no float tensor has no derivative. g has the form of the result, with
 * null in the place of whatever has no derivative.
 *
 * @example
 * ```ts
 * const clipped = customVjp((x) => x, {
 *   fwd: (x) => [x, null],
 *   bwd: (_, g) => [clip(g, -1, 1)],
 * });
 * grad((x) => multiply(5, clipped(x)))(2); // 1
 * ```
 * @throws if f uses a tensor that is being differentiated but is no argument, or a cotangent does not
 * have the form of its argument
 */
export function customVjp<F extends Fn>(f: F, rule: CustomVjp): F {
  const who = "customVjp";
  checkFunction(f, who);
  checkOptions(rule ?? null, who, "fwd bwd nondiffArgnums");
  checkFunction(rule.fwd, who);
  checkFunction(rule.bwd, who);
  const constant = toConstant(rule.nondiffArgnums, who);
  const forward = (args: readonly unknown[]) => {
    const [value, residuals] = pairOf(rule.fwd(...args), who, "fwd", "[y, residuals]");
    return { value, saved: { residuals, fixed: split(args, constant)[1] } };
  };
  const rules: Rules = {
    who,
    forward,
    save: (args) => forward(args).saved,
    pull: (saved, cotangents, called) => {
      const { residuals, fixed } = saved as { residuals: unknown; fixed: unknown[] };
      const g = slopesIn(called.value, cotangents, null);
      return cotangentsOf(rule.bwd(...fixed, residuals, g), called, who, "bwd");
    },
  };
  return ((...args: unknown[]) => {
    const through = callThrough(rules, args, constant);
    return through === undefined ? (f(...args) as unknown) : through.value;
  }) as F;
}

/**
 * f with a forward rule of its own: `rule(...nondiff, primals, tangents)` gives `[y, dy]`, where primals
 * and tangents are lists of arguments and dy is linear in the tangents. (What is no float tensor has
 * the tangent 0; null in dy stands for zeros.) Reverse mode transposes the rule. It holds for all
 * transforms: those outside differentiate dy, and f by the rule again. Inside `vmap` it sees one example.
 *
 * @example
 * ```ts
 * const log1pexp = customJvp(
 *   (x) => log1p(exp(x)),
 *   ([x], [dx]) => [log1pexp(x), multiply(dx, sigmoid(x))],
 * );
 * grad(log1pexp)(1000); // 1, where exp(1000) overflows
 * ```
 * @throws if f uses a tensor that is being differentiated but is no argument, or dy does not have the
 * form of the result
 */
export function customJvp<F extends Fn>(f: F, rule: Fn, options?: CustomOptions): F {
  const who = "customJvp";
  checkOptions(options, who, "nondiffArgnums");
  checkFunction(f, who);
  checkFunction(rule, who);
  const constant = toConstant(options?.nondiffArgnums, who);
  const rules: Rules = {
    who,
    forward: (args) => ({ value: call(...args), saved: args }),
    save: (args) => args,
    push: (saved, tangents, called) => {
      const [primals, fixed] = split(saved as unknown[], constant);
      const along = split(called.args, constant)[0].map((tree) => slopesIn(tree, tangents, 0));
      const [, dy] = pairOf(rule(...fixed, primals, along), who, "the rule", "[y, dy]");
      const out: (Tensor | null)[] = [];
      matched(called.value, dy, who, "tangent", "the result", out);
      return out;
    },
  };
  const call = (...args: unknown[]): unknown => {
    const through = callThrough(rules, args, constant);
    return through === undefined ? (f(...args) as unknown) : through.value;
  };
  return call as F;
}

/**
 * A function that brings its pullback along: f returns `[y, pullback]`, where pullback(g) gives the
 * cotangents of the arguments for the cotangent g of y: a list, or, of a single argument, just that.
 * Everything else is as in `customVjp`. Where the transform around the call has ended by then, f is called
 * again for it.
 *
 * @example
 * ```ts
 * const log1pexp = customGradient((x) => {
 *   const e = exp(x);
 *   return [log1p(e), (g) => multiply(g, subtract(1, divide(1, add(1, e))))];
 * });
 * grad(log1pexp)(100); // 1
 * ```
 * @throws as customVjp does
 */
export function customGradient<A extends readonly unknown[], R>(
  f: (...args: A) => [R, Fn],
): (...args: A) => R {
  const who = "customGradient";
  checkFunction(f, who);
  const parts = (args: readonly unknown[]) => {
    const [value, pullback] = pairOf(f(...(args as A)), who, "the function", "[y, pullback]");
    checkFunction(pullback, who);
    return { value, saved: pullback };
  };
  const rules: Rules = {
    who,
    forward: parts,
    closed: true,
    save: (args) => parts(args).saved,
    pull: (pullback, cotangents, called) => {
      const out: unknown = (pullback as Fn)(slopesIn(called.value, cotangents, null));
      const alone = called.args.length === 1 && !Array.isArray(out);
      return cotangentsOf(alone ? [out] : out, called, who, "the pullback");
    },
  };
  return (...args) => {
    const through = callThrough(rules, args, []);
    return (through === undefined ? parts(args).value : through.value) as R;
  };
}

/**
 * The value of f and the derivative of the identity, in both modes and for all transforms: for
 * rounding, thresholds and whatever else has the derivative 0 almost everywhere. Values that are no
 * floats take the dtype of the argument.
 *
 * @example
 * ```ts
 * grad((x) => straightThrough(round)(multiply(x, x)))(1.5); // 3
 * ```
 * @throws if the result does not have the shape of the argument
 */
export function straightThrough(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  const who = "straightThrough";
  checkFunction(f, who);
  const valueOf = (x: Tensor): Tensor => {
    const out: unknown = f(x);
    checkResult(out, who);
    const y = resultTensor(out, who);
    if (!isHandle(x)) return y;
    if (shapeText(y.shape) !== shapeText(x.shape)) {
      throw new RangeError(
        `${who}: the function returned shape ${shapeText(y.shape)} for an argument of shape ` +
          shapeText(x.shape),
      );
    }
    return y.dtype === x.dtype ? y : y.astype(x.dtype);
  };
  const rules: Rules = {
    who,
    forward: (args) => ({ value: call(args[0] as Tensor), saved: null }),
    save: () => null,
    pull: (_, cotangents) => [...cotangents],
    push: (_, tangents) => [...tangents],
  };
  const call = (x: Tensor): Tensor => {
    const through = callThrough(rules, [x], []);
    return through === undefined ? valueOf(x) : (through.value as Tensor);
  };
  return call;
}
