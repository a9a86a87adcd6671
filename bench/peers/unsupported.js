/** Thrown for what a library does not have. */
export class Unsupported extends Error {}
