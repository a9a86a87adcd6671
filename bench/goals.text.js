// Goals in words: what was found, what was wanted.

import { digits, duration, ratio, size } from "./format.js";

const SHOW = {
  ns: duration,
  gflops: (x) => `${digits(x)} GFLOP/s`,
  wasmBytes: (x) => `${digits(x)} bytes`,
  gzip: size,
};

/** @returns {{ what: string, wanted: string, found: string, scaled: string, met: boolean }} */
export function inWords(goal) {
  const { id, by, key = "ns", of, most, least, than, times, found, scaled, met } = goal;
  if (than) {
    const rivals = than[0] === "by hand" ? "plain JS" : "every library";
    const wanted = `${times}× faster`;
    return { what: `${id} beside ${rivals}`, wanted, found: ratio(found), scaled: "", met };
  }
  if (key === "flat") {
    const word = found ? "flat" : "grows";
    return { what: `${id}, memory`, wanted: "flat", found: word, scaled: "", met };
  }
  if (of !== undefined) {
    const part = key === "tapeBytes" ? ", tape" : "";
    const name = by ? `, ${by.replace("tapegrad-", "")}` : "";
    const what = `${id}${part}${name}, beside ${of}`;
    return { what, wanted: `at most ${ratio(most)}`, found: ratio(found), scaled: "", met };
  }
  const names = { wasmBytes: ", wasm per operation", gzip: ", gzip" };
  const show = SHOW[key];
  return {
    what: id + (names[key] ?? "") + (by ? `, ${by.replace("tapegrad-", "")}` : ""),
    wanted: most === undefined ? `at least ${show(least)}` : `at most ${show(most)}`,
    found: show(found),
    scaled: scaled ? show(scaled) : "",
    met,
  };
}
