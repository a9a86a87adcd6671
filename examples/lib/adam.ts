/** @file Adam (Kingma and Ba, 2015, arXiv:1412.6980), recorded once and replayed at each step. */
import { add, compile, divide, multiply, sqrt, square, subtract } from "tapegrad";
import { valueAndGrad, zerosLike, type Tensor } from "tapegrad";

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Tensor>>;

export interface AdamOptions<D extends readonly Tensor[]> {
  steps: number;
  /** Length of a step; 0.01 by default. */
  rate?: number;
  /** Further arguments of the loss at each step, such as a batch of examples. */
  data?: (step: number) => D;
}

/** Parameters for which the loss is low, and the losses on the way there. */
export function adam<P extends Parameters, D extends readonly Tensor[] = []>(
  loss: (parameters: P, ...data: D) => Tensor,
  start: P,
  { steps, rate = 0.01, data = () => [] as unknown as D }: AdamOptions<D>,
): { parameters: P; losses: number[] } {
  const each = (f: (name: keyof P) => Tensor): P =>
    Object.fromEntries(Object.keys(start).map((name) => [name, f(name)])) as P;
  const average = (weight: number, old: Tensor, now: Tensor): Tensor =>
    add(multiply(weight, old), multiply(1 - weight, now));

  const step = compile((p: P, mean: P, spread: P, length: number, ...batch: D) => {
    const [value, slopes] = valueAndGrad(loss)(p as never, ...(batch as never)) as unknown as [
      Tensor,
      P,
    ];
    const newMean = each((name) => average(0.9, mean[name]!, slopes[name]!));
    const newSpread = each((name) => average(0.999, spread[name]!, square(slopes[name]!)));
    const newP = each((name) => {
      const direction = divide(newMean[name]!, add(sqrt(newSpread[name]!), 1e-8));
      return subtract(p[name]!, multiply(length, direction));
    });
    return { value, p: newP, mean: newMean, spread: newSpread };
  });

  let p = start;
  let mean = each((name) => zerosLike(start[name]!));
  let spread = mean;
  let [weight1, weight2] = [1, 1]; // what the zeros at the start still weigh
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    [weight1, weight2] = [weight1 * 0.9, weight2 * 0.999];
    const length = (rate * Math.sqrt(1 - weight2)) / (1 - weight1);
    const result = step(p, mean, spread, length, ...data(i));
    ({ p, mean, spread } = result);
    losses.push(result.value.item());
  }
  return { parameters: p, losses };
}
