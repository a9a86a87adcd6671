// The rows of linear algebra, called by their number.
import { Matrix } from "../../shared/matrix";
import { Tensor } from "../../tensor/node";
import { factorRow } from "./factors";
import { functionRow } from "./functions";
import { solvingRow } from "./solving";
import { spectralRow } from "./spectra";

/** Calls a row of linear algebra; TypeScript has checked shapes and dtypes. */
export function matrixRow(kind: Matrix, x: Tensor, y: Tensor, z: Tensor, attr: u32): Tensor {
  if (kind <= Matrix.Det) return solvingRow(kind, x, y, attr);
  if (kind <= Matrix.Complement) return factorRow(kind, x);
  if (kind <= Matrix.Eig) return spectralRow(kind, x, attr);
  return functionRow(kind, x, y, z);
}
