// The kinds of rows in the op table: what a family derives from a class, and how TypeScript calls it.

/** Kind of a row. */
export const enum Family {
  /** y = f(x), element by element. */
  Unary = 1,
  /** z = f(x, y), element by element, broadcast. */
  Binary = 2,
  /** f(x, y, z), element by element, broadcast. */
  Ternary = 3,
  /** Over axes: (x, axes, keepdims). */
  Reduction = 4,
  /** To a shape: (x, shape). */
  Shape = 5,
  /** Along axes: (x, axes). */
  Axes = 6,
  /** (x, axis, axis). */
  AxisPair = 7,
  /** (x, ranges). */
  Slice = 8,
  /** (list of x, axis). */
  Join = 9,
  /** (x, y), with shapes of its own. */
  Product = 10,
  /** (x, dtype). */
  Cast = 11,
  /** (x, axis). */
  Along = 13,
  /** (x, indices, axis). */
  Take = 14,
  /** Rules' own helpers: never called from outside. */
  Inner = 12,
  /** Along axes, the last one by default, of x's shape: (x, axes). */
  Lines = 15,
}
