// The op table, as the wasm itself tells it, becomes TypeScript: build/generated/ops.ts (functions)
// and build/generated/methods.ts (the methods of Tensor); build/generated/codes.ts has the op codes that
// calls of rows need themselves. Rows that are in a part of the core (scripts/lib/parts.js) are functions in
// build/generated/rows/, and the methods there are those that tapegrad/methods adds. The doc comment above
// each class is the documentation; a row without one is an error.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partsOfRows } from "./lib/parts.js";

const root = join(import.meta.dirname, "..");
const wasm = readFileSync(join(root, "build/wasm/tapegrad.wasm"));
const HIDDEN = 16;

/** Other names for the same row. */
const aliases = {
  subtract: ["sub"],
  multiply: ["mul"],
  divide: ["div"],
  power: ["pow"],
  negative: ["neg"],
  abs: ["absolute"],
  concatenate: ["concat"],
  round: ["rint"],
  trunc: ["fix"],
  asin: ["arcsin"],
  acos: ["arccos"],
  atan: ["arctan"],
  atan2: ["arctan2"],
  asinh: ["arcsinh"],
  acosh: ["arccosh"],
  atanh: ["arctanh"],
  remainder: ["mod"],
  sigmoid: ["expit"],
  gammaln: ["lgamma", "loggamma"],
  digamma: ["psi"],
};

/**
 * How rows of a family are called: parameters after x, the call, and what the documentation adds.
 * The numbers are those of assembly/shared/family.ts.
 */
const families = {
  1: { name: "unary", first: "x: TensorLike", rest: "", args: "" },
  2: { name: "binary", first: "x: TensorLike", rest: "y: TensorLike", args: "y" },
  4: {
    name: "reduction",
    first: "x: TensorLike",
    rest: "axis?: Axes | ChosenOptions, options?: ChosenOptions",
    args: "axis, options",
  },
  5: {
    name: "shaped",
    first: "x: TensorLike",
    rest: "shape: number | readonly number[], ...more: number[]",
    args: "shape, more",
  },
  6: {
    name: "alongAxes",
    first: "x: TensorLike",
    rest: "axes?: Axes, ...more: number[]",
    args: "axes, more",
  },
  7: {
    name: "axisPair",
    first: "x: TensorLike",
    rest: "axis1: number, axis2: number",
    args: "axis1, axis2",
  },
  8: { name: "sliced", first: "x: TensorLike", rest: "ranges: readonly Range[]", args: "ranges" },
  9: {
    name: "joined",
    first: "tensors: readonly TensorLike[]",
    rest: "axis?: number | null",
    args: "axis",
    method: false,
  },
  10: { name: "binary", first: "x: TensorLike", rest: "y: TensorLike", args: "y" },
  13: {
    name: "along",
    first: "x: TensorLike",
    rest: 'axis?: number | Pick<AlongOptions, "keepdims"> | null, options?: Pick<AlongOptions, "keepdims">',
    args: "axis, options",
  },
  14: {
    name: "taken",
    first: "x: TensorLike",
    rest: "indices: TensorLike, axis?: number | TakeOptions | null, options?: TakeOptions",
    args: "indices, axis, options",
  },
  11: { name: "casted", first: "x: TensorLike", rest: "dtype: Dtype", args: "dtype", noCode: true },
  15: {
    name: "reduction",
    first: "x: TensorLike",
    rest: "axis: Axes = -1",
    args: "axis",
    last: "undefined",
  },
};

/** The file in which each call stands, if it is not ts/families.ts. */
const HOMES = { along: "along", taken: "along", reduction: "reducing" };

