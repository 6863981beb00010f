import { sql } from 'drizzle-orm';
import { afterAll, beforeEach } from 'vitest';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { control, openNotifications, paidOrder } from '../../../testkit/notifications/notification-world.ts';

/** Notifications for all tests of a file, and paid orders whose mail with tickets is queued. Each test begins with an empty inbox and outbox. */
export async function useDeliveries() {
  const world = await openNotifications();
  beforeEach(async () => {
    await control(world.sandbox, 'reset', {});
    await world.db.execute(sql`delete from outbox`);
  });
  afterAll(() => world.close());
  const queued = async (options: Parameters<typeof paidOrder>[1] = {}) => {
    const buyer = someBuyer();
    const paid = await paidOrder(world, { buyer, ...options });
    const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', paid);
    return { ...paid, buyer, deliveryId };
  };
  return { world, queued };
}
