import { writeSync } from "node:fs";

const e = Math.exp(-2);
writeSync(1, String((4 * e) / (1 + e) ** 2));
