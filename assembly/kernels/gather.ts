// Rows by index, and the transpose: rows added where the index says. A row has `inner` elements; a
// negative index counts from the end. Rows that meet in one place are added in the order of the index.

/** Place of the first of m indices that is not within -n … n - 1; -1 if there is none. */
export function firstOutside(index: usize, m: u32, n: u32): i32 {
  for (let k: u32 = 0; k < m; k++) {
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
  for (let k: u32 = 0; k < m; k++, g += bytes) {
    const to = out + rowAt(index, k, n) * bytes;
    if (inner == 1) {
      store<T>(to, <T>(load<T>(to) + load<T>(g)));
      continue;
    }
    let o: usize = 0;
    for (; o + 16 <= bytes; o += 16) {
      v128.store(to + o, v128.add<T>(v128.load(to + o), v128.load(g + o)));
    }
    for (; o < bytes; o += sizeof<T>()) store<T>(to + o, <T>(load<T>(to + o) + load<T>(g + o)));
  }
}
