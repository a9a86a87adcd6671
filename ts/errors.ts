// From fault codes to sentences: op name first, then the rule, then the values. All messages that
// wasm can cause stand here, once.
import { Fault } from "../assembly/shared/fault.js";
import { MAX_LEVEL, MAX_PHYSICAL_RANK } from "../assembly/shared/limits.js";

/** What wasm says of a fault. */
export interface FaultReport {
  code: Fault;
  op: string;
  a: number;
  b: number;
  shapeA: number[];
  shapeB: number[];
}

/** A shape as it is printed: `[2,3]`; or what was given for one, as long as it may be. */
export function shapeText(shape: readonly number[]): string {
  const told = (d: unknown): string => (typeof d === "object" ? "…" : String(d));
  const first = Array.from(shape.slice(0, 16), told);
  return `[${first.join(",")}${shape.length > 16 ? ",…" : ""}]`;
}

/** Bytes as people read them. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toPrecision(3)} ${units[unit]}`;
}

/** The error for a fault. */
export function faultError(fault: FaultReport): Error {
  const { code, op, a, b, shapeA, shapeB } = fault;
  const A = shapeText(shapeA);
  const B = shapeText(shapeB);
  switch (code) {
    case Fault.OutOfMemory:
      return new RangeError(
        `${op}: out of memory: ${bytesText(a)} more do not fit into the 4 GB that WebAssembly can ` +
          "address, or the host gives no more; nothing was lost",
      );
    case Fault.TooLarge:
      return new RangeError(`${op}: a result of ${a} elements is more than 4 GB can hold`);
    case Fault.Broadcast:
      return new RangeError(`${op}: shapes do not broadcast: ${A} and ${B}`);
    case Fault.Rank:
      return new RangeError(
        `${op}: ${a} axes (batch axes of vmap included) are more than ${MAX_PHYSICAL_RANK}`,
      );
    case Fault.Inner:
      return new RangeError(`${op}: inner sizes differ: ${A} · ${B} (${a} ≠ ${b})`);
    case Fault.MatmulRank:
      return new RangeError(`${op}: operands need at least one axis: ${A} · ${B}; use multiply`);
    case Fault.ReshapeSize:
      return new RangeError(
        `${op}: sizes differ: ${A} has ${product(shapeA)} elements, ${B} has ${product(shapeB)}`,
      );
    case Fault.BroadcastTo:
      return new RangeError(`${op}: ${A} does not broadcast to ${B}`);
    case Fault.JoinShape:
      return new RangeError(
        `${op}: shapes differ off axis ${b}: ${A} at position 0, ${B} at position ${a}`,
      );
    case Fault.JoinRank:
      return new RangeError(`${op}: ranks differ: ${A} at position 0, ${B} at position ${a}`);
    case Fault.EmptyReduction:
      return new RangeError(`${op}: no elements to choose from: shape ${A}`);
    case Fault.NegativePower:
      return new RangeError(
        `${op}: integers have no negative integer powers (exponent ${a}); use a float operand`,
      );
    case Fault.Levels:
      return new RangeError(`${op}: more than ${MAX_LEVEL} transforms inside each other`);
    case Fault.Consumed:
      return new Error(
        `${op}: the graph behind this value was already used up by an earlier backward() or ` +
          "gradients(); call that one with { retainGraph: true }, or cut here with detach()",
      );
    case Fault.Index:
      return new RangeError(
        `${op}: index ${a} is out of bounds: the axis has size ${b}` +
          (b > 0 ? `, so indices go from ${-b} to ${b - 1}` : ""),
      );
    case Fault.NotDifferentiable:
      return new Error(`${op}: has no derivative (of this order) with respect to operand ${a}`);
    case Fault.SingularMatrix:
      return new RangeError(`${op}: the matrix is singular`);
    case Fault.NotPositive:
      return new RangeError(`${op}: the matrix is not positive definite`);
    case Fault.NotConverged:
      return new RangeError(`${op}: the iteration did not converge`);
    case Fault.ComplexResult:
      return new RangeError(`${op}: the result would be complex`);
    default:
      return new Error(`internal: ${op}: fault ${code} (${a}, ${b})`);
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
