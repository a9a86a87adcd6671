// The steps of normalised lines (kernels/lines.ts) in fewer passes: what two or four kernels of rows would
// do one after the other, each element on its own, is done here at once, with the same roundings. Operands
// are registers; those of means, scales and the like hold numbers.
import { groupLines, linePitch, register } from "./lines";

function numberOf<T>(numbers: u32, k: u32): v128 {
  return v128.splat<T>(load<T>(register(numbers) + <usize>k * sizeof<T>()));
}

class Masked {
  /** x · y, 0 wherever a factor is. */
  @inline static times<T>(x: v128, y: v128): v128 {
    const zero = v128.splat<T>(<T>0);
    const dead = v128.or(v128.eq<T>(x, zero), v128.eq<T>(y, zero));
    return v128.andnot(v128.mul<T>(x, y), dead);
  }
}

/** out = x - mean, squares = out². */
export function centre<T>(x: u32, mean: u32, out: u32, squares: u32): void {
  const pitch = linePitch();
  let from = register(x);
  let to = register(out);
  let beside = register(squares);
  for (let k: u32 = 0; k < groupLines(); k++) {
    const m = numberOf<T>(mean, k);
    for (const end = from + pitch; from < end; from += 16, to += 16, beside += 16) {
      const c = v128.sub<T>(v128.load(from), m);
      v128.store(to, c);
      v128.store(beside, v128.mul<T>(c, c));
    }
  }
}

/** y = y · scale, out = t · y, masked. */
export function scaled<T>(y: u32, scale: u32, t: u32, out: u32): void {
  const pitch = linePitch();
  let at = register(y);
  let from = register(t);
  let to = register(out);
  for (let k: u32 = 0; k < groupLines(); k++) {
    const s = numberOf<T>(scale, k);
    for (const end = from + pitch; from < end; from += 16, to += 16, at += 16) {
      const v = v128.mul<T>(v128.load(at), s);
      v128.store(at, v);
      v128.store(to, Masked.times<T>(v128.load(from), v));
    }
  }
}

/** out = (t - mean - y · part) · scale, products masked. */
export function projected<T>(t: u32, mean: u32, y: u32, part: u32, scale: u32, out: u32): void {
  const pitch = linePitch();
  let at = register(y);
  let from = register(t);
  let to = register(out);
  for (let k: u32 = 0; k < groupLines(); k++) {
    const m = numberOf<T>(mean, k);
    const p = numberOf<T>(part, k);
    const s = numberOf<T>(scale, k);
    for (const end = from + pitch; from < end; from += 16, to += 16, at += 16) {
      const inner = Masked.times<T>(v128.load(at), p);
      const outer = v128.sub<T>(v128.load(from), m);
      v128.store(to, Masked.times<T>(v128.sub<T>(outer, inner), s));
    }
  }
}