/** What single rows have to say otherwise than their families. */
const special = {
  sum: { rest: "axis?: Axes | FoldOptions, options?: FoldOptions" },
  prod: { rest: "axis?: Axes | FoldOptions, options?: FoldOptions" },
  max: { rest: "axis?: Axes | ExtremeOptions, options?: ExtremeOptions" },
  min: { rest: "axis?: Axes | ExtremeOptions, options?: ExtremeOptions" },
  mean: { rest: "axis?: Axes | MeanOptions, options?: MeanOptions" },
  stack: { rest: "axis?: number" },
  cumsum: {
    rest: 'axis?: number | Pick<AlongOptions, "dtype"> | null, options?: Pick<AlongOptions, "dtype">',
  },
  cumprod: {
    rest: 'axis?: number | Pick<AlongOptions, "dtype"> | null, options?: Pick<AlongOptions, "dtype">',
  },
  argsort: {
    rest: 'axis?: number | Pick<AlongOptions, "descending" | "stable"> | null, options?: Pick<AlongOptions, "descending" | "stable">',
  },
  takeAlongAxis: { rest: "indices: TensorLike, axis?: number | null", args: "indices, axis" },
  round: { name: "rounded", rest: "decimals = 0", args: "decimals" },
  clip: {
    name: "clipped",
    rest: "min?: TensorLike | null, max?: TensorLike | null",
    args: "min, max",
    last: "",
  },
};

/** Two operands that are not called x and y. A function's order is no tensor to call a method of. */
const operands = {
  atan2: ["y", "x"],
  zeta: ["x", "q"],
  gammainc: ["a", "x"],
  gammaincc: ["a", "x"],
  gammaincinv: ["a", "p"],
  gammainccinv: ["a", "q"],
  beta: ["a", "b"],
  betaln: ["a", "b"],
  polygamma: ["n", "x", false],
  jn: ["n", "x", false],
  yn: ["n", "x", false],
  iv: ["v", "x", false],
  ive: ["v", "x", false],
};

/** Rows of three operands have parameter names of their own. */
const ternary = {
  betainc: {
    first: "a: TensorLike",
    rest: "b: TensorLike, x: TensorLike",
    args: "b, x",
    last: "false",
  },
  betaincinv: {
    first: "a: TensorLike",
    rest: "b: TensorLike, p: TensorLike",
    args: "b, p",
    last: "false",
  },
  where: {
    first: "condition: TensorLike",
    rest: "x: TensorLike, y: TensorLike",
    args: "x, y",
    last: "true",
    method: false,
  },
  clip: { first: "x: TensorLike", rest: "", args: "" },
};

function readTable(hidden = false) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {
    mark: { mark() {} },
  });
  const rows = [];
  for (let op = 1; op < exports.opCount(); op++) {
    const at = exports.opName(op);
    const length = new Uint32Array(exports.memory.buffer, at - 4, 1)[0] >> 1;
    const className = String.fromCharCode(...new Uint16Array(exports.memory.buffer, at, length));
    if (exports.opTraits(op) & HIDDEN && !hidden) continue;
    const name = className[0].toLowerCase() + className.slice(1);
    rows.push({ op, name, className, family: exports.opFamily(op) });
  }
  return rows;
}

function readDocs() {
  const docs = new Map();
  const folder = join(root, "assembly/ops");
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(join(folder, file), "utf8");
    for (const [, comment, name] of source.matchAll(
      /(\/\*\*(?:[^*]|\*(?!\/))*\*\/)\n(?:export )?class (\w+)/g,
    )) {
      docs.set(name, comment);
    }
  }
  return docs;
}

function shapeOfCall(row) {
  const own = row.family === 3 ? ternary[row.name] : families[row.family];
  if (!own) throw new Error(`describe: no way to call ${row.name} of family ${row.family}`);
  const name = row.family === 3 ? "ternary" : own.name;
  const [x, y, method = true] = operands[row.name] ?? [];
  const names = x ? { first: `${x}: TensorLike`, rest: `${y}: TensorLike`, args: y, method } : {};
  return { method: true, ...own, ...names, name, ...special[row.name] };
}

function callOf(shape, row, self) {
  const args = [shape.noCode ? "" : String(row.op), self, shape.args, shape.last ?? ""];
  return `${shape.name}(${args.filter((arg) => arg !== "").join(", ")})`;
}

function indent(comment) {
  return comment.replace(/^/gm, "  ");
}

