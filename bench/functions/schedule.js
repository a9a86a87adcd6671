// Function by function: all libraries make it ready, then take turns at samples of it.

import { Library } from "./process.js";
import { idOf } from "./table.js";
import { judged } from "./verdict.js";

export const LIBRARIES = ["tapegrad", "tfjs", "jax"];

/** Milliseconds: of a call that is measured only once, and of one that is cut off. */
const LIMIT = 2_000;
const PATIENCE = 30_000;

/** Rounds of samples, their milliseconds, and those of getting warm. */
const FULL = { rounds: 5, sample: 25, warm: 30 };
const QUICK = { rounds: 3, sample: 10, warm: 10 };

/** Of slow functions, fewer. */
const ENOUGH = 3;
const SLOW = 25;

/**
 * @param {import("./row.js").Row[]} rows
 * @param {boolean} quick
 * @param {(doing: string) => void} progress
 * @returns {AsyncGenerator<{ id: string, cells: import("./verdict.js").Cell[] }>}
 */
export async function* measured(rows, quick, progress) {
  const names = ["exact", ...LIBRARIES];
  const libraries = Object.fromEntries(names.map((name) => [name, new Library(name)]));
  try {
    for (const [i, row] of rows.entries()) {
      const id = idOf(row);
      progress(`${id} (${i + 1} of ${rows.length})`);
      const cells = [];
      for (const part of /** @type {const} */ (row.constant ? ["value"] : ["value", "slopes"])) {
        cells.push(...(await compared(row, part, libraries, quick ? QUICK : FULL)));
      }
      yield { id, cells };
    }
  } finally {
    for (const library of Object.values(libraries)) library.end();
  }
}

/**
 * @param {import("./row.js").Row} row
 * @param {"value" | "slopes"} part
 * @param {Record<string, Library>} libraries
 * @param {typeof FULL} settings
 */
async function compared(row, part, libraries, { rounds, sample, warm }) {
  const id = idOf(row);
  const there = ["exact", ...LIBRARIES.filter((name) => row[name])];
  const answers = {};
  for (const name of there) {
    const question = /** @type {const} */ ({ ask: "ready", id, part, limit: LIMIT, warm });
    answers[name] = { ...(await libraries[name].ask(question, PATIENCE)), samples: [] };
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < LIBRARIES.length; i++) {
      const name = LIBRARIES[(i + round) % LIBRARIES.length];
      const own = answers[name];
      if (!own || own.why || (round >= ENOUGH && own.ms > SLOW)) continue;
      if (own.once) own.samples[0] = own.ms;
      else {
        const question = /** @type {const} */ ({ ask: "sample", milliseconds: sample });
        const { ms, why } = await libraries[name].ask(question, PATIENCE);
        if (why) own.why = why;
        else own.samples.push(ms);
      }
    }
  }
  return judged(id, part, answers);
}
