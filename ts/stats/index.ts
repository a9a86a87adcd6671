/**
 * Probability distributions, named and with parameters in the order of scipy.stats; differentiable in
 * all of them. Where a value is outside of what it may be, densities and their derivatives are 0.
 *
 * @packageDocumentation
 */
export * as bernoulli from "./bernoulli.js";
export * as beta from "./beta.js";
export * as binom from "./binomial.js";
export * as binomial from "./binomial.js";
export * as categorical from "./categorical.js";
export * as cauchy from "./cauchy.js";
export * as chi2 from "./chi2.js";
export * as dirichlet from "./dirichlet.js";
export * as expon from "./exponential.js";
export * as exponential from "./exponential.js";
export * as gamma from "./gamma.js";
export * as halfnorm from "./halfnormal.js";
export * as halfnormal from "./halfnormal.js";
export * as laplace from "./laplace.js";
export * as lognorm from "./lognormal.js";
export * as lognormal from "./lognormal.js";
export * as multivariateNormal from "./multivariatenormal.js";
export * as norm from "./norm.js";
export * as poisson from "./poisson.js";
export * as t from "./t.js";
export * as uniform from "./uniform.js";
