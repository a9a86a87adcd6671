// The only file that sees WebAssembly: the instance, made at first use, and its memory. Whoever wants a
// view of the memory asks here each time, and keeps none: they die whenever it grows.
import { instantiateSync, type Imports } from "@assemblyscript/loader";
import { compile, compileBuild, compilePart } from "#wasm";
import { Fault } from "../assembly/shared/fault.js";
import type { DType } from "../assembly/shared/dtype.js";
import { faultError } from "./errors.js";

/** The border; assembly/border/ says what each call does. */
export interface Core extends Record<string, unknown> {
  /** In a build with threads its buffer is shared. */
  memory: { readonly buffer: ArrayBuffer };
  scratchArea(): number;
  faultArea(): number;
  faultClear(): void;
  opCount(): number;
  opName(op: number): number;
  opFamily(op: number): number;
  opTraits(op: number): number;
  tensorEmpty(dtype: DType, rank: number): number;
  tensorFull(dtype: DType, rank: number, value: number): number;
  tensorUniform(dtype: DType, rank: number, value: number): number;
  tensorRange(
    dtype: DType,
    n: number,
    start: number,
    step: number,
    stop: number,
    exact: boolean,
  ): number;
  tensorEye(dtype: DType, rows: number, columns: number, k: number): number;
  tensorNumber(value: number, dtype: DType, weak: boolean): number;
  tensorShape(x: number): number;
  tensorAlike(x: number, y: number): boolean;
  tensorRank(x: number): number;
  tensorDtype(x: number): DType;
  tensorBatch(x: number): number;
  tensorSize(x: number): number;
  tensorMask(x: number): number;
  tensorIsLeaf(x: number): number;
  tensorIsWeak(x: number): number;
  tensorIsCut(x: number): number;
  tensorOp(x: number): number;
  tensorAddress(x: number): number;
  tensorIsNumber(x: number): number;
  tensorItem(x: number): number;
  recipeInputs(x: number): number;
  recipeInput(x: number, i: number): number;
  recipeAttr(x: number): number;
  recipeNumber(x: number): number;
  recipeRun(op: number, n: number, attr: number, number: number): number;
  compute(n: number): number;
  setWaitBytes(bytes: number): number;
  setProfiling(on: boolean): void;
  tensorRelease(x: number): void;
  tensorHold(x: number, on: boolean): void;
  tensorSetLeaf(x: number, on: boolean): void;
  tensorSetWeak(x: number): void;
  tensorSetCut(x: number): void;
  tensorFits(x: number, y: number): number;
  tensorAssign(x: number, y: number): number;
  tensorAddRows(x: number, index: number, rows: number): number;
  tensorUpdate(x: number, y: number, minus: boolean): number;
  tensorDetach(x: number): number;
  tensorOrder(x: number): number;
  tensorWatch(x: number, on: boolean): void;
  tensorIsUsed(x: number): number;
  tensorIsSource(x: number): number;
  tensorAlias(x: number): number;
  unary(op: number, x: number): number;
  binary(op: number, x: number, y: number): number;
  binaryNumber(op: number, x: number, value: number, first: boolean): number;
  numberBeside(value: number, x: number): number;
  ternary(op: number, x: number, y: number, z: number, condition: boolean): number;
  reduction(op: number, x: number, mask: number, keepdims: boolean): number;
  toShape(op: number, x: number, rank: number): number;
  alongAxes(op: number, x: number, mask: number, list: number): number;
  axisPair(x: number, a: number, b: number): number;
  slice(x: number): number;
  join(op: number, n: number, axis: number): number;
  gather(x: number, index: number, inner: number): number;
  scatterAdd(x: number, index: number, n: number, inner: number): number;
  along(op: number, x: number, axis: number): number;
  searchSorted(sorted: number, values: number, right: boolean): number;
  normalize(x: number, axes: number, eps: number): number;
  pick(x: number, index: number): number;
  randomBits(key: number, n: number, first: number, domain: number): number;
  astype(x: number, dtype: DType): number;
  enter(): number;
  enterBatch(size: number): number;
  leave(level: number): number;
  leaveKeeping(level: number): void;
  levelDepth(): number;
  levelOrder(level: number): number;
  batchDepth(): number;
  recording(): number;
  setRecording(mask: number): number;
  recordingAround(outer: number, off: number): void;
  fresh(x: number, level: number): number;
  freshNumber(value: number, level: number): number;
  enterNumber(depth: number, value: number): number;
  mapAxis(x: number, axis: number): number;
  unmapAxis(x: number): number;
  walkBegin(level: number, order: number): number;
  walkScalar(level: number, y: number): number;
  walkNumbers(level: number, y: number, x: number): number;
  walkOne(walk: number, y: number): number;
  walkPlain(walk: number, x: number): number;
  walkNumber(walk: number, x: number): number;
  walkRoot(walk: number, y: number, g: number): number;
  walkTangent(walk: number, x: number, t: number): number;
  walkBorder(walk: number): void;
  walkOuter(walk: number, from: number): number;
  walkHook(walk: number, x: number): number;
  walkReplace(walk: number, x: number, g: number): number;
  walkStop(walk: number): number;
  walkForth(walk: number, record: boolean): number;
  walkArrange(walk: number): number;
  walkWant(walk: number, x: number): number;
  walkPrune(walk: number, n: number): void;
  walkRun(walk: number, record: boolean): number;
  walkPlace(walk: number): number;
  walkSize(walk: number): number;
  walkAt(walk: number, s: number): number;
  walkStep(walk: number, s: number): number;
  partialOf(x: number, k: number): number;
  walkPeek(walk: number, x: number): number;
  walkTake(walk: number, x: number): number;
  walkLeaf(walk: number, from: number): number;
  walkNode(walk: number, i: number): number;
  walkConsume(walk: number): void;
  walkEnd(walk: number): void;
  externalPeel(x: number, mask: number): number;
  externalPlain(x: number): number;
  externalFramed(x: number): number;
  externalForget(mask: number, since: number, until: number): void;
  externalBytes(mask: number, since: number): number;
  externalRecord(rules: number, level: number, mapped: boolean, n: number, m: number): number;
  externalInputs(x: number): number;
  externalHub(x: number): number;
  externalNumber(hub: number): number;
  externalGone(): number;
  batchSize(depth: number): number;
  externalNext(level: number, since: number, x: number): number;
  externalOwn(x: number): number;
  externalBase(x: number): number;
  supplyBegin(level: number): void;
  supplyAdd(number: number, x: number): boolean;
  supplyEnd(): void;
  batchOrder(depth: number): number;
  batchSet(depth: number, order: number, size: number): void;
  externalUnmap(since: number, until: number, depth: number): void;
  batchStrange(after: number, until: number, depth: number): void;
  evictMapped(stay: boolean): void;
  newestOrder(): number;
  traceBegin(): number;
  traceVariable(x: number, on: boolean): void;
  traceSettle(x: number): number;
  tensorTraced(x: number): number;
  programPlace(program: number, i: number, output: boolean): number;
  programBytes(program: number): number;
  programNode(program: number, i: number): number;
  programBound(program: number, i: number): number;
  programOutput(program: number, i: number): number;
  programInput(x: number, i: number): number;
  programFree(program: number): void;
  setDefaultDtype(dtype: DType): void;
  memoryUsed(): number;
  memoryPeak(): number;
  memoryResetPeak(): void;
  nodeCount(): number;
  handleCount(): number;
  evictChoose(all: boolean): number;
  evictList(): number;
  evictGathered(): number;
  evictGatheredEnd(): number;
  evictSkip(i: number): void;
  evictReturn(bytes: number): void;
  evictCommit(whole: boolean): void;
  /** Only in builds with threads. */
  begin(threads: number): number;
  /** Only in a core that came without its parts. */
  table?: WebAssembly.Table;
}

/** What parts of the core export. */
export interface PartExports {
  convolution(kind: number, x: number, y: number): number;
  dft(x: number, inverse: boolean): number;
  linalg(kind: number, x: number, y: number, z: number, attr: number): number;
  pooling(kind: number, x: number): number;
  programCapture(args: number, outputs: number): number;
  programReplay(program: number): number;
}

/**
 * A part of the core that travels by itself (build/generated/parts), so that programs which do not use
 * it do not carry it. In the files of wasm the core is whole.
 */
export interface Part {
  readonly digits: string;
  readonly size: number;
  /** The core that it is in. */
  core: Core | undefined;
  exports: PartExports | undefined;
}

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
  const { Buffer } = globalThis as unknown as Unfilled;
  // (And of a shared buffer it makes another shared one.)
  if (Buffer === undefined && buffer instanceof ArrayBuffer) return buffer.slice(at, at + bytes);
  const copy = Buffer ? Buffer.allocUnsafeSlow(bytes).buffer : new ArrayBuffer(bytes);
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
