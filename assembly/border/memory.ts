// Counters, and eviction.
import { DType } from "../shared/dtype";
import { peakBytes, resetPeak, usedBytes } from "../memory/heap";
import { nodeCount as nodes } from "../tensor/node";
import { setDefaultDType as setDefault } from "../tape/constants";
import * as evicting from "../tape/evict";
import * as marks from "../tape/marks";
import * as gathering from "../tape/gather";

export function setDefaultDtype(to: DType): void {
  setDefault(to);
}
export function memoryUsed(): f64 {
  return <f64>usedBytes();
}
export function memoryPeak(): f64 {
  return <f64>peakBytes();
}
export function memoryResetPeak(): void {
  resetPeak();
}
export function nodeCount(): u32 {
  return nodes();
}
export function handleCount(): u32 {
  return marks.handleCount();
}
export function evictChoose(all: bool): u32 {
  const n = evicting.choose(all);
  gathering.gather(evicting.chosenList(), n);
  return n;
}
export function evictList(): usize {
  return evicting.chosenList();
}
/** Gathers the next chunk of small chosen values, number i; returns its address. */
export function evictGather(i: u32): usize {
  return gathering.gatherChunk(i);
}
/** Bytes of it. */
export function evictGathered(): u32 {
  return gathering.gatheredBytes();
}
/** Takes the i-th chosen value off the list. */
export function evictSkip(i: u32): void {
  evicting.skip(i);
}
/** An evicted value of so many bytes was brought back. */
export function evictReturn(bytes: u32): void {
  marks.noteReturn(bytes);
}
export function evictCommit(whole: bool): void {
  gathering.endGathering();
  evicting.commit(whole);
}
