// Every function that TensorFlow.js or jax-js has beside tapegrad: the list, and nowhere else.

import { AXES } from "./axes.js";
import { ACTIVATIONS, ELEMENTWISE, PAIRS } from "./elementwise.js";
import { MATRICES } from "./matrices.js";
import { MOVEMENT } from "./movement.js";
import { NETWORKS } from "./networks.js";

/** Rows by the title of their table. @type {Record<string, import("./row.js").Row[]>} */
export const TABLES = {
  "Functions of elements": ELEMENTWISE,
  Activations: ACTIVATIONS,
  "Functions of two elements": PAIRS,
  "Along axes": AXES,
  "Moving elements": MOVEMENT,
  Matrices: MATRICES,
  Networks: NETWORKS,
};

/** What a row is called in results. */
export const idOf = ({ name, title }) => (title ? `${name}, ${title}` : name);

export const ROWS = Object.values(TABLES).flat();
