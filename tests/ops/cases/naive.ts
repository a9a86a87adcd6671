// Special functions in plain JavaScript, by definitions and integrals that have nothing in common with
// the library's kernels, to some 13 digits at ordinary arguments.

/** The integral of f over [from, to] by the tanh-sinh rule, which forgives singular ends. */
export function integral(f: (t: number) => number, from: number, to: number): number {
  const half = (to - from) / 2;
  let sum = 0;
  for (let i = -384; i <= 384; i++) {
    const u = i / 64;
    const inner = (Math.PI / 2) * Math.sinh(u);
    // The distance from the nearer end, exactly where it is small.
    const gap = (2 * half) / (1 + Math.exp(2 * Math.abs(inner)));
    const t = u < 0 ? from + gap : to - gap;
    const weight = (Math.cosh(u) / Math.cosh(inner) ** 2) * half;
    const y = gap === 0 || weight === 0 ? 0 : f(t);
    if (Number.isFinite(y)) sum += y * weight;
  }
  return (sum * Math.PI) / 2 / 64;
}

/** ln gamma x for x > 0: Stirling's series from 20 on. */
export function lgamma(x: number): number {
  let product = 1;
  for (; x < 20; x++) product *= x;
  const z = 1 / (x * x);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

export const gamma = (x: number): number => Math.exp(lgamma(x));
export const betaln = (a: number, b: number): number => Math.log(beta(a, b));

/** Euler's integral, in halves, so that both ends are exact. */
export function beta(a: number, b: number): number {
  const left = integral((t) => t ** (a - 1) * (1 - t) ** (b - 1), 0, 0.5);
  return left + integral((t) => t ** (b - 1) * (1 - t) ** (a - 1), 0, 0.5);
}

/** Digamma for x > 0, by recurrence and its asymptotic series. */
export function digamma(x: number): number {
  let sum = 0;
  for (; x < 20; x++) sum -= 1 / x;
  const z = 1 / (x * x);
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))));
  return sum + Math.log(x) - 0.5 / x - series;
}

/** Hurwitz zeta: a thousand terms and Euler and Maclaurin's correction. */
export function zeta(s: number, q: number): number {
  if (s <= 1) return NaN;
  let sum = 0;
  for (let k = 999; k >= 0; k--) sum += (q + k) ** -s;
  const a = q + 1000;
  return sum + a ** (1 - s) / (s - 1) + 0.5 * a ** -s + (s * a ** (-s - 1)) / 12;
}

/** Bessel's integral. */
export const jn = (n: number, x: number): number =>
  integral((t) => Math.cos(n * t - x * Math.sin(t)), 0, Math.PI) / Math.PI;

/** Schläfli's integrals. */
export function yn(n: number, x: number): number {
  const waves = integral((t) => Math.sin(x * Math.sin(t) - n * t), 0, Math.PI);
  const sign = n % 2 === 0 ? 1 : -1;
  const decay = integral(
    (t) => (Math.exp(n * t) + sign * Math.exp(-n * t)) * Math.exp(-x * Math.sinh(t)),
    0,
    8,
  );
  return (waves - decay) / Math.PI;
}

/** The integral for integer orders. */
export const iv = (n: number, x: number): number =>
  integral((t) => Math.exp(x * Math.cos(t)) * Math.cos(n * t), 0, Math.PI) / Math.PI;

export const gammainc = (a: number, x: number): number =>
  integral((t) => t ** (a - 1) * Math.exp(-t), 0, x) / gamma(a);

export const betainc = (a: number, b: number, x: number): number =>
  integral((t) => t ** (a - 1) * (1 - t) ** (b - 1), 0, x) / beta(a, b);

/** The normal distribution function. */
export const ndtr = (x: number): number =>
  0.5 + integral((t) => Math.exp(-0.5 * t * t), 0, x) / Math.sqrt(2 * Math.PI);

/** Where an increasing f takes the value y, by bisection. */
export function solve(f: (x: number) => number, y: number, low: number, high: number): number {
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < y) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
