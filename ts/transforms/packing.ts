// Values that a backward pass needs, packed while they wait for it.
import { toTensor, type TensorLike } from "../convert.js";
import type { TypedArray } from "../dtype.js";
import { recorder } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { checkFunction } from "./scope.js";
import { checkpointed } from "./segment.js";

/**
 * What f returns. Whatever it computes on the way from tensors that are being differentiated is put through
 * `pack` as soon as f has returned, and through `unpack` when derivatives want it: to keep it in fewer
 * bytes, or somewhere else. `unpack` may give other values, of the same shape; derivatives are those that
 * follow from them. f is called again then, for its rules alone: what it computes is there. Values of at
 * most 16 bytes are not packed, and in a function of `compile` nothing is. (torch saved_tensors_hooks.)
 *
 * @param pack - gets a plain tensor, returns anything
 * @param unpack - gets what `pack` returned, returns a tensor of the shape it was given
 * @example
 * ```ts
 * const w = linspace(0, 1, 9, { dtype: "float64", requiresGrad: true });
 * const toFloat32 = (x) => x.astype("float32");
 * const loss = packSaved(toFloat32, (x) => x.astype("float64"), () => sum(exp(sin(w))));
 * loss.backward(); // from values in float32
 * ```
 * @throws in the backward pass, if unpack returns another shape
 */
export function packSaved<P, R>(
  pack: (x: Tensor) => P,
  unpack: (packed: P) => TensorLike,
  f: () => R,
): R {
  const who = "packSaved";
  checkFunction(pack, `${who}: pack`);
  checkFunction(unpack, `${who}: unpack`);
  return packed(pack, unpack as (x: unknown) => TensorLike, f, who);
}

function packed<R>(
  pack: (x: Tensor) => unknown,
  unpack: (packed: unknown) => TensorLike,
  f: () => R,
  who: string,
): R {
  checkFunction(f, who);
  if (recorder.now !== undefined) return f();
  const saving = { who, policy: () => true, pack, unpack };
  return checkpointed(f, [], { saving }) as R;
}

/** A tensor in JavaScript's memory. */
interface Away {
  elements: TypedArray;
  shape: readonly number[];
  dtype: Tensor["dtype"];
}

/**
 * What f returns; the values that derivatives need wait in JavaScript's memory until then, so that
 * WebAssembly's 4 GB are free for others. (torch save_on_cpu.)
 *
 * @example
 * ```ts
 * grad((w) => saveOnCpu(() => sum(exp(sin(w)))))(ones([3]));
 * ```
 */
export function saveOnCpu<R>(f: () => R): R {
  const pack = (x: Tensor): Away => ({ elements: x.data(), shape: x.shape, dtype: x.dtype });
  const unpack = (away: unknown): Tensor => {
    const { elements, shape, dtype } = away as Away;
    return toTensor(elements, "saveOnCpu").astype(dtype).reshape(shape);
  };
  return packed(pack, unpack, f, "saveOnCpu");
}
