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

  function trigamma(x) {
    const [y, head] = moved(x, new D(0), (s, t) => s.plus(ONE.div(t.times(t))));
    const square = y.times(y);
    let [sum, power] = [new D(0), square.times(y)];
    for (let k = 2; k <= 80 && y.lt("1e30"); k += 2) {
      sum = sum.plus(all[k].div(power));
      power = power.times(square);
    }
    return ONE.div(y)
      .plus(ONE.div(square.times(2)))
      .plus(sum)
      .plus(head);
  }

  const betaln = (a, b) =>
    gammaln(a)
      .plus(gammaln(b))
      .minus(gammaln(a.plus(b)));

  /** Where erfc is p, 0 < p ≤ 1: Newton's steps for its logarithm, of which each doubles the digits. */
  function erfcRoot(p) {
    const log = p.ln();
    // Where it is 1, the slope of the logarithm is -2/√π; far out it is -2t.
    let t = log.neg().gt(2)
      ? log.neg().minus(log.neg().times(3.14).ln().div(2)).sqrt()
      : ONE.minus(p).times(0.9).div(p.plus(0.3).sqrt());
    for (let i = 0; i < 7; i++) {
      const y = erfc(t);
      const slope = exp(t.times(t).neg()).times(-2).div(rootPi).div(y);
      // Near 1 the logarithm is what is small.
      const step = (i < 3 ? y.ln().minus(log) : y.div(p).minus(1)).div(slope);
      t = t.minus(step);
      if (step.abs().lt(t.abs().times("1e-25"))) break;
    }
    return t;
  }

  const erfcinv = (p) => (p.gt(1) ? erfcRoot(new D(2).minus(p)).neg() : erfcRoot(p));

  function erfinv(x) {
    const t = x.abs();
    // x √π/2 (1 + π/12 x² + …)
    const root = t.lt("1e-15")
      ? t
          .times(rootPi)
          .div(2)
          .times(t.times(t).times(rootPi.times(rootPi)).div(12).plus(1))
      : erfcRoot(ONE.minus(t));
    return x.isNegative() ? root.neg() : root;
  }

  const root2 = new D(2).sqrt();
  const ndtr = (x) => erfc(x.div(root2).neg()).div(2);
  const ndtri = (p) => erfcinv(p.times(2)).times(root2).neg();
  /** ln(1 + x) of a tiny x, where a sum with 1 would lose it. */
  const log1p = (x) => (x.abs().lt("1e-20") ? x.minus(x.times(x).div(2)) : x.plus(1).ln());
  const logNdtr = (x) => (x.isNegative() ? ndtr(x).ln() : log1p(ndtr(x.neg()).neg()));
  const logit = (p) => {
    const d = p.minus(0.5).times(4).div(p.times(-2).plus(2));
    return p.minus(0.5).abs().lt("1e-10") ? log1p(d) : p.div(ONE.minus(p)).ln();
  };

  /** exp(-|x|) I(n, x) for n = 0 and 1: the power series, all of whose terms have one sign, or in powers of 1/x. */
  function scaledBessel(n, x) {
    const t = x.abs();
    let [sum, term] = [ONE, ONE];
    let y;
    if (t.lt(100)) {
      const quarter = t.times(t).div(4);
      for (let k = 1; term.gt(sum.times("1e-60")); k++) {
        term = term.times(quarter).div(k * (k + n));
        sum = sum.plus(term);
      }
      y = sum.times(exp(t.neg()));
      if (n === 1) y = y.times(t).div(2);
    } else {
      for (let k = 1; term.abs().gt("1e-60"); k++) {
        term = term.times((2 * k - 1) ** 2 - 4 * n * n).div(t.times(8 * k));
        sum = sum.plus(term);
      }
      y = sum.div(t.times(rootPi.times(rootPi)).times(2).sqrt());
    }
    return n === 1 && x.isNegative() ? y.neg() : y;
  }

  /** Hurwitz's zeta function by the sum of Euler and Maclaurin. */
  function zeta(s, q) {
    let sum = new D(0);
    let y = q;
    for (; y.lt(40); y = y.plus(1)) sum = sum.plus(exp(y.ln().times(s).neg()));
    let term = exp(y.ln().times(s).neg());
    sum = sum.plus(term.times(y).div(s.minus(1))).plus(term.div(2));
    term = term.times(s).div(y.times(2));
    for (let k = 2; k <= 80 && y.lt("1e30"); k += 2) {
      sum = sum.plus(all[k].times(term));
      const next = s.plus(k - 1).times(s.plus(k));
      term = term.times(next).div(y.times(y).times((k + 1) * (k + 2)));
    }
    return sum;
  }

  const xlogy = (x, y) => x.times(y.ln());
  const relEntr = (x, y) =>
    x.times(x.minus(y).abs().lt(y.times("1e-10")) ? log1p(x.minus(y).div(y)) : x.div(y).ln());
  const [i0e, i1e] = [0, 1].map((n) => (x) => scaledBessel(n, x));
  return {
    one: {
      erfc,
      gammaln,
      digamma,
      entr,
      trigamma,
      erfinv,
      erfcinv,
      ndtr,
      ndtri,
      logNdtr,
      logit,
      i0e,
      i1e,
    },
    two: { betaln, zeta, xlogy, relEntr },
  };
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
