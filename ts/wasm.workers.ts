// Workers that work for the core: each runs an instance of the same module over the same memory. Their
// program is a line of text here, not a file, so that no bundler can lose it.

/** Workers, and the memory that they share. */
export interface Crew {
  memory: WebAssembly.Memory;
  /** Ends them. */
  dismiss(): void;
}

/** A worker of Node or of a page, as far as they are alike. */
interface Thread {
  terminate(): unknown;
  unref?(): void;
}
type Start = (data: object, ready: () => void, failed: () => void) => Thread;

/** What only some hosts have. */
interface Host {
  process?: {
    getBuiltinModule?(name: "node:worker_threads"): {
      Worker: new (...args: unknown[]) => NodeWorker;
    };
  };
  crossOriginIsolated?: boolean;
}
interface NodeWorker extends Thread {
  once(event: string, listener: () => void): this;
}

/** It never returns: a worker that serves hears nothing but what stands in the shared memory. */
const SERVE =
  "({ module, memory, thread }, tell) => {" +
  "const imports = { env: { memory, abort() {} }, heap: { grown() {} }, mark: { mark() {} } };" +
  "const { serve } = new WebAssembly.Instance(module, imports).exports;" +
  'if (!serve) throw new Error("another module"); tell(0); serve(thread); }';
const IN_NODE =
  'const { parentPort, workerData } = require("node:worker_threads");' +
  `(${SERVE})(workerData, (x) => parentPort.postMessage(x));`;
const IN_PAGE = `onmessage = ({ data }) => (${SERVE})(data, postMessage);`;

/** For those who wait for a worker that never comes. */
const PATIENCE = 10_000;

/** How this host starts workers; undefined if it has none, or they could share nothing. */
function starter(): Start | undefined {
  const { process, crossOriginIsolated } = globalThis as Host;
  if (typeof SharedArrayBuffer === "undefined" || crossOriginIsolated === false) return undefined;
  const node = process?.getBuiltinModule?.("node:worker_threads");
  if (node) {
    return (workerData, ready, failed) =>
      // Without the flags of this process: its loaders and inspectors are not meant for workers.
      new node.Worker(IN_NODE, { eval: true, workerData, execArgv: [] })
        .once("message", ready)
        .once("error", failed)
        .once("exit", failed);
  }
  if (typeof Worker === "undefined") return undefined;
  return (data, ready, failed) => {
    // Unlike a data: address, one of a blob has the page's origin, without which nothing is shared.
    const address = URL.createObjectURL(new Blob([IN_PAGE], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    worker.onmessage = ready;
    worker.onerror = (event) => {
      event.preventDefault();
      failed();
    };
    worker.postMessage(data);
    return worker;
  };
}

/** True if this host has workers that may share memory. */
export function mayHire(): boolean {
  return starter() !== undefined;
}

/** Shared memory that may grow as far as this host allows. */
function sharedMemory(): WebAssembly.Memory | undefined {
  for (let maximum = 65536; maximum >= 4096; maximum /= 4) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared: true });
    } catch {
      // There may be room for less.
    }
  }
  return undefined;
}

/** Starts n workers of a module; undefined where that is not possible or not allowed. */
export async function hire(module: WebAssembly.Module, n: number): Promise<Crew | undefined> {
  const start = starter();
  const memory = start && sharedMemory();
  if (!memory) return undefined;
  const crew: Thread[] = [];
  const dismiss = (): void => crew.forEach((thread) => void thread.terminate());
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let missing = n;
      const ready = (): void => {
        if (--missing === 0) resolve();
      };
      const failed = (): void => reject(new Error("internal: a worker did not start"));
      timer = setTimeout(failed, PATIENCE);
      for (let thread = 1; thread <= n; thread++) {
        crew.push(start({ module, memory, thread }, ready, failed));
      }
    });
  } catch {
    dismiss();
    return undefined;
  } finally {
    clearTimeout(timer);
  }
  // A process may end although they wait.
  for (const thread of crew) thread.unref?.();
  return { memory, dismiss };
}
