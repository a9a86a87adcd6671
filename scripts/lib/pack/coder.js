// The range coder of scripts/lib/pack.js: bits, each with its probability, become digits of base 64.
// assembly/unpack mirrors it.

/** The digits, in the order of their character codes. */
const DIGITS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const DIGIT = 2 ** 24;
const WHOLE = 2 ** 30;
/** Probabilities have 12 bits; each bit moves its own by a 16th of the way. */
const ONE = 4096;
const RATE = 4;

/** Codes bits under adaptive models, which are numbered, and counts what each model saw. */
export class Coder {
  /** @param {number} models */
  constructor(models) {
    this.chances = new Uint16Array(models).fill(ONE / 2);
    /** How often each model saw a 0 and a 1. */
    this.seen = [new Float64Array(models), new Float64Array(models)];
    this.low = 0;
    this.range = WHOLE - 1;
    /** @type {number[]} */
    this.digits = [];
  }

  /**
   * @param {number} model
   * @param {number} bit
   */
  bit(model, bit) {
    const chance = this.chances[model];
    const bound = (this.range >>> 12) * chance;
    this.seen[bit][model]++;
    if (bit) {
      this.low += bound;
      this.range -= bound;
      this.chances[model] -= chance >> RATE;
      if (this.low >= WHOLE) this.carry();
    } else {
      this.range = bound;
      this.chances[model] += (ONE - chance) >> RATE;
    }
    while (this.range < DIGIT) {
      this.range *= 64;
      this.shift();
    }
  }

  carry() {
    this.low -= WHOLE;
    let i = this.digits.length - 1;
    while (this.digits[i] === 63) this.digits[i--] = 0;
    this.digits[i]++;
  }

  shift() {
    this.digits.push(Math.floor(this.low / DIGIT));
    this.low = (this.low % DIGIT) * 64;
  }

  /** All digits. */
  end() {
    for (let i = 0; i < 5; i++) this.shift();
    return this.digits.map((digit) => DIGITS[digit]).join("");
  }
}

/** Adds up what bits would cost, in bits, under models that stand still. */
export class Scale {
  /** @param {[ArrayLike<number>, ArrayLike<number>]} seen counts of an earlier pass */
  constructor(seen) {
    this.costs = [0, 1].map((bit) =>
      Float64Array.from(seen[0], (_, i) => {
        const [zeros, ones] = [seen[0][i] + 0.4, seen[1][i] + 0.4];
        return Math.log2((zeros + ones) / (bit ? ones : zeros));
      }),
    );
    this.sum = 0;
  }

  /**
   * @param {number} model
   * @param {number} bit
   */
  bit(model, bit) {
    this.sum += this.costs[bit][model];
  }

  /**
   * What `write` costs.
   * @param {(scale: Scale) => void} write
   */
  of(write) {
    this.sum = 0;
    write(this);
    return this.sum;
  }
}
