// Partial derivatives that need no multiplication. They stand apart because op files name each other in
// circles, and a static must be declared before any of them is compiled.
import { Tensor } from "../../tensor/node";

/** 1, -1, 0. */
export const PASS: Tensor = 1;
export const NEGATED: Tensor = 2;
export const ZERO: Tensor = 3;
