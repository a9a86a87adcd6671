// More elements around x, or fewer, in torch's order: pairs of the last axis first.
import { describe, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { pad as padded } from "../ops/padding.js";
import type { Tensor } from "../tensor.js";
import { numeric } from "./options.js";
import { checkOptions } from "../options.js";

/** What stands around: see {@link pad}. */
export type NnPadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of pad. */
export interface NnPadOptions {
  /** What stands around. Default "constant". */
  mode?: NnPadMode;
  /** The value of mode "constant". Default 0. */
  value?: number;
}

const MODES = {
  constant: "constant",
  reflect: "reflect",
  replicate: "edge",
  circular: "wrap",
} as const;

function isList(x: unknown): x is readonly number[] {
  return Array.isArray(x);
}

function listed(x: unknown): string {
  return isList(x) ? shapeText(x) : describe(x);
}

/**
 * x with so many elements more around its last axes: [left, right], [left, right, top, bottom], …
 * Negative widths take elements away. They are constants, x mirrored at its edge ("reflect"), its edge
 * ("replicate"), or x repeated ("circular").
 *
 * @param how - the mode, or options
 * @example
 * ```ts
 * pad([[1, 2, 3]], [1, 2], "circular").toArray(); // [[3, 1, 2, 3, 1, 2]]
 * ```
 * @throws if there is no such mode, if widths are no pairs of whole numbers, or more than x has to give
 */
export function pad(
  x: TensorLike,
  widths: readonly number[],
  how: NnPadMode | NnPadOptions = "constant",
): Tensor {
  const who = "pad";
  const t = toTensor(x, who);
  const { shape } = t;
  const options = typeof how === "string" ? { mode: how } : how;
  checkOptions(options, who, "mode value");
  const value = numeric(options, "value", 0, who);
  const mode = options.mode ?? "constant";
  if (!Object.hasOwn(MODES, mode)) {
    const all = Object.keys(MODES).join(", ");
    throw new RangeError(`${who}: no mode ${describe(mode)} (there are ${all})`);
  }
  if (!isList(widths) || widths.length % 2 !== 0 || widths.length > 2 * shape.length) {
    throw new RangeError(
      `${who}: widths are pairs for the last axes of ${shapeText(shape)}, not ${listed(widths)}`,
    );
  }
  const pairs = shape.map((_, axis): [number, number] => {
    const i = 2 * (shape.length - 1 - axis);
    return i < widths.length ? [widths[i]!, widths[i + 1]!] : [0, 0];
  });
  pairs.forEach(([before, after], axis) => {
    const size = shape[axis]!;
    const kept = size + Math.min(before, 0) + Math.min(after, 0);
    if (!Number.isInteger(before) || !Number.isInteger(after) || kept < 0) {
      throw new RangeError(
        `${who}: [${before},${after}] are no widths for axis ${axis}, which has size ${size}`,
      );
    }
    const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : Infinity;
    if (Math.max(before, after) > most) {
      throw new RangeError(
        `${who}: mode "${mode}" gives at most ${most} elements on a side of axis ${axis}, not [${before},${after}]`,
      );
    }
  });
  const cut = pairs.some((pair) => Math.min(...pair) < 0);
  const left = cut
    ? t.slice(
        pairs.map(([before, after], axis): [number, number] => [
          Math.max(-before, 0),
          shape[axis]! - Math.max(-after, 0),
        ]),
      )
    : t;
  const grown = pairs.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)]);
  if (grown.length === 0) return left;
  return padded(left, grown, { mode: MODES[mode], constantValues: value });
}
