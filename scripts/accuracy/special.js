// Special functions to some 40 digits, by decimal.js: tails by continued fractions, those of gamma by
// Stirling's series far out.

/**
 * References for `D`, a class of decimals of 60 digits, given an error function that is good up to 6.
 * @param {typeof import("decimal.js").default} D
 * @param {(x: import("decimal.js").default) => import("decimal.js").default} erf
 * @param {(x: import("decimal.js").default) => import("decimal.js").default} exp
 */
export function specialReferences(D, erf, exp) {
  const ONE = new D(1);
  const rootPi = D.acos(-1).sqrt();
  const halfLogTwoPi = D.acos(-1).times(2).ln().div(2);

  // B(2), B(4), … by the recurrence Σ C(n + 1, k) B(k) = 0.
  const all = [ONE];
  for (let n = 1; n <= 80; n++) {
    let [sum, choose] = [new D(0), ONE];
    for (let k = 0; k < n; k++) {
      sum = sum.plus(choose.times(all[k]));
      choose = choose.times(n + 1 - k).div(k + 1);
    }
    all.push(sum.div(-(n + 1)));
  }

  function erfc(x) {
    const t = x.abs();
    if (t.lt(6)) return ONE.minus(erf(x));
    let f = new D(0);
    if (t.lt(100)) for (let n = 200; n > 0; n--) f = new D(n).div(2).div(t.plus(f));
    const tail = exp(t.times(t).neg()).div(t.plus(f).times(rootPi));
    return x.isNegative() ? new D(2).minus(tail) : tail;
  }

  /** x moved up to 40, and what that adds: f of all numbers on the way. */
  function moved(x, start, step) {
    let sum = start;
    let y = x;
    for (; y.lt(40); y = y.plus(1)) sum = step(sum, y);
    return [y, sum];
  }

  function gammaln(x) {
    const [y, product] = moved(x, ONE, (p, t) => p.times(t));
    const square = y.times(y);
    let [sum, power] = [new D(0), y];
    for (let k = 2; k <= 80 && y.lt("1e30"); k += 2) {
      sum = sum.plus(all[k].div(power.times(k * (k - 1))));
      power = power.times(square);
    }
    const main = y.minus(0.5).times(y.ln()).minus(y).plus(halfLogTwoPi);
    return main.plus(sum).minus(product.ln());
  }

  function digamma(x) {
    const [y, drop] = moved(x, new D(0), (s, t) => s.plus(ONE.div(t)));
    const square = y.times(y);
    let [sum, power] = [new D(0), square];
    for (let k = 2; k <= 80 && y.lt("1e30"); k += 2) {
      sum = sum.plus(all[k].div(power.times(k)));
      power = power.times(square);
    }
    return y
      .ln()
      .minus(ONE.div(y.times(2)))
      .minus(sum)
      .minus(drop);
  }

  const entr = (x) => (x.isZero() ? x : x.times(x.ln()).neg());
  return { erfc, gammaln, digamma, entr };
}

/** Moves x up to 15 and adds a few terms of the series: the host's float64. */
function far(x, start, step) {
  let [y, sum] = [x, start];
  for (; y < 15; y++) sum = step(sum, y);
  return [y, sum];
}

/** ln Γ(1 + t) for small t: -γ t + ζ(2)/2 t² - ζ(3)/3 t³ … */
function nearOne(t) {
  const zetas = [1.6449340668482264, 1.2020569031595942, 1.082323233711138, 1.03692775514337];
  const tail = zetas.reduceRight((sum, z, i) => z / (i + 2) - t * sum, 0);
  return t * (t * tail - 0.5772156649015329);
}

/** The same in the host's float64, to find the worst float32 arguments. */
export const specialScreens = {
  gammaln: (x) => {
    // Its zeros, by its own series.
    if (Math.abs(x - 1) < 0.01) return nearOne(x - 1);
    if (Math.abs(x - 2) < 0.01) return Math.log1p(x - 2) + nearOne(x - 2);
    const [y, logs] = far(x, 0, (s, t) => s + Math.log(t));
    const r = 1 / y;
    const tail = r * (1 / 12 - r * r * (1 / 360 - r * r * (1 / 1260 - (r * r) / 1680)));
    return (y - 0.5) * Math.log(y) - y + 0.9189385332046727 + tail - logs;
  },
  digamma: (x) => {
    const [y, drop] = far(x, 0, (s, t) => s + 1 / t);
    const q = 1 / (y * y);
    const tail = q * (1 / 12 - q * (1 / 120 - q * (1 / 252 - q * (1 / 240 - q / 132))));
    return Math.log(y) - 0.5 / y - tail - drop;
  },
  entr: (x) => (x === 0 ? 0 : -x * Math.log(x)),
};
