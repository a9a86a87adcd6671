// W11: sum, softmax and layer normalisation over rows, each row forward and backward at once.

import { norm } from "../../random.js";

export function sum(data, typed) {
  const x = typed(data.x);
  const gradient = x.slice();
  return {
    call() {
      let total = 0;
      for (let i = 0; i < x.length; i++) total += x[i];
      gradient.fill(1);
      return total;
    },
    norms: () => [norm(gradient)],
  };
}

/** The loss is the sum of softmax(x) times c. */
export function softmax({ rows, columns, ...data }, typed) {
  const [x, c] = [typed(data.x), typed(data.c)];
  const [p, gradient] = [x.slice(), x.slice()];

  function row(from) {
    const to = from + columns;
    let most = -Infinity;
    for (let i = from; i < to; i++) if (x[i] > most) most = x[i];
    let sum = 0;
    for (let i = from; i < to; i++) sum += p[i] = Math.exp(x[i] - most);
    const scale = 1 / sum;
    let loss = 0;
    for (let i = from; i < to; i++) loss += (p[i] *= scale) * c[i];
    for (let i = from; i < to; i++) gradient[i] = p[i] * (c[i] - loss);
    return loss;
  }

  return {
    call() {
      let loss = 0;
      for (let i = 0; i < rows; i++) loss += row(i * columns);
      return loss;
    },
    norms: () => [norm(gradient)],
  };
}

/** The loss is the sum of the normalised rows, times gain, plus bias, times c. */
export function layernorm({ rows, columns: n, ...data }, typed) {
  const [x, c, gain, bias] = [data.x, data.c, data.gain, data.bias].map(typed);
  const [dx, dGain, dBias] = [x, gain, bias].map((values) => values.slice());
  const normal = gain.slice();

  function row(from) {
    let mean = 0;
    for (let j = 0; j < n; j++) mean += x[from + j];
    mean /= n;
    let variance = 0;
    for (let j = 0; j < n; j++) variance += (x[from + j] - mean) ** 2;
    const scale = 1 / Math.sqrt(variance / n + 1e-5);
    let loss = 0;
    let sum = 0;
    let along = 0;
    for (let j = 0; j < n; j++) {
      const h = (normal[j] = (x[from + j] - mean) * scale);
      const factor = c[from + j];
      const dh = factor * gain[j];
      loss += (h * gain[j] + bias[j]) * factor;
      dGain[j] += factor * h;
      dBias[j] += factor;
      sum += dh;
      along += dh * h;
    }
    sum /= n;
    along /= n;
    for (let j = 0; j < n; j++) {
      dx[from + j] = scale * (c[from + j] * gain[j] - sum - normal[j] * along);
    }
    return loss;
  }

  return {
    call() {
      dGain.fill(0);
      dBias.fill(0);
      let loss = 0;
      for (let i = 0; i < rows; i++) loss += row(i * n);
      return loss;
    },
    norms: () => [norm(dx), norm(dGain), norm(dBias)],
  };
}
