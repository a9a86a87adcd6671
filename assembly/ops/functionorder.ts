// Orders of derivatives and of functions, as operands that are whole numbers.
import { Fault } from "../shared/fault";
import { loadNumber } from "../kernels/number";
import { fail, setOp } from "../tensor/fault";
import { dataOf, dtypeOf, Tensor } from "../tensor/node";
import { opCode } from "../tape/rows";
import { add, constant, subtract } from "./arithmetic";

/** The fault that row F has no derivative with respect to operand i. */
export function notDifferentiable<F>(i: u32): Tensor { return refuse(opCode<F>(), i); }

function refuse(op: u32, i: u32): Tensor {
  setOp(op);
  return fail(Fault.NotDifferentiable, i);
}

/** n - 1 */
export function orderBefore(n: Tensor): Tensor { return subtract(n, constant(1, n)); }

/** n + 1 */
export function nextOrder(n: Tensor): Tensor { return add(n, constant(1, n)); }

/** n + 1, for an order that is a number; beyond `most` there is no derivative of row F. */
export function nextOrderUpTo<F>(n: Tensor, most: f64, i: u32): Tensor {
  if (loadNumber(dataOf(n), dtypeOf(n)) >= most) return notDifferentiable<F>(i);
  return nextOrder(n);
}
