// What tidy() collects: the cells made while it runs.
import type { Cell } from "./cells/table.js";

let scope: Cell[] | undefined;

/** Starts to collect new cells; returns the collection that was under way. */
export function openScope(): Cell[] | undefined {
  const outer = scope;
  scope = [];
  return outer;
}

/** Ends a collection and goes on with the outer one; returns what was collected. */
export function closeScope(outer: Cell[] | undefined): Cell[] {
  const cells = scope!;
  scope = outer;
  return cells;
}

/** Adds a cell to the collection under way. */
export function collect(cell: Cell): void {
  scope?.push(cell);
}

/** True while tidy() collects. */
export function isCollecting(): boolean {
  return scope !== undefined;
}
