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

/** Blocks of second axes for an argument of type T: its tree, with a tensor for each array. */
export type Blocks<T> = 0 extends 1 & T
  ? T
  : T extends number
    ? number
    : T extends Tensor | TypedArray
      ? Tensor
      : T extends string | boolean | null | undefined | ((...args: never[]) => unknown)
        ? T
        : T extends object
          ? { -readonly [K in keyof T]: Blocks<T[K]> }
          : T;

/** Derivatives of a result of type R with respect to an argument of type T: R's tree outside. */
export type Jacobian<R, T> = unknown extends R
  ? Blocks<T>
  : R extends Tensor | number | TypedArray
    ? Blocks<T>
    : [TensorLike] extends [R]
      ? Blocks<T>
      : R extends string | boolean | null | undefined | ((...args: never[]) => unknown)
        ? R
        : R extends object
          ? { -readonly [K in keyof R]: Jacobian<R[K], T> }
          : Blocks<T>;

/** The argument at position N, or those at several positions. */
export type Chosen<
  A extends readonly unknown[],
  N extends number | readonly number[],
> = N extends readonly number[]
  ? { -readonly [K in keyof N]: N[K] extends keyof A ? A[N[K]] : A[number] }
  : N extends number
    ? A[N]
    : never;

/** What may be passed as a vector of the space of T. */
export type Vector<T> = Input<Derivative<T>>;

/** The part of an object argument that a name stands for. */
export type Part<T, K extends string> = K extends keyof T ? T[K] : never;

/** The parts of an object argument that names stand for, by name. */
export type Parts<T, K extends readonly string[]> = { [P in K[number]]: Part<T, P> };

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
