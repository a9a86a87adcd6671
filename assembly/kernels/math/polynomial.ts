// Polynomials and series of one number.

/** Polynomials with coefficients in memory, the highest first. */
export abstract class Polynomial {
  /** The polynomial of `degree` at x, by Horner's rule. */
  static at(table: usize, degree: usize, x: f64): f64 {
    let y = load<f64>(table);
    for (const end = table + (degree << 3); table < end;) {
      table += 8;
      y = y * x + load<f64>(table);
    }
    return y;
  }
}
