// W8: second derivatives of Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])², written out.

import { norm } from "../../random.js";

export function hessian({ n, x: values }, typed) {
  const x = typed(values);
  const out = typed(new Float64Array(n * n));
  return {
    call() {
      out.fill(0);
      for (let i = 0; i < n - 1; i++) {
        out[i * n + i] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
        out[i * n + i + 1] -= 400 * x[i];
        out[(i + 1) * n + i] -= 400 * x[i];
        out[(i + 1) * n + i + 1] += 200;
      }
      return out[0];
    },
    norms: () => [norm(out)],
  };
}

export function product({ n, x: values, v: direction }, typed) {
  const [x, v] = [typed(values), typed(direction)];
  const out = x.slice();
  return {
    call() {
      out.fill(0);
      for (let i = 0; i < n - 1; i++) {
        const mixed = -400 * x[i];
        out[i] += (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * v[i] + mixed * v[i + 1];
        out[i + 1] += 200 * v[i + 1] + mixed * v[i];
      }
      return out[0];
    },
    norms: () => [norm(out)],
  };
}
