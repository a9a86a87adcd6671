// Numbers in aligned rows and columns, as NumPy prints them; large tensors are elided.
import type { Dtype } from "./dtype.js";

/** More elements than this are elided. */
const LIMIT = 1000;
/** Items shown at each end of an elided axis. */
const EDGE = 3;
/** Digits after the point, at most. */
const DIGITS: Readonly<Record<Dtype, number>> = { bool: 0, int32: 0, float32: 6, float64: 8 };

type Format = (x: number) => string;

/**
 * The elements as text; `data` is in row-major order, the first line stands after `indent`
 * characters.
 */
export function formatTensor(
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: Dtype,
  indent: number,
): string {
  if (shape.length === 0) return scalarText(data[0]!, dtype);
  if (data.length === 0) return shape.length === 1 ? "[]" : `[] (shape [${shape.join(",")}])`;
  const elided = data.length > LIMIT;
  const shown: number[] = [];
  visit(shape, elided, (at) => shown.push(data[at]!));
  const format = formatFor(shown, dtype);
  return rows(data, shape, 0, 0, elided, format, indent + 1);
}

function scalarText(x: number, dtype: Dtype): string {
  if (dtype === "bool") return String(x !== 0);
  if (!Number.isFinite(x)) return special(x);
  if (Object.is(x, -0)) return "-0";
  return dtype === "float32" ? String(Number(x.toPrecision(8))) : String(x);
}

/** Indices of an axis that are shown; -1 stands for the gap. */
function places(size: number, elided: boolean): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  if (!elided || size <= 2 * EDGE + 1) return all;
  return [...all.slice(0, EDGE), -1, ...all.slice(size - EDGE)];
}

function visit(shape: readonly number[], elided: boolean, see: (at: number) => void): void {
  const level = (axis: number, offset: number): void => {
    if (axis === shape.length) {
      see(offset);
      return;
    }
    for (const i of places(shape[axis]!, elided)) {
      if (i >= 0) level(axis + 1, offset * shape[axis]! + i);
    }
  };
  level(0, 0);
}

function rows(
  data: ArrayLike<number>,
  shape: readonly number[],
  axis: number,
  offset: number,
  elided: boolean,
  format: Format,
  indent: number,
): string {
  const size = shape[axis]!;
  const items = places(size, elided).map((i) => {
    if (i < 0) return "…";
    const at = offset * size + i;
    return axis === shape.length - 1
      ? format(data[at]!)
      : rows(data, shape, axis + 1, at, elided, format, indent + 1);
  });
  if (axis === shape.length - 1) return `[${wrapped(items, indent)}]`;
  const gap = "\n".repeat(shape.length - 1 - axis) + " ".repeat(indent);
  return `[${items.join(`,${gap}`)}]`;
}

/** Items joined by commas, broken into lines of about 78 characters. */
function wrapped(items: string[], indent: number): string {
  let line = "";
  const lines: string[] = [];
  for (const item of items) {
    const next = line === "" ? item : `${line}, ${item}`;
    if (line !== "" && next.length + indent > 78) {
      lines.push(`${line},`);
      line = item;
    } else line = next;
  }
  lines.push(line);
  return lines.join(`\n${" ".repeat(indent)}`);
}

/** One format for all shown elements, so that columns align. */
function formatFor(shown: number[], dtype: Dtype): Format {
  const text = textFor(shown, dtype);
  const width = Math.max(...shown.map((x) => text(x).length));
  return (x) => text(x).padStart(width);
}

function textFor(shown: number[], dtype: Dtype): Format {
  if (dtype === "bool") return (x) => String(x !== 0);
  if (dtype === "int32") return String;
  const sizes = shown.filter((x) => Number.isFinite(x) && x !== 0).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(Infinity, ...sizes);
  const digits = DIGITS[dtype];
  const scientific =
    largest >= 1e8 || (sizes.length > 0 && (smallest < 1e-4 || largest / smallest > 1e5));
  if (scientific) {
    const needed = Math.max(
      ...shown.map((x) => (Number.isFinite(x) ? mantissaDigits(x, digits) : 0)),
    );
    return (x) => (Number.isFinite(x) ? x.toExponential(needed) : special(x));
  }
  const needed = Math.max(
    0,
    ...shown.map((x) => (Number.isFinite(x) ? fractionDigits(x, digits) : 0)),
  );
  return (x) => (Number.isFinite(x) ? fixed(x, needed) : special(x));
}

function special(x: number): string {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

function fixed(x: number, digits: number): string {
  const text = (Object.is(x, -0) ? "-" : "") + x.toFixed(digits);
  return digits === 0 ? `${text}.` : text;
}

/** Digits after the point that x needs, at most `limit`. */
function fractionDigits(x: number, limit: number): number {
  const text = x.toFixed(limit).replace(/0+$/, "");
  return text.length - text.indexOf(".") - 1;
}

function mantissaDigits(x: number, limit: number): number {
  const text = x.toExponential(limit).replace(/e.*$/, "").replace(/0+$/, "");
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}
