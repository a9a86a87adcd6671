// C = A · B of matrices whose operands lie anyhow (steps in bytes), packed and blocked for the caches:
// columns of B by COLUMNS, the inner axis by DEPTH, rows of A by ROWS. Panels of B are two vectors
// wide, panels of A four rows high; a panel of each meets in registers (tile.ts). Each element is
// summed in order within DEPTH products, then block by block; rows do not depend on one another.

import { edge, HEIGHT, Panels, putEdge, Rows, tileOf, WIDTH } from "./tile";

/** Products that are summed up before they are added to others. */
export const DEPTH: u32 = 256;
/** Bytes of packed rows of A and columns of B. */
const ROWS_BYTES: u32 = 256;
const COLUMNS_BYTES: u32 = 4096;

/** Bytes of scratch that a product of these sizes needs. */
export function gemmScratch(size: u32, m: u32, n: u32, k: u32): usize {
  const depth = <usize>min(k, DEPTH);
  const rows = <usize>min((m + 3) & ~3, ROWS_BYTES / size) * size;
  const columns = min((<usize>n * size + 31) & ~31, COLUMNS_BYTES);
  return depth * (rows + columns) + 16;
}

/** The transpose of a square of 4-byte lanes, four vectors or of 8-byte lanes, two. */
function turn4(from: usize, laneStep: usize, to: usize, width: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + laneStep);
  const c = v128.load(from + 2 * laneStep);
  const d = v128.load(from + 3 * laneStep);
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(to + width, v128.shuffle<i64>(ab0, cd0, 1, 3));
  v128.store(to + 2 * width, v128.shuffle<i64>(ab1, cd1, 0, 2));
  v128.store(to + 3 * width, v128.shuffle<i64>(ab1, cd1, 1, 3));
}

function turn2(from: usize, laneStep: usize, to: usize, width: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + laneStep);
  v128.store(to, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(to + width, v128.shuffle<i64>(a, b, 1, 3));
}

/** Copies an element; from 0, a zero. */
export function copyElement(size: u32, from: usize, to: usize): void {
  if (size == 8) store<u64>(to, from ? load<u64>(from) : 0);
  else store<u32>(to, from ? load<u32>(from) : 0);
}

/** Packs `lanes` lanes of `depth` elements into a panel of `width` bytes a row, padded with zeros. */
export function pack(
  size: u32,
  from: usize,
  laneStep: usize,
  depthStep: usize,
  lanes: u32,
  depth: u32,
  width: usize,
  to: usize,
): void {
  const full = <usize>lanes * size == width;
  const end = to + <usize>depth * width;
  if (full && laneStep == size) {
    for (; to < end; to += width, from += depthStep) {
      v128.store(to, v128.load(from));
      if (width == 32) v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  const square: usize = 16 / size;
  if (full && depthStep == size) {
    const whole = to + ((<usize>depth) & ~(square - 1)) * width;
    for (; to < whole; to += square * width, from += 16) {
      for (let o: usize = 0; o < width; o += 16) {
        const lane = from + (o / size) * laneStep;
        if (size == 8) turn2(lane, laneStep, to + o, width);
        else turn4(lane, laneStep, to + o, width);
      }
    }
  }
  for (; to < end; to += width, from += depthStep) {
    let p = from;
    for (let o: usize = 0; o < width; o += size, p += laneStep) {
      copyElement(size, o < <usize>lanes * size ? p : 0, to + o);
    }
  }
}

/**
 * A block of rows times a block of packed columns. Whole panels of rows may be read where they are;
 * those of A that are packed stand at `packed`, from row `from` on.
 */
function block(
  size: u32,
  rows: u32,
  bytes: usize,
  depth: u32,
  a: usize,
  aRow: usize,
  aCol: usize,
  direct: u32,
  packed: usize,
  b: usize,
  c: usize,
  cRow: usize,
  add: bool,
): void {
  const high = 4 * size;
  for (let j: usize = 0; j < bytes; j += WIDTH, b += <usize>depth * WIDTH) {
    const wide = bytes - j >= WIDTH;
    let to = c + j;
    let panel = packed;
    let row = a;
    for (let i: u32 = 0; i < rows; i += HEIGHT, to += 4 * cRow) {
      const whole = wide && i + HEIGHT <= rows;
      const into = whole ? to : edge();
      const step = whole ? cRow : WIDTH;
      if (i < direct) {
        tileOf<Rows>(size, row, aRow, aCol, b, depth, into, step, whole && add);
        row += 4 * aRow;
      } else {
        tileOf<Panels>(size, panel, 0, 0, b, depth, into, step, whole && add);
        panel += <usize>depth * high;
      }
      if (!whole) putEdge(size, min(HEIGHT, rows - i), min(WIDTH, bytes - j), to, cRow, size, add);
    }
  }
}

/**
 * C[m, n] = A[m, k] · B[k, n], or with `add` C += A · B. Rows of C are contiguous; steps are in
 * bytes; `scratch` holds gemmScratch(size, m, n, k) bytes. k is not 0.
 */
export function gemm(
  size: u32,
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
  cRow: usize,
  add: bool,
  scratch: usize,
): void {
  const maxRows = ROWS_BYTES / size;
  const maxColumns = COLUMNS_BYTES / size;
  const lanes = <u32>(WIDTH / size);
  const packedA = (scratch + 15) & ~15;
  const packedB = packedA + <usize>min(k, DEPTH) * min((m + 3) & ~3, maxRows) * size;
  for (let j: u32 = 0; j < n; j += maxColumns) {
    const columns = min(maxColumns, n - j);
    for (let p: u32 = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      let from = b + <usize>j * bCol + <usize>p * bRow;
      let to = packedB;
      for (let q: u32 = 0; q < columns; q += lanes, from += <usize>lanes * bCol) {
        pack(size, from, bCol, bRow, min(lanes, columns - q), depth, WIDTH, to);
        to += <usize>depth * WIDTH;
      }
      for (let i: u32 = 0; i < m; i += maxRows) {
        const rows = min(maxRows, m - i);
        const rowsAt = a + <usize>i * aRow + <usize>p * aCol;
        // Few columns do not pay for packing A, nor does an A that the first-level cache holds.
        const small = columns <= 4 * lanes || rows * depth * size <= 4096;
        const direct = small ? rows & ~3 : 0;
        from = rowsAt + <usize>direct * aRow;
        to = packedA;
        for (let q = direct; q < rows; q += HEIGHT, from += <usize>HEIGHT * aRow) {
          pack(size, from, aRow, aCol, min(HEIGHT, rows - q), depth, 4 * size, to);
          to += <usize>depth * 4 * size;
        }
        block(
          size,
          rows,
          <usize>columns * size,
          depth,
          rowsAt,
          aRow,
          aCol,
          direct,
          packedA,
          packedB,
          c + <usize>i * cRow + <usize>j * size,
          cRow,
          add || p != 0,
        );
      }
    }
  }
}
