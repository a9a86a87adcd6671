// Images as matrices: what a 3 × 3 window sees, and the largest of 2 × 2. Channels come last.

/** The window around every pixel, a row each; zeros outside. */
export function spread(images, batch, size, channels, out) {
  let next = 0;
  for (let pixel = 0; pixel < batch * size * size; pixel++) {
    for (let k = 0; k < 9; k++) {
      const from = seen(pixel, k, size) * channels;
      for (let c = 0; c < channels; c++) out[next++] = from < 0 ? 0 : images[from + c];
    }
  }
}

/** The transpose of `spread`: adds every window's row where it came from. */
export function gather(rows, batch, size, channels, out) {
  out.fill(0);
  let next = 0;
  for (let pixel = 0; pixel < batch * size * size; pixel++) {
    for (let k = 0; k < 9; k++) {
      const to = seen(pixel, k, size) * channels;
      if (to >= 0) for (let c = 0; c < channels; c++) out[to + c] += rows[next + c];
      next += channels;
    }
  }
}

/** The pixel at place k of the window around another, or -1 outside of the image. */
function seen(pixel, k, size) {
  const row = ((k / 3) | 0) - 1;
  const column = (k % 3) - 1;
  const x = (pixel % size) + column;
  const y = (((pixel / size) | 0) % size) + row;
  if (x < 0 || x >= size || y < 0 || y >= size) return -1;
  return pixel + row * size + column;
}

/** The largest of each 2 × 2 pixels, and where it is. */
export function pool(images, batch, size, channels, out, where) {
  let next = 0;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < size; y += 2) {
      for (let x = 0; x < size; x += 2) {
        for (let c = 0; c < channels; c++) {
          const first = ((b * size + y) * size + x) * channels + c;
          let at = first;
          for (let k = 1; k < 4; k++) {
            const other = first + ((k >> 1) * size + (k & 1)) * channels;
            if (images[other] > images[at]) at = other;
          }
          out[next] = images[at];
          where[next++] = at;
        }
      }
    }
  }
}

/** The gradient before relu and `pool`, from the one after them. */
export function throughPool(images, where, gradient, out) {
  out.fill(0);
  for (let i = 0; i < where.length; i++) if (images[where[i]] > 0) out[where[i]] = gradient[i];
}
