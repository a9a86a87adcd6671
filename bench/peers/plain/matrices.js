// Products of matrices by hand: loops that V8 compiles well, four terms at a time.

/** out [m, n] = a [m, k] · b [k, n], added to what is there if told so. */
export function product(m, n, k, a, b, out, added = false) {
  if (!added) out.fill(0, 0, m * n);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    let l = 0;
    for (; l + 3 < k; l += 4) {
      const from = i * k + l;
      addRows(n, a[from], a[from + 1], a[from + 2], a[from + 3], b, l * n, out, row);
    }
    for (; l < k; l++) addRow(n, a[i * k + l], b, l * n, out, row);
  }
}

/** out [m, n] = aᵀ · b for a [k, m], b [k, n]. */
export function productOfTransposed(m, n, k, a, b, out, added = false) {
  if (!added) out.fill(0, 0, m * n);
  let l = 0;
  for (; l + 3 < k; l += 4) {
    for (let i = 0; i < m; i++) {
      const from = l * m + i;
      const next = from + 2 * m;
      addRows(n, a[from], a[from + m], a[next], a[next + m], b, l * n, out, i * n);
    }
  }
  for (; l < k; l++) for (let i = 0; i < m; i++) addRow(n, a[l * m + i], b, l * n, out, i * n);
}

/** out [m, n] = a · bᵀ for a [m, k], b [n, k]: four dot products at once. */
export function productWithTransposed(m, n, k, a, b, out) {
  for (let i = 0; i < m; i++) {
    const row = i * k;
    let j = 0;
    for (; j + 3 < n; j += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      const from = j * k;
      for (let l = 0; l < k; l++) {
        const factor = a[row + l];
        s0 += factor * b[from + l];
        s1 += factor * b[from + k + l];
        s2 += factor * b[from + 2 * k + l];
        s3 += factor * b[from + 3 * k + l];
      }
      const to = i * n + j;
      out[to] = s0;
      out[to + 1] = s1;
      out[to + 2] = s2;
      out[to + 3] = s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[row + l] * b[j * k + l];
      out[i * n + j] = sum;
    }
  }
}

function addRows(n, f0, f1, f2, f3, b, from, out, to) {
  const b1 = from + n;
  const b2 = b1 + n;
  const b3 = b2 + n;
  for (let j = 0; j < n; j++) {
    out[to + j] += f0 * b[from + j] + f1 * b[b1 + j] + f2 * b[b2 + j] + f3 * b[b3 + j];
  }
}

function addRow(n, factor, b, from, out, to) {
  for (let j = 0; j < n; j++) out[to + j] += factor * b[from + j];
}
