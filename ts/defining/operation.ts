// A user's operation at work: its value, plain or example by example, and its rules.
import type { Tensor } from "../tensor.js";
import { add, stack } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import type { OpContext, OpDefinition } from "../defining.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import { live } from "../level.js";
import { recorder } from "../recording.js";
import { mapTree } from "../tree.js";
import { callThrough, type Called, type Rules } from "../transforms/external.js";
import { fillHoles, filled, holesIn, matched, slopesIn } from "../transforms/places.js";
import { checkResult, resultTensor } from "../transforms/scope.js";
import * as wasm from "../wasm.js";
import { checkRules } from "./check.js";

/** All levels that can be differentiated. */
const LEVELS = 0x7fffffff;

/** Trees with something else in the place of each tensor of the first ones. */
function replaceTensors(tree: unknown, change: (x: Tensor) => unknown): unknown {
  return mapTree(tree, (leaf) => (isHandle(leaf) ? change(leaf) : leaf));
}

/** An operation of a user, which calls go through. */
export class Operation {
  private readonly it: OpDefinition;
  private readonly rules: Rules;
  private checked: boolean;

  constructor(definition: OpDefinition) {
    this.it = definition;
    this.checked = definition.check !== true;
    const { vjp, jvp, linear, ops, name } = definition;
    const none = (): never => {
      throw new Error(
        `${name}: has no derivative${forward ? " in reverse mode" : ""}: give defineOp a vjp` +
          (forward ? "" : ", a jvp or differentiable: false"),
      );
    };
    const forward = jvp !== undefined || linear === true;
    // A rule that calls the operation itself can be transposed only where operations do that.
    const byItself = jvp === undefined || (Array.isArray(jvp) && jvp.includes("same"));
    const rules: Rules = {
      who: name,
      forward: (args) => {
        const value = this.call(args);
        return { value, saved: this.keep(args, value) };
      },
      save: (args) => this.keep(args, this.call(args)),
    };
    if (vjp !== undefined) rules.pull = (saved, gs, called) => this.pull(saved, gs, called);
    else if (!forward || (byItself && ops !== true)) rules.pull = none;
    if (forward) rules.push = (saved, ts, called) => this.push(saved, ts, called);
    this.rules = rules;
  }

  call(args: readonly unknown[]): unknown {
    const { vjp, jvp, linear, ops, differentiable, forward } = this.it;
    if (differentiable === false) return this.value(args);
    if (ops === true && vjp === undefined && jvp === undefined && linear !== true) {
      return forward(...args) as unknown;
    }
    const through = callThrough(this.rules, args, []);
    if (through === undefined) return this.value(args);
    if (!this.checked && live.batch === 0 && recorder.now === undefined) this.check(args);
    return through.value;
  }

  /** Compares the rules with finite differences, once. */
  private check(args: readonly unknown[]): void {
    this.checked = true;
    try {
      checkRules(this.it.name, args, (xs) => this.call(xs));
    } catch (error) {
      this.checked = false;
      throw error;
    }
  }

  // --- the value ---

  private value(args: readonly unknown[]): unknown {
    const { forward, ops, name } = this.it;
    const c = wasm.core();
    if (ops === true) {
      const peel = (x: Tensor) => tensorOf(() => c.externalPeel(slot(x), LEVELS), name);
      return this.constant(forward(...args.map((arg) => replaceTensors(arg, peel))));
    }
    // Other calls of a compiled function would not see what happens here.
    if (recorder.now !== undefined) recorder.now.isOpen = true;
    const sizes = this.batchSizes(args);
    const plain = (x: Tensor) => tensorOf(() => c.externalPlain(slot(x)), name);
    if (sizes.length === 0) {
      return this.constant(forward(...args.map((arg) => replaceTensors(arg, plain))));
    }
    const axes = new Map<Tensor, number>();
    const inside = args.map((arg) =>
      replaceTensors(arg, (x) => {
        const y = plain(x);
        axes.set(y, c.tensorBatch(slot(x)));
        return y;
      }),
    );
    const flat =
      this.it.vmap === undefined ? this.loop(inside, axes, sizes) : this.batch(inside, axes, sizes);
    return mapTree(flat, (leaf) => tensorOf(() => c.externalFramed(slot(leaf as Tensor)), name));
  }

  /** A result as constant tensors. */
  private constant(out: unknown): unknown {
    const { name } = this.it;
    checkResult(out, name);
    const c = wasm.core();
    return mapTree(out, (leaf) => {
      const y = resultTensor(leaf, name);
      if ((c.tensorMask(slot(y)) & c.recording() & LEVELS) === 0) return y;
      throw new Error(
        `${name}: forward uses a tensor that is being differentiated but is no argument; pass it as one`,
      );
    });
  }

  /** Sizes of the batch axes that some argument has; 1 where none is mapped. */
  private batchSizes(args: readonly unknown[]): number[] {
    const c = wasm.core();
    let most = 0;
    mapTree(args, (leaf) => {
      if (isHandle(leaf)) most = Math.max(most, c.tensorBatch(slot(leaf)));
      return leaf;
    });
    if (most === 0) return [];
    const sizes = new Array<number>(c.batchDepth()).fill(1);
    mapTree(args, (leaf) => {
      if (!isHandle(leaf)) return leaf;
      const own = c.tensorBatch(slot(leaf));
      const plain = tensorOf(() => c.externalPlain(slot(leaf)), this.it.name);
      plain.shape.slice(0, own).forEach((size, i) => (sizes[i] = Math.max(sizes[i]!, size)));
      if (plain.shape.slice(0, own).includes(0)) sizes.fill(0);
      return leaf;
    });
    return sizes;
  }

