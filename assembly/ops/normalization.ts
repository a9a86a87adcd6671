// Normalisation of lines to mean 0 and variance 1, which is the gradient of n · √(variance + eps): its
// derivatives of every order are symmetric, and both modes share them. A cotangent (tangent) of 0
// gives 0 whatever it meets. `perm` holds eps.
import { Family } from "../shared/family";
import { DType } from "../shared/dtype";
import { dtypeOf, inputOf, permOf, Tensor } from "../tensor/node";
import { centre, projected, scaled } from "../kernels/normalize";
import { endGroup, groupLines, Line, lineLength, NUMBERS } from "../kernels/lines";
import { opCode, Trait } from "../tape/rows";
import {
  add,
  constant,
  divide,
  maskedMultiply,
  Multiply,
  negative,
  sqrt,
  square,
  subtract,
} from "./arithmetic";
import {
  fold,
  lineAxes,
  lineOp,
  lineOp2,
  lineRow,
  meanLines,
  numberAt,
  setNumber,
  withNumber,
} from "./families/lines";
import { sumLike } from "./movement";
import { Sum } from "./reduction";

const MEAN: u32 = NUMBERS;
const SCALE: u32 = NUMBERS + 1;
const PART: u32 = NUMBERS + 2;

function epsOf(node: Tensor): f64 {
  return reinterpret<f64>(permOf(node));
}

/** (x - mean) / √(variance + eps) of lines along the last axes. */
export function normalize(x: Tensor, axes: u32, eps: f64): Tensor {
  return lineOp(opCode<Normalize>(), x, axes, reinterpret<u64>(eps), false);
}

/** The derivative of `normalize` at x times t. */
function slope(x: Tensor, t: Tensor, axes: u32, eps: f64): Tensor {
  return lineOp2(opCode<NormalizeSlope>(), x, t, axes, reinterpret<u64>(eps));
}

/** MEAN, of the lines in x. */
function means(x: u32, out: u32): void {
  fold<Sum>(x, out);
  for (let k: u32 = 0; k < groupLines(); k++) setNumber(out, k, numberAt(out, k) / lineLength());
}

/** out = x without its mean, SCALE = 1 / √(variance + eps). */
function centred(node: Tensor, out: u32, spare: u32): void {
  means(Line.X, MEAN);
  if (dtypeOf(node) == DType.Float32) centre<f32>(Line.X, MEAN, out, spare);
  else centre<f64>(Line.X, MEAN, out, spare);
  means(spare, SCALE);
  for (let k: u32 = 0; k < groupLines(); k++) {
    setNumber(SCALE, k, 1 / Math.sqrt(numberAt(SCALE, k) + epsOf(node)));
  }
}

/** (x - mean) / √(variance + eps) of each line, the variance a mean of squares. */
class Normalize {
  lines(out: Tensor): void {
    centred(out, Line.Out, Line.Spare);
    withNumber<Multiply>(Line.Out, SCALE, Line.Out);
    endGroup(Line.Out);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return slope(inputOf(node, 0), g, lineAxes(node), epsOf(node));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return slope(inputOf(node, 0), t, lineAxes(node), epsOf(node));
  }
}
lineRow<Normalize>(Family.Inner, 1, Trait.Hidden);

/** r · (t - mean(t) - y · mean(t · y)) with y = `normalize(x)` and r = 1 / √(variance + eps). */
class NormalizeSlope {
  lines(out: Tensor): void {
    centred(out, Line.Spare, Line.Out);
    const single = dtypeOf(out) == DType.Float32;
    if (single) scaled<f32>(Line.Spare, SCALE, Line.Y, Line.Out);
    else scaled<f64>(Line.Spare, SCALE, Line.Y, Line.Out);
    means(Line.Out, PART);
    means(Line.Y, MEAN);
    if (single) projected<f32>(Line.Y, MEAN, Line.Spare, PART, SCALE, Line.Out);
    else projected<f64>(Line.Y, MEAN, Line.Spare, PART, SCALE, Line.Out);
    endGroup(Line.Out);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return sumLike(change(node, g, i), inputOf(node, i)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return change(node, t, i); }
}
lineRow<NormalizeSlope>(Family.Inner, 2, Trait.Hidden);

/**
 * The derivative of a node of `NormalizeSlope` in input i times u. With A(t) = slope(x, t) that in x
 * is -r · (mean(y · u) · A(t) + mean(y · t) · A(u) + y · mean(u · A(t))).
 */
function change(node: Tensor, u: Tensor, i: u32): Tensor {
  const x = inputOf(node, 0);
  const axes = lineAxes(node);
  const eps = epsOf(node);
  const au = slope(x, u, axes, eps);
  if (i) return au;
  const t = inputOf(node, 1);
  const y = normalize(x, axes, eps);
  const first = maskedMultiply(meanLines(maskedMultiply(y, u), axes), node);
  const second = maskedMultiply(meanLines(maskedMultiply(y, t), axes), au);
  const third = maskedMultiply(y, meanLines(maskedMultiply(u, node), axes));
  const variance = meanLines(square(subtract(x, meanLines(x, axes))), axes);
  const deviation = sqrt(add(variance, constant(eps, x)));
  return negative(divide(add(add(first, second), third), deviation));
}
