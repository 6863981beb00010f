import { sql } from 'drizzle-orm';
import { beforeEach } from 'vitest';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/** Notifications for all tests of a file, and paid orders whose mail with tickets is queued. Each test begins with an empty inbox and outbox. */
export async function useDeliveries() {
  const world = await useNotifications();
  beforeEach(() => world.db.execute(sql`delete from outbox`));
  const queued = async (options: Parameters<typeof paidOrder>[1] = {}) => {
    const buyer = someBuyer();
    const paid = await paidOrder(world, { buyer, ...options });
    const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', paid);
    return { ...paid, buyer, deliveryId };
  };
  return { world, queued };
}
