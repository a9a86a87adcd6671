/**
 * Linear algebra, named as in numpy.linalg and scipy.linalg. Matrices are the last two axes of tensors;
 * axes before them are batches. Everything is computed in float64: float32 comes in and goes out rounded.
 *
 * @packageDocumentation
 */
export { matmul } from "../../build/generated/ops.js";
export { cross, outer, tensordot, vecdot, type CrossOptions } from "../ops/products.js";
export { diagonal, matrixTranspose, trace } from "./diagonals.js";
export { cholesky, choSolve, lu, qr, type QrMode, type Triangle } from "./factors.js";
export { expm, logm, matrixPower, multiDot, solveSylvester, sqrtm } from "./functions.js";
export { lstsq, matrixRank, pinv, type RankOptions } from "./leastsquares.js";
export { cond, matrixNorm, norm, vectorNorm, type NormOptions, type NormOrder } from "./norm.js";
export {
  det,
  inv,
  luFactor,
  luSolve,
  slogdet,
  solve,
  solveBanded,
  solveTriangular,
  type TriangularOptions,
} from "./solving.js";
export { eig, eigh, eigvals, eigvalsh, svd, svdvals, type SymmetricOptions } from "./spectra.js";
export { blockDiag, tensorinv, tensorsolve, toeplitz } from "./tensors.js";
