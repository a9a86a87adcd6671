// The tile of a matrix product that stays in registers: four rows of A times two vectors of columns
// of B. Eight sums, six operands and a product are all that V8's fifteen registers hold, so the loop
// is not unrolled by hand, and nothing is called after it, or V8 would write the sums to memory at
// every turn. Pointers step before they are used, which spares V8 widening them, and elements of A
// are spread as they are loaded: shuffles would compete with the arithmetic.
import { Local, local } from "./local";
import { Sum } from "./madd";

/** Bytes of a row of a panel of B: two vectors. */
export const WIDTH: usize = 32;
/** Rows of a panel of A. */
export const HEIGHT: u32 = 4;
/** Where a tile goes that reaches over an edge of the result. */
export function edge(): usize {
  return local(Local.Edge);
}

/** Both operands are panels: [depth][4] and [depth][2 vectors]. */
export class Panels {
  @inline packed(): bool {
    return true;
  }
  @inline listed(): bool {
    return false;
  }
}
/** A lies anyhow, with steps in bytes. */
export class Rows {
  @inline packed(): bool {
    return false;
  }
  @inline listed(): bool {
    return false;
  }
}
/** Rows of B lie at distances from b that 32-bit words at `aRow` tell. */
export class Listed {
  @inline packed(): bool {
    return true;
  }
  @inline listed(): bool {
    return true;
  }
}
/** Rows and columns of A lie at distances from a that words at `aRow` and `aCol` tell. */
export class Taps {
  @inline packed(): bool {
    return false;
  }
  @inline listed(): bool {
    return true;
  }
}

function splat<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p);
  return v128.load32_splat(p);
}

/** Adds up `depth` (not 0) products, and with `add` what stands in c. */
function tile<T, K>(
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  depth: u32,
  c: usize,
  cRow: usize,
  add: bool,
): void {
  const packed = changetype<K>(0).packed();
  const listed = changetype<K>(0).listed();
  const zero = i32x4.splat(0);
  let c00 = zero;
  let c01 = zero;
  let c10 = zero;
  let c11 = zero;
  let c20 = zero;
  let c21 = zero;
  let c30 = zero;
  let c31 = zero;
  const taps = listed && !packed;
  let list = (packed ? aRow : aCol) - 4;
  // Distances of rows 1 to 3 from row 0.
  let row2 = aRow + aRow;
  let row3 = row2 + aRow;
  if (taps) {
    row2 = load<u32>(aRow, 8);
    row3 = load<u32>(aRow, 12);
    a += load<u32>(aRow);
    row2 -= load<u32>(aRow);
    row3 -= load<u32>(aRow);
    aRow = load<u32>(aRow, 4) - load<u32>(aRow);
  }
  if (packed) aCol = 4 * sizeof<T>();
  let x = taps ? a : a - aCol;
  let row = b - WIDTH;
  const end = packed ? x + <usize>depth * aCol : row + <usize>depth * WIDTH;
  do {
    if (listed) list += 4;
    if (taps) x = a + load<u32>(list);
    else x += aCol;
    if (listed && packed) row = b + load<u32>(list);
    else row += WIDTH;
    const b0 = v128.load(row);
    const b1 = v128.load(row, 16);
    const x0 = splat<T>(x);
    let x1: v128, x2: v128, x3: v128;
    if (!packed) {
      x1 = splat<T>(x + aRow);
      x2 = splat<T>(x + row2);
      x3 = splat<T>(x + row3);
    } else if (sizeof<T>() == 8) {
      x1 = v128.load64_splat(x, 8);
      x2 = v128.load64_splat(x, 16);
      x3 = v128.load64_splat(x, 24);
    } else {
      x1 = v128.load32_splat(x, 4);
      x2 = v128.load32_splat(x, 8);
      x3 = v128.load32_splat(x, 12);
    }
    c00 = Sum.madd<T>(x0, b0, c00);
    c01 = Sum.madd<T>(x0, b1, c01);
    c10 = Sum.madd<T>(x1, b0, c10);
    c11 = Sum.madd<T>(x1, b1, c11);
    c20 = Sum.madd<T>(x2, b0, c20);
    c21 = Sum.madd<T>(x2, b1, c21);
    c30 = Sum.madd<T>(x3, b0, c30);
    c31 = Sum.madd<T>(x3, b1, c31);
  } while ((packed ? x : row) < end);
  const d1 = c + cRow;
  const d2 = d1 + cRow;
  const d3 = d2 + cRow;
  if (add) {
    c00 = v128.add<T>(v128.load(c), c00);
    c01 = v128.add<T>(v128.load(c, 16), c01);
    c10 = v128.add<T>(v128.load(d1), c10);
    c11 = v128.add<T>(v128.load(d1, 16), c11);
    c20 = v128.add<T>(v128.load(d2), c20);
    c21 = v128.add<T>(v128.load(d2, 16), c21);
    c30 = v128.add<T>(v128.load(d3), c30);
    c31 = v128.add<T>(v128.load(d3, 16), c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(d1, c10);
  v128.store(d1, c11, 16);
  v128.store(d2, c20);
  v128.store(d2, c21, 16);
  v128.store(d3, c30);
  v128.store(d3, c31, 16);
}

/** A tile of elements of so many bytes, float32 or float64. */
export function tileOf<K>(
  size: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  depth: u32,
  c: usize,
  cRow: usize,
  add: bool,
): void {
  if (size == 8) tile<f64, K>(a, aRow, aCol, b, depth, c, cRow, add);
  else tile<f32, K>(a, aRow, aCol, b, depth, c, cRow, add);
}

/** Copies an element, or adds it to what is there. */
function putElement(size: u32, from: usize, to: usize, add: bool): void {
  if (size == 8) store<f64>(to, add ? load<f64>(to) + load<f64>(from) : load<f64>(from));
  else store<f32>(to, add ? <f32>(load<f32>(to) + load<f32>(from)) : load<f32>(from));
}

/** The valid part of a tile at the edge, to elements `cCol` bytes apart. */
export function putEdge(
  size: u32,
  rows: u32,
  bytes: usize,
  c: usize,
  cRow: usize,
  cCol: usize,
  add: bool,
): void {
  for (let r: usize = 0; r < <usize>rows; r++, c += cRow) {
    let to = c;
    for (let o: usize = 0; o < bytes; o += size, to += cCol) {
      putElement(size, edge() + r * WIDTH + o, to, add);
    }
  }
}
