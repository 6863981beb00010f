import { createEvent } from '../../../testkit/factories.ts';
import { openDesk, pay } from '../../../testkit/orders/order-desk.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';

/** Orders on a database of their own, and the routes by which buyers read them. */
export async function openBuyerOrders() {
  const database = await createTestDatabase();
  const open = openTestDb(database.url);
  const deps = placingDeps(open);

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

  return {
    open,
    deps,
    place,
    placePaid,
    newDesk: () => openDesk(open),
    close: async () => {
      await open.close();
      await database.close();
    },
  };
}
export type BuyerOrders = Awaited<ReturnType<typeof openBuyerOrders>>;
