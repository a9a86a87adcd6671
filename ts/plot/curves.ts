/** @file From what the user wants drawn to curves: labels, and points as plain numbers. */
import { elementwiseGrad, grad, linspace, Tensor } from "../index.js";
import type { PlotFunction, PlotOptions, Plottable, Points, Series } from "./index.js";

/** One line of the picture. Points that are not finite are gaps. */
export interface Curve {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const DEFAULT_DOMAIN = [-5, 5] as const;
const DEFAULT_POINTS = 401; // odd: the middle of the domain is one of the points

/** All curves that `what` stands for; throws if it is nothing that can be drawn. */
export function toCurves(what: Plottable, options: PlotOptions): Curve[] {
  const items = toItems(what);
  const orders = toOrders(options.derivatives);
  let sampled: Grid | undefined;
  return items.flatMap(({ label, item }) => {
    if (typeof item === "function") {
      return curvesOfFunction(item, label, orders, (sampled ??= new Grid(options)));
    }
    if (options.derivatives !== undefined) {
      throw new TypeError(`plot: derivatives need a function; ${label} is given as points`);
    }
    return [curveOfPoints(item, label)];
  });
}

interface Item {
  readonly label: string;
  readonly item: PlotFunction | Points;
}

function toItems(what: unknown): Item[] {
  const anonymous = (value: unknown, i: number): Item => {
    const fallback = String.fromCharCode("f".charCodeAt(0) + (i % 20)); // f, g, h, …
    if (typeof value === "function") {
      return { label: value.name || fallback, item: value as PlotFunction };
    }
    if (isPoints(value)) return { label: value.label ?? "y", item: value };
    throw new TypeError(
      `plot: draws functions and points {x, y}, not ${describe(value)} ` +
        `(plot(f), plot([f, g]), plot({ name: f }), plot({ x, y }), plot([{ x, y, label }]))`,
    );
  };
  if (Array.isArray(what)) {
    if (what.length === 0) throw new TypeError("plot: nothing to draw: the array is empty");
    return what.map(anonymous);
  }
  if (what !== null && typeof what === "object" && !(what instanceof Tensor)) {
    const entries = Object.entries(what);
    if (entries.length > 0 && entries.every(([, value]) => typeof value === "function")) {
      return entries.map(([label, value]) => ({ label, item: value as PlotFunction }));
    }
  }
  return [anonymous(what, 0)];
}

function isPoints(value: unknown): value is Points {
  if (value === null || typeof value !== "object") return false;
  return isSeries((value as Points).x) && isSeries((value as Points).y);
}

function isSeries(value: unknown): value is Series {
  return value instanceof Tensor || Array.isArray(value) || ArrayBuffer.isView(value);
}

function toOrders(derivatives: number | readonly number[] | undefined): readonly number[] {
  const orders =
    typeof derivatives === "number"
      ? Array.from({ length: Math.max(0, derivatives) + 1 || 0 }, (_, order) => order)
      : (derivatives ?? [0]);
  const wanted = typeof derivatives === "number" ? [derivatives] : orders;
  if (wanted.length === 0 || !wanted.every((order) => Number.isInteger(order) && order >= 0)) {
    throw new RangeError(
      `plot: derivatives must be a whole number or an array of orders, not ${describe(derivatives)}`,
    );
  }
  return orders;
}

/** The points of the domain at which functions are computed. */
class Grid {
  readonly tensor: Tensor;
  readonly numbers: readonly number[];

