// C = A · B for any strides of A and B: B is packed panel by panel into rows of two vectors, padded
// with zeros; four rows of A meet a panel in registers. Sums run over k in order.

/** Rows of A per step. */
const ROWS: u32 = 4;
/** Bytes of a packed row: two vectors. */
const PANEL: usize = 32;
const edge = memory.data(4 * 32, 16);

/** Bytes of scratch that a product with this inner size needs. */
export function matmulScratch(k: u32): usize {
  return <usize>k * PANEL + PANEL;
}

function splat<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p);
  return v128.load32_splat(p);
}

/** Packs columns j … j + width of B, k rows, into `to`. */
function pack<T>(b: usize, rowStep: usize, colStep: usize, k: u32, width: u32, to: usize): void {
  const full = PANEL / sizeof<T>();
  if (<usize>width == full && colStep == sizeof<T>()) {
    for (let i: u32 = 0; i < k; i++, b += rowStep, to += PANEL) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
    }
    return;
  }
  for (let i: u32 = 0; i < k; i++, b += rowStep, to += PANEL) {
    let p = b;
    for (let j: usize = 0; j < full; j++, p += colStep) {
      store<T>(to + j * sizeof<T>(), j < width ? load<T>(p) : <T>0);
    }
  }
}

/** Four rows times one panel. */
function micro4<T>(
  a: usize,
  rowStep: usize,
  colStep: usize,
  panel: usize,
  k: u32,
  c: usize,
  cStep: usize,
): void {
  const zero = i32x4.splat(0);
  let c00 = zero;
  let c01 = zero;
  let c10 = zero;
  let c11 = zero;
  let c20 = zero;
  let c21 = zero;
  let c30 = zero;
  let c31 = zero;
  const a2 = a + 2 * rowStep;
  let step: usize = 0;
  for (const end = panel + <usize>k * PANEL; panel < end; panel += PANEL, step += colStep) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const x0 = splat<T>(a + step);
    c00 = v128.add<T>(c00, v128.mul<T>(x0, b0));
    c01 = v128.add<T>(c01, v128.mul<T>(x0, b1));
    const x1 = splat<T>(a + rowStep + step);
    c10 = v128.add<T>(c10, v128.mul<T>(x1, b0));
    c11 = v128.add<T>(c11, v128.mul<T>(x1, b1));
    const x2 = splat<T>(a2 + step);
    c20 = v128.add<T>(c20, v128.mul<T>(x2, b0));
    c21 = v128.add<T>(c21, v128.mul<T>(x2, b1));
    const x3 = splat<T>(a2 + rowStep + step);
    c30 = v128.add<T>(c30, v128.mul<T>(x3, b0));
    c31 = v128.add<T>(c31, v128.mul<T>(x3, b1));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStep;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStep;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStep;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** One row times one panel. */
function micro1<T>(a: usize, colStep: usize, panel: usize, k: u32, c: usize): void {
  let c0 = i32x4.splat(0);
  let c1 = c0;
  for (const end = panel + <usize>k * PANEL; panel < end; panel += PANEL, a += colStep) {
    const x = splat<T>(a);
    c0 = v128.add<T>(c0, v128.mul<T>(x, v128.load(panel)));
    c1 = v128.add<T>(c1, v128.mul<T>(x, v128.load(panel, 16)));
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
}

/** C[m, n] = A[m, k] · B[k, n]; C is contiguous, steps are in bytes. */
export function matmul<T>(
  m: u32,
  n: u32,
  k: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bRow: usize,
  bCol: usize,
  c: usize,
  scratch: usize,
): void {
  const full = <u32>(PANEL / sizeof<T>());
  const cRow = <usize>n * sizeof<T>();
  const panel = (scratch + 15) & ~15;
  for (let j: u32 = 0; j < n; j += full) {
    const width = min(full, n - j);
    const bytes = <usize>width * sizeof<T>();
    pack<T>(b + <usize>j * bCol, bRow, bCol, k, width, panel);
    let ai = a;
    let ci = c + <usize>j * sizeof<T>();
    let i: u32 = 0;
    for (; i + ROWS <= m; i += ROWS, ai += <usize>ROWS * aRow) {
      if (width == full) {
        micro4<T>(ai, aRow, aCol, panel, k, ci, cRow);
        ci += <usize>ROWS * cRow;
      } else {
        micro4<T>(ai, aRow, aCol, panel, k, edge, PANEL);
        for (let r: usize = 0; r < ROWS; r++, ci += cRow) memory.copy(ci, edge + r * PANEL, bytes);
      }
    }
    for (; i < m; i++, ai += aRow, ci += cRow) {
      micro1<T>(ai, aCol, panel, k, edge);
      memory.copy(ci, edge, bytes);
    }
  }
}
