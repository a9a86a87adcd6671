// A recorded value as a node of the graph, for those who want to look at it.
import { cellAt } from "./cell.js";
import { dtypeName, type Dtype } from "./dtype.js";
import { shapeText } from "./errors.js";
import { calledAt } from "./rules.js";
import { slot } from "./handle.js";
import type { Tensor } from "./tensor.js";
import * as wasm from "./wasm.js";

/** What else is known of a node. */
export interface NodeMeta {
  /** What the user called the tensor (`x.name`). */
  readonly name: string | undefined;
  /** Creation number: younger nodes have higher ones. */
  readonly order: number;
  /** A requiresGrad leaf. */
  readonly leaf: boolean;
  /** Live transforms that it depends on, outermost first; 0 stands for requiresGrad leaves. */
  readonly levels: readonly number[];
  /** Its graph was used up by an earlier backward(). */
  readonly consumed: boolean;
}

const LEVELS = 31;

/**
 * A recorded value: the op that made it and the nodes that it was made from. Got by `x.node`; it keeps
 * no graph alive by itself, only the tensor that it was got from.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2], { requiresGrad: true });
 * sum(multiply(x, 3)).node!.name; // "sum"
 * sum(multiply(x, 3)).node!.inputs[0]!.inputs.map((n) => n.name); // ["leaf", "constant"]
 * ```
 */
export class Node {
  /** The op; "leaf" for requiresGrad leaves, "input" for inputs of transforms, else "constant". */
  readonly name: string;
  /** Sizes of the axes; inside vmap, without the mapped ones. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: Dtype;
  /** What else is known. */
  readonly meta: NodeMeta;
  /** What keeps the node in memory. */
  private readonly owner: Tensor;
  private readonly at: number;
  private known: readonly Node[] | undefined = undefined;

  /** @internal */
  constructor(owner: Tensor, at: number) {
    const c = wasm.core();
    const mask = c.tensorMask(at);
    const levels: number[] = [];
    for (let i = 0; i < LEVELS; i++) if (mask & (1 << i)) levels.push(i);
    this.owner = owner;
    this.at = at;
    this.shape = wasm.readList(c.tensorShape(at));
    this.dtype = dtypeName(c.tensorDtype(at));
    this.name = nameAt(at, mask);
    this.meta = {
      name: cellAt(at)?.name,
      order: c.tensorOrder(at),
      leaf: c.tensorIsLeaf(at) !== 0,
      levels,
      consumed: c.tensorIsCut(at) !== 0,
    };
  }

  /**
   * The nodes that this one was made from, constants included.
   *
   * @throws if the graph is not there any more: its transform has ended, or backward() used it up
   */
  get inputs(): readonly Node[] {
    if (this.known !== undefined) return this.known;
    const c = wasm.core();
    // The owner is in wasm as long as it is on the tape; another value may stand in the slot by now.
    if (c.tensorOrder(this.at) !== this.meta.order || c.tensorMask(slot(this.owner)) === 0) {
      throw new Error(
        `node: the graph of this ${this.name} is not there any more: its transform has ended, or ` +
          "backward() has used it up (retainGraph: true keeps it)",
      );
    }
    this.known = inputsAt(this.at).map((at) => new Node(this.owner, at));
    return this.known;
  }

  /** As printed: op, dtype, shape. */
  toString(): string {
    const name = this.meta.name === undefined ? "" : ` "${this.meta.name}"`;
    return `${this.name} ${this.dtype}${shapeText(this.shape)}${name}`;
  }

  /** How Node.js prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Node(${this.toString()})`;
  }
}

/** What the node in a slot was made from. */
function inputsAt(at: number): number[] {
  const c = wasm.core();
  if (c.tensorMask(at) === 0) return [];
  const inputs = Array.from({ length: c.recipeInputs(at) }, (_, i) => c.programInput(at, i));
  const hub = c.externalHub(at);
  if (hub === 0 || hub === at) return inputs;
  // The result of a function with rules of its own: its arguments, and what outer transforms see.
  const seen = c.tensorMask(inputs[0]!) === 0 ? [] : [inputs[0]!];
  return [...inputsAt(hub), ...seen];
}

/** What the node in a slot is called. */
export function nameAt(at: number, mask: number): string {
  const c = wasm.core();
  if (c.tensorIsLeaf(at)) return "leaf";
  if (mask !== 0 && c.recipeInputs(at) > 0) {
    // A transform's input has its argument for an input of its own, if that is recorded too.
    return c.tensorIsSource(at) ? "input" : (calledAt(at) ?? wasm.opName(c.tensorOp(at)));
  }
  return mask === 0 ? "constant" : "input";
}

/** The node of a tensor; null if it is a constant. */
export function nodeOf(x: Tensor): Node | null {
  const at = slot(x);
  return wasm.core().tensorMask(at) === 0 ? null : new Node(x, at);
}
