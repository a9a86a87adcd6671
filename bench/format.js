// Figures as people read them.

const UNITS = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];

/** Three digits: 12.3, 0.123, 1230. */
export function digits(x) {
  if (x === 0) return "0";
  if (Math.abs(x) >= 100) return x.toFixed(0);
  return x.toPrecision(3);
}

/** 12345 → "12.3 µs". */
export function duration(ns) {
  const [size, unit] = UNITS.find(([size]) => Math.abs(ns) >= size) ?? [1, "ns"];
  return `${digits(ns / size)} ${unit}`;
}

/** 1000 → "1 µs": for round numbers. */
export const tick = (ns) => duration(ns).replace(/\.0+ /, " ");

/** 1000000 → "1e6". */
export const power = (n) => n.toExponential().replace("+", "");

/** 2.345 → "2.3×". */
export function ratio(x) {
  return `${x >= 10 ? x.toFixed(0) : x.toPrecision(2)}×`;
}

/** 123456 → "123 KB". */
export function size(bytes) {
  if (bytes < 1e3) return `${bytes} bytes`;
  return bytes < 1e6 ? `${digits(bytes / 1e3)} KB` : `${digits(bytes / 1e6)} MB`;
}

/** What a cell of a table says: a rate where a workload counts operations, else a time. */
export function figure({ ns, nsPerCall }, { flops }) {
  return flops ? `${digits(flops / nsPerCall)} GFLOP/s` : duration(ns);
}

/** 0.123 → "12 %". */
export const percent = (x) => `${Math.round(100 * x)} %`;
