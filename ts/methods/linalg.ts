// Linear algebra. Of a · x = b it is a that has the method, as it comes first in `solve`; factors are no
// tensor, so with these it is b, as in torch.
import type { Tensor } from "../tensor.js";
import { cholesky, choSolve, lu, qr, type QrMode } from "../linalg/factors.js";
import {
  det,
  inv,
  luSolve,
  slogdet,
  solve,
  solveTriangular,
  type TriangularOptions,
} from "../linalg/solving.js";
import { eig, eigh, svd, type SymmetricOptions } from "../linalg/spectra.js";
import { expm, matrixPower } from "../linalg/functions.js";
import { lstsq, pinv, type RankOptions } from "../linalg/leastsquares.js";
import { norm, type NormOrder } from "../linalg/norm.js";
import type { TensorLike } from "../convert.js";
import type { ReductionOptions } from "../reducing.js";
import type { Axes } from "../families.js";

/** Linear algebra. */
export abstract class LinalgMethods {
  /** The lower triangle L with L · Lᵀ = x, symmetric and positive definite: see `linalg.cholesky`. */
  cholesky(this: Tensor, options: { upper?: boolean } = {}): Tensor {
    return cholesky(this, options);
  }

  /** x with a · x = b, of this b and the triangle that `cholesky` gives for a: see `linalg.choSolve`. */
  choSolve(this: Tensor, factor: readonly [TensorLike, boolean]): Tensor {
    return choSolve(factor, this);
  }

  /** The determinant of square matrices, the last two axes: see `linalg.det`. */
  det(this: Tensor): Tensor {
    return det(this);
  }

  /** Eigenvalues that are all real, rising, and their vectors in columns, [w, v]: see `linalg.eig`. */
  eig(this: Tensor): [Tensor, Tensor] {
    return eig(this);
  }

  /** Eigenvalues of symmetric matrices, rising, and their vectors in columns, [w, v]: see `linalg.eigh`. */
  eigh(this: Tensor, options: SymmetricOptions = {}): [Tensor, Tensor] {
    return eigh(this, options);
  }

  /** The exponential of square matrices: see `linalg.expm`. */
  expm(this: Tensor): Tensor {
    return expm(this);
  }

  /** The inverse of square matrices, the last two axes: see `linalg.inv`. */
  inv(this: Tensor): Tensor {
    return inv(this);
  }

  /** x for which |b - a · x| is least, with this a: [x, residuals, rank, s]; see `linalg.lstsq`. */
  lstsq(this: Tensor, b: TensorLike, options: RankOptions = {}): [Tensor, Tensor, Tensor, Tensor] {
    return lstsq(this, b, options);
  }

  /** Permutation matrix P and triangles L and U with P · L · U = x: see `linalg.lu`. */
  lu(this: Tensor): [Tensor, Tensor, Tensor] {
    return lu(this);
  }

  /** x with a · x = b, of this b and what `luFactor` gives for a: see `linalg.luSolve`. */
  luSolve(this: Tensor, factors: readonly [TensorLike, Tensor]): Tensor {
    return luSolve(factors, this);
  }

  /** The n-th power of square matrices, for any integer n: see `matrixPower`. */
  matrixPower(this: Tensor, n: number): Tensor {
    return matrixPower(this, n);
  }

  /** Norm of vectors along one axis, of matrices along two, or of all of x: see `norm`. */
  norm(
    this: Tensor,
    order?: NormOrder | ReductionOptions,
    axis?: Axes | ReductionOptions,
    options?: ReductionOptions,
  ): Tensor {
    return norm(this, order, axis, options);
  }

  /** The pseudo-inverse of matrices, the last two axes: see `linalg.pinv`. */
  pinv(this: Tensor, options: RankOptions = {}): Tensor {
    return pinv(this, options);
  }

  /** The upper triangle R alone of Q · R = x: see `linalg.qr`. */
  qr(this: Tensor, mode: "r"): Tensor;
  /** Q with orthonormal columns and upper triangle R with Q · R = x: see `linalg.qr`. */
  qr(this: Tensor, mode?: "reduced" | "complete"): [Tensor, Tensor];
  qr(this: Tensor, mode: QrMode = "reduced"): Tensor | [Tensor, Tensor] {
    return mode === "r" ? qr(this, mode) : qr(this, mode);
  }

  /** Sign of the determinant and the logarithm of its absolute value: see `linalg.slogdet`. */
  slogdet(this: Tensor): [Tensor, Tensor] {
    return slogdet(this);
  }

  /** x with a · x = b, with this a: see `linalg.solve`. */
  solve(this: Tensor, b: TensorLike): Tensor {
    return solve(this, b);
  }

  /** x with a · x = b, with this a, of which one triangle is read: see `linalg.solveTriangular`. */
  solveTriangular(this: Tensor, b: TensorLike, options: TriangularOptions = {}): Tensor {
    return solveTriangular(this, b, options);
  }

  /** Singular values, falling, and their vectors, [u, s, vh]: see `linalg.svd`. */
  svd(this: Tensor, options: { fullMatrices?: boolean } = {}): [Tensor, Tensor, Tensor] {
    return svd(this, options);
  }
}
