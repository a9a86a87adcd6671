// Five projects: `node` and `chromium` run the same tests, `fused` runs them once more with every
// value pending that can be, `threads` those of kernels with everything handed out that can be;
// `package` looks from outside: at the packed tarball, the documents and the examples.

import { playwright } from "@vitest/browser-playwright";
import { configDefaults, defineConfig } from "vitest/config";
import { launchOptions } from "./scripts/lib/browser.js";

const outside = ["tests/package/**", "tests/docs/**"];
const nodeOnly = ["tests/node/**", "tests/layout.test.ts"];

/** No test is about time: this only ends what hangs. */
const testTimeout = 60_000;

export default defineConfig({
  test: {
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
          testTimeout,
          environment: "node",
          setupFiles: ["tests/setup/fused.ts"],
          include: ["tests/**/*.test.ts"],
          exclude: [
            ...configDefaults.exclude,
            ...outside,
            ...nodeOnly,
            "tests/plot.test.ts",
            "tests/threads/**",
          ],
          server: { deps: { external: [/\/build\/lib\//] } },
        },
      },
      {
        test: {
          name: "threads",
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
          exclude: [...configDefaults.exclude, ...outside, ...nodeOnly],
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
