import { createEvent } from '../../../testkit/factories.ts';
import { openDesk } from '../../../testkit/orders/order-desk.ts';
import { order, pay } from '../../../testkit/orders/placing.ts';
import { useOrderDatabase } from './order-database.ts';

/** Orders on a database for all tests of a file, and the routes by which buyers read them. */
export async function useBuyerOrders() {
  const { open, deps } = await useOrderDatabase();

  async function place(options: Parameters<typeof order>[2] = {}) {
    const event = await createEvent(open.db);
    const { order: placed } = await order(deps, event, options);
    return placed;
  }

  async function placePaid(quantity = 2) {
    const placed = await place({ quantity });
    await pay(open.db, placed.id);
    return placed;
  }

  return { open, deps, place, placePaid, newDesk: () => openDesk(open) };
}
