// The element types by their public names.
import { DType } from "../assembly/shared/dtype.js";

/** Element type of a tensor: promotion goes bool < int32 < float32 < float64. */
export type Dtype = "bool" | "int32" | "float32" | "float64";

/** Any typed array whose elements are numbers. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const names: readonly (Dtype | undefined)[] = [
  "bool",
  "int32",
  undefined,
  undefined,
  "float32",
  "float64",
];
const codes: Readonly<Record<Dtype, DType>> = {
  bool: DType.Bool,
  int32: DType.Int32,
  float32: DType.Float32,
  float64: DType.Float64,
};

/** The name of a dtype code of the border. */
export function dtypeName(code: DType): Dtype {
  return names[code]!;
}

/** The code of a dtype name; throws for anything else. */
export function dtypeCode(name: Dtype, who: string): DType {
  const given: unknown = name;
  if (typeof given === "string" && Object.hasOwn(codes, given)) return codes[name];
  const known = Object.keys(codes).join(", ");
  const told =
    typeof given === "string"
      ? JSON.stringify(given.slice(0, 40))
      : typeof given === "number"
        ? String(given)
        : typeof given;
  throw new TypeError(`${who}: no dtype ${told} (there are ${known})`);
}

/** True for float32 and float64. */
export function isFloat(code: DType): boolean {
  return code >= DType.Float32;
}

/** Bytes of one element in wasm memory. */
export function bytesOf(code: DType): number {
  return code === DType.Float64 ? 8 : 4;
}

/** The dtype that a typed array's elements get: lossless. */
export function dtypeOfArray(array: TypedArray): DType {
  if (array instanceof Float64Array || array instanceof Uint32Array) return DType.Float64;
  if (array instanceof Float32Array || isFloat16(array)) return DType.Float32;
  return DType.Int32;
}

function isFloat16(array: object): boolean {
  return Object.prototype.toString.call(array) === "[object Float16Array]";
}

/** True for typed arrays of numbers (BigInt arrays and DataView are not). */
export function isTypedArray(x: unknown): x is TypedArray {
  return ArrayBuffer.isView(x) && !(x instanceof DataView) && !/^\[object Big/.test(tagOf(x));
}

function tagOf(x: object): string {
  return Object.prototype.toString.call(x);
}
