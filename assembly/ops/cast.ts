// Between dtypes, and the identity.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import {
  dimsOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  maskOf,
  isPending,
  newNode,
  newPending,
  newView,
  rankOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { cast as castKernel } from "../kernels/copy";
import { loadNumber } from "../kernels/number";
import { number } from "../tape/constants";
import { record1, recordView, valueOf } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { waits } from "../tape/schedule";
import { row } from "./families/linear";

/** x in another dtype; x itself if it has it. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (!x || dtypeOf(x) == dtype) return x;
  if (hasFlag(x, Flag.Weak) && !maskOf(x) && !rankOf(x)) {
    return number(loadNumber(valueOf(x), dtypeOf(x)), dtype);
  }
  const out = waits(dtype, rankOf(x), dimsOf(x), isPending(x))
    ? newPending(dtype, rankOf(x), dimsOf(x))
    : newNode(dtype, rankOf(x), dimsOf(x));
  return record1(out, opCode<Astype>(), x);
}

/** Another node with x's value that passes derivatives on. */
export function alias(x: Tensor): Tensor {
  if (!x) return 0;
  return recordView(newView(x, rankOf(x), dimsOf(x), stridesOf(x), valueOf(x)), opCode<Alias>(), x);
}

/**
 * x in another dtype. Floats turned integer lose their fraction; the derivative passes between floats.
 *
 * @example
 * ```ts
 * astype([1.5, -2.5], "int32").toArray(); // [1, -2]
 * ```
 */
class Astype {
  run(out: Tensor): void { castKernel(inputOf(out, 0), out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return cast(g, dtypeOf(inputOf(node, 0))); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return cast(t, dtypeOf(node)); }
}
row<Astype>(Family.Cast, 1);

/** x itself, as a node of its own. */
export class Alias {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return g; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return t; }
}
row<Alias>(Family.Inner, 1, Trait.Hidden);

/** The op code of Alias. */
export function aliasCode(): u32 {
  return opCode<Alias>();
}
