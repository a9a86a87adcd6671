// Spherical Bessel functions at pi x, of which sin(pi x) / (pi x) is the first: by their power series
// where they have few waves, else by recurrence from sines of pi x, reduced before it is multiplied.

/** Spherical Bessel functions. */
export abstract class SphericalBessel {
  /** Order n ≥ 0 at pi x; 0 for n < 0. */
  static j(n: f64, x: f64): f64 {
    if (!(n >= 0)) return 0;
    const odd = x < 0 && (<i32>n) & 1;
    x = abs<f64>(x);
    if (x == Infinity) return 0;
    const z = Math.PI * x;
    const y =
      z < max<f64>(2, n + 1) ? SphericalBessel.series(n, z) : SphericalBessel.climb(n, x, z);
    return odd ? -y : y;
  }

  private static series(n: f64, z: f64): f64 {
    let first: f64 = 1;
    for (let k: f64 = 1; k <= min<f64>(n, 200); k++) first *= z / (2 * k + 1);
    const half = -0.5 * z * z;
    let term: f64 = 1;
    let sum: f64 = 1;
    for (let k: f64 = 1; abs<f64>(term) > 1e-18 && k < 500; k++) {
      term *= half / (k * (2 * (n + k) + 1));
      sum += term;
    }
    return first * sum;
  }

  private static climb(n: f64, x: f64, z: f64): f64 {
    const whole = nearest<f64>(x);
    const sign: f64 = trunc<f64>(whole * 0.5) * 2 == whole ? 1 : -1;
    const angle = Math.PI * (x - whole);
    let y = (sign * NativeMath.sin(angle)) / z;
    if (n == 0) return y;
    let next = (y - sign * NativeMath.cos(angle)) / z;
    for (let k: f64 = 1; k < min<f64>(n, 1000); k++) {
      const after = ((2 * k + 1) / z) * next - y;
      y = next;
      next = after;
    }
    return next;
  }
}
