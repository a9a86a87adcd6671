// W6: two convolutions, each with relu and max pooling, and a dense layer; one step.

import { norm } from "../../random.js";
import { addBias, crossEntropy, descend, relu, sumRows } from "./layers.js";
import { product, productOfTransposed, productWithTransposed } from "./matrices.js";
import { gather, pool, spread, throughPool } from "./windows.js";

export function step(data, typed) {
  const { batch, rate, labels } = data;
  const images = typed(data.x);
  const parameters = ["k1", "c1", "k2", "c2", "w3", "b3"].map((name) => typed(data[name]));
  const gradients = parameters.map((values) => values.slice());
  const [k1, c1, k2, c2, w3, b3] = parameters;
  const [gk1, gc1, gk2, gc2, gw3, gb3] = gradients;
  const [large, small] = [batch * 784, batch * 196];
  const array = (length) => typed(new Float64Array(length));

  const [windows1, z1, p1] = [9, 16, 4].map((n) => array(large * n));
  const [windows2, z2] = [144, 32].map((n) => array(small * n));
  const [p2, scores] = [1568, 10].map((n) => array(batch * n));
  const [dz1, dp1, dz2, dWindows2] = [z1, p1, z2, windows2].map((values) => values.slice());
  const [dp2, dScores] = [p2, scores].map((values) => values.slice());
  const [where1, where2] = [p1, p2].map((values) => new Int32Array(values.length));

  function forward() {
    spread(images, batch, 28, 1, windows1);
    product(large, 16, 9, windows1, k1, z1);
    addBias(large, 16, z1, c1);
    relu(z1);
    pool(z1, batch, 28, 16, p1, where1);
    spread(p1, batch, 14, 16, windows2);
    product(small, 32, 144, windows2, k2, z2);
    addBias(small, 32, z2, c2);
    relu(z2);
    pool(z2, batch, 14, 32, p2, where2);
    product(batch, 10, 1568, p2, w3, scores);
    addBias(batch, 10, scores, b3);
  }

  function backward() {
    productOfTransposed(1568, 10, batch, p2, dScores, gw3);
    sumRows(batch, 10, dScores, gb3);
    productWithTransposed(batch, 1568, 10, dScores, w3, dp2);
    throughPool(z2, where2, dp2, dz2);
    productOfTransposed(144, 32, small, windows2, dz2, gk2);
    sumRows(small, 32, dz2, gc2);
    productWithTransposed(small, 144, 32, dz2, k2, dWindows2);
    gather(dWindows2, batch, 14, 16, dp1);
    throughPool(z1, where1, dp1, dz1);
    productOfTransposed(9, 16, large, windows1, dz1, gk1);
    sumRows(large, 16, dz1, gc1);
  }

  return {
    call() {
      forward();
      const loss = crossEntropy(batch, 10, scores, labels, dScores);
      backward();
      for (let p = 0; p < 6; p++) descend(parameters[p], gradients[p], rate);
      return loss;
    },
    norms: () => [norm(k1), norm(k2), norm(w3)],
  };
}
