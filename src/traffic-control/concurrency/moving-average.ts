/**
 * An average that favours recent values: the plain mean of the first `warmup` values, then each new value has the weight 2
 * / (age + 1).
 */
export type MovingAverage = { add(value: number): number; readonly value: number };

/** @param age about how many past values count */
export function createMovingAverage(age: number, warmup: number): MovingAverage {
  const weight = 2 / (age + 1);
  let count = 0;
  let sum = 0;
  let value = 0;
  return {
    add: (next) => {
      if (count < warmup) {
        count += 1;
        sum += next;
        value = sum / count;
      } else value += (next - value) * weight;
      return value;
    },
    get value() {
      return value;
    },
  };
}

/** The median of the last `size` values: one odd window changes nothing, and a step shows after half of them. */
export function createMedianFilter(size: number): (value: number) => number {
  const recent: number[] = [];
  return (value) => {
    recent.push(value);
    if (recent.length > size) recent.shift();
    const sorted = [...recent].sort((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? value;
  };
}
