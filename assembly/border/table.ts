// The area for lists, faults, the op table.
import { clearFault, faultArea as faultAddress } from "../tensor/fault";
import * as rows from "../tape/rows";
import { scratch } from "./results";

export function scratchArea(): usize {
  return scratch;
}
export function faultArea(): usize {
  return faultAddress();
}
export function faultClear(): void {
  clearFault();
}
export function opCount(): u32 {
  return rows.rowCount();
}
export function opName(op: u32): usize {
  return rows.nameOf(op);
}
export function opFamily(op: u32): u32 {
  return rows.familyOf(op);
}
export function opTraits(op: u32): u32 {
  return rows.traitsOf(op);
}
/** For the build alone (scripts/lib/settle.js): where rows are, and op codes by class. */
export function opRows(): usize {
  return rows.rowsArea();
}
export function opClasses(): usize {
  return rows.classesArea();
}
