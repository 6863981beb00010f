import { shedTotal } from './metrics.ts';

/** Requests of this class refused for want of capacity since the process began, for whatever cause. */
export async function shedCount(routeClass: 'C1' | 'C2' | 'C3' | 'C4' | 'C5'): Promise<number> {
  const { values } = await shedTotal.get();
  return values.reduce((sum, { labels, value }) => (labels.class === routeClass ? sum + value : sum), 0);
}
