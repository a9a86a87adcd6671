// W5: the network 784-256-128-10 with relu and cross-entropy, one step of gradient descent.

import { norm } from "../../random.js";
import { addBias, crossEntropy, descend, relu, sumRows, throughRelu } from "./layers.js";
import { product, productOfTransposed, productWithTransposed } from "./matrices.js";

export function step(data, typed) {
  const { batch, rate, labels } = data;
  const x = typed(data.x);
  const parameters = ["w1", "b1", "w2", "b2", "w3", "b3"].map((name) => typed(data[name]));
  const gradients = parameters.map((values) => values.slice());
  const [w1, b1, w2, b2, w3, b3] = parameters;
  const [gw1, gb1, gw2, gb2, gw3, gb3] = gradients;
  const rows = (columns) => typed(new Float64Array(batch * columns));
  const [h1, h2, scores, d1, d2, dScores] = [256, 128, 10, 256, 128, 10].map(rows);

  function forward() {
    product(batch, 256, 784, x, w1, h1);
    addBias(batch, 256, h1, b1);
    relu(h1);
    product(batch, 128, 256, h1, w2, h2);
    addBias(batch, 128, h2, b2);
    relu(h2);
    product(batch, 10, 128, h2, w3, scores);
    addBias(batch, 10, scores, b3);
  }

  function backward() {
    productOfTransposed(128, 10, batch, h2, dScores, gw3);
    sumRows(batch, 10, dScores, gb3);
    productWithTransposed(batch, 128, 10, dScores, w3, d2);
    throughRelu(h2, d2);
    productOfTransposed(256, 128, batch, h1, d2, gw2);
    sumRows(batch, 128, d2, gb2);
    productWithTransposed(batch, 256, 128, d2, w2, d1);
    throughRelu(h1, d1);
    productOfTransposed(784, 256, batch, x, d1, gw1);
    sumRows(batch, 256, d1, gb1);
  }

  return {
    call() {
      forward();
      const loss = crossEntropy(batch, 10, scores, labels, dScores);
      backward();
      for (let p = 0; p < 6; p++) descend(parameters[p], gradients[p], rate);
      return loss;
    },
    norms: () => [norm(w1), norm(w3)],
  };
}
