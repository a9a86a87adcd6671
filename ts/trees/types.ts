// Types of trees whose leaves are replaced.
import type { Tensor } from "../tensor.js";
import type { TypedArray } from "../dtype.js";

/** What stands in a tree but is no part of it: it passes through. */
type Constant =
  string | boolean | bigint | symbol | null | undefined | ((...args: never[]) => unknown);

/** A tree of the form of T with leaves of type U. */
export type Mapped<T, U> = 0 extends 1 & T
  ? T
  : T extends Tensor | number | TypedArray
    ? U
    : T extends Constant
      ? T
      : T extends object
        ? { -readonly [K in keyof T]: Mapped<T[K], U> }
        : T;

/** The leaves of a tree of type T. */
export type LeafOf<T> = 0 extends 1 & T
  ? T
  : T extends number
    ? number
    : T extends Tensor | TypedArray
      ? T
      : T extends Constant
        ? never
        : T extends readonly (infer E)[]
          ? LeafOf<E>
          : T extends object
            ? { [K in keyof T]: LeafOf<T[K]> }[keyof T]
            : never;

/** The leaves of several trees. */
export type LeavesOf<R extends readonly unknown[]> = {
  -readonly [K in keyof R]: LeafOf<R[K]>;
};
