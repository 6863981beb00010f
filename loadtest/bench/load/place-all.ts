import { type Connection, openConnection } from '../../generator/connection.ts';
import { say } from '../harness/stack.ts';
import { type OrderShape, orderRequests } from './order-requests.ts';

const connectionsMax = 64;

/**
 * Places this many orders as fast as they are accepted. A shed order is replaced by another one.
 * @returns the answers other than 201, in words
 */
export async function placeAll(port: number, count: number, shape: OrderShape): Promise<string[]> {
  const next = orderRequests([shape]);
  const statuses: Record<string, number> = {};
  let left = count;
  const work = async (connection: Connection): Promise<void> => {
    while (left > 0) {
      left -= 1;
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
