// The data of a workload for a program in another language: a file of float64 numbers, and JSON that
// says what is where.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { OUT } from "../bundle.js";
import { data } from "../data.js";

const FOLDER = `${OUT}data/`;

/** What measure.py wants to know of a workload. */
export function described(workload, dtype) {
  const arrays = [];
  let at = 0;
  const packed = (value) => {
    if (ArrayBuffer.isView(value)) {
      const values = Float64Array.from(/** @type {any} */ (value));
      arrays.push(values);
      at += values.length;
      return { at: at - values.length, length: values.length };
    }
    if (typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, packed(part)]));
  };
  const list = packed(data(workload));
  const file = `${FOLDER}${workload.id}.f64`;
  if (!existsSync(file)) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, Buffer.concat(arrays.map((a) => new Uint8Array(a.buffer))));
  }
  return { id: workload.id, kind: workload.kind, dtype, data: list, file };
}
