import { type Connection, openConnection } from '../../generator/connection.ts';
import { say } from '../harness/stack.ts';
import { type OrderShape, orderRequests } from './order-requests.ts';

const connectionsMax = 64;

/**
 * Places orders of these shapes in turn, as fast as they are accepted or at a steady rate. An order that is shed is
 * replaced by another.
 * @returns the answers other than 201, in words
 */
export async function placeAll(
  port: number,
  count: number,
  shapes: readonly OrderShape[],
  perSecond: number = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const next = orderRequests(shapes);
  const statuses: Record<string, number> = {};
  const started = performance.now();
  let left = count;
  const work = async (connection: Connection): Promise<void> => {
    while (left > 0) {
      const dueMs = started + ((count - left) / perSecond) * 1000;
      left -= 1;
      if (dueMs > performance.now()) await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
      const { status } = await connection.send(next());
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status !== 201) left += 1;
    }
    connection.close();
  };
  const connections = await Promise.all(Array.from({ length: connectionsMax }, () => openConnection(port)));
  await Promise.all(connections.map(work));
  say(`placed ${JSON.stringify(statuses)}`);
  return statuses['201'] === count ? [] : [`${count} orders were wanted: ${JSON.stringify(statuses)}`];
}
