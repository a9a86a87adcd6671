// Connectionist temporal classification (Graves et al., 2006): labels are read off a sequence that may
// repeat them, with blanks between. The sum over all such sequences is taken by a recursion forward in
// time, in logarithms: −∞ for what cannot be passes no derivative.
import {
  add,
  concatenate,
  divide,
  greater,
  isinf,
  less,
  logicalAnd,
  logsumexp,
  maximum,
  mean,
  negative,
  notEqual,
  stack,
  subtract,
  sum,
  takeAlongAxis,
  where,
} from "../../../build/generated/ops.js";
import { gather, places, toIndex } from "../../along.js";
import { describe, fromData, type TensorLike } from "../../convert.js";
import { full, zeros } from "../../create.js";
import { DType } from "../../../assembly/shared/dtype.js";
import { shapeText } from "../../errors.js";
import { isKnown } from "../../handle.js";
import type { Tensor } from "../../tensor.js";
import { toFloat } from "../options.js";
import { toReduction, type LossOptions } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of ctcLoss. */
export interface CtcOptions extends LossOptions {
  /** The class that stands for no label. Default 0. */
  blank?: number;
  /** Losses that are infinite, since labels do not fit into the input, count 0. Default false. */
  zeroInfinity?: boolean;
}

/** Throws if lengths are known and not within low … high. */
function checkLengths(x: Tensor, high: number, what: string, who: string): void {
  if (!isKnown(x)) return;
  for (const n of x.data()) {
    if (n < 0 || n > high) {
      throw new RangeError(`${who}: ${what} has ${n}, not a length from 0 to ${high}`);
    }
  }
}

/** Lengths [N]. */
function toLengths(x: TensorLike, batch: number, what: string, who: string): Tensor {
  const t = toIndex(typeof x === "number" ? [x] : x, who);
  const flat = t.ndim === 0 ? t.reshape([1]) : t;
  if (flat.ndim === 1 && flat.shape[0] === batch) return flat;
  throw new RangeError(
    `${who}: ${what} has shape ${shapeText(t.shape)}, but there are ${batch} sequences`,
  );
}

/** Labels [N, S], out of those or out of all labels one after the other. */
function toLabels(targets: TensorLike, lengths: Tensor, single: boolean, who: string): Tensor {
  const t = toIndex(targets, who);
  const batch = lengths.shape[0]!;
  if (t.ndim === 2 && t.shape[0] === batch) return t;
  if (t.ndim === 1 && single) return t.expandDims(0);
  if (t.ndim !== 1) {
    throw new RangeError(
      `${who}: targets have shape ${shapeText(t.shape)}, not [${batch}, labels] or [all labels]`,
    );
  }
  const counts = Array.from(lengths.data());
  const all = counts.reduce((a, b) => a + b, 0);
  if (all !== t.shape[0]) {
    throw new RangeError(`${who}: targets are ${t.shape[0]} labels, but targetLengths say ${all}`);
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  let from = 0;
  const at = counts.flatMap((n) => {
    const own = Array.from({ length: most }, (_, i) => (i < n ? from + i : -1));
    from += n;
    return own;
  });
  if (t.shape[0] === 0) return fromData(at, DType.Int32, who).reshape([batch, 0]);
  return gather(t, fromData(at, DType.Int32, who), 0, who).reshape([batch, most]);
}

/** Throws if labels are known and one is blank, or no class. */
function checkLabels(
  labels: Tensor,
  lengths: Tensor,
  classes: number,
  blank: number,
  who: string,
): void {
  if (!isKnown(labels) || !isKnown(lengths)) return;
  const [all, counts] = [labels.data(), lengths.data()];
  const most = labels.shape[1]!;
  counts.forEach((n, i) => {
    for (let k = 0; k < n; k++) {
      const label = all[i * most + k]!;
      if (label === blank) throw new RangeError(`${who}: label ${label} is the blank`);
      if (label < 0 || label >= classes) {
        throw new RangeError(
          `${who}: label ${label} names none of ${classes} classes (0 to ${classes - 1})`,
        );
      }
    }
  });
}

/**
 * −log of the probability that sequences of classes, of which logProbs [T, N, C] holds the logarithms of
 * probabilities, say the labels: targets [N, S], of which the first targetLengths[n] count, or the
 * labels of all sequences one after the other. Of sequence n the first inputLengths[n] steps count. One
 * sequence alone is [T, C] with labels [S]. The mean is that of losses divided by their number of
 * labels. The derivative is that of logProbs themselves, whatever they were made by.
 *
 * @example
 * ```ts
 * ctcLoss([[-Infinity, 0], [0, -Infinity]], [1], 2, 1).item(); // 0
 * ```
 * @throws if shapes and lengths do not suit each other, or a label is blank or no class
 */
export function ctcLoss(
  logProbs: TensorLike,
  targets: TensorLike,
  inputLengths: TensorLike,
  targetLengths: TensorLike,
  options: CtcOptions = {},
): Tensor {
  const who = "ctcLoss";
  checkOptions(options, who, "blank zeroInfinity reduction");
  const reduction = toReduction(options, who);
  const given = toFloat(logProbs, who);
  if (given.ndim !== 2 && given.ndim !== 3) {
    throw new RangeError(
      `${who}: logProbs has shape ${shapeText(given.shape)}, not [steps, batch, classes] or [steps, classes]`,
    );
  }
  const single = given.ndim === 2;
  const x = single ? given.expandDims(1) : given;
  const [steps, batch, classes] = x.shape as [number, number, number];
  const { blank = 0 } = options;
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new RangeError(
      `${who}: blank ${describe(blank)} names none of ${classes} classes (0 to ${classes - 1})`,
    );
  }
  const inputs = toLengths(inputLengths, batch, "inputLengths", who);
  const lengths = toLengths(targetLengths, batch, "targetLengths", who);
  const labels = toLabels(targets, lengths, single, who);
  checkLengths(inputs, steps, "inputLengths", who);
  checkLengths(lengths, labels.shape[1]!, "targetLengths", who);
  checkLabels(labels, lengths, classes, blank, who);
  const losses = forward(x, labels, inputs, lengths, blank, who);
  const each = options.zeroInfinity === true ? where(isinf(losses), 0, losses) : losses;
  if (reduction === "sum") return sum(each);
  if (reduction === "mean") return mean(divide(each, maximum(lengths, 1).astype(each.dtype)));
  return single ? each.squeeze(0) : each;
}

