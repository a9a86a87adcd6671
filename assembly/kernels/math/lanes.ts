// Functions computed one number at a time, in float64: float32 results are rounded once. What they call
// is AssemblyScript's own NativeMath (musl and fdlibm descendants): the same bits on every host.

const TWO_600: f64 = 4.149515568880993e180;

/** Functions of two numbers. */
export abstract class Pair {
  /** sqrt(x² + y²) without overflow. */
  static hypot(x: f64, y: f64): f64 {
    x = abs<f64>(x);
    y = abs<f64>(y);
    if (x == Infinity || y == Infinity) return Infinity;
    const most = max<f64>(x, y);
    const scale = most > 1e150 ? TWO_600 : most < 1e-140 ? 1 / TWO_600 : 1;
    x /= scale;
    y /= scale;
    return sqrt<f64>(x * x + y * y) * scale;
  }

  /** x / hypot(x, y), a cosine; 0 at the origin. */
  static cosine(x: f64, y: f64): f64 {
    if (x == 0 && y == 0) return 0;
    if (abs<f64>(x) == Infinity && abs<f64>(y) < Infinity) return copysign<f64>(1, x);
    const most = max<f64>(abs<f64>(x), abs<f64>(y));
    const scale = most > 1e150 ? TWO_600 : most < 1e-140 ? 1 / TWO_600 : 1;
    x /= scale;
    y /= scale;
    return x / sqrt<f64>(x * x + y * y);
  }

  /** x / (x² + y²), the real part of 1 / (x + iy), without overflow. */
  static inverse(x: f64, y: f64): f64 {
    if (abs<f64>(y) > abs<f64>(x)) {
      const ratio = x / y;
      return ratio / (y * (1 + ratio * ratio));
    }
    const ratio = y / x;
    return 1 / (x * (1 + ratio * ratio));
  }

  /** (y² - x²) / (x² + y²)²: differences are taken before squares. */
  static inverseSlope(x: f64, y: f64): f64 {
    const most = max<f64>(abs<f64>(x), abs<f64>(y));
    const a = x / most;
    const b = y / most;
    const norm = a * a + b * b;
    return (((y - x) / most) * (b + a)) / (norm * norm) / most / most;
  }

  /** x - y floor(x / y), with the sign of y: NumPy's remainder. */
  static remainder(x: f64, y: f64): f64 {
    const rest = NativeMath.mod(x, y);
    if (rest == 0) return copysign<f64>(0, y);
    return rest < 0 != y < 0 ? rest + y : rest;
  }

  /** floor(x / y), the quotient that belongs to `remainder`, as NumPy computes it. */
  static floorDivide(x: f64, y: f64): f64 {
    if (y == 0) return x / y;
    const rest = NativeMath.mod(x, y);
    let quotient = (x - rest) / y;
    if (rest != 0 && rest < 0 != y < 0) quotient -= 1;
    return quotient == 0 ? copysign<f64>(0, x / y) : nearest<f64>(quotient);
  }
}

/** a to the power b, with the special values of C99 and IEEE 754. */
export abstract class Pow {
  /** a^b of one pair of numbers. */
  static one(a: f64, b: f64): f64 {
    const size = abs<f64>(b);
    // NativeMath follows JavaScript, where these are NaN.
    if (a == 1 || (a == -1 && size == Infinity)) return 1;
    // NativeMath takes some fractions for integers: those whose upper word is that of one.
    if (a < 0 && size < Infinity && trunc<f64>(b) != b)
      return a == -Infinity ? NativeMath.pow(-a, b) : NaN;
    // Beyond 2^31 fdlibm's pow is hundreds of ulp off; an even b (beyond 2^53) hides the sign of a.
    if (size > HUGE_EXPONENT && size < Infinity) {
      const t = abs<f64>(a) - 1;
      if (abs<f64>(t) < NEAR_ONE) {
        const y = Pow.nearOne(t, b);
        if (a > 0) return y;
        if (trunc<f64>(b) != b) return NaN;
        return trunc<f64>(b * 0.5) * 2 == b ? y : -y;
      }
    }
    return NativeMath.pow(a, b);
  }

  /** (a + aLow)^b for a > 0. */
  static precise(a: f64, aLow: f64, b: f64): f64 {
    return Pow.one(a, b) * NativeMath.exp(b * (aLow / a));
  }

  /** (1 + t)^b = e^(b ln(1 + t)) for a tiny t of at most 33 bits, with the exponent in two parts. */
  private static nearOne(t: f64, b: f64): f64 {
    if (abs<f64>(b * t) > 2000) return b * t > 0 ? Infinity : 0;
    const bHigh = reinterpret<f64>(reinterpret<u64>(b) & 0xfffffffe00000000); // 20 bits
    const high = bHigh * t; // exact
    const curve = b * t * t * (0.5 - t * (1.0 / 3 - t * 0.25)); // b (t - ln(1 + t))
    const low = (b - bHigh) * t - curve;
    const exponent = high + low;
    const lost = high - exponent + low;
    const y = NativeMath.exp(exponent);
    return y == Infinity ? y : y + y * lost;
  }
}

const HUGE_EXPONENT: f64 = 2147483648;
const NEAR_ONE: f64 = 1.0 / 1048576;
