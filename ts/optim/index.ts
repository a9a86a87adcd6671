/**
 * Minimisation of functions of trees by their gradients. Everything here is made of operations, so that
 * results can be differentiated: with respect to step sizes, starting points and whatever gradients use.
 *
 * @packageDocumentation
 */
export {
  adam,
  rmsprop,
  sgd,
  type AdamOptions,
  type OptimizerOptions,
  type RmspropOptions,
  type SgdOptions,
} from "./descent.js";
export { minimize, type Minimum, type MinimizeOptions } from "./minimize.js";
