// What a program is made for: the form of the arguments. Trees of numbers, tensors and typed arrays
// are inputs; everything else is a constant, compared by identity. dtypes and shapes are compared in
// wasm, where they are.
import type { Tensor } from "../tensor.js";
import { isHandle, slot } from "../handle.js";
import { isTypedArray, type TypedArray } from "../dtype.js";
import { checkDepth, isPlainContainer, openNode, type OpenNode } from "../tree.js";
import * as wasm from "../wasm.js";

/** A node of the form. */
export type Form =
  | { kind: "number" | "tensor"; at: number }
  | { kind: "leaf"; cell: object }
  | { kind: "array"; at: number; length: number; make: unknown }
  | { kind: "constant"; value: unknown }
  | { kind: "list"; items: Form[] }
  | { kind: "tree"; keys: string[]; items: Form[] }
  | { kind: "node"; of: OpenNode["kind"]; children: Form; aux: Form };

/** Inputs of a call, in order. */
export type Given = Tensor | TypedArray | number;

/** Writes the inputs of x to `given`; false if x does not have this form. */
export function matches(form: Form, x: unknown, given: Given[]): boolean {
  switch (form.kind) {
    case "number":
      if (typeof x !== "number") return false;
      given[form.at] = x;
      return true;
    case "tensor":
      if (!isHandle(x)) return false;
      given[form.at] = x;
      return true;
    case "leaf":
      return isHandle(x) && x.cell === form.cell;
    case "array":
      if (!isTypedArray(x) || x.length !== form.length || x.constructor !== form.make) return false;
      given[form.at] = x;
      return true;
    case "constant":
      return Object.is(x, form.value);
    case "list":
      return Array.isArray(x) && x.length === form.items.length && allMatch(form.items, x, given);
    case "node": {
      const node = openNode(x);
      if (node?.kind !== form.of || !matches(form.aux, node.aux, given)) return false;
      return matches(form.children, node.children, given);
    }
    default:
      return isPlainContainer(x) && !Array.isArray(x) && matchesTree(form, x, given);
  }
}

/** The same for a list of forms. */
export function allMatch(
  forms: readonly Form[],
  list: readonly unknown[],
  given: Given[],
): boolean {
  for (let i = 0; i < forms.length; i++) if (!matches(forms[i]!, list[i], given)) return false;
  return true;
}

function matchesTree(
  form: { keys: string[]; items: Form[] },
  x: Record<string, unknown>,
  given: Given[],
): boolean {
  const { keys, items } = form;
  let n = 0;
  for (const key in x) {
    if (key !== keys[n] || !matches(items[n]!, x[key], given)) return false;
    n++;
  }
  return n === keys.length;
}

/** Numbers for things that are compared by identity. */
const identities = new WeakMap<object, number>();
let identified = 0;

function identity(x: object): string {
  let id = identities.get(x);
  if (id === undefined) identities.set(x, (id = ++identified));
  return `#${id}`;
}

/** A form in the making, with the key that finds what was made for it. */
export class Reader {
  key = "";
  readonly given: Given[] = [];
  /** An argument has a graph of its own, which a program could not follow. */
  tracked = false;

  private depth = 0;

  /** The form of x; as a constant, numbers and trees are compared by value. */
  read(x: unknown, constant: boolean): Form {
    checkDepth(this.depth++, "compile");
    const form = this.readOne(x, constant);
    this.depth--;
    return form;
  }

  private readOne(x: unknown, constant: boolean): Form {
    if (Array.isArray(x)) {
      this.key += "[";
      const items = x.map((item) => this.read(item, constant));
      this.key += "]";
      return { kind: "list", items };
    }
    const node = openNode(x);
    if (node !== undefined) {
      this.key += `${identity(node.kind)}(`;
      const aux = this.read(node.aux, true);
      const children = this.read(node.children, constant);
      this.key += ")";
      return { kind: "node", of: node.kind, children, aux };
    }
    if (isPlainContainer(x)) return this.readTree(x as Record<string, unknown>, constant);
    if (!constant) {
      if (typeof x === "number") {
        this.key += "n,";
        return { kind: "number", at: this.given.push(x) - 1 };
      }
      if (isHandle(x)) return this.readTensor(x);
      if (isTypedArray(x)) {
        this.key += `${Object.prototype.toString.call(x)}${x.length},`;
        const at = this.given.push(x) - 1;
        return { kind: "array", at, length: x.length, make: x.constructor };
      }
    }
    const object = (typeof x === "object" && x !== null) || typeof x === "function";
    const name = typeof x === "string" ? JSON.stringify(x) : Object.is(x, -0) ? "-0" : String(x);
    this.key += `${object ? identity(x) : `${typeof x} ${name}`},`;
    return { kind: "constant", value: x };
  }

  private readTree(x: Record<string, unknown>, constant: boolean): Form {
    const keys = Object.keys(x);
    const items: Form[] = [];
    this.key += "{";
    for (const key of keys) {
      this.key += `${JSON.stringify(key)}:`;
      items.push(this.read(x[key], constant));
    }
    this.key += "}";
    return { kind: "tree", keys, items };
  }

  private readTensor(x: Tensor): Form {
    const c = wasm.core();
    const leaf = c.tensorIsLeaf(slot(x)) !== 0;
    if (!leaf && c.tensorMask(slot(x)) !== 0) this.tracked = true;
    if (leaf) {
      this.key += `${identity(x.cell)},`;
      return { kind: "leaf", cell: x.cell };
    }
    const at = this.given.push(x) - 1;
    this.key += `${x.dtype}${c.tensorIsWeak(slot(x)) ? "w" : ""}[${x.shape.join()}],`;
    return { kind: "tensor", at };
  }
}
