// Rows by index, and the transpose: rows added where the index says. A row has `inner` elements; a
// negative index counts from the end. Rows that meet in one place are added in the order of the index.

/** Place of the first of m indices that is not within -n … n - 1; -1 if there is none. */
export function firstOutside(index: usize, m: u32, n: u32): i32 {
  let k: u32 = 0;
  // Four at a time, two fours beside each other, until there is one.
  const low = i32x4.splat(-(<i32>n));
  const high = i32x4.splat(<i32>n);
  for (; k + 8 <= m && n <= <u32>i32.MAX_VALUE; k += 8) {
    const a = v128.load(index + ((<usize>k) << 2));
    const b = v128.load(index + ((<usize>k) << 2), 16);
    const below = i32x4.lt_s(i32x4.min_s(a, b), low);
    if (v128.any_true(v128.or(below, i32x4.ge_s(i32x4.max_s(a, b), high)))) break;
  }
  for (; k < m; k++) {
    const i = load<i32>(index + ((<usize>k) << 2));
    if (i < -(<i32>n) || i >= <i32>n) return <i32>k;
  }
  return -1;
}

function rowAt(index: usize, k: u32, n: u32): usize {
  const i = load<i32>(index + ((<usize>k) << 2));
  return <usize>(i < 0 ? i + <i32>n : i);
}

/** out[k] = x[index[k]], m rows out of n. */
export function gatherRows<T>(
  x: usize,
  index: usize,
  out: usize,
  n: u32,
  m: u32,
  inner: u32,
): void {
  const bytes = <usize>inner * sizeof<T>();
  for (let k: u32 = 0; k < m; k++, out += bytes) {
    const from = x + rowAt(index, k, n) * bytes;
    if (inner == 1) store<T>(out, load<T>(from));
    else memory.copy(out, from, bytes);
  }
}

/** out[index[k]] += g[k], m rows into n. */
export function scatterRows<T>(
  g: usize,
  index: usize,
  out: usize,
  n: u32,
  m: u32,
  inner: u32,
): void {
  const bytes = <usize>inner * sizeof<T>();
  if (inner == 1) {
    // The sign of a negative index, spread over all bits, lets n through.
    for (const end = index + ((<usize>m) << 2); index < end; index += 4, g += sizeof<T>()) {
      const i = load<i32>(index);
      const to = out + <usize>(i + ((i >> 31) & (<i32>n))) * sizeof<T>();
      store<T>(to, <T>(load<T>(to) + load<T>(g)));
    }
    return;
  }
  for (let k: u32 = 0; k < m; k++, g += bytes) {
    const to = out + rowAt(index, k, n) * bytes;
    let o: usize = 0;
    for (; o + 16 <= bytes; o += 16) {
      v128.store(to + o, v128.add<T>(v128.load(to + o), v128.load(g + o)));
    }
    for (; o < bytes; o += sizeof<T>()) store<T>(to + o, <T>(load<T>(to + o) + load<T>(g + o)));
  }
}
