// Where time goes. The wasm tells what begins and ends (assembly/kernels/mark.ts); the clock is here.
import { describe } from "./convert.js";
import { checkSynchronous } from "./synchronous.js";
import * as wasm from "./wasm.js";

/** What one op took, all its runs together. */
export interface ProfileRow {
  /** Name of the op; "pass" for what a pass over tiles takes beside its ops. */
  op: string;
  /** Runs: of whole ops, or tiles (of 1 KB) in passes. */
  count: number;
  /** Elements that it made or folded. */
  elements: number;
  /** Time in its own kernels. */
  milliseconds: number;
}

interface Event {
  name: string;
  start: number;
  duration: number;
  size: number;
}

/** What `profile` found. Prints as a table. */
export class Profile<R> {
  /** What the function returned. */
  readonly value: R;
  /** Time of the call as a whole. */
  readonly milliseconds: number;
  /** Ops, those that took longest first. What is left is recording, walking and JavaScript. */
  readonly rows: readonly ProfileRow[];
  private readonly events: readonly Event[];

  /** @internal */
  constructor(value: R, milliseconds: number, rows: readonly ProfileRow[], events: Event[]) {
    this.value = value;
    this.milliseconds = milliseconds;
    this.rows = rows;
    this.events = events;
  }

  /** Time outside of kernels: recording, walking the tape, JavaScript, and the profile itself. */
  get outside(): number {
    return this.milliseconds - this.rows.reduce((sum, row) => sum + row.milliseconds, 0);
  }

  /** The table as text. */
  toString(): string {
    const share = (ms: number) => `${((100 * ms) / this.milliseconds).toFixed(1)} %`;
    const lines = [
      ["op", "runs", "elements", "ms", "share"],
      ...this.rows.map(({ op, count, elements, milliseconds: ms }) => [
        op,
        String(count),
        String(elements),
        ms.toFixed(3),
        share(ms),
      ]),
      ["outside of kernels", "", "", this.outside.toFixed(3), share(this.outside)],
    ];
    const width = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    return lines
      .map((line) =>
        line
          .map((word, i) => (i === 0 ? word.padEnd(width[i]!) : word.padStart(width[i]!)))
          .join("  "),
      )
      .join("\n");
  }

  /** How Node prints it. @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /**
   * Whole ops and passes in Chrome's trace format: write `JSON.stringify` of it to a file and open
   * that in chrome://tracing or ui.perfetto.dev.
   */
  toChromeTrace(): { traceEvents: object[] } {
    return {
      traceEvents: this.events.map(({ name, start, duration, size }) => ({
        name,
        ph: "X",
        pid: 1,
        tid: 1,
        ts: start * 1000,
        dur: duration * 1000,
        args: { elements: size },
      })),
    };
  }
}

// As assembly/kernels/mark.ts has them.
const END = 4;
const KINDS = ["op", "tile", "pass", "gather"] as const;

/** Whole ops and passes that a trace holds at most. */
const MOST_EVENTS = 100_000;

/** A run that has begun. */
interface Open {
  row: ProfileRow;
  start: number;
  inside: number;
  size: number;
  listed: boolean;
}

class Recorder {
  readonly rows = new Map<number, ProfileRow>();
  readonly events: Event[] = [];
  private readonly open: Open[] = [];
  private readonly began = performance.now();

  readonly mark = (what: number, size: number): void => {
    if (what >>> 20 === END) this.end();
    else this.begin(what, size);
  };

  private begin(what: number, size: number): void {
    let row = this.rows.get(what);
    if (row === undefined) {
      row = { op: nameOf(what), count: 0, elements: 0, milliseconds: 0 };
      this.rows.set(what, row);
    }
    const kind = KINDS[what >>> 20];
    const listed = kind === "op" || kind === "pass";
    this.open.push({ row, start: performance.now(), inside: 0, size, listed });
  }

  private end(): void {
    const last = this.open.pop();
    if (last === undefined) return;
    const duration = performance.now() - last.start;
    last.row.count++;
    last.row.elements += last.size;
    last.row.milliseconds += duration - last.inside;
    const outer = this.open.at(-1);
    if (outer !== undefined) outer.inside += duration;
    if (!last.listed || this.events.length >= MOST_EVENTS) return;
    const { start, size } = last;
    this.events.push({ name: last.row.op, start: start - this.began, duration, size });
  }
}

function nameOf(what: number): string {
  const kind = KINDS[what >>> 20]!;
  if (kind === "pass" || kind === "gather") return kind;
  const inner = (what >>> 10) & 1023;
  const names = wasm.opName(what & 1023) + (inner === 0 ? "" : ` of ${wasm.opName(inner)}`);
  return kind === "tile" ? `${names}, in passes` : names;
}

/**
 * Calls f and measures where its time goes: per op how often it ran and how long, whole ops and those
 * of fused passes apart. Read what f computes inside of it, for a value that waits is computed later.
 * The measuring takes time itself, about as much as an op on a few hundred elements.
 *
 * @example
 * ```ts
 * const p = profile(() => grad((x) => sum(exp(x)))(ones([1000])).toArray());
 * console.log(p); // a table: op, runs, elements, ms, share
 * ```
 * @throws what f throws, and if f returns a promise, or is itself called inside of profile
 */
export function profile<R>(f: () => R): Profile<R> {
  if (typeof f !== "function") throw new TypeError(`profile: needs a function, not ${describe(f)}`);
  const recorder = new Recorder();
  if (!wasm.listen(recorder.mark)) throw new Error("profile: one is under way already");
  const c = wasm.core();
  const start = performance.now();
  let value: R;
  let milliseconds: number;
  try {
    c.setProfiling(true);
    value = f();
    milliseconds = performance.now() - start;
  } finally {
    c.setProfiling(false);
    wasm.listen(undefined);
  }
  checkSynchronous(value, "profile", "it measures one call, no await");
  const rows = [...recorder.rows.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  return new Profile(value, milliseconds, rows, recorder.events);
}
