// Functions whose rules live in JavaScript. One call is a hub, whose inputs are what it depends on at
// one level, and a view per result, which depends on its value (at levels outside) and on the hub. A
// walk stops at the hub once all results have their cotangents, or all inputs their tangents
// (transforms/stops.ts); what runs then is TypeScript's business.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { setOp } from "../tensor/fault";
import {
  dimsOf,
  listInputs,
  newNode,
  newView,
  rankOf,
  setAttr,
  setMask,
  setOpOf,
  setPrefix,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { at } from "../tensor/shape";
import { countArray } from "../tape/levels";
import { pooled } from "../tape/pool";
import { recordBeside, recordWithin, valueOf } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { append, retain } from "../tape/tape";
import { aliasCode } from "./cast";
import { row } from "./families/linear";

/** The hub of a call: no value of its own. Its attribute is the number of the rules. */
class External {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<External>(Family.Inner, 1, Trait.Hidden | Trait.External);

/** A result: input 0 is its value, input 1 the hub. Its attribute says which result it is. */
class ExternalResult {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return i ? 0 : g; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return i ? 0 : t; }
}
row<ExternalResult>(Family.Inner, 2, Trait.Hidden);

/** The op code of hubs. */
export function hubCode(): u32 {
  return opCode<External>();
}
/** The op code of their results. */
export function resultCode(): u32 {
  return opCode<ExternalResult>();
}

/** x as it is without some levels: they see a constant. */
export function without(x: Tensor, levels: u32): Tensor {
  const view = newView(x, rankOf(x), dimsOf(x), stridesOf(x), valueOf(x));
  return recordWithin(view, aliasCode(), x, ~levels);
}

/** x as a constant whose first axes, so many, are batch axes. */
export function framed(x: Tensor, prefix: u32): Tensor {
  const view = without(x, 0xffffffff);
  if (view) setPrefix(view, prefix);
  return view;
}

/** The hub of a call that the rules with this number differentiate at a level: n inputs in `list`. */
export function hub(rules: u32, level: u32, prefix: u32, n: u32, list: usize): Tensor {
  setOp(hubCode());
  const out = newNode(DType.Float32, 0, 0);
  if (!out) return 0;
  pooled(out);
  if (!listInputs(out, n, list)) return 0;
  for (let i: u32 = 0; i < n; i++) retain(<usize>at(list, i));
  setOpOf(out, hubCode());
  setAttr(out, rules);
  setPrefix(out, prefix);
  setMask(out, 1 << level);
  // No walk that looks at scalars only may meet it.
  countArray();
  append(out);
  return out;
}

/** Result i of a hub, with this value. */
export function resultOf(hub: Tensor, value: Tensor, i: u32): Tensor {
  if (!value) return 0;
  setOp(resultCode());
  const data = valueOf(value);
  const out = newView(value, rankOf(value), dimsOf(value), stridesOf(value), data);
  if (out) setAttr(out, i);
  return recordBeside(out, resultCode(), value, hub);
}
