/** The median of the last `size` values: one odd window changes nothing, a step arrives after half of them. */
export function createMedianFilter(size: number): (value: number) => number {
  const recent: number[] = [];
  return (value) => {
    recent.push(value);
    if (recent.length > size) recent.shift();
    const sorted = [...recent].sort((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? value;
  };
}