  /** One example after the other. */
  private loop(
    args: readonly unknown[],
    axes: ReadonlyMap<Tensor, number>,
    sizes: readonly number[],
  ): unknown {
    const count = sizes.reduce((a, b) => a * b, 1);
    if (count === 0) throw new RangeError(`${this.it.name}: vmap of no examples needs a vmap rule`);
    const results: Tensor[][] = [];
    let form: unknown;
    for (let i = 0; i < count; i++) {
      const at: number[] = [];
      for (let rest = i, k = sizes.length - 1; k >= 0; rest = Math.floor(rest / sizes[k]!), k--) {
        at[k] = rest % sizes[k]!;
      }
      const example = (x: Tensor) => {
        const { shape } = x;
        const place = at.slice(0, axes.get(x)).map((n, k) => (shape[k] === 1 ? 0 : n));
        return place.length === 0 ? x : x.slice(place);
      };
      form = this.constant(this.it.forward(...args.map((arg) => replaceTensors(arg, example))));
      let next = 0;
      mapTree(form, (leaf) => (results[next++] ??= []).push(leaf as Tensor));
    }
    let next = 0;
    return mapTree(form, () => {
      const list = results[next++]!;
      return stack(list).reshape([...sizes, ...list[0]!.shape]);
    });
  }

  /** All examples at once, by a rule. */
  private batch(
    args: readonly unknown[],
    axes: ReadonlyMap<Tensor, number>,
    sizes: readonly number[],
  ): unknown {
    const { name } = this.it;
    const count = sizes.reduce((a, b) => a * b, 1);
    const mapped: (0 | null)[] = [];
    const whole = args.map((arg, i) => {
      mapped[i] = null;
      const any = { mapped: false };
      mapTree(arg, (leaf) => {
        if (isHandle(leaf) && (axes.get(leaf) ?? 0) > 0) any.mapped = true;
        return leaf;
      });
      if (!any.mapped) return arg;
      mapped[i] = 0;
      return replaceTensors(arg, (x) => {
        const own = axes.get(x) ?? 0;
        const rest = x.shape.slice(own);
        const ones = new Array<number>(sizes.length - own).fill(1);
        return x
          .reshape([...x.shape.slice(0, own), ...ones, ...rest])
          .broadcastTo([...sizes, ...rest])
          .reshape([count, ...rest]);
      });
    });
    const out = this.constant(this.it.vmap!(whole, mapped));
    return mapTree(out, (leaf) => {
      const y = leaf as Tensor;
      if (y.shape[0] !== count) {
        throw new RangeError(
          `${name}: vmap returned shape ${shapeText(y.shape)}, whose first axis is not the batch of ${count}`,
        );
      }
      return y.reshape([...sizes, ...y.shape.slice(1)]);
    });
  }

  // --- the rules ---

  private keep(args: readonly unknown[], output: unknown): unknown {
    const { save, linear } = this.it;
    const holes = linear === true ? holesIn(args) : undefined;
    if (save !== undefined) return { saved: save([...args], output), holes };
    return { inputs: args, output, holes };
  }

  private pull(saved: unknown, gs: readonly Tensor[], called: Called): (Tensor | null)[] {
    const { vjp, name } = this.it;
    const g = slopesIn(called.value, gs, null);
    const context = saved as OpContext;
    const list: unknown = Array.isArray(vjp)
      ? vjp.map((rule) => (rule === null ? null : (rule(g, context) as unknown)))
      : vjp!(g, context);
    checkResult(list, name);
    if (!Array.isArray(list) || list.length !== called.args.length) {
      throw new TypeError(
        `${name}: vjp ${Array.isArray(vjp) ? "has rules for" : "returned cotangents of"} ` +
          `${Array.isArray(list) ? list.length : describe(list)} arguments, the call has ${called.args.length}`,
      );
    }
    const out: (Tensor | null)[] = [];
    called.args.forEach((tree, i) => {
      matched(tree, list[i], name, "cotangent", `argument ${i}`, out);
    });
    return out;
  }

  private push(saved: unknown, ts: readonly Tensor[], called: Called): (Tensor | null)[] {
    const { jvp, name } = this.it;
    const context = saved as OpContext & { holes: unknown[] };
    if (jvp === undefined) {
      let next = 0;
      const args = fillHoles(context.holes, () => ts[next++]) as unknown[];
      return this.tangents(this.again(args), called);
    }
    const along = called.args.map((tree) => slopesIn(tree, ts, null));
    if (!Array.isArray(jvp)) return this.tangents(jvp(along, context), called);
    if (jvp.length !== along.length) {
      throw new TypeError(
        `${name}: jvp has rules for ${jvp.length} arguments, the call has ${along.length}`,
      );
    }
    const sums: (Tensor | null)[] = [];
    jvp.forEach((rule, i) => {
      if (rule === null || !hasPlace(called.args[i])) return;
      const part: unknown =
        rule === "same"
          ? this.again(context.inputs.map((x: unknown, k) => (k === i ? along[i] : x)))
          : rule(along[i], context);
      this.tangents(part, called).forEach((t, k) => {
        const had = sums[k] ?? null;
        sums[k] = had === null ? t : t === null ? had : add(had, t);
      });
    });
    return sums;
  }

  /** The operation on tangents. */
  private again(args: readonly unknown[]): unknown {
    return this.it.ops === true ? (this.it.forward(...args) as unknown) : this.call(args);
  }

  /** Tangents per place of the result. */
  private tangents(given: unknown, called: Called): (Tensor | null)[] {
    checkResult(given, this.it.name);
    const out: (Tensor | null)[] = [];
    matched(called.value, given, this.it.name, "tangent", "the result", out);
    return out;
  }
}

function hasPlace(tree: unknown): boolean {
  let found = false;
  filled(tree, () => (found = true));
  return found;
}