/** The loss of each sequence. */
function forward(
  x: Tensor,
  labels: Tensor,
  inputs: Tensor,
  lengths: Tensor,
  blank: number,
  who: string,
): Tensor {
  const [steps, batch] = x.shape as [number, number];
  const most = labels.shape[1]!;
  const inside = less(places(most), lengths.expandDims(-1));
  const own = where(inside, labels, blank).astype("int32");
  // Blanks around all labels: blank, label, blank, …, blank.
  const blanks = fromData([[blank]], DType.Int32, who).broadcastTo([batch, 1]);
  const between = own.multiply(0).add(blank);
  const pairs = stack([own, between], -1).reshape([batch, 2 * most]);
  const states = concatenate([blanks, pairs], 1);
  const n = 2 * most + 1;
  // What each state says at each step.
  const said = gather(x, states, 0, who);
  // A state is reached from itself, from the one before it, and, where that is the blank between two
  // different labels, from the label before that.
  const skip = logicalAnd(
    notEqual(states, blank),
    notEqual(states, concatenate([blanks, blanks, states], 1).slice([null, [0, n]])),
  );
  const dark = (width: number): Tensor => full([batch, width], -Infinity, { dtype: x.dtype });
  const finished = (alpha: Tensor): Tensor => {
    const ends = lengths.multiply(2).expandDims(-1);
    const last = takeAlongAxis(alpha, ends, 1);
    const before = takeAlongAxis(alpha, maximum(subtract(ends, 1), 0).astype("int32"), 1);
    const labelled = where(greater(lengths.expandDims(-1), 0), before, -Infinity);
    return negative(logsumexp(concatenate([last, labelled], 1), 1));
  };
  // Before the first step nothing has been said, which is certain if there is nothing to say.
  let alpha = concatenate([zeros([batch, 1], { dtype: x.dtype }), dark(n - 1)], 1);
  for (let t = 0; t < steps; t++) {
    const wide = concatenate([dark(2), alpha], 1);
    const one = wide.slice([null, [1, n + 1]]);
    const two = where(skip, wide.slice([null, [0, n]]), -Infinity);
    const reached = logsumexp(stack([alpha, one, two], -1), -1);
    const next = add(said.slice([t]), reached);
    alpha = where(less(t, inputs.expandDims(-1)), next, alpha);
  }
  return finished(alpha);
}