/** The text of functions and methods, by the part of the core that they need; "" for the core itself. */
function generate() {
  const docs = readDocs();
  const parts = partsOfRows();
  const functions = new Map();
  const methods = [];
  const methodsOfParts = [];
  const used = new Map();
  for (const row of readTable()) {
    const comment = docs.get(row.className);
    if (!comment) throw new Error(`describe: class ${row.className} has no doc comment`);
    const shape = shapeOfCall(row);
    const part = parts.get(row.className) ?? "";
    if (!functions.has(part)) functions.set(part, []);
    if (!used.has(part)) used.set(part, new Set());
    used.get(part).add(shape.name);
    const self = shape.first.split(":")[0];
    const parameters = [shape.first, shape.rest].filter(Boolean).join(", ");
    for (const name of [row.name, ...(aliases[row.name] ?? [])]) {
      const note = name === row.name ? comment : `/** Another name of \`${row.name}\`. */`;
      functions
        .get(part)
        .push(
          `${note}\nexport function ${name}(${parameters}): Tensor {\n` +
            (part && `  need(${part}Part);\n`) +
            `  return ${callOf(shape, row, self)};\n}\n`,
        );
      if (!shape.method) continue;
      const tensor = "this as unknown as Tensor";
      // Every program that has a Tensor carries the methods of the core.
      const call = part
        ? `${part}.${name}(${[tensor, shape.args].filter(Boolean).join(", ")})`
        : callOf(shape, row, tensor);
      (part ? methodsOfParts : methods).push(
        `${indent(note)}\n  ${name}(${shape.rest}): Tensor {\n    return ${call};\n  }\n`,
      );
    }
  }
  return { functions, methods, methodsOfParts, used };
}

/** The head of a file so many folders below the root. */
function header(used, folders) {
  const homes = new Map();
  for (const name of [...used].sort()) {
    const home = HOMES[name] ?? "families";
    homes.set(home, [...(homes.get(home) ?? []), name]);
  }
  const from = (home) => `from "${"../".repeat(folders)}ts/${home}.js";`;
  return [
    "// Generated by scripts/describe.js from the op table of the wasm.",
    `import type { Tensor } ${from("tensor")}`,
    `import type { Dtype } ${from("dtype")}`,
    `import type { TensorLike } ${from("convert")}`,
    `import type { Axes } ${from("families")}`,
    `import type { AlongOptions, TakeOptions } ${from("along")}`,
    "import type {",
    "  ChosenOptions, ExtremeOptions, FoldOptions, MeanOptions, ReductionOptions,",
    `} ${from("reducing")}`,
    `import type { Range } ${from("axes")}`,
    ...[...homes].map(([home, names]) => `import { ${names.join(", ")} } ${from(home)}`),
  ].join("\n");
}

/** "notEqual" as the name of a constant: NOTEQUAL. */
function codes() {
  const lines = readTable(true).map(
    ({ op, name }) => `export const ${name.toUpperCase()} = ${op};`,
  );
  return `// Generated by scripts/describe.js: the op codes of this build.\n${lines.join("\n")}\n`;
}

const { functions, methods, methodsOfParts, used } = generate();
const folder = join(root, "build/generated");
rmSync(join(folder, "rows"), { recursive: true, force: true });
mkdirSync(join(folder, "rows"), { recursive: true });
const inParts = [...functions.keys()].filter((part) => part);
for (const part of inParts) {
  writeFileSync(
    join(folder, "rows", `${part}.ts`),
    `${header(used.get(part), 3)}\nimport { need } from "../../../ts/wasm.js";\n` +
      `import { ${part}Part } from "../parts/${part}.js";\n\n${functions.get(part).join("\n")}`,
  );
}
writeFileSync(
  join(folder, "rows", "index.ts"),
  inParts.map((part) => `export * from "./${part}.js";\n`).join(""),
);
writeFileSync(
  join(folder, "rows", "methods.ts"),
  `${header([], 3)}\n` +
    inParts.map((part) => `import * as ${part} from "./${part}.js";\n`).join("") +
    `\n/** The rows that are in parts of the core as methods. */\nexport abstract class RowMethods {\n` +
    `${methodsOfParts.join("\n")}}\n`,
);
writeFileSync(
  join(folder, "ops.ts"),
  `${header(used.get(""), 2)}\n\n${functions.get("").join("\n")}`,
);
writeFileSync(
  join(folder, "methods.ts"),
  `${header(
    [...used.get("")].filter((name) => name !== "joined"),
    2,
  )}\n` +
    `import { Handle } from "../../ts/handle.js";\n\n` +
    `/** The rows of the op table as methods of Tensor. */\nexport abstract class Methods extends Handle {\n` +
    `${methods.join("\n")}}\n`,
);
writeFileSync(join(root, "build/generated/codes.ts"), codes());
