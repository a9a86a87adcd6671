// A library in a process of its own: asked one thing at a time, and started afresh where it hangs or ends.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("measure.js", import.meta.url));

/** Milliseconds that a start may take. */
const START = 60_000;

export class Library {
  #child;
  #name;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
  }

  /**
   * @param {import("./measure.js").Ready | import("./measure.js").Sample} question
   * @param {number} patience milliseconds; whoever takes longer is cut off
   * @returns {Promise<import("./measure.js").Answer>}
   */
  async ask(question, patience) {
    if (!this.#child) {
      this.#child = fork(PROGRAM, [this.#name], {
        execArgv: ["--expose-gc"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const started = await this.#answer(START);
      if (started.why) throw new Error(`${this.#name} did not start: ${started.why}`);
    }
    this.#child.send(question);
    return this.#answer(patience);
  }

  end() {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** @returns {Promise<import("./measure.js").Answer>} */
  #answer(patience) {
    const child = this.#child;
    return new Promise((resolve) => {
      const settle = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer.why) this.end();
        resolve(answer);
      };
      const timer = setTimeout(
        () => settle({ why: `no answer in ${patience / 1000} s` }),
        patience,
      );
      child.on("message", settle);
      child.on("close", (code, signal) => settle({ why: `its process ended (${signal ?? code})` }));
    });
  }
}
