// A function is called again when the vmaps that it ran in have ended: their batch axes are opened once
// more, so that the values it finds are what they were. What it makes there are ordinary values for the
// walk that asked for them.
import { live } from "../level.js";
import * as wasm from "../wasm.js";

/** A batch axis. */
interface Frame {
  /** When its vmap began. */
  order: number;
  size: number;
}

/** The batch axes that are live, outermost first. */
function framesNow(): Frame[] {
  const c = wasm.core();
  return Array.from({ length: c.batchDepth() }, (_, i) => ({
    order: c.batchOrder(i + 1),
    size: c.batchSize(i + 1),
  }));
}

/** Makes other batch axes live. */
function setFrames(frames: readonly Frame[]): void {
  const c = wasm.core();
  c.batchSet(0, 0, 0);
  frames.forEach(({ order, size }, i) => c.batchSet(i + 1, order, size));
}

/** How many of the outer axes are the same. */
function commonAxes(a: readonly Frame[], b: readonly Frame[]): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i]!.order !== b[i]!.order) return i;
  return n;
}

/** How many functions are being called again among axes that are not live otherwise. */
let elsewhere = 0;

/** True while a function is called again among axes that are not live otherwise. */
export function isElsewhere(): boolean {
  return elsewhere > 0;
}

let strangers = { since: 0, until: 0, depth: 0 };

function setStrangers(next: typeof strangers): void {
  strangers = next;
  wasm.core().batchStrange(next.since, next.until, next.depth);
}

/** The batch axes around a call. */
export class Surroundings {
  private readonly frames = framesNow();
  private readonly batch = live.batch;
  private readonly depth = live.depth;

  constructor() {
    // Outside they would lose what tells batch axes from others.
    if (this.frames.length > 0) wasm.core().evictMapped(true);
  }

  free(): void {
    if (this.frames.length > 0) wasm.core().evictMapped(false);
  }

  /** The deepest level at the call. */
  get deepest(): number {
    return this.depth;
  }

  /**
   * Runs `make` among the axes of the call, then `use` among those of now, where what was made (between
   * two creation numbers) has ordinary axes instead.
   */
  among<M extends { since: number; until: number }, R>(make: () => M, use: (made: M) => R): R {
    const now = framesNow();
    const common = commonAxes(now, this.frames);
    const { batch } = live;
    const other = common < Math.max(this.frames.length, now.length);
    // Axes beyond those that are live cannot be taken for such.
    const strange = now.length > common;
    // What the vmaps hold that are live now must not leave while others are.
    if (strange) wasm.core().evictMapped(true);
    if (other) setFrames(this.frames);
    if (strange) elsewhere++;
    live.batch = this.batch;
    let made: M;
    try {
      made = make();
    } finally {
      live.batch = batch;
      if (strange) elsewhere--;
      if (other) setFrames(now);
      if (strange) wasm.core().evictMapped(false);
    }
    if (!strange) return use(made);
    const { since, until } = made;
    const outer = strangers;
    setStrangers({ since, until, depth: common });
    try {
      return use(made);
    } finally {
      setStrangers(outer);
      wasm.core().externalUnmap(since, until, common);
    }
  }
}
