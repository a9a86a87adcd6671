// Functions along the first axis of a tree: one step after the other, or in a tree of few steps.
import { concatenate, stack } from "../../build/generated/ops.js";
import { toAxis } from "../axes.js";
import { describe } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkFunction, checkResult, leafTensor, resultTensor } from "../transforms/scope.js";
import { vmap } from "../transforms/vmap.js";
import { partsOf } from "../trees/parts.js";
import { TreeStructure } from "../trees/structure.js";
import type { Leaf } from "../tree.js";
import { asTensors, nextCarry, type Inside, type Next } from "./carry.js";
import {
  concatenated,
  elementsOf,
  empty,
  joined,
  noElement,
  returned,
  slicedOf,
  type Returned,
} from "./elements.js";
import { checkSegmented, goesInSegments, inSegments, type Stretch } from "./segments.js";
import { checkOptions } from "../options.js";

/** How to scan. */
export interface ScanOptions {
  /** Number of steps; needed if there is no xs. */
  length?: number;
  /** From the last element to the first; results stand where their elements do. Default false. */
  reverse?: boolean;
  /**
   * How much stays on the tape. true: the steps go in segments, and of each only what it began with and
   * its results y are kept; derivatives compute the rest again, one segment at a time. There are as many
   * segments as take the least memory, about √n. A number: so many steps to a segment. false: all that
   * steps compute stays. By default it stays if that is no more than some 16 MB; longer loops go in segments,
   * but in `compile`, whose programs are unrolled.
   */
  checkpoint?: boolean | number;
}

/**
 * f(carry, x) for each x along the first axis of xs, one after the other: f gives `[carry, y]`, the scan
 * `[last carry, ys]`, with the y stacked along a new first axis. Carry, xs and y are trees (numbers become
 * tensors; xs and y may be null); form, shapes and dtypes of the carry stay the same.
 *
 * For derivatives a long scan does not keep what its steps compute (see `checkpoint` in its options): f is
 * called again for them and must do the same then; tensors that it makes and does not return do not
 * outlive its call. Both modes, any order, and `vmap` go through; inside `compile` the scan is unrolled.
 *
 * @example
 * ```ts
 * const [total, sums] = scan((c, x) => [add(c, x), add(c, x)], 0, tensor([1, 2, 3]));
 * total.item(); // 6
 * sums.toArray(); // [1, 3, 6]
 * ```
 * @throws if first sizes differ, f returns no pair, or it changes form, shape or dtype of the carry
 */
export function scan<const C, X, Y>(
  f: (
    carry: NoInfer<Inside<C>>,
    x: NoInfer<Inside<X>>,
  ) => readonly [carry: Next<NoInfer<Inside<C>>>, y: Y],
  init: C,
  xs: X,
  options?: ScanOptions,
): [carry: Inside<C>, ys: Inside<Y>] {
  const who = "scan";
  checkOptions(options, who, "length reverse checkpoint");
  checkFunction(f, who);
  checkSegmented(options?.checkpoint, who);
  const sliced = slicedOf(xs, options?.length, who);
  const carry = asTensors(init, who) as Inside<C>;
  const step = (c: unknown, x: unknown): [unknown, unknown] => {
    const out: unknown = f(c as Inside<C>, x as Inside<X>);
    checkResult(out, who);
    if (!Array.isArray(out) || out.length !== 2) {
      throw new TypeError(`${who}: the function returns [carry, y], not ${describe(out)}`);
    }
    return [nextCarry(c, out[0], who), out[1] ?? null];
  };
  const { length } = sliced;
  if (length === 0) {
    return [carry, empty(() => step(carry, noElement(sliced, who))[1], who) as Inside<Y>];
  }
  const reverse = options?.reverse === true;
  let first: Returned | undefined;
  const stretch = (from: number, to: number): Stretch => {
    const count = to - from;
    return (start, part) => {
      const elements = elementsOf({ ...sliced, leaves: part as Tensor[], length: count }, who);
      const ys = new Array<unknown>(count);
      let now = start;
      for (let k = 0; k < count; k++) {
        const i = reverse ? count - 1 - k : k;
        [now, ys[i]] = step(now, elements[i]);
        first ??= returned(ys[i], who);
      }
      return [now, joined(ys, first!, who, reverse ? length - to : from)];
    };
  };
  if (length === 1 || !goesInSegments(options?.checkpoint)) {
    return stretch(0, length)(carry, sliced.leaves) as [Inside<C>, Inside<Y>];
  }
  const cut = (data: unknown, lengths: readonly number[]): Tensor[][] => {
    const sizes = reverse ? [...lengths].reverse() : lengths;
    const columns = (data as Tensor[]).map((x) => partsOf(x, sizes));
    const parts = sizes.map((_, i) => columns.map((column) => column[i]!));
    return reverse ? parts.reverse() : parts;
  };
  const loop = { steps: length, stretch, data: sliced.leaves, cut };
  const [last, parts] = inSegments(loop, carry, options?.checkpoint);
  const all = concatenated(reverse ? parts.reverse() : parts, first!, who);
  return [last as Inside<C>, all as Inside<Y>];
}

