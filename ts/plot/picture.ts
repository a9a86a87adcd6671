/** @file What `plot` gives: one drawn picture, and the ways to get it out. */
import type { Curve } from "./curves.js";
import { importByName } from "./peers.js";

/** The SVG element's type where the DOM's types are known; elsewhere `any`. */
type SVGNode = typeof globalThis extends { SVGSVGElement: { prototype: infer Element } }
  ? Element
  : // eslint-disable-next-line @typescript-eslint/no-explicit-any
    any;

/** A `URL` of the `file:` scheme. (Said this way, the types need neither Node's nor a browser's.) */
export interface FileURL {
  /** The whole URL: `"file:///…"`. */
  readonly href: string;
}

const JUPYTER = Symbol.for("Jupyter.display");
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * A picture drawn by `plot`. Notebooks that know `Symbol.for("Jupyter.display")` (Deno's
 * kernel) show it when it is the last value of a cell.
 *
 * @example
 * ```ts
 * import { plot } from "tapegrad/plot";
 *
 * const picture = await plot(Math.sin);
 * picture.svg.startsWith("<svg "); // true
 * await picture.save("build/sine.svg"); // in Node
 * picture.toDOM(); // in a browser: document.body.append(picture.toDOM())
 * ```
 */
export class Picture {
  /** The whole picture as SVG text, namespace included: the content of an `.svg` file. */
  readonly svg: string;
  readonly #element: SVGElement;
  readonly #labels: readonly string[];

  /** @internal */
  constructor(element: SVGElement, curves: readonly Curve[]) {
    this.#element = element;
    this.#labels = curves.map((curve) => curve.label);
    this.svg = serialize(element);
  }

  /** Node, Deno, Bun: writes the picture to a file, and makes its folders where they are missing. */
  async save(path: string | FileURL): Promise<void> {
    const [files, paths, urls] = await Promise.all([
      nodeModule<Files>("node:fs/promises"),
      nodeModule<Paths>("node:path"),
      nodeModule<Urls>("node:url"),
    ]);
    const file = typeof path === "string" ? path : urls.fileURLToPath(path.href);
    await files.mkdir(paths.dirname(file), { recursive: true });
    await files.writeFile(file, `${this.svg}\n`);
  }

  /** The picture as a new DOM node of the document it was drawn with; ready to be appended. */
  toDOM(): SVGNode {
    return this.#element.cloneNode(true) as SVGNode;
  }

  /** The SVG text, like `.svg`. */
  toString(): string {
    return this.svg;
  }

  /** What notebooks show. */
  [JUPYTER](): Record<string, string> {
    return { "image/svg+xml": this.svg, "text/plain": this[INSPECT]() };
  }

  /** What `console.log` prints. */
  [INSPECT](): string {
    const [width, height] = ["width", "height"].map((name) => this.#element.getAttribute(name));
    return `Picture (svg ${width}×${height}: ${this.#labels.join(", ")})`;
  }
}

/**
 * The element as XML. Neither `outerHTML` would do: a browser's names entities that XML does not
 * know, linkedom's leaves "<" in attributes.
 */
function serialize(root: SVGElement): string {
  const write = (node: Node): string => {
    if (node.nodeType !== 1) return escape(node.nodeValue ?? "");
    const element = node as Element;
    const attributes = Array.from(element.attributes)
      .filter(({ name }) => name !== "xmlns")
      .map(({ name, value }) => ` ${name}="${escape(value)}"`)
      .join("");
    const namespace = element === root ? ` xmlns="${NAMESPACE}"` : "";
    const inside = Array.from(element.childNodes, write).join("");
    const tag = element.localName;
    return `<${tag}${namespace}${attributes}${inside === "" ? "/>" : `>${inside}</${tag}>`}`;
  };
  return write(root);
}

function escape(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

// The few functions of Node that save needs; the types of a browser's program do not know them.
interface Files {
  mkdir(path: string, options: { recursive: boolean }): Promise<unknown>;
  writeFile(path: string, text: string): Promise<void>;
}
interface Paths {
  dirname(path: string): string;
}
interface Urls {
  fileURLToPath(url: string): string;
}

async function nodeModule<Module>(name: string): Promise<Module> {
  try {
    return (await importByName(name)) as Module;
  } catch (cause) {
    throw new Error("plot: save needs a file system; in a browser use .toDOM() or .svg", { cause });
  }
}
