/**
 * Special functions, named as in scipy.special.
 *
 * @packageDocumentation
 */
export {
  beta,
  betaln,
  digamma,
  entr,
  erf,
  erfc,
  erfcinv,
  erfinv,
  expit,
  expm1,
  gamma,
  gammaln,
  klDiv,
  log1p,
  logNdtr,
  logSoftmax,
  logit,
  ndtr,
  ndtri,
  polygamma,
  psi,
  relEntr,
  rgamma,
  sinc,
  softmax,
  zeta,
} from "../../build/generated/ops.js";
export { logsumexp, type LogsumexpOptions } from "../ops/logsumexp.js";
export {
  betainc,
  betaincinv,
  gammainc,
  gammaincc,
  gammainccinv,
  gammaincinv,
  iv,
  ive,
  jn,
  yn,
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
