/** Pearson's statistic of counts that should all be equal. */
export function chiSquare(counts: ArrayLike<number>): number {
  const cells = Array.from(counts);
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * What the statistic of fair counts exceeds about once in a million samples (Wilson and Hilferty's approximation). The
 * keys of these tests are fixed, so a test that passes once passes always.
 */
export function chiSquareMax(cells: number): number {
  const freedom = cells - 1;
  const deviations = 4.75;
  return freedom * (1 - 2 / (9 * freedom) + deviations * Math.sqrt(2 / (9 * freedom))) ** 3;
}
