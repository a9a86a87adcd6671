// Loops over contiguous runs, templates over an operation object: `changetype<F>(0).f<T>(…)` inlines.
// `bytes` counts operand bytes in whole vectors; out never overlaps an operand. What lies past the
// last element of a padded run is computed and ignored. Loops take two vectors at a time and store
// neither before both are computed: V8 moves no load past a store, so that constants in memory are
// loaded once for both.

import { Local, local } from "./local";
import { Vec } from "./math/vector";

const BLOCK: usize = 1024;

/** out = f(x). A class with `single` has rare elements in float32 alone. */
export function map1<F, T>(x: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  if (isDefined(op.rare) && !(isDefined(op.single) && sizeof<T>() == 8)) {
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
  } else if (isDefined(op.long)) {
    // Its operations keep a processor busy by themselves.
    for (const end = x + bytes; x < end; x += 16, out += 16) v128.store(out, op.f<T>(v128.load(x)));
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

/** A repeated element, as two vectors: a loop that does not move along them takes it for an operand. */
function twice(element: v128): usize {
  const to = local(Local.Twice);
  v128.store(to, element);
  v128.store(to, element, 16);
  return to;
}

/** out = f(x, y), one of them possibly a single element. */
export function map2<F, T>(x: usize, y: usize, out: usize, bytes: usize, step: Step): void {
  const op = changetype<F>(0);
  const stepX: usize = step == Step.Second ? 0 : 32;
  const stepY: usize = step == Step.First ? 0 : 32;
  if (!stepX) x = twice(splatAt<T>(x));
  if (!stepY) y = twice(splatAt<T>(y));
  if (isDefined(op.long)) {
    for (const end = out + bytes; out < end; x += stepX >> 1, y += stepY >> 1, out += 16) {
      v128.store(out, op.f<T>(v128.load(x), v128.load(y)));
    }
    return;
  }
  for (const pairs = out + (bytes & ~31); out < pairs; x += stepX, y += stepY, out += 32) {
    const a = op.f<T>(v128.load(x), v128.load(y));
    const b = op.f<T>(v128.load(x, 16), v128.load(y, 16));
    v128.store(out, a);
    v128.store(out, b, 16);
  }
  if (bytes & 16) v128.store(out, op.f<T>(v128.load(x), v128.load(y)));
}

/** Added to the bytes of three operands: y and z are runs of one element each. */
export const HELD: usize = 1;

/** out = f(x, y, z). A class with `held` has a shorter formula for elements y and z that stay. */
export function map3<F, T>(x: usize, y: usize, z: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  if (isDefined(op.held) && isFloat<T>()) {
    if (bytes & HELD) {
      const b = v128.load(y);
      const c = v128.load(z);
      const bad = op.bad<T>(b);
      for (const pairs = out + (bytes & ~31); out < pairs; x += 32, out += 32) {
        const p = op.held<T>(v128.load(x), b, c, bad);
        const q = op.held<T>(v128.load(x, 16), b, c, bad);
        v128.store(out, p);
        v128.store(out, q, 16);
      }
      if (bytes & 16) v128.store(out, op.held<T>(v128.load(x), b, c, bad));
      return;
    }
  }
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
  for (let o: usize = 0, end = bytes & ~HELD; o < end; o += size) {
    const a = loadOne(x + o, size);
    storeOne(out + o, size, call_indirect<f64>(one, a, loadOne(y + o, size), loadOne(z + o, size)));
  }
}

/**
 * out = wide(x), two float64 at a time: for longer formulas, whose float32 results are then rounded from
 * float64. As in `lanes1`, one loop serves all of them, and each formula is there once.
 */
export function wide1(wide: u32, x: usize, out: usize, bytes: usize, size: usize): void {
  for (const end = out + bytes; out < end; x += 16, out += 16) {
    const a = v128.load(x);
    if (size == 8) {
      v128.store(out, call_indirect<v128>(wide, a));
    } else {
      const low = call_indirect<v128>(wide, f64x2.promote_low_f32x4(a));
      v128.store(out, Vec.joined(low, call_indirect<v128>(wide, Vec.upperTwo(a))));
    }
  }
}

/** out = wide(x, y), one of them possibly a single element. */
export function wide2(
  wide: u32,
  x: usize,
  y: usize,
  out: usize,
  bytes: usize,
  step: Step,
  size: usize,
): void {
  const wholeX: usize = step == Step.Second ? 0 : 16;
  const wholeY: usize = step == Step.First ? 0 : 16;
  for (const end = out + bytes; out < end; x += wholeX, y += wholeY, out += 16) {
    let a = v128.load(x);
    let b = v128.load(y);
    if (size == 8) {
      if (!wholeX) a = v128.shuffle<i64>(a, a, 0, 0);
      if (!wholeY) b = v128.shuffle<i64>(b, b, 0, 0);
      v128.store(out, call_indirect<v128>(wide, a, b));
    } else {
      if (!wholeX) a = v128.shuffle<i32>(a, a, 0, 0, 0, 0);
      if (!wholeY) b = v128.shuffle<i32>(b, b, 0, 0, 0, 0);
      const low = call_indirect<v128>(wide, f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
      v128.store(out, Vec.joined(low, call_indirect<v128>(wide, Vec.upperTwo(a), Vec.upperTwo(b))));
    }
  }
}

/** A lane mask as 0 and 1 in 32-bit lanes; of two float64 masks the 32-bit halves are joined. */
function bits32(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1));
}

abstract class Bits {
  /** Stores what one mask, or two of float64, say. */
  @inline static store<T>(out: usize, p: v128, q: v128): void {
    v128.store(out, bits32(sizeof<T>() == 8 ? v128.shuffle<i32>(p, q, 0, 2, 4, 6) : p));
  }
}

/** out = 0 or 1: whether the predicate holds for (x, y). Two float64 vectors make one of bools. */
export function test2<F, T>(x: usize, y: usize, out: usize, bytes: usize, step: Step): void {
  const op = changetype<F>(0);
  const width: usize = 4 * sizeof<T>();
  const stepX: usize = step == Step.Second ? 0 : width;
  const stepY: usize = step == Step.First ? 0 : width;
  if (!stepX) x = twice(splatAt<T>(x));
  if (!stepY) y = twice(splatAt<T>(y));
  for (const end = out + (bytes * 4) / sizeof<T>(); out < end; x += stepX, y += stepY, out += 16) {
    const p = op.f<T>(v128.load(x), v128.load(y));
    Bits.store<T>(out, p, sizeof<T>() == 8 ? op.f<T>(v128.load(x, 16), v128.load(y, 16)) : p);
  }
}

/** out = 0 or 1: whether the predicate holds for x. */
export function test1<F, T>(x: usize, out: usize, bytes: usize): void {
  const op = changetype<F>(0);
  for (const end = out + (bytes * 4) / sizeof<T>(); out < end; x += 4 * sizeof<T>(), out += 16) {
    const p = op.f<T>(v128.load(x));
    Bits.store<T>(out, p, sizeof<T>() == 8 ? op.f<T>(v128.load(x, 16)) : p);
  }
}
