// Further builds of the core: with threads, with relaxed SIMD. They are files of their own, loaded when
// asked for. A core has a memory of its own, so tensors do not survive the change.
import { forgetSlots } from "./cell.js";
import { changeDefault, defaultDtype, describe } from "./convert.js";
import { renewFusion } from "./fusion.js";
import * as wasm from "./wasm.js";
import { hire, mayHire, type Crew } from "./wasm.workers.js";
import { checkOptions } from "./options.js";

/** Options of setThreads and setRelaxed. */
export interface BuildOptions {
  /**
   * The compiled module of the build, a `WebAssembly.Module`, where the file cannot be found beside
   * the JavaScript: that is so behind most bundlers. It is what the package exports as
   * `tapegrad/tapegrad.threads.wasm`, `tapegrad/tapegrad.relaxed.wasm` or, for both,
   * `tapegrad/tapegrad.threads.relaxed.wasm`.
   */
  module?: object;
}

const MOST = 64;

let count = 1;
let relaxed = false;
let crew: Crew | undefined;
let changes: Promise<unknown> = Promise.resolve();

/**
 * Uses n threads from now on, this one included, and resolves to the number in use. That is 1 where
 * threads are not allowed: in pages that are not cross-origin isolated or whose policy forbids workers
 * from a `blob:`, on edge hosts, or if the build with threads cannot be loaded. Results have the same
 * bits with any number of threads. A process ends by itself. Call it first: the memory changes.
 *
 * @param n - 1 to go back to the default build; more than 64 count as 64
 * @example
 * ```ts
 * const n = await setThreads(2); // 2, or 1
 * ```
 * @throws if n is no positive integer, or while tensors are alive
 */
export function setThreads(n: number, options: BuildOptions = {}): Promise<number> {
  checkOptions(options, "setThreads", "module");
  return inTurn(async () => {
    if (!Number.isInteger(n) || n < 1) {
      throw new RangeError(`setThreads: n is ${describe(n)}, not a number of threads`);
    }
    const wanted = Math.min(n, MOST);
    if (wanted === count) return count;
    // Without threads it remains, or becomes, what it is with one.
    const changed =
      (await change("setThreads", wanted, relaxed, options)) ||
      count === 1 ||
      (await change("setThreads", 1, relaxed, {}));
    if (!changed) throw new Error("internal: setThreads: the default build is gone");
    return count;
  });
}

/** Threads in use, the calling one included. */
export function threads(): number {
  return count;
}

/**
 * Switches to a build with relaxed SIMD, or back, and resolves to whether it is in use: not every
 * runtime has these instructions. Matrix products and convolutions round once where they round twice
 * otherwise, and are quicker for it. Results then differ in the last bits between machines: nothing is
 * promised about them but accuracy. Call it first: the memory changes.
 *
 * @example
 * ```ts
 * const relaxed = await setRelaxed(true); // true, or false
 * ```
 * @throws while tensors are alive
 */
export function setRelaxed(on: boolean, options: BuildOptions = {}): Promise<boolean> {
  checkOptions(options, "setRelaxed", "module");
  return inTurn(async () => {
    if (typeof on !== "boolean") {
      throw new TypeError(`setRelaxed: needs true or false, not ${describe(on)}`);
    }
    if (on !== relaxed) await change("setRelaxed", count, on, options);
    return relaxed;
  });
}

/** One change after the other. */
function inTurn<R>(change: () => Promise<R>): Promise<R> {
  const result = changes.then(change);
  changes = result.catch(() => undefined);
  return result;
}

function checkIdle(who: string): void {
  const alive = wasm.running()?.handleCount() ?? 0;
  if (alive > 0) {
    throw new Error(
      `${who}: tensors are alive (${alive}), and would lose their memory; call it before anything ` +
        "else, or give them back first (tidy, dispose; memory().tensors counts them)",
    );
  }
}

/** Starts another build; false if it is not to be had, then all is as before. */
async function change(
  who: string,
  n: number,
  relax: boolean,
  { module: handed }: BuildOptions,
): Promise<boolean> {
  checkIdle(who);
  if (n > 1 && !mayHire()) return false;
  const build = [n > 1 ? "threads" : "", relax ? "relaxed" : ""].filter(Boolean).join(".");
  const module = build ? await wasm.furtherBuild(build, handed) : undefined;
  if (build && !module) return false;
  const next = n > 1 ? await hire(module!, n - 1) : undefined;
  if (n > 1 && !next) return false;
  try {
    // Tensors may have been made in the meantime.
    checkIdle(who);
  } catch (error) {
    next?.dismiss();
    throw error;
  }
  try {
    // The workers' instances come first: each one writes the module's data over what is in memory.
    const core = wasm.restart(module, next?.memory);
    if (next) core.begin(n);
  } catch (error) {
    next?.dismiss();
    // It was another module.
    if (build) return false;
    throw error;
  }
  crew?.dismiss();
  crew = next;
  count = n;
  relaxed = relax;
  forgetSlots();
  changeDefault(defaultDtype());
  renewFusion();
  return true;
}
