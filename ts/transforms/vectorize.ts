// Functions of small arrays become functions of arrays of them, as NumPy's generalised ufuncs are.
import type { Tensor } from "../tensor.js";
import { broadcastOf } from "../axes.js";
import { toList } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { checkFunction, checkResult, resultTensor } from "./scope.js";
import { vmap } from "./vmap.js";
import { checkOptions, trailing } from "../options.js";

/** Axes of one operand in a signature: names, or sizes. */
type Core = readonly string[];

interface Signature {
  inputs: readonly Core[];
  outputs: readonly Core[];
}

const WHO = "vectorize";

/** Reads "(n,m),(m)->(n)". */
function parse(text: string): Signature {
  const side = (part: string): Core[] => {
    const bare = part.replace(/\s+/g, "");
    if (!/^\([^()]*\)(,\([^()]*\))*$/.test(bare)) throw malformed(text);
    return [...bare.matchAll(/\(([^()]*)\)/g)].map(([, names]) => {
      if (names === "") return [];
      const list = names!.split(",");
      if (!list.every((name) => /^(\d+|[A-Za-z_]\w*)$/.test(name))) throw malformed(text);
      return list;
    });
  };
  const sides = text.split("->");
  if (sides.length !== 2) throw malformed(text);
  return { inputs: side(sides[0]!), outputs: side(sides[1]!) };
}

function malformed(text: string): Error {
  return new SyntaxError(
    `${WHO}: ${JSON.stringify(text)} is no signature, such as "(n,m),(m)->(n)"`,
  );
}

/** Checks an operand's last axes against its part of the signature; sizes of names go to `sizes`. */
function bind(
  shape: readonly number[],
  core: Core,
  sizes: Map<string, number>,
  what: string,
): void {
  core.forEach((name, i) => {
    const size = shape[i]!;
    const want = /^\d/.test(name) ? Number(name) : sizes.get(name);
    if (want === undefined) sizes.set(name, size);
    else if (want !== size) {
      throw new RangeError(
        `${WHO}: ${what} has core shape ${shapeText(shape)}, but (${core.join(",")}) wants ` +
          `${/^\d/.test(name) ? "" : `${name} = `}${want}`,
      );
    }
  });
}

/** How to vectorize. */
export interface VectorizeOptions {
  /** Positions of arguments that are passed to f as they are. */
  excluded?: readonly number[];
}

/**
 * f, a function of arrays with few axes, as one of arrays with any number of axes before those: they
 * are broadcast, and f is called once, mapped over all of them. The signature names the axes that f
 * sees of each argument and of each result, as NumPy's does; without one f takes and returns scalars.
 *
 * @example
 * ```ts
 * const distance = vectorize((x: Tensor, y: Tensor) => norm(subtract(x, y)), "(n),(n)->()");
 * distance(zeros([5, 1, 3]), ones([4, 3])).shape; // [5, 4]
 * ```
 * @throws if arguments or results do not fit the signature, or the other axes do not broadcast
 */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function vectorize<A extends any[], R>(
  f: (...args: A) => R,
  signature?: string | VectorizeOptions,
  options?: VectorizeOptions,
): (...args: { [K in keyof A]: A[K] extends TensorLike ? TensorLike : A[K] }) => R {
  [signature, options] = trailing(signature, options);
  checkOptions(options, "vectorize", "excluded");
  checkFunction(f, WHO);
  if (signature !== undefined && typeof signature !== "string") {
    throw new TypeError(`${WHO}: the signature is ${describe(signature)}, not a string`);
  }
  const parsed = signature === undefined ? undefined : parse(signature);
  const excluded = toList(options?.excluded ?? [], "excluded", WHO);
  return (...args) => {
    const given = args as unknown[];
    const chosen = given.flatMap((_, i) => (excluded.includes(i) ? [] : [i]));
    const inputs = parsed?.inputs ?? chosen.map((): Core => []);
    if (inputs.length !== chosen.length) {
      throw new RangeError(
        `${WHO}: ${chosen.length} arguments for a signature of ${inputs.length}: ${signature}`,
      );
    }
    const sizes = new Map<string, number>();
    const operands = chosen.map((at, i) => {
      const x = toTensor(given[at] as TensorLike, WHO);
      const { shape } = x;
      const loops = shape.length - inputs[i]!.length;
      if (loops < 0) {
        throw new RangeError(
          `${WHO}: argument ${at} has shape ${shapeText(shape)}, but (${inputs[i]!.join(",")}) wants ` +
            `${inputs[i]!.length} axes`,
        );
      }
      bind(shape.slice(loops), inputs[i]!, sizes, `argument ${at}`);
      return { x, loop: shape.slice(0, loops), core: shape.slice(loops) };
    });
    const loop = broadcastOf(
      operands.map((operand) => operand.loop),
      WHO,
    );
    const inner = (...xs: Tensor[]): unknown => {
      const all = [...given];
      chosen.forEach((at, i) => (all[at] = xs[i]));
      const out = f(...(all as A));
      checkResult(out, WHO);
      return checked(out, parsed?.outputs, new Map(sizes));
    };
    // One vmap per axis: who does not have it is not copied.
    let mapped = inner;
    const ranks = operands.map((operand) => loop.length - operand.loop.length);
    for (let axis = loop.length - 1; axis >= 0; axis--) {
      const inAxes = operands.map((operand, i) => {
        const size = axis < ranks[i]! ? undefined : operand.loop[axis - ranks[i]!];
        return size === undefined || (size === 1 && loop[axis] !== 1) ? null : 0;
      });
      mapped = vmap(mapped, { inAxes });
    }
    const squeezed = operands.map(({ x, loop: own, core }, i) =>
      x.reshape([...own.filter((size, k) => size !== 1 || loop[k + ranks[i]!] === 1), ...core]),
    );
    return mapped(...squeezed) as R;
  };
}

/** Results of f, if they are what the signature says. */
function checked(
  out: unknown,
  outputs: readonly Core[] | undefined,
  sizes: Map<string, number>,
): unknown {
  const several = outputs !== undefined && outputs.length > 1;
  if (several && (!Array.isArray(out) || out.length !== outputs.length)) {
    throw new TypeError(
      `${WHO}: the function returned ${Array.isArray(out) ? `${out.length} results` : describe(out)}, ` +
        `not the ${outputs.length} of the signature`,
    );
  }
  const list = several ? (out as unknown[]) : [out];
  list.forEach((leaf, i) => {
    const y = resultTensor(leaf, WHO);
    const core = outputs?.[i] ?? [];
    const what = several ? `result ${i}` : "the result";
    if (y.ndim !== core.length) {
      throw new RangeError(
        `${WHO}: ${what} has shape ${shapeText(y.shape)}, but (${core.join(",")}) wants ` +
          `${core.length} axes`,
      );
    }
    bind(y.shape, core, sizes, what);
  });
  return out;
}
