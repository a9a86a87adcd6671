// What the larger networks are made of, forward and backward, over rows of examples.

export function addBias(rows, columns, values, bias) {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) values[i * columns + j] += bias[j];
  }
}

export function sumRows(rows, columns, values, out) {
  out.fill(0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j] += values[i * columns + j];
  }
}

export function relu(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
}

/** The gradient before relu, from the one after it. */
export function throughRelu(values, gradient) {
  for (let i = 0; i < values.length; i++) if (!(values[i] > 0)) gradient[i] = 0;
}

/** Mean cross-entropy of scores and classes; its gradient goes to `gradient`. */
export function crossEntropy(rows, columns, scores, labels, gradient) {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let most = -Infinity;
    for (let j = 0; j < columns; j++) most = Math.max(most, scores[row + j]);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += gradient[row + j] = Math.exp(scores[row + j] - most);
    loss -= scores[row + labels[i]] - most - Math.log(sum);
    for (let j = 0; j < columns; j++) gradient[row + j] /= sum * rows;
    gradient[row + labels[i]] -= 1 / rows;
  }
  return loss / rows;
}

/** One step of gradient descent. */
export function descend(values, gradient, rate) {
  for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
}
