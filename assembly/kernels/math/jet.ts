// Truncated power series ("jets") in one or two small quantities: a formula evaluated with them gives
// its derivatives with respect to parameters, as exactly as its value.

import { Local, local } from "../local";

const COUNT: u32 = 10; // coefficients of a jet: degree 9 in one quantity, degree 3 in two
// Sixteen of them stand in the area Local.Jets: several threads may run at once.

/** Arithmetic of jets, which are addresses of coefficients: 1, a, b, a², ab, b², … (or 1, a, a², …). */
export abstract class Jet {
  private static degree: u32 = 0;
  private static both: bool = false;

  /** Sets the degree of all jets to come, and whether there are two quantities. */
  static open(degree: u32, both: bool): void {
    Jet.degree = min(degree, both ? 3 : COUNT - 1);
    Jet.both = both;
  }

  /** Jet number i, a variable; the last two are working space. */
  @inline static at(i: u32): usize {
    return local(Local.Jets) + <usize>(i * (COUNT << 3));
  }

  /** Where the coefficient of a^i b^j stands. */
  @inline private static place(i: u32, j: u32): usize {
    const total = i + j;
    return <usize>((Jet.both ? ((total * (total + 1)) >> 1) + j : i) << 3);
  }

  static constant(x: usize, value: f64): void {
    memory.fill(x, 0, COUNT << 3);
    store<f64>(x, value);
  }

  /** value + da a + db b */
  static linear(x: usize, value: f64, da: f64, db: f64): void {
    Jet.constant(x, value);
    if (!Jet.degree) return;
    store<f64>(x, da, 8);
    if (Jet.both) store<f64>(x, db, 16);
  }

  /** x += c y */
  static add(x: usize, y: usize, c: f64): void {
    for (let o: usize = 0; o < COUNT << 3; o += 8) {
      store<f64>(x + o, load<f64>(x + o) + c * load<f64>(y + o));
    }
  }

  /** out = x y */
  static multiply(out: usize, x: usize, y: usize): void {
    if (!Jet.degree) return Jet.constant(out, load<f64>(x) * load<f64>(y));
    const product = Jet.at(15);
    Jet.constant(product, 0);
    Jet.fold(product, x, y, 1, 0);
    memory.copy(out, product, COUNT << 3);
  }

  /** out = x / y */
  static divide(out: usize, x: usize, y: usize): void {
    const first = load<f64>(y);
    if (!Jet.degree) return Jet.constant(out, load<f64>(x) / first);
    const quotient = Jet.at(15);
    memory.copy(quotient, x, COUNT << 3);
    // By rising degree: what is still to be divided loses the products of what is already known.
    for (let t: u32 = 0; t <= Jet.degree; t++) {
      for (let j: u32 = 0; j <= (Jet.both ? t : 0); j++) {
        const at = Jet.place(t - j, j);
        let value = load<f64>(quotient + at);
        for (let k: u32 = 0; k <= t; k++) {
          for (let l: u32 = 0; l <= (Jet.both ? k : 0); l++) {
            if (!k || l > j || k - l > t - j) continue;
            value -=
              load<f64>(y + Jet.place(k - l, l)) *
              load<f64>(quotient + Jet.place(t - j - (k - l), j - l));
          }
        }
        store<f64>(quotient + at, value / first);
      }
    }
    memory.copy(out, quotient, COUNT << 3);
  }

  /** sum += x y */
  private static fold(sum: usize, x: usize, y: usize, c: f64, from: u32): void {
    for (let t = from; t <= Jet.degree; t++) {
      for (let j: u32 = 0; j <= (Jet.both ? t : 0); j++) {
        const a = load<f64>(x + Jet.place(t - j, j));
        if (a == 0) continue;
        for (let k: u32 = 0; k <= Jet.degree - t; k++) {
          for (let l: u32 = 0; l <= (Jet.both ? k : 0); l++) {
            const at = sum + Jet.place(t - j + k - l, j + l);
            store<f64>(at, load<f64>(at) + c * a * load<f64>(y + Jet.place(k - l, l)));
          }
        }
      }
    }
  }

  /** out = value e^x, where x has no constant term. */
  static exp(out: usize, x: usize, value: f64): void {
    const term = Jet.at(14);
    Jet.constant(term, value);
    Jet.constant(out, value);
    for (let i: u32 = 1; i <= Jet.degree; i++) {
      Jet.multiply(term, term, x);
      const factor = 1 / <f64>i;
      for (let o: usize = 0; o < COUNT << 3; o += 8)
        store<f64>(term + o, load<f64>(term + o) * factor);
      Jet.add(out, term, 1);
    }
  }

  /** Sets the coefficient of a^i b^j. */
  static set(x: usize, i: u32, j: u32, value: f64): void {
    if (i + j <= Jet.degree) store<f64>(x + Jet.place(i, j), value);
  }

  /** The derivative of order i in a and j in b. */
  static derivative(x: usize, i: u32, j: u32): f64 {
    let factor: f64 = 1;
    for (let k: u32 = 2; k <= i; k++) factor *= <f64>k;
    for (let k: u32 = 2; k <= j; k++) factor *= <f64>k;
    return factor * load<f64>(x + Jet.place(i, j));
  }

  /** True if adding `x` to `sum` (or, without sum, multiplying by 1 + x) would change next to nothing. */
  static negligible(x: usize, sum: usize): bool {
    for (let o: usize = 0; o < COUNT << 3; o += 8) {
      const value = abs<f64>(load<f64>(x + o));
      const small = 1e-17 * (sum ? abs<f64>(load<f64>(sum + o)) : 20);
      if (value > small && value < Infinity) return false;
    }
    return true;
  }
}
