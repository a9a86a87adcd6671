/**
 * @file The optional peers: Observable Plot, and linkedom where there is no DOM. They are loaded
 * when the first picture is drawn, and seen from here on through the few types below.
 */

/** What this entry point uses of Observable Plot. */
export interface ObservablePlot {
  plot(options: object): SVGElement;
  line(points: readonly (readonly [number, number])[], options: object): unknown;
  dot(points: readonly (readonly [number, number])[], options: object): unknown;
  ruleX(values: readonly number[], options: object): unknown;
  ruleY(values: readonly number[], options: object): unknown;
  gridX(options: object): unknown;
  gridY(options: object): unknown;
  axisX(options: object): unknown;
  axisY(options: object): unknown;
}

interface Linkedom {
  parseHTML(html: string): { document: object };
}

let plotLibrary: Promise<ObservablePlot> | undefined;
let nodeDocument: Promise<object> | undefined;

/** Observable Plot, imported once. */
export function loadPlot(): Promise<ObservablePlot> {
  plotLibrary ??= load(() => import("@observablehq/plot"), "@observablehq/plot");
  return plotLibrary.catch((error: unknown) => {
    plotLibrary = undefined; // it may be installed, or found, the next time
    throw error;
  });
}

/** The document of the page; where there is none (Node, workers), one of linkedom's. */
export async function loadDocument(): Promise<object> {
  if (typeof document === "object") return document;
  nodeDocument ??= load<Linkedom>(() => importByName("linkedom"), "linkedom").then(
    (linkedom) => linkedom.parseHTML("<!doctype html><html><body></body></html>").document,
  );
  return nodeDocument.catch((error: unknown) => {
    nodeDocument = undefined;
    throw error;
  });
}

async function load<Module>(importPeer: () => Promise<unknown>, name: string): Promise<Module> {
  try {
    return (await importPeer()) as Module;
  } catch (cause) {
    throw new Error(
      `plot: draws with the optional packages @observablehq/plot and, outside browsers, linkedom; ` +
        `${name} could not be loaded: npm install @observablehq/plot linkedom ` +
        `(in a page without a bundler: name ${name} in its import map)`,
      { cause },
    );
  }
}

/** Imports what only Node has or needs, in a way that makes no bundler look for it. */
export function importByName(name: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}
