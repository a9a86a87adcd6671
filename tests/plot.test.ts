// Pictures: what is drawn, where it leaves gaps, and what it says when it cannot draw.

import { cos, multiply, sin, sum, tensor, type Tensor } from "tapegrad";
import { Picture, plot } from "tapegrad/plot";
import { describe, expect, test } from "vitest";

/** The path of each line, in the order of the curves. */
function lines(picture: Picture): string[] {
  const line = /aria-label="line"[^>]*>(?:<g[^>]*>)*<path[^>]* d="([^"]*)"/g;
  return [...picture.svg.matchAll(line)].map((match) => match[1]!);
}

function texts(picture: Picture): string[] {
  return [...picture.svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

const subpaths = (path: string): number => path.split("M").length - 1;

describe("what can be drawn", () => {
  const x = [0, 1, 2, 3];
  const y = [0, 1, 4, 9];
  const square = (v: Tensor): Tensor => multiply(v, v);

  test("a function of tensors, of numbers, and the points themselves give the same line", async () => {
    const options = { domain: [0, 3], points: 4, yLabel: "y" } as const;
    const expected = lines(await plot({ x, y }, options));
    expect(expected).toHaveLength(1);
    expect(lines(await plot(square, options))).toEqual(expected);
    expect(lines(await plot((v: number) => v ** 2, options))).toEqual(expected);
    // The sum of a tensor is a scalar, so only number by number will do.
    expect(lines(await plot((v: Tensor) => sum(multiply(v, v)), options))).toEqual(expected);
    expect(lines(await plot({ x: tensor(x), y: Float32Array.from(y) }, options))).toEqual(expected);
  });

  test("a function that returns a constant", async () => {
    const [path] = lines(await plot(() => 5, { points: 3 }));
    expect(path!.split("L")).toHaveLength(3);
  });

  test("several functions, with their own names or with those of an object's keys", async () => {
    const named = await plot([Math.sin, (v: number) => v]);
    expect(lines(named)).toHaveLength(2);
    expect(texts(named)).toEqual(expect.arrayContaining(["sin", "g"]));
    const keys = await plot({ sine: sin, cosine: cos });
    expect(texts(keys)).toEqual(expect.arrayContaining(["sine", "cosine"]));
  });

  test("several sets of points, also beside a function", async () => {
    const picture = await plot([{ x, y, label: "measured" }, Math.sqrt], { domain: [0, 3] });
    expect(lines(picture)).toHaveLength(2);
    expect(texts(picture)).toEqual(expect.arrayContaining(["measured"]));
  });
});

describe("derivatives", () => {
  test("a number draws the function and all orders up to it", async () => {
    const picture = await plot({ f: sin }, { derivatives: 5 });
    expect(lines(picture)).toHaveLength(6);
    expect(texts(picture)).toEqual(expect.arrayContaining(["f", "f′", "f″", "f‴", "f⁗", "f⁽⁵⁾"]));
  });

  test("they are right: sin′ is cos, sin⁗ is sin", async () => {
    const options = { range: [-1.5, 1.5] } as const;
    const [sine, cosine] = lines(await plot([sin, cos], options));
    expect(lines(await plot([sin, sin], { ...options, derivatives: [1] }))).toEqual([
      cosine,
      cosine,
    ]);
    expect(lines(await plot([sin, cos], { ...options, derivatives: [4] }))).toEqual([sine, cosine]);
  });

  test("number by number as well", async () => {
    const options = { domain: [-1, 1], points: 5, yLabel: "y" } as const;
    const f = (v: Tensor): Tensor => sum(multiply(v, v));
    const twice = (v: number): number => 2 * v;
    const [path] = lines(await plot(f, { ...options, derivatives: [1] }));
    expect(path).toBe(lines(await plot(twice, options))[0]);
  });
});

describe("gaps", () => {
  test("where a value is not finite, or is missing", async () => {
    const y = [1, 2, Number.NaN, 3, 4, Infinity, 5, 6, null as unknown as number, 7, 8];
    const [path] = lines(await plot({ x: y.map((_, i) => i), y }));
    expect(subpaths(path!)).toBe(4);
    expect(path).not.toContain("NaN");
  });

  test("a point between two gaps is a dot", async () => {
    const { svg } = await plot({ x: [0, 1, 2], y: [Number.NaN, 1, Number.NaN] });
    expect(svg).toContain("<circle");
  });

  test("at a pole that leaves the range on both sides", async () => {
    const [path] = lines(await plot(Math.tan, { domain: [-3, 3], range: [-5, 5] }));
    expect(subpaths(path!)).toBe(3);
  });

  test("no finite value at all, one value, and the ends of the double range", async () => {
    for (const y of [
      [Number.NaN, Infinity],
      [0, 0],
      [-1.7e308, 1.7e308],
      [1e-320, 2e-320],
    ]) {
      expect((await plot({ x: [0, 1], y })).svg).not.toMatch(/NaN|Infinity/);
    }
  });
});

describe("the picture", () => {
  test("has a title, labels of the axes, the wanted size and its namespace", async () => {
    const picture = await plot(sin, {
      title: "Waves",
      xLabel: "time",
      yLabel: "height",
      width: 500,
      height: 300,
    });
    expect(texts(picture)).toEqual(expect.arrayContaining(["Waves", "time", "height", "0"]));
    expect(picture.svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
    expect(picture.svg).toContain('width="500"');
    expect(picture.svg).toContain('height="300"');
    expect(`${picture}`).toBe(picture.svg);
  });

  test("leaves the labels out on request", async () => {
    const labels = texts(await plot(sin, { xLabel: "", yLabel: "", domain: [0, 1] }));
    expect(labels.every((label) => /^[\d.−]+$/.test(label))).toBe(true);
  });

  test("is well-formed XML, whatever the labels hold", async () => {
    const label = `a < b & "c" > 'd' \u00a0]]>`;
    const { svg } = await plot([{ x: [0, 1], y: [0, 1], label }, Math.sin], { title: label });
    const bare = svg.replace(/<\/?[\w-]+(?: [\w:-]+="[^"<]*")*\/?>/g, "");
    expect(bare).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
    if (typeof window === "object") {
      const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
      expect(parsed.querySelector("parsererror")).toBeNull();
      expect(parsed.querySelector("g[aria-label=legend] text")!.textContent).toBe(label);
    }
  });

  test("goes into a document as a new node each time", async () => {
    const picture = await plot(sin);
    const [first, second] = [picture.toDOM(), picture.toDOM()];
    expect(first).not.toBe(second);
    expect(first.localName).toBe("svg");
    if (typeof window === "object") {
      document.body.append(first, second);
      expect(first.getBoundingClientRect().width).toBeGreaterThan(100);
      expect(first.querySelector("path")!.getBoundingClientRect().height).toBeGreaterThan(0);
      first.remove();
      second.remove();
    }
  });

  test("shows itself in notebooks", async () => {
    const picture = await plot(sin);
    const display = (picture as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!;
    expect(display.call(picture)["image/svg+xml"]).toBe(picture.svg);
    expect(display.call(picture)["text/plain"]).toContain("sin");
  });

  test.runIf(typeof window === "object")("has no file to go to in a page", async () => {
    await expect((await plot(sin)).save("sine.svg")).rejects.toThrow("use .toDOM() or .svg");
  });
});

describe("errors", () => {
  const data = { x: [1], y: [1] };
  test.each([
    ["nothing drawable", "x", {}, 'plot: draws functions and points {x, y}, not "x"'],
    ["a tensor alone", tensor([1, 2]), {}, "not a tensor of shape [2]"],
    ["an empty array", [], {}, "nothing to draw"],
    ["an empty object", {}, {}, "not {}"],
    [
      "lengths that differ",
      { x: [1], y: [1, 2], label: "a" },
      {},
      "of a differ in length: 1 and 2",
    ],
    ["a matrix", { x: tensor([[1]]), y: [1] }, {}, "must be 1-d; its shape is [1, 1]"],
    ["derivatives of points", data, { derivatives: 1 }, "derivatives need a function"],
    ["a negative order", sin, { derivatives: -1 }, "derivatives must be"],
    ["half an order", sin, { derivatives: [0.5] }, "derivatives must be"],
    ["no order", sin, { derivatives: [] }, "derivatives must be"],
    ["a domain backwards", sin, { domain: [1, 0] }, "domain must be [a, b] with a < b, not [1, 0]"],
    ["an infinite domain", sin, { domain: [0, Infinity] }, "domain must be"],
    ["a range backwards", sin, { range: [1, 0] }, "range must be [a, b] with a < b, not [1, 0]"],
    ["one point", sin, { points: 1 }, "points must be"],
    ["a function of nothing", () => undefined, {}, "f cannot be computed"],
    ["derivatives of Math.tanh", Math.tanh, { derivatives: 1 }, "tanh or a derivative of it"],
  ])("%s", async (_name, what, options, message) => {
    await expect(plot(what as never, options as never)).rejects.toThrow(message);
  });
});
