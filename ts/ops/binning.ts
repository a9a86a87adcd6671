// How wide bins should be: rules of thumb of statistics, for numbers that are no tensors any more.
// Sources: Sturges 1926, Doane 1976, Scott 1979, Freedman & Diaconis 1981, Stone 1984; "rice" is Rice
// University's, "auto" the narrower one of "fd" (not much narrower than "sqrt") and "sturges".
import { describe } from "../convert.js";

/** A rule for the number of bins. */
export type BinRule = "auto" | "fd" | "doane" | "scott" | "stone" | "rice" | "sturges" | "sqrt";

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

function moments(x: readonly number[]): [deviation: number, skewness: number] {
  const centre = mean(x);
  const deviation = Math.sqrt(mean(x.map((v) => (v - centre) ** 2)));
  return [deviation, mean(x.map((v) => ((v - centre) / deviation) ** 3))];
}

/** The element below which a share of the sorted x lies, between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (next - sorted[low]!) * (place - low);
}

/** First and last edge. */
type Limits = readonly [low: number, high: number];

/** The number of bins with the least estimated error of cross-validation. */
function stone(x: readonly number[], [low, high]: Limits, span: number): number {
  const n = x.length;
  if (n <= 1 || span === 0) return 0;
  const width = high - low;
  let [best, least] = [1, Infinity];
  for (let bins = 1; bins <= Math.max(100, Math.floor(Math.sqrt(n))); bins++) {
    const counts = new Float64Array(bins);
    for (const v of x) counts[Math.min(Math.floor(((v - low) / width) * bins), bins - 1)]!++;
    const squares = counts.reduce((sum, c) => sum + (c / n) ** 2, 0);
    const error = ((2 - (n + 1) * squares) * bins) / span;
    if (error < least) [best, least] = [bins, error];
  }
  return span / best;
}

/** The width that a rule gives to the bins of x between these limits; 0 if it finds none. */
export function binWidth(x: readonly number[], rule: BinRule, limits: Limits, who: string): number {
  const n = x.length;
  const sorted = Float64Array.from(x).sort() as unknown as readonly number[];
  const span = sorted[n - 1]! - sorted[0]!;
  const widths: Record<BinRule, () => number> = {
    sqrt: () => span / Math.sqrt(n),
    sturges: () => span / (Math.log2(n) + 1),
    rice: () => span / (2 * Math.cbrt(n)),
    scott: () => Math.cbrt((24 * Math.sqrt(Math.PI)) / n) * moments(x)[0],
    fd: () => (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(n),
    stone: () => stone(x, limits, span),
    doane: () => {
      const [deviation, skewness] = moments(x);
      if (n <= 2 || !(deviation > 0)) return 0;
      const spread = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
      return span / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / spread));
    },
    auto: () => Math.min(Math.max(widths.fd(), widths.sqrt() / 2), widths.sturges()),
  };
  if (!Object.hasOwn(widths, rule)) {
    throw new RangeError(
      `${who}: no rule ${describe(rule)} for bins (there are ${Object.keys(widths).join(", ")})`,
    );
  }
  return widths[rule]();
}