/** How to map one by one. */
export interface MapOverOptions {
  /** So many elements are mapped together, as `vmap` does it. Default 1: one after the other. */
  batchSize?: number;
}

/**
 * f of each element along the first axis of a tree, one after the other, results stacked. The same as
 * `vmap`, with less memory and with f free to read values and to branch; `batchSize` is between both.
 *
 * @example
 * ```ts
 * mapOver((x) => square(x), tensor([1, 2, 3])).toArray(); // [1, 4, 9]
 * ```
 * @throws if there is no leaf, first sizes differ, or results differ in form, shape or dtype
 */
export function mapOver<X, Y>(
  f: (x: NoInfer<Inside<X>>) => Y,
  xs: X,
  options?: MapOverOptions,
): Inside<Y> {
  const who = "mapOver";
  checkOptions(options, who, "batchSize");
  checkFunction(f, who);
  const sliced = slicedOf(xs, undefined, who);
  const { form, leaves, length } = sliced;
  const size = options?.batchSize ?? 1;
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`${who}: batchSize is ${describe(size)}, not a positive integer`);
  }
  const call = f as (x: unknown) => unknown;
  if (length === 0) return empty(() => call(noElement(sliced, who)), who) as Inside<Y>;
  if (size === 1) {
    const ys = elementsOf(sliced, who).map((x) => {
      const y = call(x);
      checkResult(y, who);
      return y;
    });
    return joined(ys, returned(ys[0], who), who) as Inside<Y>;
  }
  const sizes = Array.from({ length: Math.ceil(length / size) }, (_, i) =>
    Math.min(size, length - i * size),
  );
  const parts = leaves.map((x) => partsOf(x, sizes));
  const chunks = sizes.map((_, i) =>
    vmap(call)(
      form.build(
        parts.map((list) => list[i]),
        who,
      ),
    ),
  );
  const [, outer] = TreeStructure.read(chunks[0]);
  const lists = chunks.map((chunk) => outer.leavesOf(chunk, `${who}: results differ in form`));
  const joint = lists[0]!.map((_, k) =>
    concatenate(
      lists.map((list) => list[k] as Tensor),
      0,
    ),
  );
  return outer.build(joint, who) as Inside<Y>;
}

/** How to scan in a tree. */
export interface AssociativeScanOptions {
  /** The axis along which elements stand. Default 0. */
  axis?: number;
  /** From the last element to the first, which f gets as its first operand. Default false. */
  reverse?: boolean;
}

