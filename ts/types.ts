// How transforms' types follow from those of the function: the derivative has the type and the
// container of the argument.
import type { Tensor } from "./tensor.js";
import type { TensorLike } from "./convert.js";
import type { TypedArray } from "./dtype.js";

/** What may be passed where the function takes T: numbers and typed arrays stand for tensors. */
export type Input<T> = unknown extends T
  ? T
  : [TensorLike] extends [T]
    ? Tensor | number | TypedArray
    : InputOf<T>;

type InputOf<T> = T extends Tensor
  ? Tensor | number | TypedArray
  : T extends number | string | boolean | null | undefined | TypedArray
    ? T
    : T extends (...args: never[]) => unknown
      ? T
      : T extends object
        ? { [K in keyof T]: Input<T[K]> }
        : T;

/** The derivative with respect to an argument of type T. */
export type Derivative<T> = 0 extends 1 & T
  ? T
  : T extends Tensor
    ? Tensor
    : T extends number
      ? number
      : T extends TypedArray
        ? T
        : T extends string | boolean | null | undefined
          ? T
          : T extends (...args: never[]) => unknown
            ? T
            : T extends object
              ? { -readonly [K in keyof T]: Derivative<T[K]> }
              : T;

/** Arguments of the transformed function. */
export type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K]> };

/** Derivatives with respect to several arguments. */
export type Derivatives<A extends readonly unknown[], N extends readonly number[]> = {
  -readonly [K in keyof N]: N[K] extends keyof A ? Derivative<A[N[K]]> : Derivative<A[number]>;
};

/** A value in the style of the first argument: a number if that was one, else a tensor. */
export type ValueOf<A extends readonly unknown[]> = A[0] extends number ? number : Tensor;

/** What a function may return to be differentiated. */
export type Scalar = TensorLike;

/** Any function of tensors. */
// `any`: parameters of an unannotated callback get no type otherwise.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArgs = any[];
