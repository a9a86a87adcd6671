// W3: a product of matrices, and the gradients of both.

import { norm } from "../../random.js";
import { product, productOfTransposed, productWithTransposed } from "./matrices.js";

export function forward({ n, a, b }, typed) {
  const [x, y] = [typed(a), typed(b)];
  const out = x.slice();
  return {
    call() {
      product(n, n, n, x, y, out);
      return 0;
    },
    norms: () => [norm(out)],
  };
}

/** The loss is the sum of the product's elements times those of c. */
export function gradients({ n, a, b, c }, typed) {
  const [x, y, z] = [typed(a), typed(b), typed(c)];
  const [out, gx, gy] = [x.slice(), x.slice(), y.slice()];
  return {
    call() {
      product(n, n, n, x, y, out);
      let sum = 0;
      for (let i = 0; i < n * n; i++) sum += out[i] * z[i];
      productWithTransposed(n, n, n, z, y, gx);
      productOfTransposed(n, n, n, x, z, gy);
      return sum;
    },
    norms: () => [norm(gx), norm(gy)],
  };
}
