// Softmax, its logarithm, and the logarithm of a sum of exponentials. The largest element of a line is
// taken out first, so that nothing overflows. A cotangent (tangent) of 0 gives 0 whatever it meets.
import { Family } from "../shared/family";
import { attrOf, inputOf, Tensor } from "../tensor/node";
import { clearLine, dropOne, endGroup, groupLines, Line, NUMBERS } from "../kernels/lines";
import { familyOf, opCode, Trait } from "../tape/rows";
import {
  Add,
  maskedMultiply,
  MaskedMultiply,
  Multiply,
  negative,
  Reciprocal,
  subtract,
  Subtract,
} from "./arithmetic";
import {
  alongLines,
  fold,
  lastAxes,
  lineAxes,
  lineOp,
  lineOp2,
  lineRow,
  map,
  numberAt,
  pair,
  setNumber,
  sumLines,
  withNumber,
} from "./families/lines";
import { insertAxes, sumLike } from "./movement";
import { Max, Sum, sumAxes } from "./reduction";
import { exp, Exp, Log1p } from "./transcendental";

/** Lines of -∞ alone give 0: then the result is the derivative of `logsumexp` everywhere. */
const EMPTY: u32 = 1 << 8;

// Numbers of lines: the largest element, the sum of exponentials, its logarithm.
const LARGEST: u32 = NUMBERS;
const TOTAL: u32 = NUMBERS + 1;
const LOGARITHM: u32 = NUMBERS + 2;

/** shifted = x - max(x) and its exponentials, whose sum is put into TOTAL. */
function exponentials(shifted: u32, out: u32): void {
  fold<Max>(Line.X, LARGEST);
  withNumber<Subtract>(Line.X, LARGEST, shifted);
  map<Exp>(shifted, out);
  fold<Sum>(out, TOTAL);
}

/** shifted = x - max(x), and the logarithm of its exponentials' sum: 1, for one of the largest, and what the others add. */
function logarithm(shifted: u32, out: u32): void {
  fold<Max>(Line.X, LARGEST);
  withNumber<Subtract>(Line.X, LARGEST, shifted);
  map<Exp>(shifted, out);
  for (let k: u32 = 0; k < groupLines(); k++) dropOne(out, k);
  fold<Sum>(out, TOTAL);
  map<Log1p>(TOTAL, LOGARITHM);
}

/** Σ x · y along lines, which stay with size 1. */
function dot(x: Tensor, y: Tensor, axes: u32): Tensor {
  return sumLines(maskedMultiply(x, y), axes);
}

/** t - Σ t · p. */
function deviation(t: Tensor, p: Tensor, axes: u32): Tensor {
  return subtract(t, dot(t, p, axes));
}

/**
 * exp(x) / Σ exp(x) along axes, the last one by default. Where all is -∞, or +∞ is among it, the
 * result is NaN, as in torch.
 *
 * @example
 * ```ts
 * softmax([0, 1]); // Tensor(float32) [0.268941, 0.731059]
 * ```
 */
