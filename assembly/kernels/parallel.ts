// Work for all threads. Each thread has an instance of its own over one shared memory; the functions
// have the same indices in all of them. The main thread publishes a job, takes part in it, and never
// waits for a thread that has not come: who comes while the job is open is counted in, and only those
// are waited for, by spinning, since the main thread of a page may do nothing else. Workers spin for
// some 20 µs before they sleep. Builds without threads compile all of this to one call.
//
//   control   0 state: jobs << 9 | open << 8 | workers inside     64 next element
//             128 kernel   132 elements   136 elements at a time   140 job   144 areas of the workers
//             192 workers asleep
import { LOCAL_BYTES, moveLocal } from "./local";

/** Elements to read that are worth another thread. */
export const GRAIN: u32 = 32768;
const control = memory.data(256, 16);
const INSIDE: i32 = 255;
const OPEN: i32 = 256;
const JOBS: i32 = 9;
const SPINS: i32 = 20000;

let threads: u32 = 1;
let jobs: i32 = 0;
let busy: bool = false;
/** Nothing is too small to be handed out: for tests. */
let eager: bool = false;

/** Threads that take part in work, this one included; 1 inside a job. */
export function threadCount(): u32 {
  return ASC_FEATURE_THREADS && !busy ? threads : 1;
}

/** Tells the main thread how many threads there are; `areas` is room for the workers' own areas. */
export function setThreadCount(n: u32, areas: usize): void {
  threads = n;
  store<u32>(control, <u32>areas, 144);
}

/** True if there are threads, and so much work is worth them. */
export function worthwhile(work: u64, least: u64): bool {
  return ASC_FEATURE_THREADS && threadCount() > 1 && (eager || work >= least);
}

/** Has everything handed out that can be, or only what is worth it. */
export function setEager(on: bool): void {
  eager = on;
}

/** Bytes that the workers' own areas take. */
export function areaBytes(n: u32): usize {
  return <usize>(n - 1) * LOCAL_BYTES;
}

/**
 * Runs `kernel(job, from, to, thread)` over [0, count), `grain` elements at a time, on all threads, and
 * returns when all of it is done. `thread` is below threadCount(). Which thread takes what differs
 * from run to run: a kernel must not depend on it. A grain should be 10 µs of work or more; one grain
 * is not handed out. Kernels neither allocate, nor change globals that others read, nor use static
 * areas but those of local.ts.
 */
export function parallel(kernel: u32, count: u32, grain: u32, job: usize): void {
  if (ASC_FEATURE_THREADS && worthwhile(count, <u64>grain + 1))
    share(kernel, count, eager ? 1 : grain, job);
  else call_indirect<void>(kernel, job, 0, count, 0);
}

function share(kernel: u32, count: u32, grain: u32, job: usize): void {
  store<u32>(control, kernel, 128);
  store<u32>(control, count, 132);
  store<u32>(control, grain, 136);
  store<u32>(control, <u32>job, 140);
  atomic.store<i32>(control, 0, 64);
  jobs++;
  busy = true;
  atomic.store<i32>(control, (jobs << JOBS) | OPEN);
  if (atomic.load<i32>(control, 192)) atomic.notify(control, -1);
  take(0);
  atomic.and<i32>(control, ~OPEN);
  while (atomic.load<i32>(control) & INSIDE) {}
  busy = false;
}

/** Takes stretches of the job until none is left. */
function take(thread: u32): void {
  const kernel = load<u32>(control, 128);
  const count = load<u32>(control, 132);
  const grain = load<u32>(control, 136);
  const job = <usize>load<u32>(control, 140);
  for (;;) {
    const from = atomic.add<u32>(control, grain, 64);
    if (from >= count) return;
    call_indirect<void>(kernel, job, from, min(from + grain, count), thread);
  }
}

/** The life of worker `thread`. */
export function serve(thread: u32): void {
  let spins = SPINS;
  let last = 0;
  for (;;) {
    const state = atomic.load<i32>(control);
    if (state & OPEN && state >>> JOBS != last) {
      if (atomic.cmpxchg<i32>(control, state, state + 1) != state) continue;
      last = state >>> JOBS;
      moveLocal(<usize>(load<u32>(control, 144) + (thread - 1) * LOCAL_BYTES));
      take(thread);
      atomic.sub<i32>(control, 1);
      spins = SPINS;
    } else if (spins) spins--;
    else {
      atomic.add<i32>(control, 1, 192);
      atomic.wait<i32>(control, state, -1);
      atomic.sub<i32>(control, 1, 192);
    }
  }
}
