import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messagesPerHourMax } from '../../../src/notifications/deliveries/caps.ts';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { withdrawOrder } from '../../../src/orders/lifecycle/withdraw-order.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { openMessageWays, spellings, withdraw } from '../../../testkit/notifications/message-ways.ts';
import {
  type Notifications,
  deliveriesOf,
  openNotifications,
  paidOrder,
} from '../../../testkit/notifications/notification-world.ts';
import { openRoom, passOf } from '../../../testkit/waiting-room/rooms.ts';

/**
 * Guards that nobody can make the service write to somebody beyond the caps, whatever they request and however they
 * spell the address; and that nobody can use the caps to keep messages from somebody.
 */

let world: Notifications;
let messages: Awaited<ReturnType<typeof openMessageWays>>;

beforeAll(async () => {
  world = await openNotifications();
  messages = await openMessageWays(world);
});
beforeEach(() => world.db.execute(sql`delete from outbox`));
afterAll(async () => {
  const findings = await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)));
  await world.close();
  expect(findings.flat().filter((sentence) => !sentence.includes('has no tickets delivery'))).toEqual([]);
});

/** So many at once. */
const times = (count: number, act: (index: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));

const stagedFacts = (name: string) =>
  rowsOf<{ id: string }>(world.db, sql`select payload ->> 'orderId' as id from outbox where name = ${name}`);

describe('a stranger who orders in somebody else’s name', () => {
  test('thirty free orders in many spellings cause mails up to the cap and no WhatsApp; the rest is recorded as capped', async () => {
    const victim = someBuyer();
    const all = spellings(victim);
    for (let index = 0; index < 30; index += 1) await messages.ways['a free order'](all[index % all.length] ?? victim);
    const max = messagesPerHourMax.email.orders;
    expect(await messages.sentTo(victim, 'email')).toMatchObject({ queued: max, capped: 30 - max });
    expect(await messages.sentTo(victim, 'whatsapp')).toMatchObject({ rows: [] });
    const staged = await rowsOf(world.db, sql`select 1 from outbox where name like 'delivery.send%'`);
    expect(staged).toHaveLength(max);
    expect(await registry.getSingleMetricAsString('antre_deliveries_capped_total')).toMatch(
      /channel="email",share="orders"\} \d+/,
    );
  });

  test('thirty holds that are given up stage nothing, and nobody gets a message', async () => {
    const victim = someBuyer();
    await times(30, () => messages.ways['a hold that its buyer gives up'](victim));
    expect(await stagedFacts('order.cancelled')).toEqual([]);
    expect((await messages.sentTo(victim, 'email')).rows).toEqual([]);
    expect((await messages.sentTo(victim, 'whatsapp')).rows).toEqual([]);
  });

  test('control: a hold that the organizer ends is told, by mail only', async () => {
    const buyer = someBuyer();
    await messages.ways['a hold that the organizer ends'](buyer);
    expect(await stagedFacts('order.cancelled')).toHaveLength(1);
    expect(await messages.sentTo(buyer, 'email')).toMatchObject({ queued: 1, capped: 0 });
    expect((await messages.sentTo(buyer, 'whatsapp')).rows).toEqual([]);
  });

  test('free tickets that their own buyer gives back cause no message; those that the organizer takes back do', async () => {
    for (const [by, facts] of [
      ['buyer', 0],
      ['organizer', 1],
    ] as const) {
      await world.db.execute(sql`delete from outbox`);
      await world.db.execute(sql`update events set refundable_until_hours = 1 where id = ${messages.free.id}`);
      const { eventId, orderId } = await messages.placed(messages.free, someBuyer());
      await transaction(world.db, async (tx) => {
        const locked = await lockOrder(tx, eventId, orderId);
        if (locked === undefined) throw new Error('the order is gone');
        await withdrawOrder(tx, withdraw, locked, by);
      });
      expect(await stagedFacts('order.refunded')).toHaveLength(facts);
    }
  });
});

