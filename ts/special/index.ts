/**
 * Special functions, named as in scipy.special.
 *
 * @packageDocumentation
 */
export { erf, expit, expm1, log1p, logSoftmax, sinc, softmax } from "../../build/generated/ops.js";
export { logsumexp, type LogsumexpOptions } from "../ops/logsumexp.js";
export {
  beta,
  betainc,
  betaincinv,
  betaln,
  digamma,
  entr,
  erfc,
  erfcinv,
  erfinv,
  gamma,
  gammainc,
  gammaincc,
  gammainccinv,
  gammaincinv,
  gammaln,
  iv,
  ive,
  jn,
  klDiv,
  logNdtr,
  logit,
  ndtr,
  ndtri,
  polygamma,
  psi,
  relEntr,
  rgamma,
  yn,
  zeta,
} from "../../build/generated/rows/index.js";
export {
  gammasgn,
  i0,
  i0e,
  i1,
  i1e,
  j0,
  j1,
  multigammaln,
  trigamma,
  xlog1py,
  xlogy,
  y0,
  y1,
} from "../special.js";
