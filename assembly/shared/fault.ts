// What can go wrong inside wasm. Wasm raises a code and numbers; ts/errors.ts makes the sentence.

/** Reason of a failed call. */
export const enum Fault {
  None = 0,
  /** No memory left: a = bytes asked for. */
  OutOfMemory = 1,
  /** More elements than any tensor may have: a = wanted (as float). */
  TooLarge = 2,
  /** Shapes do not broadcast: shapes A, B. */
  Broadcast = 3,
  /** Logical rank beyond the limit: a = wanted. */
  Rank = 4,
  /** matmul: inner sizes differ: shapes A, B; a, b = sizes. */
  Inner = 5,
  /** matmul of a 0-d operand: shapes A, B. */
  MatmulRank = 6,
  /** Target shape has another number of elements: shape A (operand), B (target). */
  ReshapeSize = 7,
  /** Shape A does not broadcast to shape B. */
  BroadcastTo = 8,
  /** Joined shapes differ off the axis: shapes A, B; a = position of B, b = axis. */
  JoinShape = 9,
  /** Joined ranks differ: shapes A, B; a = position of B. */
  JoinRank = 10,
  /** Reduction of zero elements that has no identity: shape A. */
  EmptyReduction = 11,
  /** Integer to a negative integer power: a = exponent. */
  NegativePower = 12,
  /** The dtype is not allowed here: a = dtype. */
  DTypeNotAllowed = 13,
  /** Too many nested transforms: a = limit. */
  Levels = 14,
  /** A bug of ours: a = place. */
  Internal = 15,
  /** The walk met a value whose graph a backward() has consumed: op of that value in a. */
  Consumed = 16,
  /** An index is out of bounds: a = index, b = size of the axis. */
  Index = 17,
  /** There is no derivative with respect to operand a. */
  NotDifferentiable = 18,
  /** A matrix is singular. */
  SingularMatrix = 19,
  /** A matrix is not positive definite. */
  NotPositive = 20,
  /** An iteration did not converge. */
  NotConverged = 21,
  /** The result would be complex. */
  ComplexResult = 22,
}
