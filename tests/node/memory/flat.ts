// Whether memory stays flat: the peaks of the second half of a run against those of the first.

import { memory, resetPeakMemory } from "tapegrad";
import { expect } from "vitest";

const MB = 2 ** 20;

interface Peaks {
  resident: number;
  process: number;
}

/** Watches one run of `steps` steps: call `see(i)` in each of them and `check()` at the end. */
export function watchMemory(steps: number): { see(step: number): void; check(): void } {
  const halves: Peaks[] = [
    { resident: 0, process: 0 },
    { resident: 0, process: 0 },
  ];
  const half = Math.floor(steps / 2);
  const every = Math.max(1, Math.floor(steps / 200));
  resetPeakMemory();
  return {
    see(step) {
      if (step === half) resetPeakMemory();
      if (step % every !== 0 && step !== half - 1 && step !== steps - 1) return;
      const peaks = halves[step < half ? 0 : 1]!;
      peaks.resident = Math.max(peaks.resident, memory().peakBytes);
      peaks.process = Math.max(peaks.process, process.memoryUsage.rss());
    },
    check() {
      const [first, second] = halves as [Peaks, Peaks];
      expect(second.resident).toBeGreaterThan(0);
      expect(second.resident).toBeLessThanOrEqual(1.5 * first.resident + 4 * MB);
      // The JavaScript heap breathes more than the tensors do.
      expect(second.process).toBeLessThanOrEqual(1.5 * first.process + 64 * MB);
    },
  };
}
