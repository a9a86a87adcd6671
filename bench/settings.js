// How long to measure.

/**
 * @typedef {object} Settings
 * @property {number} rounds of one process per peer
 * @property {(group: string) => number} warm milliseconds of warm-up before timing
 * @property {number} repeats timed in each process; their median counts
 * @property {number} repeat least milliseconds of one repeat
 * @property {number} patience longest call, in milliseconds, that is waited for
 * @property {number} once longest call, in milliseconds, that is measured more than once
 * @property {number} loop longest loop of W12, in milliseconds: slow peers take fewer steps
 * @property {number} starts fresh processes per peer and round, for `start`
 * @property {(id: string) => boolean} includes workloads to measure
 */

// Code that is short and hot takes V8 longest to settle on.
const short = (group) => ["W1", "W4", "W8", "W9"].includes(group);

/** @type {Settings} */
export const FULL = {
  rounds: 5,
  warm: (group) => (short(group) ? 1500 : 400),
  repeats: 5,
  repeat: 30,
  patience: 10_000,
  once: 2000,
  loop: 60_000,
  starts: 8,
  includes: () => true,
};

/** @type {Settings} */
export const QUICK = {
  rounds: 2,
  warm: (group) => (short(group) ? 800 : 400),
  repeats: 3,
  repeat: 15,
  patience: 3000,
  once: 500,
  loop: 12_000,
  starts: 3,
  includes: (id) => !/^W2\..*(1e2|1e3|4e6)$|^W3\..*(64|256|1024)$/.test(id),
};
