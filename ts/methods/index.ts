/**
 * The methods that torch's tensors or NumPy's arrays have and `Tensor` has not by itself: `x.median(0)`,
 * `x.cov()`, `x.svd()`, `x.lgamma()`, …, each the function of its name with the tensor in front. They are
 * not in the core, because every program that has a Tensor would carry them. Imported once, anywhere in
 * a program, for its effect: `import "tapegrad/methods"`.
 *
 * @packageDocumentation
 */
import { RowMethods } from "../../build/generated/rows/methods.js";
import { Tensor } from "../tensor.js";
import { BitMethods } from "./bits.js";
import { ComparingMethods } from "./comparing.js";
import { ComplexMethods } from "./complex.js";
import { ElementwiseMethods } from "./elementwise.js";
import { LinalgMethods } from "./linalg.js";
import { PickingMethods } from "./picking.js";
import { ProductMethods } from "./products.js";
import { ScanningMethods } from "./scanning.js";
import { ShapeMethods } from "./shapes.js";
import { SplittingMethods } from "./splitting.js";
import { StatisticsMethods } from "./statistics.js";

const FAMILIES = [
  BitMethods,
  ComparingMethods,
  ComplexMethods,
  ElementwiseMethods,
  LinalgMethods,
  PickingMethods,
  ProductMethods,
  RowMethods,
  ScanningMethods,
  ShapeMethods,
  SplittingMethods,
  StatisticsMethods,
];

declare module "../tensor.js" {
  // The same families, as tests/node/methods.test.ts sees to.
  interface Tensor
    extends
      BitMethods,
      ComparingMethods,
      ComplexMethods,
      ElementwiseMethods,
      LinalgMethods,
      PickingMethods,
      ProductMethods,
      RowMethods,
      ScanningMethods,
      ShapeMethods,
      SplittingMethods,
      StatisticsMethods {}
}

for (const { prototype } of FAMILIES) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(prototype);
  Object.defineProperties(Tensor.prototype, methods);
}

export type {
  BitMethods,
  ComparingMethods,
  ComplexMethods,
  ElementwiseMethods,
  LinalgMethods,
  PickingMethods,
  ProductMethods,
  RowMethods,
  ScanningMethods,
  ShapeMethods,
  SplittingMethods,
  StatisticsMethods,
};
