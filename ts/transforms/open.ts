// Tapes and forward accumulators that are open. What they see is recorded where the imperative style
// records (level 0): a tape is not a level but a stretch of time. So they may nest and overlap as they
// like. When the last one closes, what was recorded since the first one opened becomes plain values.
import { checkOutsideVmap } from "../backward.js";
import { describe } from "../convert.js";
import { dtypeName, isFloat } from "../dtype.js";
import { slot } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { inOwnScope, inRecordingScope, recordingScope } from "./control.js";

const open = new Set<Observer>();
/** Creation number of the newest node when the first one of them opened. */
let since = 0;
/** Scopes like noGrad() where the first of them switched level 0 on: how many levels there were. */
const lit = new Map<number, number>();
/** How many of them watch what is in a slot. */
const watchers = new Map<number, number>();

/** True if one of them is open that opened after a creation number. */
export function isObservedSince(order: number): boolean {
  for (const observer of open) if (observer.opened >= order) return true;
  return false;
}

/** What a tape and an accumulator have in common: a stretch of time, and tensors that are watched. */
export class Observer {
  /** Open scopes of pause(). */
  paused = 0;
  /** Pairs of creation numbers: what was made in between is not on this tape. */
  readonly spans: number[] = [];
  private readonly watched = new Map<Tensor, number>();
  private start = 0;
  /** The scope in which it was opened. */
  private scope = 0;

  /** Begins to record. */
  open(who: string): void {
    checkOutsideVmap(who, "grad(), vjp() or jvp()");
    const c = wasm.core();
    this.start = c.newestOrder();
    if (open.size === 0) since = this.start;
    open.add(this);
    const before = c.recording();
    this.scope = recordingScope();
    if (!(before & 1)) lit.set(this.scope, c.levelDepth());
    c.setRecording(before | 1);
  }

  /** Creation number from which on it sees what happens. */
  get opened(): number {
    return this.start;
  }

  get isOpen(): boolean {
    return open.has(this);
  }

  /** Ends it; what nobody needs any more becomes plain values. */
  close(): void {
    if (!open.delete(this)) return;
    this.unwatch();
    const c = wasm.core();
    this.darken();
    if (open.size === 0) c.externalForget(1, since, c.newestOrder());
  }

  /** Where level 0 was off before the first of those that were opened there, it is so after the last. */
  private darken(): void {
    const { scope } = this;
    const depth = lit.get(scope);
    if (depth === undefined) return;
    for (const other of open) if (other.scope === scope) return;
    lit.delete(scope);
    inRecordingScope(scope, () => {
      const c = wasm.core();
      c.setRecording(c.recording() & ~1);
      c.recordingAround(depth, 1);
    });
  }

  /** Nobody can ask or close it any more: it lets go of what it watches, and nothing else changes. */
  abandon(): void {
    if (open.delete(this)) this.unwatch();
  }

  /** Forgets what was recorded and watched so far. */
  clear(): void {
    this.unwatch();
    const c = wasm.core();
    if (open.size === 1) {
      c.externalForget(1, since, c.newestOrder());
      since = c.newestOrder();
    } else this.spans.push(this.start, c.newestOrder());
    this.start = c.newestOrder();
  }

  /** True if another tape or accumulator records now. */
  isRecordedElsewhere(): boolean {
    for (const other of open) if (other !== this && other.paused === 0) return true;
    return false;
  }

  /** Runs f, which this tape does not see. */
  pause<R>(f: () => R): R {
    const c = wasm.core();
    const before = c.recording();
    const from = c.newestOrder();
    const elsewhere = this.isRecordedElsewhere();
    if (!elsewhere) c.setRecording(before & ~1);
    this.paused++;
    try {
      return inOwnScope(f);
    } finally {
      this.paused--;
      c.setRecording(before);
      const to = c.newestOrder();
      if (elsewhere && to > from) {
        if (this.spans.at(-1) === from) this.spans[this.spans.length - 1] = to;
        else this.spans.push(from, to);
      }
    }
  }

  /** Makes x, whatever it is, an input. */
  watch(x: Tensor, who: string): void {
    if (this.watched.has(x)) return;
    const c = wasm.core();
    const at = slot(x);
    const dtype = c.tensorDtype(at);
    if (!isFloat(dtype)) {
      throw new TypeError(`${who}: only floats have derivatives, not ${dtypeName(dtype)}`);
    }
    const count = watchers.get(at);
    // Leaves, and what is computed from such or from what is watched, are recorded as it is.
    const own = count !== undefined || !(c.tensorMask(at) & 1);
    if (own) {
      watchers.set(at, (count ?? 0) + 1);
      if (count === undefined) c.tensorWatch(at, true);
    }
    this.watched.set(x, own ? at : 0);
  }

  /** True if x was given to watch(). */
  watches(x: Tensor): boolean {
    return this.watched.has(x);
  }

  /** What was given to watch(). */
  get list(): Tensor[] {
    return [...this.watched.keys()];
  }

  private unwatch(): void {
    for (const at of this.watched.values()) {
      if (at === 0) continue;
      const count = watchers.get(at)!;
      if (count > 1) watchers.set(at, count - 1);
      else {
        watchers.delete(at);
        wasm.core().tensorWatch(at, false);
      }
    }
    this.watched.clear();
  }
}

export function checkUnconnected(unconnected: unknown, who: string): boolean {
  if (unconnected === undefined || unconnected === "none") return false;
  if (unconnected === "zero") return true;
  throw new TypeError(`${who}: unconnected is "none" or "zero", not ${describe(unconnected)}`);
}
