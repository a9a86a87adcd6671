/** @file Derivatives of a program with a loop: the sine by its series, as many terms as x needs. */
import { abs, add, cos, divide, elementwiseGrad, grad, linspace, max, multiply } from "tapegrad";
import { negative, sin, square, subtract, tensor, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";

/** How many terms were added up at the last call. */
let terms = 0;

/** x - x³/3! + x⁵/5! - …, until a term is too small to matter anywhere. */
function sine(x: Tensor): Tensor {
  let term = x;
  let total = x;
  terms = 1;
  // A condition is plain JavaScript; .item() reads the number. Only what was computed is recorded.
  while (max(abs(term)).item() > 1e-17) {
    const n = 2 * terms;
    term = divide(multiply(negative(term), square(x)), n * (n + 1));
    total = add(total, term);
    terms++;
  }
  return total;
}

for (const at of [0.1, 1, 6]) {
  const x = tensor(at, { dtype: "float64" });
  const slope = grad(sine)(x); // the cosine, though nobody told it
  const error = Math.abs(subtract(slope, cos(x)).item());
  console.log(
    `at ${at}: ${terms} terms, slope ${slope.item().toFixed(10)}, right: ${error < 1e-13}`,
  );
}
// → at 0.1: 6 terms, slope 0.9950041653, right: true
// → at 1: 10 terms, slope 0.5403023059, right: true

// Derivatives of derivatives turn the sine into itself.
const x = linspace(-7, 7, 201, { dtype: "float64" });
const curves = [{ x, y: sine(x), label: "sine" }];
let derivative: (x: Tensor) => Tensor = sine;
for (let order = 1; order <= 4; order++) {
  derivative = elementwiseGrad(derivative);
  curves.push({ x, y: derivative(x), label: `derivative ${order}` });
}
const distance = max(abs(subtract(curves[4]!.y, sin(x)))).item();
console.log("The fourth derivative is the sine:", distance < 1e-10);
// → The fourth derivative is the sine: true
await plot(curves, { title: "A series and its derivatives", file: "build/sinusoid/sine.svg" });
console.log("Picture: build/sinusoid/sine.svg");
