/** Round numbers along an axis. */
export type Ticks = {
  readonly from: number;
  readonly to: number;
  /** Ascending. The first is `from`, the last is `to`. */
  readonly values: readonly number[];
  /** Digits after the point. */
  readonly digits: number;
};

const roundSteps = [1, 2, 2.5, 5, 10];
/** Differences below this share of a step are rounding errors. */
const tolerance = 1e-9;

/**
 * An axis from `low` to `high` in about `wanted` steps of 1, 2, 2.5 or 5 times a power of ten. If the range is empty (one
 * value, or no finite one), the axis is one step long.
 */
export function ticksFor(low: number, high: number, wanted = 6): Ticks {
  const least = Number.isFinite(low) ? low : 0;
  const most = Number.isFinite(high) && high > least ? high : least + (Math.abs(least) || 1);
  const rough = (most - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (roundSteps.find((round) => round * power >= rough * (1 - tolerance)) ?? 10);
  const first = Math.floor(least / step + tolerance);
  const last = Math.ceil(most / step - tolerance);
  const digits = digitsOf(step);
  const values = Array.from({ length: last - first + 1 }, (_, place) =>
    Number(((first + place) * step).toFixed(digits)),
  );
  return { from: values[0] ?? least, to: values.at(-1) ?? most, values, digits };
}

function digitsOf(step: number): number {
  const tenth = Math.max(0, -Math.floor(Math.log10(step)));
  const isWhole = Math.abs(step * 10 ** tenth - Math.round(step * 10 ** tenth)) < tolerance;
  return isWhole ? tenth : tenth + 1;
}
