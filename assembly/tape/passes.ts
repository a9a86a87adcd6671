// The plan of a region (region.ts): one block, with all that changes while it runs. Programs keep theirs
// (transforms/replay.ts) and bind them again at each call: operands may be somewhere else.
//
//   plan      0 size   4 elements of a tile   8 bytes, without bindings   12 program   16 its instructions
//             20 bindings, 24 their number   32 buffers, program, cursors, streams, bindings
//   binding   0 where an address stands   4 the node it is of   8 node whose shape a cursor there walks, or 0
//             12 buffer that a single element fills, or 0
import { bytesOf, dataOf, dimsOf, dtypeOf, rankOf, Tensor } from "../tensor/node";
import { gatherBytes, openCursor } from "../kernels/cursor";
import { shareTiles } from "../kernels/share";
import { runTiles } from "../kernels/tiles";

/** Bytes of a plan's head, and of a binding. */
export const PLAN: usize = 32;
export const BINDING: usize = 16;

/** Where the next binding goes. */
let next: usize = 0;

/** Bindings of the plan in the making stand there. */
export function beginBindings(at: usize): void {
  next = at;
}

/** Binds the address that stands at `at` to x; or the cursor there, and the buffer that it fills. */
export function bind(at: usize, x: Tensor, node: Tensor, buffer: usize): void {
  store<u32>(next, <u32>at);
  store<u32>(next, <u32>x, 4);
  store<u32>(next, <u32>node, 8);
  store<u32>(next, <u32>buffer, 12);
  next += BINDING;
}

/** Writes the head of a plan, whose bindings follow so many bytes. */
export function sealPlan(
  plan: usize,
  size: u32,
  elements: u32,
  bytes: usize,
  program: usize,
  count: u32,
): void {
  store<u32>(plan, size);
  store<u32>(plan, elements, 4);
  store<u32>(plan, <u32>bytes, 8);
  store<u32>(plan, <u32>program, 12);
  store<u32>(plan, count, 16);
  store<u32>(plan, <u32>(plan + bytes), 20);
  store<u32>(plan, <u32>((next - plan - bytes) / BINDING), 24);
}

/** Runs a plan. */
export function runPlan(plan: usize): void {
  const size = load<u32>(plan);
  const elements = load<u32>(plan, 4);
  const bytes = <usize>load<u32>(plan, 8);
  const program = <usize>load<u32>(plan, 12);
  const count = load<u32>(plan, 16);
  if (!(ASC_FEATURE_THREADS && shareTiles(plan, bytes, program, count, size, elements))) {
    runTiles(program, count, 0, size, elements);
  }
}

/** Puts a plan's operands where they are now, its cursors and streams at their beginning. */
export function bindPlan(plan: usize): void {
  let binding = <usize>load<u32>(plan, 20);
  for (let i = load<u32>(plan, 24); i; i--, binding += BINDING) {
    const at = <usize>load<u32>(binding);
    const x: Tensor = <usize>load<u32>(binding, 4);
    const node: Tensor = <usize>load<u32>(binding, 8);
    const buffer = <usize>load<u32>(binding, 12);
    if (node) openCursor(at, x, rankOf(node), dimsOf(node));
    else store<u32>(at, <u32>dataOf(x));
    const n = min(load<u32>(plan), load<u32>(plan, 4));
    if (buffer) gatherBytes(at, buffer, n, bytesOf(dtypeOf(x)));
  }
}
