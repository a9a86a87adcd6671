// Five projects. `node` runs everything. The others run what they alone can find:
//
//   fused     every value pending that can be: not what never sees a pending value
//   threads   everything handed out that can be: the tests of kernels that hand out
//   chromium  another host, another V8: loading, workers, memory, timers, and each function; not what
//             walks through sizes and layouts, for the wasm and its bits are the same
//   package   from outside: the packed tarball, the documents and the examples

import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { launchOptions } from "./scripts/lib/browser.js";

const outside = ["tests/package/**", "tests/docs/**"];
const nodeOnly = ["tests/node/**", "tests/layout.test.ts"];
/** Operands that are never pending; what rules make of these ops is in other files. */
const neverPending = [
  "tests/errors/{arrays,copies,operators,ops,stack,tensors}.test.ts",
  "tests/numerics/**",
  "tests/ops/{array-points,creation,join,matmul,movement,ordering,slice}.test.ts",
];
/** Every size, layout, batch or evicted operand of every function. */
const walks = [
  "tests/numerics/**",
  "tests/ops/{array-points,arrays,compiled,copies,evicted,fuzz,layouts,matmul,vmap}.test.ts",
];

/** Tells tests/ops/support.ts that `node` runs all of it: a share of the cases will do. */
const again = { REPEATED: "yes" };

/** What takes longest, which must not be what everybody waits for in the end. */
const slow =
  /tests\/(node\/memory\/pressure|ops\/arrays|node\/bad-input|ops\/fuzz|memory\/recipes|ops\/layouts|package\/types|docs\/documents)\.test/;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = (file: TestSpecification): boolean => slow.test(file.moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

/** No test is about time, and a page runs beside the others: this only ends what hangs. */
const testTimeout = 240_000;

export default defineConfig({
  test: {
    // By default a processor is left to vitest, which needs little of it.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: "node",
          testTimeout,
          environment: "node",
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...outside],
          // The built package itself, not a copy that went through the test runner.
          server: { deps: { external: [/\/build\/lib\//] } },
        },
      },
      {
        test: {
          name: "fused",
          env: again,
          testTimeout,
          environment: "node",
          setupFiles: ["tests/setup/fused.ts"],
          include: ["tests/**/*.test.ts"],
          exclude: [
            ...configDefaults.exclude,
            ...outside,
            ...nodeOnly,
            ...neverPending,
            "tests/plot.test.ts",
            "tests/threads/**",
          ],
          server: { deps: { external: [/\/build\/lib\//] } },
        },
      },
      {
        test: {
          name: "threads",
          env: again,
          testTimeout,
          environment: "node",
          setupFiles: ["tests/setup/threads.ts"],
          include: [
            "tests/nn/*.test.ts",
            "tests/numerics/*.test.ts",
            "tests/ops/{fusion,layouts,matmul,product,reductions}.test.ts",
          ],
          server: { deps: { external: [/\/build\/lib\//] } },
        },
      },
      {
        // Pages with these headers may share memory between threads.
        server: {
          headers: {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
          },
        },
        // Prepared beforehand: found only in the middle of a run, they would reload the page.
        optimizeDeps: { include: ["fast-check", "@observablehq/plot"] },
        cacheDir: "build/.vite",
        test: {
          name: "chromium",
          testTimeout,
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...outside, ...nodeOnly, ...walks],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        test: {
          name: "package",
          environment: "node",
          include: outside.map((folder) => `${folder}/*.test.ts`),
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