class Softmax {
  lines(out: Tensor): void {
    exponentials(Line.Out, Line.Out);
    map<Reciprocal>(TOTAL, TOTAL);
    withNumber<Multiply>(Line.Out, TOTAL, Line.Out);
    for (let k: u32 = 0; attrOf(out) & EMPTY && k < groupLines(); k++) {
      if (numberAt(LARGEST, k) == -Infinity) clearLine(Line.Out, k);
    }
    endGroup(Line.Out);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return softmaxSlope(node, g, lineAxes(node)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return softmaxSlope(node, t, lineAxes(node)); }
}
lineRow<Softmax>(Family.Lines, 1);

function softmaxSlope(y: Tensor, t: Tensor, axes: u32): Tensor {
  return lineOp2(opCode<SoftmaxSlope>(), y, t, axes, 0);
}

/** a · (t - Σ t · y) - p · Σ q · a: the change of `node` with its y, which changes by a. */
function withProbabilities(node: Tensor, a: Tensor, p: Tensor, q: Tensor): Tensor {
  const axes = lineAxes(node);
  const inner = maskedMultiply(a, deviation(inputOf(node, 1), inputOf(node, 0), axes));
  return subtract(inner, maskedMultiply(p, dot(q, a, axes)));
}

/** y · (t - Σ t · y): softmax's derivative, a symmetric matrix, times t; y = softmax(x). */
class SoftmaxSlope {
  lines(out: Tensor): void {
    pair<MaskedMultiply>(Line.Y, Line.X, Line.Spare);
    fold<Sum>(Line.Spare, TOTAL);
    withNumber<Subtract>(Line.Y, TOTAL, Line.Spare);
    pair<MaskedMultiply>(Line.X, Line.Spare, Line.Out);
    endGroup(Line.Out);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const y = inputOf(node, 0);
    const t = inputOf(node, 1);
    if (i) return sumLike(softmaxSlope(y, g, lineAxes(node)), t);
    return sumLike(withProbabilities(node, g, t, y), y);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const y = inputOf(node, 0);
    return i ? softmaxSlope(y, t, lineAxes(node)) : withProbabilities(node, t, y, inputOf(node, 1));
  }
}
lineRow<SoftmaxSlope>(Family.Inner, 2, Trait.Hidden);

/**
 * log(softmax(x)) along axes, the last one by default, without loss of digits where it is near 0.
 *
 * @example
 * ```ts
 * logSoftmax([0, 1]); // Tensor(float32) [-1.313262, -0.313262]
 * ```
 */
class LogSoftmax {
  lines(out: Tensor): void {
    logarithm(Line.Out, Line.Spare);
    withNumber<Subtract>(Line.Out, LOGARITHM, Line.Out);
    endGroup(Line.Out);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return logSoftmaxBack(node, g, lineAxes(node)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return deviation(t, exp(node), lineAxes(node)); }
}
lineRow<LogSoftmax>(Family.Lines, 1);

function logSoftmaxBack(y: Tensor, g: Tensor, axes: u32): Tensor {
  return lineOp2(opCode<LogSoftmaxBack>(), y, g, axes, 0);
}

/** g - exp(y) · Σ g: logSoftmax's derivative, transposed, times g; y = logSoftmax(x). */
class LogSoftmaxBack {
  lines(out: Tensor): void {
    map<Exp>(Line.X, Line.Spare);
    fold<Sum>(Line.Y, TOTAL);
    withNumber<MaskedMultiply>(Line.Spare, TOTAL, Line.Spare);
    pair<Subtract>(Line.Y, Line.Spare, Line.Out);
    endGroup(Line.Out);
  }
  vjp(node: Tensor, h: Tensor, i: u32): Tensor {
    const x = inputOf(node, i);
    const change = i ? deviation(h, exp(inputOf(node, 0)), lineAxes(node)) : curve(node, h);
    return sumLike(change, x);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return i ? logSoftmaxBack(inputOf(node, 0), t, lineAxes(node)) : curve(node, t);
  }
}
lineRow<LogSoftmaxBack>(Family.Inner, 2, Trait.Hidden);

/** -u · exp(y) · Σ g. */
function curve(node: Tensor, u: Tensor): Tensor {
  const total = sumLines(inputOf(node, 1), lineAxes(node));
  return negative(maskedMultiply(u, maskedMultiply(exp(inputOf(node, 0)), total)));
}

/**
 * log(Σ exp(x)) over axes. Of -∞ alone, and of nothing, it is -∞ with derivative 0; where +∞ is among
 * x it is +∞, with derivative NaN.
 *
 * @example
 * ```ts
 * logsumexp([1000, 1000]); // Tensor(float32) 1000.6932
 * ```
 */
class Logsumexp {
  lines(out: Tensor): void {
    logarithm(Line.Spare, Line.Spare);
    pair<Add>(LOGARITHM, LARGEST, TOTAL);
    // Of infinities the largest element is the result: ∞ - ∞ was no number.
    for (let k: u32 = 0; k < groupLines(); k++) {
      const most = numberAt(LARGEST, k);
      if (abs(most) == Infinity) setNumber(TOTAL, k, most);
    }
    endGroup(TOTAL);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const x = inputOf(node, 0);
    const open = insertAxes(g, lastAxes(x, lineAxes(node)));
    return maskedMultiply(open, probabilities(node));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const x = inputOf(node, 0);
    return sumAxes(maskedMultiply(t, probabilities(node)), lastAxes(x, lineAxes(node)), false);
  }
}
lineRow<Logsumexp>(Family.Reduction, 1);

function probabilities(node: Tensor): Tensor {
  return lineOp(opCode<Softmax>(), inputOf(node, 0), lineAxes(node) | EMPTY, 0, false);
}

/** Calls softmax, logSoftmax or logsumexp by its op code. */
export function softmaxRow(op: u32, x: Tensor, mask: u32, keepdims: bool): Tensor {
  return alongLines(op, x, mask, op == opCode<Logsumexp>(), keepdims);
}

/** True for the op codes that `softmaxRow` calls. */
export function isSoftmax(op: u32): bool {
  return familyOf(op) == Family.Lines || op == opCode<Logsumexp>();
}
