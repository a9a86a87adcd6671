// Rows with rules of their own: `run(node)` computes a value from the node's inputs and attributes,
// `vjp(node, g, i)` gives the cotangent of input i, `jvp(node, t, i)` what the tangent of input i
// contributes. A linear op's jvp is the op itself. Views have no `run`.
import { Family } from "../../shared/family";
import { Tensor } from "../../tensor/node";
import { addRow, setRules } from "../../tape/rows";

/** Registers a row with its own rules. */
export function row<F>(family: Family, arity: u32, traits: u32 = 0): void {
  setRules(
    addRow<F>(family, arity, traits),
    runIndex<F>(),
    ((node: Tensor, g: Tensor, i: u32): Tensor => changetype<F>(0).vjp(node, g, i)).index,
    ((node: Tensor, t: Tensor, i: u32): Tensor => changetype<F>(0).jvp(node, t, i)).index,
  );
}

/** Registers a row that is written in terms of others: it only has a name and a way to be called. */
export function composed<F>(family: Family, arity: u32): void {
  addRow<F>(family, arity, 0);
}

function runIndex<F>(): u32 {
  if (isDefined(changetype<F>(0).run)) {
    return ((node: Tensor): void => changetype<F>(0).run(node)).index;
  }
  return 0;
}
