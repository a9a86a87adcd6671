// Loops over contiguous runs, templates over an operation object: `changetype<F>(0).f<T>(…)` inlines.
// `bytes` counts operand bytes in whole vectors; out never overlaps an operand. What lies past the
// last element of a padded run is computed and ignored. Loops take two vectors at a time and store
// neither before both are computed: V8 moves no load past a store, so that constants in memory are
// loaded once for both.

const BLOCK: usize = 1024;

/** out = f(x). */
export function map1<F, T>(x: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  if (isDefined(op.rare)) {
    for (const end = x + bytes; x < end; x += BLOCK, out += BLOCK) {
      const n = min(BLOCK, end - x);
      let bad = i64x2.splat(0);
      for (let o: usize = 0; o < n; o += 16) {
        const a = v128.load(x + o);
        bad = v128.or(bad, op.rare<T>(a));
        v128.store(out + o, op.f<T>(a));
      }
      if (v128.any_true(bad)) redo1<F, T>(x, out, n);
    }
  } else {
    const pairs = x + (bytes & ~31);
    for (; x < pairs; x += 32, out += 32) {
      const y = op.f<T>(v128.load(x));
      const z = op.f<T>(v128.load(x, 16));
      v128.store(out, y);
      v128.store(out, z, 16);
    }
    if (bytes & 16) v128.store(out, op.f<T>(v128.load(x)));
  }
}

/** The rare elements of a run, one by one. */
function redo1<F, T>(x: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  for (let o: usize = 0; o < bytes; o += sizeof<T>()) {
    const value = load<T>(x + o);
    if (v128.any_true(op.rare<T>(v128.splat<T>(value)))) store<T>(out + o, op.lane<T>(value));
  }
}

function splatAt<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(p);
  return v128.load32_splat(p);
}

/** How the operands of `map2` step: both run, the first stays, the second stays. */
export const enum Step {
  Both = 0,
  Second = 1,
  First = 2,
}

/** out = f(x, y), one of them possibly a single element. */
export function map2<F, T>(x: usize, y: usize, out: usize, bytes: usize, step: Step): void {
  const op = changetype<F>(0);
  if (step == Step.Both) {
    const pairs = x + (bytes & ~31);
    for (; x < pairs; x += 32, y += 32, out += 32) {
      const a = op.f<T>(v128.load(x), v128.load(y));
      const b = op.f<T>(v128.load(x, 16), v128.load(y, 16));
      v128.store(out, a);
      v128.store(out, b, 16);
    }
    if (bytes & 16) v128.store(out, op.f<T>(v128.load(x), v128.load(y)));
  } else if (step == Step.Second) {
    const a = splatAt<T>(x);
    for (const end = y + bytes; y < end; y += 16, out += 16)
      v128.store(out, op.f<T>(a, v128.load(y)));
  } else {
    const b = splatAt<T>(y);
    for (const end = x + bytes; x < end; x += 16, out += 16)
      v128.store(out, op.f<T>(v128.load(x), b));
  }
}

/** out = f(x, y, z). */
export function map3<F, T>(x: usize, y: usize, z: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  for (const pairs = out + (bytes & ~31); out < pairs; x += 32, y += 32, z += 32, out += 32) {
    const a = op.f<T>(v128.load(x), v128.load(y), v128.load(z));
    const b = op.f<T>(v128.load(x, 16), v128.load(y, 16), v128.load(z, 16));
    v128.store(out, a);
    v128.store(out, b, 16);
  }
  if (bytes & 16) v128.store(out, op.f<T>(v128.load(x), v128.load(y), v128.load(z)));
}

function loadOne(x: usize, size: usize): f64 {
  return size == 4 ? <f64>load<f32>(x) : load<f64>(x);
}

function storeOne(out: usize, size: usize, value: f64): void {
  if (size == 4) store<f32>(out, <f32>value);
  else store<f64>(out, value);
}

/**
 * out = one(x), a number at a time, in float64: for what has no vector formula. `one` is an index into
 * the function table, since next to such functions a call is nothing, and one loop serves all of them.
 * What lies past the last element may be anything: `one` must end soon for every number.
 */
export function lanes1(one: u32, x: usize, out: usize, bytes: usize, size: usize): void {
  for (const end = out + bytes; out < end; x += size, out += size) {
    storeOne(out, size, call_indirect<f64>(one, loadOne(x, size)));
  }
}

/** out = one(x, y), one of them possibly a single element. */
export function lanes2(
  one: u32,
  x: usize,
  y: usize,
  out: usize,
  bytes: usize,
  step: Step,
  size: usize,
): void {
  const stepX: usize = step == Step.Second ? 0 : size;
  const stepY: usize = step == Step.First ? 0 : size;
  for (const end = out + bytes; out < end; x += stepX, y += stepY, out += size) {
    storeOne(out, size, call_indirect<f64>(one, loadOne(x, size), loadOne(y, size)));
  }
}

/** out = one(x, y, z). */
export function lanes3(
  one: u32,
  x: usize,
  y: usize,
  z: usize,
  out: usize,
  bytes: usize,
  size: usize,
): void {
  for (let o: usize = 0; o < bytes; o += size) {
    const a = loadOne(x + o, size);
    storeOne(out + o, size, call_indirect<f64>(one, a, loadOne(y + o, size), loadOne(z + o, size)));
  }
}

/** A lane mask as 0 and 1 in 32-bit lanes; of two float64 masks the 32-bit halves are joined. */
function bits32(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1));
}

/** out = 0 or 1: whether the predicate holds for (x, y). Two float64 vectors make one of bools. */
export function test2<F, T>(x: usize, y: usize, out: usize, bytes: usize, step: Step): void {
  const op = changetype<F>(0);
  const a = splatAt<T>(x);
  const b = splatAt<T>(y);
  const n = bytes;
  if (sizeof<T>() == 8) {
    for (let o: usize = 0; o < n; o += 32, out += 16) {
      const p = op.f<T>(
        step == Step.Second ? a : v128.load(x + o),
        step == Step.First ? b : v128.load(y + o),
      );
      const q = op.f<T>(
        step == Step.Second ? a : v128.load(x + o, 16),
        step == Step.First ? b : v128.load(y + o, 16),
      );
      v128.store(out, bits32(v128.shuffle<i32>(p, q, 0, 2, 4, 6)));
    }
  } else {
    for (let o: usize = 0; o < n; o += 16, out += 16) {
      const p = op.f<T>(
        step == Step.Second ? a : v128.load(x + o),
        step == Step.First ? b : v128.load(y + o),
      );
      v128.store(out, bits32(p));
    }
  }
}

/** out = 0 or 1: whether the predicate holds for x. */
export function test1<F, T>(x: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  if (sizeof<T>() == 8) {
    for (let o: usize = 0; o < bytes; o += 32, out += 16) {
      const p = op.f<T>(v128.load(x + o));
      const q = op.f<T>(v128.load(x + o, 16));
      v128.store(out, bits32(v128.shuffle<i32>(p, q, 0, 2, 4, 6)));
    }
  } else {
    for (let o: usize = 0; o < bytes; o += 16, out += 16) {
      v128.store(out, bits32(op.f<T>(v128.load(x + o))));
    }
  }
}
