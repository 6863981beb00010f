import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { queueOrderDeliveries } from '../../../src/notifications/deliveries/queue-queries.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { openMessageWays } from '../../../testkit/notifications/message-ways.ts';
import {
  type Notifications,
  notificationConfig,
  openNotifications,
} from '../../../testkit/notifications/notification-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that caps count any hour, message by message, and forget expired ones. */

let world: Notifications;
let messages: Awaited<ReturnType<typeof openMessageWays>>;
beforeAll(async () => {
  world = await openNotifications();
  messages = await openMessageWays(world);
});
afterAll(async () => {
  const findings = await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)));
  await world.close();
  expect(findings.flat()).toEqual([]);
});

describe('the hour', () => {
  const shift = (buyer: ReturnType<typeof someBuyer>, minutes: readonly number[]) => {
    const [email] = buyerKeys(notificationConfig.HASH_SECRET, buyer);
    const times = sql.join(
      minutes.map((ago) => sql`now() - make_interval(mins => ${ago})`),
      sql`, `,
    );
    return world.db.execute(sql`update message_shares set queued_at = array[${times}] where recipient_key = ${email}`);
  };

  test('is a sliding window: messages older than an hour make room, later ones do not', async () => {
    const buyer = someBuyer();
    for (let index = 0; index < 6; index += 1) await messages.ways['a free order'](buyer);
    await shift(buyer, [59, 58, 57, 2, 1]);
    await messages.ways['a free order'](buyer);
    expect(await messages.sentTo(buyer, 'email')).toMatchObject({ queued: 5, capped: 2 });
    await shift(buyer, [62, 61, 60, 2, 1]);
    for (let index = 0; index < 4; index += 1) await messages.ways['a free order'](buyer);
    expect(await messages.sentTo(buyer, 'email')).toMatchObject({ queued: 8, capped: 3 });
    // The counts were shifted back. The rows must be as old, because the invariant compares both.
    await world.db.execute(sql`
      update deliveries set created_at = created_at - interval '62 minutes' where id in (
        select id from deliveries where recipient_key = ${buyerKeys(notificationConfig.HASH_SECRET, buyer)[0]} and status = 'queued'
        order by id limit 3)`);
  });

  test('a batch with several recipients, some of them twice, is counted message by message', async () => {
    const [one, two] = [someBuyer(), someBuyer()];
    const refs = [];
    for (let index = 0; index < 8; index += 1)
      refs.push(await messages.placed(messages.free, index % 4 === 3 ? two : one));
    const notices = refs.map((ref) => ({ ...ref, emailId: newId('dlv'), whatsappId: newId('dlv') }));
    const added = await queueOrderDeliveries(world.db, 'tickets', notices);
    expect(added.filter(({ cappedBy }) => cappedBy !== null)).toHaveLength(1);
    expect(await messages.sentTo(one, 'email')).toMatchObject({ queued: 5, capped: 1 });
    expect(await messages.sentTo(two, 'email')).toMatchObject({ queued: 2, capped: 0 });
    // A repeated report counts nothing.
    expect(await queueOrderDeliveries(world.db, 'tickets', notices)).toEqual([]);
    await messages.ways['a free order'](two);
    expect(await messages.sentTo(two, 'email')).toMatchObject({ queued: 3, capped: 0 });
  });

  test('expired counts are deleted, others are kept', async () => {
    const [old, recent] = [someBuyer(), someBuyer()];
    for (const buyer of [old, recent]) await messages.ways['a free order'](buyer);
    const [key] = buyerKeys(notificationConfig.HASH_SECRET, old);
    await world.db.execute(
      sql`update message_shares set asked_at = now() - interval '3 hours' where recipient_key = ${key}`,
    );
    await recoverDeliveries({ db: world.db, log: silentLog });
    const left = async (buyer: ReturnType<typeof someBuyer>) => {
      const [email] = buyerKeys(notificationConfig.HASH_SECRET, buyer);
      return (await rowsOf(world.db, sql`select 1 from message_shares where recipient_key = ${email}`)).length;
    };
    expect([await left(old), await left(recent)]).toEqual([0, 1]);
  });
});
