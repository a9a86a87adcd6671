// Einstein's sums. Operands are contracted in pairs, each by one matmul; of all pairs the one goes
// first that leaves the least behind.
import { matmul, sum } from "../../build/generated/ops.js";
import { together, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { diagonal } from "./diagonals.js";

/** An operand with a label for each axis; those of an ellipsis are ".0", ".1", … from the last one. */
interface Labelled {
  x: Tensor;
  labels: string[];
}

const who = "einsum";

/** The labels of one term, with those of its ellipsis if `dots` axes are left for it. */
function labelsOf(term: string, dots: number): string[] {
  const at = term.indexOf("...");
  const letters = (text: string) => {
    if (!/^[A-Za-z]*$/.test(text)) throw new TypeError(`${who}: "${term}" is not made of letters`);
    return [...text];
  };
  if (at < 0) return letters(term);
  const ellipsis = Array.from({ length: dots }, (_, i) => `.${dots - 1 - i}`);
  return [...letters(term.slice(0, at)), ...ellipsis, ...letters(term.slice(at + 3))];
}

function labelled(x: Tensor, term: string): Labelled {
  const dots = x.ndim - term.replace("...", "").length;
  if (dots < 0 || (dots > 0 && !term.includes("..."))) {
    throw new RangeError(
      `${who}: "${term}" does not name ${x.ndim} axes, of shape ${shapeText(x.shape)}`,
    );
  }
  return { x, labels: labelsOf(term, dots) };
}

/** Axes with one label become one: their diagonal. */
function withoutRepeats(operand: Labelled): Labelled {
  let { x, labels } = operand;
  for (;;) {
    const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
    if (second < 0) return { x, labels };
    const label = labels[second]!;
    const first = labels.indexOf(label);
    if (x.shape[first] !== x.shape[second]) {
      throw new RangeError(
        `${who}: "${label}" is ${x.shape[first]} and ${x.shape[second]} of one operand`,
      );
    }
    x = diagonal(x, 0, first, second);
    labels = [...labels.filter((_, i) => i !== first && i !== second), label];
  }
}

/** Sums over axes that nobody else needs, and drops axes of size 1 where the label has another size. */
function reduced(operand: Labelled, needed: Set<string>, sizes: Map<string, number>): Labelled {
  const { x, labels } = operand;
  const over = labels.flatMap((label, i) =>
    !needed.has(label) || (x.shape[i] === 1 && sizes.get(label) !== 1) ? [i] : [],
  );
  if (over.length === 0) return operand;
  return { x: sum(x, over), labels: labels.filter((_, i) => !over.includes(i)) };
}

/** Two operands as one; labels in `needed` stay. */
function pair(a: Labelled, b: Labelled, needed: Set<string>, sizes: Map<string, number>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const inner = shared.filter((label) => !needed.has(label));
  const left = a.labels.filter((label) => !shared.includes(label));
  const right = b.labels.filter((label) => !shared.includes(label));
  const count = (labels: string[]) => labels.reduce((n, label) => n * sizes.get(label)!, 1);
  const shaped = (operand: Labelled, ...groups: string[][]): Tensor =>
    operand.x
      .transpose(groups.flat().map((label) => operand.labels.indexOf(label)))
      .reshape(groups.map(count));
  const z = matmul(shaped(a, batch, left, inner), shaped(b, batch, inner, right));
  const labels = [...batch, ...left, ...right];
  return { x: z.reshape(labels.map((label) => sizes.get(label)!)), labels };
}

/** Elements of what a pair would leave, less those of the two. */
function growth(a: Labelled, b: Labelled, needed: Set<string>, sizes: Map<string, number>): number {
  const all = new Set([...a.labels, ...b.labels]);
  let out = 1;
  for (const label of all) if (needed.has(label)) out *= sizes.get(label)!;
  return out - a.x.size - b.x.size;
}

/** Labels of the result and of all operands but two. */
function neededBy(output: string[], list: Labelled[], ...except: Labelled[]): Set<string> {
  const others = list.filter((operand) => !except.includes(operand));
  return new Set([...output, ...others.flatMap((operand) => operand.labels)]);
}

/** "ij,jk->ik" as terms and result; without "->" the labels that occur once, in their order. */
function parsed(subscripts: string, operands: number): [string[], string] {
  const text = subscripts.replace(/\s+/g, "");
  const [inputs, output, ...more] = text.split("->");
  const terms = inputs!.split(",");
  if (more.length > 0) throw new TypeError(`${who}: more than one "->" in "${subscripts}"`);
  if (terms.length !== operands) {
    throw new RangeError(
      `${who}: "${subscripts}" is for ${terms.length} operands, not ${operands}`,
    );
  }
  if (output !== undefined) return [terms, output];
  const letters = [...terms.join("").replaceAll(".", "")].sort();
  const once = letters.filter((x, i) => x !== letters[i - 1] && x !== letters[i + 1]);
  return [terms, (inputs!.includes("...") ? "..." : "") + once.join("")];
}

/** Labels of axes as numbers. */
export type Labels = readonly (number | "...")[];

type Listed = (TensorLike | Labels)[];

/** Subscripts for lists of labels: letters in the order of the numbers. */
function unlisted(given: Listed): [string, ...TensorLike[]] {
  const letters = (labels: TensorLike | Labels): string => {
    if (!Array.isArray(labels)) {
      throw new TypeError(
        `${who}: begins with subscripts, or has a list of labels behind each operand`,
      );
    }
    return (labels as Labels)
      .map((label) => {
        if (label === "...") return label;
        if (!Number.isInteger(label) || label < 0 || label > 51) {
          throw new RangeError(`${who}: a label must be an integer from 0 to 51, got ${label}`);
        }
        return String.fromCharCode(label < 26 ? 65 + label : 71 + label);
      })
      .join("");
  };
  const pairs = given.length >> 1;
  if (pairs === 0) throw new TypeError(`${who}: needs subscripts and operands`);
  const operands = Array.from({ length: pairs }, (_, i) => given[2 * i] as TensorLike);
  const terms = operands.map((_, i) => letters(given[2 * i + 1]!)).join(",");
  const result = given.length % 2 === 1 ? `->${letters(given.at(-1)!)}` : "";
  return [terms + result, ...operands];
}

/**
 * Products of operands, summed over the axes whose labels the result does not have. A label that one
 * operand has twice means its diagonal; "..." stands for further axes, which broadcast. Without "->"
 * the result has the labels that occur once, in the order of the alphabet. Operands are contracted in
 * the order that keeps intermediate results small.
 *
 * @example
 * ```ts
 * einsum("ij,jk->ik", [[1, 2], [3, 4]], [[1, 0], [0, 1]]).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @throws if labels suit neither the axes nor each other
 */
export function einsum(subscripts: string, ...operands: TensorLike[]): Tensor;
/**
 * The same with a list of labels, integers from 0 to 51 or "...", behind each operand, and one more for
 * the result, if it is not to be that of `subscripts` without "->".
 *
 * @example
 * ```ts
 * einsum([[1, 2], [3, 4]], [0, 1], [10, 20], [1], [0]).toArray(); // [50, 110]
 * ```
 */
export function einsum(
  operand: TensorLike,
  labels: Labels,
  ...more: (TensorLike | Labels)[]
): Tensor;
export function einsum(...given: (string | TensorLike | Labels)[]): Tensor {
  const [subscripts, ...operands] =
    typeof given[0] === "string" ? (given as [string, ...TensorLike[]]) : unlisted(given as Listed);
  const [terms, result] = parsed(subscripts, operands.length);
  let list = together(who, ...operands).map((x, i) => withoutRepeats(labelled(x, terms[i]!)));
  const sizes = new Map<string, number>();
  let dots = 0;
  for (const { x, labels } of list) {
    dots = Math.max(dots, labels.filter((label) => label.startsWith(".")).length);
    labels.forEach((label, i) => {
      const [here, before] = [x.shape[i]!, sizes.get(label) ?? 1];
      if (here !== before && here !== 1 && before !== 1) {
        throw new RangeError(`${who}: "${label}" is ${before} and ${here} in "${subscripts}"`);
      }
      if (before === 1) sizes.set(label, here);
    });
  }
  if (dots > 0 && !result.includes("...")) {
    throw new RangeError(`${who}: "${subscripts}" has "..." in an operand, but not in its result`);
  }
  const output = labelsOf(result, dots);
  for (const label of output) {
    if (!sizes.has(label) || output.indexOf(label) !== output.lastIndexOf(label)) {
      throw new RangeError(`${who}: "${label}" of the result is in no operand, or there twice`);
    }
  }
  list = list.map((operand) => reduced(operand, neededBy(output, list, operand), sizes));
  while (list.length > 1) {
    let best: [Labelled, Labelled] | undefined;
    let least = Infinity;
    for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        const [a, b] = [list[i]!, list[j]!];
        const grows = growth(a, b, neededBy(output, list, a, b), sizes);
        if (grows < least) [best, least] = [[a, b], grows];
      }
    }
    const [a, b] = best!;
    const made = pair(a, b, neededBy(output, list, a, b), sizes);
    list = [...list.filter((operand) => operand !== a && operand !== b), made];
    list = list.map((operand) => reduced(operand, neededBy(output, list, operand), sizes));
  }
  const { x, labels } = list[0]!;
  const order = output
    .filter((label) => labels.includes(label))
    .map((label) => labels.indexOf(label));
  const missing = output.flatMap((label, i) => (labels.includes(label) ? [] : [i]));
  const y = x.transpose(order);
  if (missing.length === 0) return y;
  return y.expandDims(missing).broadcastTo(output.map((label) => sizes.get(label)!));
}