  constructor({ domain = DEFAULT_DOMAIN, points = DEFAULT_POINTS }: PlotOptions) {
    const [start, stop] = domain;
    if (!(Number.isFinite(start) && Number.isFinite(stop) && start < stop)) {
      throw new RangeError(`plot: domain must be [a, b] with a < b, not ${describe(domain)}`);
    }
    if (!(Number.isInteger(points) && points >= 2)) {
      throw new RangeError(`plot: points must be a whole number of at least 2, not ${points}`);
    }
    this.tensor = linspace(start, stop, points, { dtype: "float64" });
    this.numbers = toNumbers(this.tensor, "x");
  }
}

function curvesOfFunction(
  f: PlotFunction,
  label: string,
  orders: readonly number[],
  grid: Grid,
): Curve[] {
  const highest = Math.max(...orders);
  const errors: unknown[] = [];
  for (const way of [atOnce, oneByOne]) {
    try {
      const evaluate = way(f, highest, grid);
      return orders.map((order) => ({
        label: label + primes(order),
        x: grid.numbers,
        y: evaluate(order),
      }));
    } catch (error) {
      errors.push(error);
    }
  }
  const [tensorError, numberError] = errors.map((error) =>
    error instanceof Error ? error.message : String(error),
  );
  throw new Error(
    `plot: ${label}${highest > 0 ? " or a derivative of it" : ""} cannot be computed. ` +
      `At a tensor of the whole domain: ${tensorError}. At a number: ${numberError}`,
    { cause: errors[1] },
  );
}

/** The values of the derivative of one order, over the grid. */
type Evaluate = (order: number) => number[];

function atOnce(f: PlotFunction, highest: number, { tensor, numbers }: Grid): Evaluate {
  const derivatives = nest(f, highest, elementwiseGrad as Differentiate);
  return (order) => {
    const y = derivatives[order]!(tensor);
    if (y instanceof Tensor ? y.shape.length !== 1 : !isSeries(y)) {
      throw new TypeError(`it gave ${describe(y)}, not one value for each point`);
    }
    const values = toNumbers(y as Series, "its result");
    if (values.length !== numbers.length) {
      throw new TypeError(`it gave ${values.length} values for ${numbers.length} points`);
    }
    return values;
  };
}

function oneByOne(f: PlotFunction, highest: number, { numbers }: Grid): Evaluate {
  const derivatives = nest(f, highest, grad as Differentiate);
  return (order) =>
    numbers.map((x) => {
      const y = derivatives[order]!(x);
      const value = y instanceof Tensor ? y.item() : y;
      if (typeof value !== "number" && typeof value !== "boolean") {
        throw new TypeError(`it gave ${describe(y)}, not a number`);
      }
      return Number(value);
    });
}

type Differentiate = (f: PlotFunction) => PlotFunction;

/** f, df, d(df), … up to the highest order. */
function nest(f: PlotFunction, highest: number, d: Differentiate): PlotFunction[] {
  const derivatives = [f];
  for (let order = 1; order <= highest; order++) derivatives.push(d(derivatives[order - 1]!));
  return derivatives;
}

function curveOfPoints(points: Points, label: string): Curve {
  const [x, y] = [toNumbers(points.x, `x of ${label}`), toNumbers(points.y, `y of ${label}`)];
  if (x.length !== y.length) {
    throw new RangeError(
      `plot: x and y of ${label} differ in length: ${x.length} and ${y.length} points`,
    );
  }
  return { label, x, y };
}

function toNumbers(series: Series, name: string): number[] {
  if (series instanceof Tensor && series.shape.length !== 1) {
    throw new RangeError(`plot: ${name} must be 1-d; its shape is [${series.shape.join(", ")}]`);
  }
  // Missing values (null, undefined) are gaps; Number(null) would be 0.
  const values = series instanceof Tensor ? series.data() : series;
  return Array.from(values as ArrayLike<unknown>, (value) => Number(value ?? Number.NaN));
}

/** f′, f″, f‴, f⁗, f⁽⁵⁾, … */
function primes(order: number): string {
  if (order <= 4) return ["", "′", "″", "‴", "⁗"][order]!;
  const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return `⁽${Array.from(String(order), (digit) => superscripts[Number(digit)]).join("")}⁾`;
}

function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.shape.join(", ")}]`;
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (value !== null && typeof value === "object") return `{${Object.keys(value).join(", ")}}`;
  return String(value);
}