describe('WhatsApp', () => {
  test('is sent to the phone of a paid order', async () => {
    const buyer = someBuyer();
    await notifyOrder(world.deps, 'tickets', await paidOrder(world, { event: messages.priced, buyer }));
    expect(await messages.sentTo(buyer, 'whatsapp')).toMatchObject({ queued: 1 });
  });

  test('is sent for a free order only if its buyer has confirmed the phone', async () => {
    const event = await createEvent(world.db, { categories: [{ price: 0 }] });
    await openRoom(world.db, event);
    for (const [index, by, expected] of [
      [1, 'phone', 1],
      [2, 'email', 0],
    ] as const) {
      const buyer = someBuyer();
      await notifyOrder(
        world.deps,
        'tickets',
        await messages.placed(event, buyer, passOf(event, index, buyer, { by })),
      );
      expect((await messages.sentTo(buyer, 'whatsapp')).queued, by).toBe(expected);
      // A stranger who types the same number into an order of another event has confirmed nothing.
      await notifyOrder(world.deps, 'tickets', await messages.placed(messages.free, buyer));
      expect((await messages.sentTo(buyer, 'whatsapp')).queued, by).toBe(expected);
    }
  });
});

describe('the caps as a weapon', () => {
  const unlikely = 30;

  test('a payment is always confirmed to its buyer, whatever was used up before', async () => {
    const victim = someBuyer();
    for (const way of Object.values(messages.ways)) await times(unlikely, () => way(victim));
    const paid = await paidOrder(world, { event: messages.priced, buyer: victim });
    await notifyOrder(world.deps, 'tickets', paid);
    expect((await deliveriesOf(world.db, paid.orderId)).map(({ channel, status }) => [channel, status])).toEqual([
      ['email', 'queued'],
      ['whatsapp', 'queued'],
    ]);
    await world.db.execute(
      sql`update orders set status = 'refunded', closed_at = now() where event_id = ${messages.priced.id} and id = ${paid.orderId}`,
    );
    expect(await notifyOrder(world.deps, 'order_refunded', paid)).toHaveLength(2);
    await world.db.execute(sql`update tickets set status = 'revoked' where order_id = ${paid.orderId}`);
  });

  test('free tickets of a buyer with a confirmed address are sent, whatever strangers ordered in that name', async () => {
    const event = await createEvent(world.db, { categories: [{ price: 0 }] });
    await openRoom(world.db, event);
    const victim = someBuyer();
    await times(unlikely, () => messages.ways['a free order'](victim));
    const before = (await messages.sentTo(victim, 'email')).queued;
    const own = await messages.placed(event, victim, passOf(event, 1, victim, { by: 'email' }));
    await notifyOrder(world.deps, 'tickets', own);
    expect((await messages.sentTo(victim, 'email')).queued).toBe(before + 1);
  });

  test('the link of a paid order has a share of its own that nobody else can use up', async () => {
    const victim = someBuyer();
    const paid = await paidOrder(world, { event: messages.priced, buyer: victim });
    await times(unlikely, () => messages.ways['the link of an order that nobody paid for'](victim));
    expect(await notifyOrder(world.deps, 'order_link', paid)).toHaveLength(1);
  });

  test.each(['a code by mail', 'a code by WhatsApp', 'a link for staff', 're-sending free tickets'] as const)(
    'orders of strangers do not use up %s',
    async (name) => {
      const victim = someBuyer();
      for (const way of ['a free order', 'the link of an order that nobody paid for', 'an event that moves'] as const)
        await times(unlikely, () => messages.ways[way](victim));
      const channel = name === 'a code by WhatsApp' ? 'whatsapp' : 'email';
      const before = (await messages.sentTo(victim, channel)).queued;
      await messages.ways[name](victim);
      expect((await messages.sentTo(victim, channel)).queued).toBe(before + 1);
    },
  );
});

describe('any mixture of ways to one recipient', () => {
  test('never exceeds a share, nor their sum', async () => {
    const names = Object.keys(messages.ways) as (keyof typeof messages.ways)[];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ way: fc.constantFrom(...names), spelling: fc.nat(3), count: fc.integer({ min: 1, max: 9 }) }),
          {
            minLength: 5,
            maxLength: 12,
          },
        ),
        async (acts) => {
          const victim = someBuyer();
          const all = spellings(victim);
          for (const { way, spelling, count } of acts)
            await times(count, () => messages.ways[way](all[spelling] ?? victim));
          for (const channel of ['email', 'whatsapp'] as const) {
            const shares: Readonly<Record<string, number>> = messagesPerHourMax[channel];
            const { rows, queued } = await messages.sentTo(victim, channel);
            for (const { share, status, count } of rows) {
              expect(share).not.toBeNull();
              if (status === 'queued') expect(count).toBeLessThanOrEqual(shares[share ?? ''] ?? 0);
            }
            expect(queued).toBeLessThanOrEqual(Object.values(shares).reduce((sum, max) => sum + max, 0));
          }
        },
      ),
      { numRuns: 5 },
    );
  });
});
