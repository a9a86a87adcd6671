// What the wasm exports, as TypeScript sees it.
import type { DType } from "../assembly/shared/dtype.js";

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
  recipeOpen(x: number): number;
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
  embed(x: number, value: number): number;
  foremost(x: number, axis: number, k: number, largest: boolean): number;
  searchSorted(sorted: number, values: number, right: boolean): number;
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
  numbersBegin(): number;
  numbersEnd(): void;
  numbersCount(): number;
  numbersAddress(): number;
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
  evictGather(i: number): number;
  evictGathered(): number;
  evictSkip(i: number): void;
  evictReturn(bytes: number): void;
  evictCommit(whole: boolean): void;
  /** Only in builds with threads. */
  begin(threads: number): number;
  /** Only in a core that came without its parts. */
  table?: object;
}

/** What parts of the core export. */
export interface PartExports {
  convolution(kind: number, x: number, y: number): number;
  dft(x: number, inverse: boolean): number;
  linalg(kind: number, x: number, y: number, z: number, attr: number): number;
  normalize(x: number, axes: number, eps: number): number;
  pick(x: number, index: number): number;
  pooling(kind: number, x: number): number;
  programCapture(args: number, outputs: number): number;
  programReplay(program: number): number;
  randomBits(key: number, n: number, first: number, domain: number): number;
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
