// What the border of a build with threads has besides (kernels/parallel.ts).
import { allocate } from "./memory/heap";
import { areaBytes, serve as work, setThreadCount } from "./kernels/parallel";

/** Called in an instance of its own, by a worker: works for the main thread for ever. */
export function serve(thread: u32): void {
  work(thread);
}
/** Tells the main instance how many threads there are, itself included; false if out of memory. */
export function begin(n: u32): bool {
  const areas = allocate(areaBytes(n));
  if (areas) setThreadCount(n, areas);
  return areas != 0;
}
