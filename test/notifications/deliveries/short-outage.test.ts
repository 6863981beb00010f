import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveries } from '../../../src/notifications/deliveries/deliveries.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import {
  type Notifications,
  addSender,
  deliveriesOf,
  inbox,
  openNotifications,
  paidOrder,
} from '../../../testkit/notifications/notification-world.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { openWorkDb } from '../../../testkit/processes/worker.ts';
import { type CutWire, layWire } from '../../../testkit/services/cut-wire.ts';

/** Guards that some seconds without Postgres send no mail twice, and leave no unsent message claimed by a sender. */

let world: Notifications;
let wire: CutWire;
let work: ReturnType<typeof openWorkDb>;
beforeAll(async () => {
  world = await openNotifications();
  wire = await layWire(world.database.url);
  work = openWorkDb(wire.url);
});
afterAll(async () => {
  await work.close();
  await wire.close();
  await world.close();
});

const outageMs = 2000;

async function loseDatabase(): Promise<void> {
  await wire.cut();
  setTimeout(() => void wire.mend(), outageMs);
}

async function toldOrder() {
  const buyer = someBuyer();
  const paid = await paidOrder(world, { buyer });
  const [emailId = '', whatsappId = ''] = await notifyOrder(world.deps, 'tickets', paid);
  return { ...paid, buyer, emailId, whatsappId };
}

const depsOverWire = () => ({ ...world.deps, db: work.db, deliveries: createDeliveries(work.db) });
const { signal } = new AbortController();

test('a mail that the server accepted while Postgres went away is marked as sent afterwards, and arrives once', async () => {
  const { orderId, buyer, emailId } = await toldOrder();
  const deps = depsOverWire();
  const { email } = deps;
  const losing = {
    ...email,
    send: async (...given: Parameters<typeof email.send>) => {
      const result = await email.send(...given);
      await loseDatabase();
      return result;
    },
  };
  await sendDelivery({ ...deps, email: losing }, { deliveryId: emailId }, signal);
  expect((await deliveriesOf(world.db, orderId)).find(({ channel }) => channel === 'email')).toMatchObject({
    status: 'accepted',
    tries: 1,
  });
  expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
});

test('a WhatsApp message whose sending failed because of Postgres is queued again at once', async () => {
  await addSender(world.db);
  const { orderId, whatsappId } = await toldOrder();
  const deps = depsOverWire();
  const { whatsapp } = deps;
  const losing = {
    ...whatsapp,
    send: async (...given: Parameters<typeof whatsapp.send>) => {
      await loseDatabase();
      await work.db.execute('select 1');
      return whatsapp.send(...given);
    },
  };
  await expect(sendDelivery({ ...deps, whatsapp: losing }, { deliveryId: whatsappId }, signal)).rejects.toThrow();
  expect((await deliveriesOf(world.db, orderId)).find(({ channel }) => channel === 'whatsapp')).toMatchObject({
    status: 'queued',
    failure: 'database',
  });
});
