// The element types. Both compilers import this file: the numbers are the border's language, the
// order is the promotion order. Gaps are kept for int64 (2) and complex64, complex128 (6, 7).

/** Element type of a tensor. */
export const enum DType {
  /** Stored as one 32-bit integer, 0 or 1. */
  Bool = 0,
  Int32 = 1,
  Float32 = 4,
  Float64 = 5,
}
