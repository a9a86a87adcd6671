// Rows of linear algebra, as TypeScript names them, and what their attribute says.

/** Which row. */
export const enum Matrix {
  Solve = 0,
  TriangularSolve = 1,
  Slogdet = 2,
  Det = 3,
  Cholesky = 4,
  Pivots = 5,
  Lu = 6,
  Qr = 7,
  Complement = 8,
  Eigh = 9,
  Svd = 10,
  Pinv = 11,
  Eig = 12,
  Expm = 13,
  Sqrtm = 14,
  Sylvester = 15,
  Logm = 16,
}

/** Bits of the attribute. */
export const enum Solving {
  /** The lower triangle counts, else the upper one. */
  Lower = 1,
  /** The diagonal counts as ones. */
  Unit = 2,
  /** The transpose of the matrix. */
  Transposed = 4,
  /** A singular matrix is no fault: it gives infinities. */
  Lax = 8,
  /** A matrix that is singular but for rounding gives zeros. */
  Zero = 16,
}
