import { shedTotal } from '../metrics.ts';

/** Requests of the class of orders refused for want of capacity since the process began, for whatever cause. */
export async function shedOrders(): Promise<number> {
  const { values } = await shedTotal.get();
  return values.reduce((sum, { labels, value }) => (labels.class === 'C2' ? sum + value : sum), 0);
}
