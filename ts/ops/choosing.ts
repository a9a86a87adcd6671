// Choosing between tensors element by element.
import { where as choose3, stack } from "../../build/generated/ops.js";
import { gather, toIndex } from "../along.js";
import { broadcastOf } from "../axes.js";
import { toList, toTensors } from "../arguments.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { nonzeroOf } from "./nonzero.js";
import { moveaxis } from "./shapes.js";
import { checkOptions } from "../options.js";

/**
 * x where the condition holds (is not zero), else y; broadcast. Only the chosen one gets a derivative.
 *
 * @example
 * ```ts
 * where([true, false], [1, 2], 0).toArray(); // [1, 0]
 * ```
 * @throws if shapes do not broadcast
 */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor;
/**
 * Where the condition holds: `nonzero` of it.
 *
 * @example
 * ```ts
 * where([0, 5, 7])[0]!.toArray(); // [1, 2]
 * ```
 * @throws if it has no axis, or inside vmap
 */
export function where(condition: TensorLike): Tensor[];
export function where(condition: TensorLike, x?: TensorLike, y?: TensorLike): Tensor | Tensor[] {
  if (x === undefined && y === undefined) return nonzeroOf(toTensor(condition, "where"), "where");
  return choose3(condition, x!, y!);
}

/**
 * Of several choices the first whose condition holds, else a default.
 *
 * @example
 * ```ts
 * select([[true, false], [true, true]], [[1, 2], [3, 4]]).toArray(); // [1, 4]
 * ```
 * @throws if there are not as many conditions as choices, or none, or if shapes do not broadcast
 */
export function select(
  conditions: readonly TensorLike[],
  choices: readonly TensorLike[],
  otherwise: TensorLike = 0,
): Tensor {
  const who = "select";
  const when = toTensors(conditions, "the list of conditions", who);
  const given = toList(choices, "the list of choices", who);
  const values = unrounded(who, ...given, otherwise);
  if (when.length !== given.length) {
    throw new RangeError(`${who}: ${when.length} conditions for ${given.length} choices`);
  }
  let y: TensorLike = values.pop()!;
  for (let i = values.length - 1; i >= 0; i--) y = choose3(when[i]!, values[i]!, y);
  return y as Tensor;
}

/**
 * For each index, an integer, the element of that one of the choices; all are broadcast. Indices that
 * are out of bounds are an error, or with `mode` cut to the nearest ("clip") or counted on ("wrap").
 *
 * @example
 * ```ts
 * choose([0, 1, 0], [[1, 2, 3], [10, 20, 30]]).toArray(); // [1, 20, 3]
 * ```
 * @throws if an index is not an integer, or out of bounds, or if shapes do not broadcast
 */
export function choose(
  index: TensorLike,
  choices: readonly TensorLike[],
  options: { mode?: "raise" | "clip" | "wrap" } = {},
): Tensor {
  const who = "choose";
  checkOptions(options, who, "mode");
  const { mode = "raise" } = options;
  const list = toTensors(choices, "the list of choices", who);
  const n = list.length;
  let places = toIndex(index, who);
  if (mode === "clip") places = places.clip(0, n - 1);
  else if (mode === "wrap")
    places = places.subtract(places.divide(n).floor().multiply(n)).astype("int32");
  else if (mode !== "raise") throw new RangeError(`${who}: mode is ${describe(mode)}`);
  const shape = broadcastOf([places.shape, ...list.map((x) => x.shape)], who);
  const all = stack(list.map((x) => x.broadcastTo(shape)));
  // The choice comes last for gather, which takes one element of each row.
  const rows = moveaxis(all, 0, -1);
  return gather(rows, places.broadcastTo(shape).expandDims(-1), 0, who).squeeze(-1);
}
