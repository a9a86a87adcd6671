// The packed package in a real page, without a bundler.

import { chromium, type Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserRequired, findBrowser, launchOptions } from "../../scripts/lib/browser.js";
import { EXPECTED, PROGRAM, installPacked, serve, type Project } from "./project.js";

const LIB = "/node_modules/tapegrad/build/lib";
const NAMES = "{ add, divide, exp, grad, multiply, subtract }";

/** A page that leaves its result, or the error, in `document.title`. */
const page = (body: string): string => `<!doctype html>
<meta charset="utf-8" />
<title>loading</title>
<script type="module">
try {
  ${body}
  document.title = "result " + result;
} catch (error) {
  document.title = "error " + error.message;
}
</script>`;

describe.skipIf(!findBrowser() && !browserRequired)("in a page", () => {
  let app: Project;
  let browser: Browser;
  beforeAll(async () => {
    app = installPacked();
    browser = await chromium.launch(launchOptions);
  });
  afterAll(async () => {
    await browser?.close();
    app?.remove();
  });

  /** Opens a page; gives its title once it is done, and all that was downloaded. */
  async function open(body: string, headers: Record<string, string> = {}) {
    app.write({ "index.html": page(body) });
    const server = await serve(app.folder, headers);
    const tab = await browser.newPage();
    const loaded: string[] = [];
    tab.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    try {
      await tab.goto(`${server.url}/index.html`);
      // Polled from outside: waiting inside the page would need what a strict policy forbids.
      for (let i = 0; i < 200 && (await tab.title()) === "loading"; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return { title: await tab.title(), loaded };
    } finally {
      await tab.close();
      server.close();
    }
  }

  const program = `const ${NAMES} = await import("${LIB}/browser.js");${PROGRAM}`;

  const ours = (loaded: string[]) => loaded.filter((path) => path.startsWith(LIB)).sort();

  test("browser.core.js, one file and nothing else", async () => {
    const { title, loaded } = await open(program.replace("browser.js", "browser.core.js"));
    expect(title).toBe(`result ${EXPECTED}`);
    expect(ours(loaded)).toEqual([`${LIB}/browser.core.js`]);
  });

  test("browser.js, which has all names, beside it", async () => {
    const { title, loaded } = await open(program);
    expect(title).toBe(`result ${EXPECTED}`);
    expect(ours(loaded)).toEqual([`${LIB}/browser.core.js`, `${LIB}/browser.js`]);
  });

  test("parts of the core", async () => {
    const { title, loaded } = await open(`
      const { compile, fft, grad, linalg, special, tensor } = await import("${LIB}/browser.js");
      const { maxPool1d } = await import("${LIB}/browser.nn.js");
      const slope = compile(grad((x) => linalg.det(tensor([[1, 2], [3, 4]]).mul(x))));
      const parts = [
        slope(3),
        fft.rfft([1, 2, 3])[0].at(0).item(),
        maxPool1d([[[1, 5]]], 2).item(),
        special.gammainc(1, 50).item(),
        special.jn(0, 0).item(),
      ];
      const result = parts.map((x) => x.toFixed(3)).join();`);
    expect(title).toBe("result -12.000,6.000,5.000,1.000,1.000");
    expect(loaded.some((path) => path.endsWith(".wasm"))).toBe(false);
  });

  test("in a module worker", async () => {
    app.write({
      "worker.js": `import ${NAMES} from "${LIB}/browser.js";${PROGRAM}postMessage(result);`,
    });
    const { title } = await open(`
      const worker = new Worker("/worker.js", { type: "module" });
      const result = await new Promise((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message || "the worker failed"));
      });`);
    expect(title).toBe(`result ${EXPECTED}`);
  });

  test("with an import map", async () => {
    app.write({
      "map.html": `<!doctype html><title>loading</title>
<script type="importmap">
{ "imports": { "tapegrad": "${LIB}/index.js" } }
</script>
<script type="module">
import ${NAMES} from "tapegrad";${PROGRAM}
document.title = "result " + result;
</script>`,
    });
    const { title } = await open('location.replace("/map.html"); await new Promise(() => {});');
    expect(title).toBe(`result ${EXPECTED}`);
  });

  test("browser.plot.js shares the core", async () => {
    const { title, loaded } = await open(`
      const plots = await import("${LIB}/browser.plot.js");
      const result = typeof plots.plot;`);
    expect(title).toBe("result function");
    const files = loaded.filter((path) => path.startsWith(LIB)).sort();
    const names = ["browser.core.js", "browser.plot.js"];
    expect(files).toEqual(names.map((name) => `${LIB}/${name}`));
  });

  test("a picture of a function and its derivative", async () => {
    const { title, loaded } = await open(`
      const { tanh } = await import("${LIB}/browser.js");
      const { plot } = await import("${LIB}/browser.plot.js");
      const picture = await plot(tanh, { domain: [-7, 7], derivatives: 1 });
      document.body.append(picture.toDOM());
      const { width } = document.querySelector("svg").getBoundingClientRect();
      const lines = [...document.querySelectorAll("svg path")].map((path) => path.getTotalLength());
      const result = width > 300 && lines.filter((length) => length > width / 2).length >= 2;`);
    expect(title).toBe("result true");
    const files = loaded.filter((path) => path.startsWith(LIB)).sort();
    expect(files).toEqual(
      ["browser.core.js", "browser.drawing.js", "browser.js", "browser.plot.js"].map(
        (name) => `${LIB}/${name}`,
      ),
    );
  });

  const isolated = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  const threads = `
    const tg = await import("${LIB}/browser.js");
    const n = await tg.setThreads(2);
    const x = tg.arange(200000).mul(1e-5);
    const result = n + " " + tg.grad((x) => tg.sum(tg.exp(x)))(x).sum().item();`;

  test("threads in a cross-origin isolated page, and the same number", async () => {
    const alone = await open(threads);
    expect(alone.title).toMatch(/^result 1 \d/);
    expect(alone.loaded.some((path) => path.endsWith(".wasm"))).toBe(false);
    const { title, loaded } = await open(threads, isolated);
    expect(title).toBe(alone.title.replace("1", "2"));
    const files = loaded.filter((path) => path.startsWith(LIB)).sort();
    const names = ["browser.core.js", "browser.js", "tapegrad.threads.wasm"];
    expect(files).toEqual(names.map((name) => `${LIB}/${name}`));
  });

  test("one thread where a policy forbids workers from a blob", async () => {
    const policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
    const strict = { ...isolated, "Content-Security-Policy": policy };
    expect((await open(threads, strict)).title).toMatch(/^result 1 \d/);
    const allowing = { ...strict, "Content-Security-Policy": `${policy}; worker-src blob:` };
    expect((await open(threads, allowing)).title).toMatch(/^result 2 \d/);
  });

  test("a policy that allows WebAssembly", async () => {
    const policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
    const { title } = await open(program, { "Content-Security-Policy": policy });
    expect(title).toBe(`result ${EXPECTED}`);
  });

  test("a policy that forbids it: one error that names the cure", async () => {
    const policy = "script-src 'self' 'unsafe-inline'";
    const { title } = await open(program, { "Content-Security-Policy": policy });
    expect(title).toMatch(/^error tapegrad: .*'wasm-unsafe-eval'.*"workerd".*useModule/);
  });
});