/**
 * All partial results of an associative function: x₀, f(x₀, x₁), f(f(x₀, x₁), x₂), … along an axis of a
 * tree, in about 2 log₂ n calls. f works on many pairs at once: it gets trees of which the axis is any
 * stretch, and works element by element along it (a matrix product of stacks, say).
 *
 * @example
 * ```ts
 * associativeScan((a, b) => multiply(a, b), tensor([1, 2, 3, 4])).toArray(); // [1, 2, 6, 24]
 * ```
 * @throws if sizes along the axis differ, or f changes form or shape
 */
export function associativeScan<X>(
  f: (a: NoInfer<Inside<X>>, b: NoInfer<Inside<X>>) => Next<NoInfer<Inside<X>>>,
  xs: X,
  options?: AssociativeScanOptions,
): Inside<X> {
  const who = "associativeScan";
  checkOptions(options, who, "axis reverse");
  checkFunction(f, who);
  const [given, form] = TreeStructure.read(xs);
  const leaves = (given as Leaf[]).map((leaf) => leafTensor(leaf, who));
  if (leaves.length === 0) return form.build([], who) as Inside<X>;
  const axes = leaves.map((x) => toAxis(options?.axis ?? 0, x.ndim, who));
  const sizes = leaves.map((x, i) => x.shape[axes[i]!]!);
  if (sizes.some((size) => size !== sizes[0])) {
    throw new RangeError(`${who}: lengths differ: ${sizes.join(", ")}`);
  }
  const cut = (list: readonly Tensor[], start: number | null, stop: number | null, step = 1) =>
    list.map((x, i) => x.slice([...new Array<null>(axes[i]!).fill(null), [start, stop, step]]));
  const combine = (a: readonly Tensor[], b: readonly Tensor[]): Tensor[] => {
    const tree = (list: readonly Tensor[]) => form.build(list, who) as Inside<X>;
    const out: unknown = f(tree(a), tree(b));
    checkResult(out, who);
    const next = form.leavesOf(out, `${who}: the function changed the form`);
    return next.map((leaf, i) => {
      const y = resultTensor(leaf, who);
      if (shapeText(y.shape) === shapeText(a[i]!.shape)) return y;
      throw new TypeError(
        `${who}: the function made ${shapeText(y.shape)} of ${shapeText(a[i]!.shape)}`,
      );
    });
  };
  const interleave = (even: readonly Tensor[], odd: readonly Tensor[], n: number): Tensor[] =>
    even.map((x, i) => {
      const axis = axes[i]!;
      const pairs = n >> 1;
      const whole = n % 2 === 0;
      const [p, q] = whole ? [x, odd[i]!] : [cutOne(x, axis, 0, pairs), odd[i]!];
      const shape = [...p.shape];
      shape[axis] = 2 * pairs;
      const mixed = stack([p, q], axis + 1).reshape(shape);
      return whole ? mixed : concatenate([mixed, cutOne(x, axis, pairs, pairs + 1)], axis);
    });
  const go = (list: readonly Tensor[], n: number): readonly Tensor[] => {
    if (n < 2) return list;
    // Pairs first; what is known of them are the odd results.
    const odd = go(combine(cut(list, 0, n - 1, 2), cut(list, 1, null, 2)), n >> 1);
    const others = cut(list, 2, null, 2);
    const before = n % 2 === 0 ? cut(odd, 0, -1) : odd;
    const first = cut(list, 0, 1);
    const even =
      n === 2 ? first : combine(before, others).map((x, i) => concatenate([first[i]!, x], axes[i]));
    return interleave(even, odd, n);
  };
  const turned = options?.reverse ? cut(leaves, null, null, -1) : leaves;
  const out = go(turned, sizes[0]!);
  return form.build(options?.reverse ? cut(out, null, null, -1) : out, who) as Inside<X>;
}

/** A stretch of one axis. */
function cutOne(x: Tensor, axis: number, start: number, stop: number): Tensor {
  return x.slice([...new Array<null>(axis).fill(null), [start, stop]]);
}
