// The form of a tree without its leaves.
import { describe } from "../convert.js";
import { checkDepth, isLeaf, isPlainContainer, openNode, type OpenNode } from "../tree.js";

/** One place of a form. */
type Place =
  | { kind: "leaf" }
  | { kind: "constant"; value: unknown }
  | { kind: "list"; items: Place[] }
  | { kind: "object"; keys: string[]; items: Place[]; bare: boolean }
  | { kind: "node"; of: OpenNode["kind"]; name: string; children: Place; aux: unknown };

const LEAF: Place = { kind: "leaf" };

/** The place for x; leaves are added to `leaves`. */
function read(
  x: unknown,
  leaves: unknown[],
  stop: ((x: unknown) => boolean) | undefined,
  depth = 0,
): Place {
  if (isLeaf(x) || stop?.(x) === true) {
    leaves.push(x);
    return LEAF;
  }
  checkDepth(depth);
  const inside = (y: unknown): Place => read(y, leaves, stop, depth + 1);
  if (Array.isArray(x)) return { kind: "list", items: Array.from(x, inside) };
  const node = openNode(x);
  if (node !== undefined) {
    const children = inside(node.children);
    return {
      kind: "node",
      of: node.kind,
      name: (x as object).constructor.name,
      children,
      aux: node.aux,
    };
  }
  if (!isPlainContainer(x)) return { kind: "constant", value: x };
  const keys = Object.keys(x);
  const items = keys.map((key) => inside((x as Record<string, unknown>)[key]));
  return { kind: "object", keys, items, bare: Object.getPrototypeOf(x) === null };
}

/** Adds the leaves of x, which has this form, in the order of the form's keys. */
function follow(place: Place, x: unknown, leaves: unknown[]): void {
  switch (place.kind) {
    case "leaf":
      leaves.push(x);
      break;
    case "list":
      place.items.forEach((item, i) => follow(item, (x as unknown[])[i], leaves));
      break;
    case "node":
      follow(place.children, openNode(x)!.children, leaves);
      break;
    case "object":
      place.keys.forEach((key, i) =>
        follow(place.items[i]!, (x as Record<string, unknown>)[key], leaves),
      );
      break;
    default:
  }
}

function build(place: Place, next: () => unknown): unknown {
  switch (place.kind) {
    case "leaf":
      return next();
    case "constant":
      return place.value;
    case "list":
      return place.items.map((item) => build(item, next));
    case "node":
      return place.of.unflatten(build(place.children, next), place.aux);
    default: {
      const made = (place.bare ? Object.create(null) : {}) as Record<string, unknown>;
      place.keys.forEach((key, i) => {
        made[key] = build(place.items[i]!, next);
      });
      return made;
    }
  }
}

/** Constants that are trees themselves are compared by what is in them. */
function sameConstant(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlainContainer(a) || !isPlainContainer(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [p, q] = [Object.entries(a), Object.entries(b)];
  return (
    p.length === q.length && p.every(([key, x], i) => key === q[i]![0] && sameConstant(x, q[i]![1]))
  );
}

/** Where two forms differ first: path, and what stands there; undefined if they do not. */
function difference(a: Place, b: Place, path: string): string | undefined {
  const differs = (): string =>
    `${text(a)} against ${text(b)}${path === "" ? "" : ` at ${path.replace(/^\./, "")}`}`;
  if (a.kind !== b.kind) return differs();
  switch (a.kind) {
    case "leaf":
      return undefined;
    case "constant":
      return sameConstant(a.value, (b as typeof a).value) ? undefined : differs();
    case "node": {
      const other = b as typeof a;
      if (a.of !== other.of || !sameConstant(a.aux, other.aux)) return differs();
      return difference(a.children, other.children, path);
    }
    case "list":
      return among(a.items, (b as typeof a).items, (i) => `${path}[${i}]`, differs);
    default: {
      const { keys } = a;
      const other = b as typeof a;
      if (keys.length !== other.keys.length || !keys.every((key) => other.keys.includes(key))) {
        return differs();
      }
      const theirs = keys.map((key) => other.items[other.keys.indexOf(key)]!);
      return among(a.items, theirs, (i) => `${path}.${keys[i]}`, differs);
    }
  }
}

function among(
  a: readonly Place[],
  b: readonly Place[],
  path: (i: number) => string,
  differs: () => string,
): string | undefined {
  if (a.length !== b.length) return differs();
  for (let i = 0; i < a.length; i++) {
    const found = difference(a[i]!, b[i]!, path(i));
    if (found !== undefined) return found;
  }
  return undefined;
}

function text(place: Place): string {
  switch (place.kind) {
    case "leaf":
      return "*";
    case "constant":
      return typeof place.value === "string" ? JSON.stringify(place.value) : describe(place.value);
    case "list":
      return `[${place.items.map(text).join(", ")}]`;
    case "node":
      return `${place.name}(${text(place.children)})`;
    default:
      return `{${place.keys.map((key, i) => `${key}: ${text(place.items[i]!)}`).join(", ")}}`;
  }
}

/** Tells where a tree ends although it could go on. */
export interface FlattenOptions {
  /** True for what is to count as a leaf, whatever it is: booleans, say, or arrays of two. */
  isLeaf?: (x: unknown) => boolean;
}

/** The form of a tree without its leaves: what `flatten` gives and `unflatten` takes. */
export class TreeStructure<T = unknown> {
  /** How many leaves a tree of this form has. */
  readonly leafCount: number;
  /** Keeps T in the type. @internal */
  declare readonly form: T;
  private readonly root: Place;

  private constructor(root: Place, leafCount: number) {
    this.root = root;
    this.leafCount = leafCount;
  }

  /** The leaves of a tree and its form. @internal */
  static read<T>(tree: T, options?: FlattenOptions): [unknown[], TreeStructure<T>] {
    const leaves: unknown[] = [];
    const root = read(tree, leaves, options?.isLeaf);
    return [leaves, new TreeStructure<T>(root, leaves.length)];
  }

  /** A tree of this form. @internal */
  build(leaves: readonly unknown[], who: string): unknown {
    if (leaves.length !== this.leafCount) {
      throw new RangeError(
        `${who}: ${leaves.length} leaves for a structure of ${this.leafCount}: ${this.toString()}`,
      );
    }
    let at = 0;
    return build(this.root, () => leaves[at++]);
  }

  /** The first difference to another form in words; undefined if there is none. @internal */
  differenceTo(other: TreeStructure): string | undefined {
    return difference(this.root, other.root, "");
  }

  /** The leaves of a tree of this form, in the order of this form's keys. @internal */
  leavesOf(tree: unknown, who: string): unknown[] {
    const different = this.differenceTo(TreeStructure.read(tree)[1]);
    if (different !== undefined) throw new TypeError(`${who}: ${different}`);
    const leaves: unknown[] = [];
    follow(this.root, tree, leaves);
    return leaves;
  }

  /** True if trees of both forms can stand for each other: containers, keys and constants agree. */
  equals(other: TreeStructure): boolean {
    return other instanceof TreeStructure && this.differenceTo(other) === undefined;
  }

  /** The form, with `*` for leaves. */
  toString(): string {
    return text(this.root);
  }
}
