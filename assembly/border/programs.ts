// Traces, and the programs made of them.
import { RESULT_SHIFT, SCRATCH_WORDS } from "../shared/limits";
import { dataOf, Flag, hasFlag, inputOf, maskOf } from "../tensor/node";
import { at } from "../tensor/shape";
import { beginForgetting } from "../tape/depart";
import * as levels from "../tape/levels";
import { poolMark } from "../tape/pool";
import * as scope from "../transforms/scope";
import * as programs from "../transforms/program";
import { Outcome, replay } from "../transforms/replay";
import * as trace from "../transforms/trace";
import { give, handOver, handleOf, node, scratch } from "./results";
import { tensorSetLeaf } from "./tensors";

/** Opens the level of a trace: what depends on its inputs is recorded, whatever else is. */
export function traceBegin(): u32 {
  beginForgetting();
  return levels.enterTrace();
}
/** Begins or ends to take a plain tensor for an input of the trace. */
export function traceVariable(x: u32, on: bool): void {
  if (on) trace.beginVariable(node(x));
  else trace.endVariable(node(x));
}
/** A plain tensor, or leaf, with the value that a tensor of the trace has. */
export function traceSettle(x: u32): u32 {
  const mark = poolMark();
  const tracing = levels.tracingMask();
  levels.setTracing(0);
  const y = scope.detached(node(x));
  levels.setTracing(tracing);
  const result = give(mark, y);
  if (result && hasFlag(node(x), Flag.Leaf)) tensorSetLeaf(result >> RESULT_SHIFT, true);
  return result;
}
/** True if a trace is under way that x's value depends on. */
export function tensorTraced(x: u32): bool {
  return (maskOf(node(x)) & levels.tracingMask()) != 0;
}
/**
 * The program of the trace under way. The scratch area has `args` handles of inputs, then of each
 * output four times the handle plus what becomes of it. It gets the number of what was captured by
 * reference, and the handles of that. 0 after a fault, or if the trace is not closed.
 */
export function programCapture(args: u32, outputs: u32): usize {
  const results = scratch + ((<usize>(args + outputs)) << 2);
  for (let i: u32 = 0; i < args + outputs; i++) {
    const word = at(scratch, i);
    if (i >= args) store<u8>(results + i - args, <u8>(word & 3));
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(i < args ? word : word >> 2));
  }
  const program = trace.capture(args, outputs, scratch, results, <u32>SCRATCH_WORDS - 1);
  const captured = program ? programs.field(program, programs.Field.BoundCount) - args : 0;
  for (let i = captured; i; i--) {
    store<u32>(scratch + ((<usize>i) << 2), handleOf(<usize>at(scratch, i - 1)));
  }
  store<u32>(scratch, captured);
  return program;
}
/**
 * Runs a program: 0 after a fault, 2 if a tensor does not suit it. The scratch area has the handles of
 * what is bound (0: a number in its place), then a word per output: for an assignment twice the
 * handle of what is assigned to, plus 1 if that must become another node. There the results stand then.
 */
export function programReplay(program: usize): u32 {
  const bound = programs.field(program, programs.Field.BoundCount);
  const outputs = programs.field(program, programs.Field.OutputCount);
  const results = scratch + ((<usize>bound) << 2);
  for (let i: u32 = 0; i < bound; i++) {
    store<u32>(scratch + ((<usize>i) << 2), <u32>node(at(scratch, i)));
  }
  for (let i: u32 = 0; i < outputs; i++) {
    const word = at(results, i);
    store<u32>(results + ((<usize>i) << 2), (<u32>node(word >> 1)) | (word & 1));
  }
  const outcome = replay(program, scratch);
  if (outcome != Outcome.Done) return outcome;
  for (let i: u32 = 0; i < outputs; i++) {
    const made = <usize>at(results, i);
    if (made) store<u32>(results + ((<usize>i) << 2), handOver(made));
  }
  return outcome;
}
/** Address of the value of a bound node, or of an output. */
export function programPlace(program: usize, i: u32, output: bool): usize {
  return dataOf(output ? programs.outputNode(program, i) : programs.boundAt(program, i));
}
export function programBytes(program: usize): u32 {
  return <u32>programs.programBytes(program);
}
/** Handle of the i-th node, 0 behind the last one. */
export function programNode(program: usize, i: u32): u32 {
  if (i >= programs.field(program, programs.Field.NodeCount)) return 0;
  return handleOf(programs.nodeAt(program, i));
}
/** Handle of the i-th bound node. */
export function programBound(program: usize, i: u32): u32 {
  return handleOf(programs.boundAt(program, i));
}
/** Handle of the i-th output. */
export function programOutput(program: usize, i: u32): u32 {
  return handleOf(programs.outputNode(program, i));
}
/** Handle of an input of a program's node. */
export function programInput(x: u32, i: u32): u32 {
  return handleOf(inputOf(node(x), i));
}
export function programFree(program: usize): void {
  programs.freeProgram(program);
}
