// What a program does, as text and as a graph.
import { type Cell } from "../cell.js";
import { dtypeName } from "../dtype.js";
import { shapeText } from "../errors.js";
import * as wasm from "../wasm.js";
import type { Value } from "./cost.js";
import type { Parts } from "./program.js";

/** What a program computes, and what becomes of it. */
export interface Listing {
  /** The values, in the order in which they are computed. */
  values: Value[];
  /** `return`, or the name of what is assigned to; and which value, -1 for none. */
  effects: [string, number][];
}

/** The listing of a program. */
export function listingOf(address: number, parts: Parts): Listing {
  const places = new Map<number, number>();
  const values = valuesOf(address, parts, places);
  return { values, effects: effectsOf(address, parts, places) };
}

function valuesOf(address: number, parts: Parts, places: Map<number, number>): Value[] {
  const c = wasm.core();
  const values: Value[] = [];
  for (let i = 0; ; i++) {
    const x = c.programNode(address, i);
    if (x === 0) break;
    places.set(x, i);
    const inputs = Array.from({ length: c.recipeInputs(x) }, (_, k) => c.programInput(x, k));
    values.push({
      op: inputs.length > 0 ? c.tensorOp(x) : 0,
      name: inputs.length > 0 ? wasm.opName(c.tensorOp(x)) : "constant",
      inputs: inputs.map((input) => places.get(input)!),
      dtype: dtypeName(c.tensorDtype(x)),
      shape: wasm.readList(c.tensorShape(x)),
    });
  }
  const { given, gradients, captured } = parts;
  const first = given.length;
  const second = first + gradients.length;
  for (let i = 0; i < second + captured.length; i++) {
    const value = values[places.get(c.programBound(address, i))!]!;
    value.name = i < first ? "argument" : i < second ? "gradient" : "captured";
  }
  return values;
}

function effectsOf(
  address: number,
  parts: Parts,
  places: ReadonlyMap<number, number>,
): [string, number][] {
  const { assigned, graded, cleared, styles, taps } = parts;
  const c = wasm.core();
  const called = (cell: Cell) => cell.name ?? "tensor";
  const names = [
    ...styles.map(() => "return"),
    ...assigned.map((x) => called(x.cell)),
    ...graded.map((cell) => `${called(cell)}.grad`),
    ...taps.map(() => "tap"),
  ];
  return [
    ...names.map((name, i): [string, number] => [name, places.get(c.programOutput(address, i))!]),
    ...cleared.map((cell): [string, number] => [`${called(cell)}.grad`, -1]),
  ];
}

/** One line per value: name, op, operands, dtype and shape. */
export function listed({ values, effects }: Listing): string {
  const lines = values.map(({ name, inputs, dtype, shape }, i) => {
    const operands = inputs.map((input) => ` %${input}`).join(",");
    return `  %${i} = ${name}${operands}: ${dtype}${shapeText(shape)}`;
  });
  const returned = effects.filter(([name]) => name === "return").map(([, at]) => `%${at}`);
  lines.push(`  return ${returned.join(", ")}`);
  for (const [name, at] of effects) {
    if (name === "tap") lines.push(`  tap %${at}`);
    else if (name !== "return") lines.push(`  ${name} := ${at < 0 ? "null" : `%${at}`}`);
  }
  return lines.join("\n");
}

/** A graph in the language of Graphviz. */
export function drawn({ values, effects }: Listing): string {
  const lines = ["digraph program {", '  node [shape=box, fontname="sans-serif"];'];
  values.forEach(({ name, inputs, dtype, shape }, i) => {
    const style =
      name === "constant" ? ", color=gray" : inputs.length === 0 ? ", style=rounded" : "";
    lines.push(`  v${i} [label="${name}\\n${dtype}${shapeText(shape)}"${style}];`);
    for (const input of inputs) lines.push(`  v${input} -> v${i};`);
  });
  effects.forEach(([name, at], i) => {
    if (at < 0) return;
    lines.push(`  r${i} [label=${JSON.stringify(name)}, shape=plaintext];`, `  v${at} -> r${i};`);
  });
  return [...lines, "}"].join("\n");
}
