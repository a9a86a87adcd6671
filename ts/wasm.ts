// The only file that sees WebAssembly: the instance, made at first use, and its memory. Whoever wants a
// view of the memory asks here each time, and keeps none: they die whenever it grows.
import { instantiateSync, type Imports } from "@assemblyscript/loader";
import { compile, compileBuild, compilePart } from "#wasm";
import { Fault } from "../assembly/shared/fault.js";
import { faultError } from "./errors.js";
import type { Core, Part, PartExports } from "./exports.js";

export type { Core, Part, PartExports } from "./exports.js";

let instance: Core | undefined;
let given: WebAssembly.Module | undefined;
let wordView = new Int32Array(0);
let doubleView = new Float64Array(0);
let scratch = 0;

/**
 * Hands over the compiled module, for hosts that neither bundle `.wasm` files nor compile bytes. Call
 * it before anything else; `module` is what the host gives for `tapegrad/tapegrad.wasm`.
 */
export function useModule(module: object): void {
  if (instance) throw new Error("useModule: tapegrad is already running; call it first");
  given = module;
}

/** What the imports of a build with threads are: memory, and how it tells that it has grown. */
function sharing(memory: WebAssembly.Memory): Imports {
  // Views of shared memory do not die when it grows: they must be let go.
  return { env: { memory }, heap: { grown: dropViews } };
}

function dropViews(): void {
  wordView = new Int32Array(0);
  doubleView = new Float64Array(0);
}

/** The running core, if there is one. */
export function running(): Core | undefined {
  return instance;
}

/**
 * Starts a core in the place of the one that runs, whose tensors are lost: of `module`, or of the
 * default build; in `memory`, if it is shared. @internal
 */
export function restart(module?: WebAssembly.Module, memory?: WebAssembly.Memory): Core {
  dropViews();
  return start(module, memory);
}

/** The module of a further build: handed over, or beside this file, or undefined. @internal */
export async function furtherBuild(
  build: string,
  handed: object | undefined,
): Promise<WebAssembly.Module | undefined> {
  return handed ?? (await compileBuild(build));
}

function start(build?: WebAssembly.Module, memory?: WebAssembly.Memory): Core {
  const module = build ?? given ?? compile();
  // A module of another realm is as good, but the loader asks `instanceof`.
  if (!(module instanceof WebAssembly.Module)) {
    Object.setPrototypeOf(module, WebAssembly.Module.prototype);
  }
  // The bare exports: those of the loader take their arguments through a wrapper.
  const imports = { mark: { mark: tell }, ...(memory && sharing(memory)) };
  const core = instantiateSync(module, imports).instance.exports as unknown as Core;
  scratch = core.scratchArea() >>> 2;
  instance = core;
  return core;
}

let heard: ((what: number, size: number) => void) | undefined;

function tell(what: number, size: number): void {
  heard?.(what, size);
}

/** Has the marks of a profile heard, or no longer; false if somebody hears them already. */
export function listen(hear: ((what: number, size: number) => void) | undefined): boolean {
  if (hear !== undefined && heard !== undefined) return false;
  heard = hear;
  return true;
}

/** The running core. */
export function core(): Core {
  return instance ?? start();
}

/** A part of the running core: what it exports, and its rows. It is put there at first use. */
export function need(part: Part): PartExports {
  return part.exports !== undefined && part.core === instance ? part.exports : join(part);
}

function join(part: Part): PartExports {
  const whole = core();
  let from: unknown = whole;
  if (whole.table !== undefined) {
    // It takes its places in the table, and what else it needs, from the exports of the core.
    const imports = { core: whole as WebAssembly.ModuleImports, mark: { mark: tell } };
    from = new WebAssembly.Instance(compilePart(part), imports).exports;
  }
  part.exports = from as PartExports;
  part.core = whole;
  return part.exports;
}

/** Memory as 32-bit words, valid until the next call that allocates. */
export function words(): Int32Array {
  if (wordView.length === 0) wordView = new Int32Array(core().memory.buffer);
  return wordView;
}

/** Memory as float64 numbers, as short-lived. */
export function doubles(): Float64Array {
  if (doubleView.length === 0) doubleView = new Float64Array(core().memory.buffer);
  return doubleView;
}

/** Number of the first word of the scratch area. */
export function scratchWord(): number {
  return scratch;
}

/** Writes numbers to the scratch area, from word `from` on. */
export function writeList(list: ArrayLike<number>, from = 0): void {
  const view = words();
  for (let i = 0; i < list.length; i++) view[scratch + from + i] = list[i]!;
}

/** Reads n numbers of the scratch area. */
export function readList(n: number): number[] {
  const view = words();
  const list = new Array<number>(n);
  for (let i = 0; i < n; i++) list[i] = view[scratch + i]! >>> 0;
  return list;
}

