// Linear recurrences along the middle axis of [outer, n, inner]: s[j] = a[j]·s[j - 1] + b[j]. Without
// a they are cumulative sums, without b cumulative products; both are one loop.

/** Bits of a recurrence. */
export const enum Scan {
  /** From the end to the beginning. */
  Reverse = 16,
  /** The factor of a step stands at the element before. */
  Lagged = 32,
  /** 0 times anything is 0. */
  Masked = 64,
}

/** a or b may be 0: a factor of 1, nothing added. */
export function scan<T>(
  a: usize,
  b: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
  bits: u32,
): void {
  const row = <usize>inner * sizeof<T>();
  const back = (bits & Scan.Reverse) != 0;
  const step = back ? <usize>0 - row : row;
  const lag: usize = bits & Scan.Lagged ? <usize>0 - step : 0;
  const masked = (bits & Scan.Masked) != 0;
  for (let o: u32 = 0; o < outer; o++) {
    const first = <usize>o * n * row + (back ? <usize>(n - 1) * row : 0);
    for (let i: usize = 0; i < row; i += sizeof<T>()) {
      let at = first + i;
      let s = load<T>((b ? b : a) + at);
      store<T>(out + at, s);
      for (let j: u32 = 1; j < n; j++) {
        at += step;
        const factor = a ? load<T>(a + at + lag) : <T>1;
        if (!masked) s = a ? <T>(s * factor) : s;
        else s = s == <T>0 || factor == <T>0 ? <T>0 : <T>(s * factor);
        if (b) s = <T>(s + load<T>(b + at));
        store<T>(out + at, s);
      }
    }
  }
}