/** What Node and its relatives have: memory that is not filled with zeros first. */
interface Unfilled {
  Buffer?: { allocUnsafeSlow(bytes: number): { buffer: ArrayBuffer } };
}

/**
 * Bytes of a buffer that memory is copied to. Larger ones come in fresh pages, which the system has to
 * find and to clear one by one; pieces of this size the host's allocator keeps and hands out again,
 * which takes a third of the time.
 */
const PIECE = 65536;

/**
 * Once so many bytes have been asked for and let go, glibc keeps twice as many of freed memory instead of
 * handing the pages back to the system (mallopt(3), M_TRIM_THRESHOLD), from which the next pieces would
 * have to fetch them. Nobody touches them, so they take no room.
 */
const KEPT = 1 << 24;
let kept = false;

function keepPages(): void {
  kept = true;
  try {
    void new ArrayBuffer(KEPT);
  } catch {
    // It only makes the next pieces cheaper.
  }
}

/** Copies of so many bytes of memory, one after the other in buffers of their own. */
export function copyOut(address: number, bytes: number): readonly ArrayBuffer[] {
  const { buffer } = core().memory;
  const copies: ArrayBuffer[] = [];
  const end = (address >>> 0) + bytes;
  for (let at = address >>> 0; at < end; at += PIECE) {
    copies.push(copyPiece(buffer, at, Math.min(PIECE, end - at)));
  }
  return copies;
}

function copyPiece(buffer: ArrayBuffer, at: number, bytes: number): ArrayBuffer {
  // `slice` fills the buffer with zeros before it copies: a fifth of the time.
  const Buffer = (globalThis as unknown as Unfilled).Buffer;
  // (And of a shared buffer it makes another shared one.)
  if (Buffer === undefined && buffer instanceof ArrayBuffer) return buffer.slice(at, at + bytes);
  const copy = Buffer ? Buffer.allocUnsafeSlow(bytes).buffer : new ArrayBuffer(bytes);
  if (!kept && Buffer) keepPages();
  new Uint8Array(copy).set(new Uint8Array(buffer, at, bytes));
  return copy;
}

/** Copies bytes into memory: what `copyOut` gave, or so many bytes of one buffer from `offset` on. */
export function copyIn(
  address: number,
  sources: readonly ArrayBuffer[],
  offset: number,
  bytes: number,
): void {
  const { buffer } = core().memory;
  let at = address >>> 0;
  let from = offset;
  let left = bytes;
  for (const source of sources) {
    const n = Math.min(source.byteLength - from, left);
    new Uint8Array(buffer, at, n).set(new Uint8Array(source, from, n));
    at += n;
    left -= n;
    from = 0;
  }
}

/** A view of n elements at an address, for immediate use. */
export function viewAt(
  address: number,
  n: number,
  wide: boolean,
  float: boolean,
): Float32Array | Float64Array | Int32Array {
  const buffer = core().memory.buffer;
  if (wide) return new Float64Array(buffer, address >>> 0, n);
  return float
    ? new Float32Array(buffer, address >>> 0, n)
    : new Int32Array(buffer, address >>> 0, n);
}

const names: string[] = [];

/** The table's name of an op, first letter lowered. */
export function opName(op: number): string {
  return (names[op] ??= readName(op));
}

function readName(op: number): string {
  const c = core();
  const at = c.opName(op);
  if (op === 0 || at === 0) return "tensor";
  const length = new Uint32Array(c.memory.buffer, at - 4, 1)[0]! >>> 1;
  const name = String.fromCharCode(...new Uint16Array(c.memory.buffer, at, length));
  return name[0]!.toLowerCase() + name.slice(1);
}

/** The code of the fault that waits to be read. */
export function pendingFault(): Fault {
  return words()[core().faultArea() >>> 2]!;
}

/** Forgets the fault. */
export function clearFault(): void {
  core().faultClear();
}

/** The error for the fault that waits; `who` replaces the op's name. */
export function takeFault(who?: string): Error {
  const c = core();
  const area = c.faultArea();
  const view = new DataView(c.memory.buffer, area, 160);
  const code = view.getUint32(0, true) as Fault;
  const op = view.getUint32(4, true);
  const list = (at: number) =>
    Array.from({ length: view.getUint32(at, true) }, (_, i) =>
      view.getUint32(at + 4 + 4 * i, true),
    );
  const error = faultError({
    code,
    op: who ?? (code === Fault.Consumed ? "backward" : opName(op)),
    a: view.getFloat64(8, true),
    b: view.getFloat64(16, true),
    shapeA: list(24),
    shapeB: list(92),
  });
  c.faultClear();
  return error;
}
