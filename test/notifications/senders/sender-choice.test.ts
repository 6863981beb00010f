import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { inOrder } from '../../../src/notifications/channels/whatsapp/choose-sender.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { createSenderRate } from '../../../src/notifications/senders/sender-rate.ts';
import { createTakeTurn, returnTurn } from '../../../src/notifications/senders/take-turns.ts';
import type { UsableSender } from '../../../src/notifications/senders/queries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { type TestEvent, type TestOrganizer, createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { addGatewaySender, gatewayMessages, queuedMessage } from '../../../testkit/notifications/message-gateways.ts';
import { addSender, control } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { until } from '../../../testkit/until.ts';

/**
 * Guards which sender writes to a recipient: the same one to the same person, others in proportion to their weights,
 * another one only if the message was not accepted, and none beyond its cap.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let event: TestEvent;
const quiet = () => AbortSignal.timeout(20_000);

beforeEach(async () => {
  organizer = await createOrganizer(world.db);
  event = await createEvent(world.db, { organizer });
});

const send = (deliveryId: string) => sendDelivery(world.deps, { deliveryId }, quiet());
const own = () => ({ organizerId: organizer.id });
const takenBy = async (senderId: string) => {
  const [row] = await rowsOf<{ taken: number }>(
    world.db,
    sql`select coalesce(sum(taken), 0)::int as taken from sender_days where sender_id = ${senderId}`,
  );
  return row?.taken ?? 0;
};

describe('stickiness and weight', () => {
  const senderOf = (id: string, weight: number, organizerId: string | null = 'org'): UsableSender =>
    ({ id, weight, organizerId }) as UsableSender;
  const firstFor = (senders: readonly UsableSender[], recipientKey: string, lastSenderId: string | null = null) =>
    inOrder(senders, { recipientKey, lastSenderId })[0]?.id ?? '';
  const people = Array.from({ length: 20_000 }, (_, index) => `person ${index}`);

  test('recipients are shared out by weight, within a tenth', () => {
    const senders = [senderOf('a', 100), senderOf('b', 200), senderOf('c', 700)];
    const counts = Object.groupBy(people, (person) => firstFor(senders, person));
    for (const [id, share] of [
      ['a', 0.1],
      ['b', 0.2],
      ['c', 0.7],
    ] as const) {
      expect(Math.abs((counts[id]?.length ?? 0) / people.length / share - 1)).toBeLessThan(0.1);
    }
  });

  test('removing a sender moves only its own recipients; a new sender takes only its share', () => {
    const [a, b, c] = [senderOf('a', 100), senderOf('b', 100), senderOf('c', 100)];
    for (const person of people.slice(0, 2000)) {
      const before = firstFor([a, b, c], person);
      if (before !== 'b') expect(firstFor([a, c], person)).toBe(before);
    }
  });

  test("the sender that wrote last is used first, but a sender of the platform never before the organiser's own", () => {
    const senders = [senderOf('a', 1), senderOf('b', 1000), senderOf('p', 1000, null)];
    for (const person of people.slice(0, 200)) {
      expect(firstFor(senders, person, 'a')).toBe('a');
      expect(firstFor(senders, person, 'p')).not.toBe('p');
    }
  });

  test('one person sees one number over several orders, even after senders with more weight were added', async () => {
    const first = await addGatewaySender(world, 'wablas', { ...own(), weight: 1 });
    const phone = '+6281377000001';
    await send((await queuedMessage(world, { event, phone })).deliveryId);
    for (let more = 0; more < 3; more += 1) await addGatewaySender(world, 'wablas', { ...own(), weight: 1000 });
    // Senders are remembered for five seconds.
    world.forget();
    for (let order = 0; order < 4; order += 1) await send((await queuedMessage(world, { event, phone })).deliveryId);
    const accounts = (await gatewayMessages(world, { to: phone.slice(1) })).map(({ account }) => account);
    expect(accounts).toEqual(Array.from({ length: 5 }, () => first.account));
  });
});

describe('failover', () => {
  /** The first sender's answer, and whether another one may be tried. */
  const matrix: readonly [string, object | 'unknown_account' | 'refused_connection', boolean][] = [
    ['nothing listens there', 'refused_connection', true],
    ['401: its key is wrong', 'unknown_account', true],
    ['422: its session does not work', { status: 422 }, true],
    ['429: too fast', { status: 429 }, false],
    ['400: the message is wrong', { status: 400 }, false],
    ['500: perhaps taken', { status: 500 }, false],
    ['500: taken', { status: 500, isTaken: true }, false],
    ['the connection is cut before the answer', { answer: 'reset' }, false],
    ['the answer is lost', { answer: 'reset_after' }, false],
  ];

  test.each(matrix)('%s', async (_name, fault, isAsked) => {
    const first = await addGatewaySender(world, 'waha', {
      ...own(),
      weight: 1000,
      ...(fault === 'unknown_account' ? { secret: 'not-the-key' } : {}),
    });
    const second = await addGatewaySender(world, 'waha', { ...own(), weight: 1 });
    // The first one wrote last, so it is tried first.
    const phone = `+62813780${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}`;
    const { deliveryId, to, now, order } = await queuedMessage(world, { event, phone });
    await world.db.execute(sql`
      insert into deliveries (id, subject_id, template, channel, recipient_key, status, sender_id, provider_message_id, accepted_at)
      values ('dlv_' || substr(md5(random()::text), 1, 20), 'earlier ' || ${deliveryId}, 'tickets', 'whatsapp',
        ${order.buyerKeys[1]}, 'accepted', ${first.id}, 'earlier ' || ${deliveryId}, now())`);
    if (typeof fault === 'object') {
      await control(world.sandbox, 'gateways/rules', { match: { account: first.account }, ...fault });
    }
    if (fault === 'refused_connection') {
      await world.db.execute(
        sql`update senders set external_id = ${`${first.account}@nowhere`} where id = ${first.id}`,
      );
    }
    await send(deliveryId).catch((error: unknown) => expect(error).toBeInstanceOf(RetryLater));
    const bySecond = await gatewayMessages(world, { to, account: second.account });
    expect(bySecond).toHaveLength(isAsked ? 1 : 0);
    expect((await now()).sender_id).toBe(isAsked ? second.id : first.id);
    // A turn of the first one is used up only if it may have accepted the message.
    const mayHaveTaken = !isAsked && (await now()).status === 'unknown';
    expect(await takenBy(first.id)).toBe(mayHaveTaken ? 1 : 0);
  });

  test('when the circuit of one sender opens, the next messages go out by another, and the organiser sees it', async () => {
    const first = await addGatewaySender(world, 'waha', { ...own(), weight: 1000 });
    const second = await addGatewaySender(world, 'fonnte', { ...own(), weight: 1 });
    await control(world.sandbox, 'gateways/rules', { match: { account: first.account }, answer: 'reset' });
    for (let order = 0; order < 12; order += 1) {
      await send((await queuedMessage(world, { event })).deliveryId).catch(() => undefined);
    }
    expect((await gatewayMessages(world, { account: second.account })).length).toBeGreaterThanOrEqual(5);
    await until(async () => {
      const [row] = await rowsOf<{ open: boolean }>(
        world.db,
        sql`select circuit_open_until > now() as open from senders where id = ${first.id}`,
      );
      return row?.open === true;
    });
  });
});

describe('caps', () => {
  test('a sender at its cap is skipped and another one sends; when all are at their cap, the mail is enough', async () => {
    const small = await addGatewaySender(world, 'wablas', { ...own(), weight: 1000, dailyCap: 2 });
    const large = await addGatewaySender(world, 'wablas', { ...own(), weight: 1, dailyCap: 3 });
    const messages = [];
    for (let order = 0; order < 7; order += 1) {
      const message = await queuedMessage(world, { event });
      await send(message.deliveryId);
      messages.push(await message.now());
    }
    expect((await gatewayMessages(world, { account: small.account })).length).toBe(2);
    expect((await gatewayMessages(world, { account: large.account })).length).toBe(3);
    expect(messages.filter(({ failure }) => failure === 'left_to_email').map(({ status }) => status)).toEqual([
      'suppressed',
      'suppressed',
    ]);
  });

  test('when the mail failed too, the message waits for tomorrow', async () => {
    await addGatewaySender(world, 'wablas', { ...own(), dailyCap: 1 });
    await send((await queuedMessage(world, { event })).deliveryId);
    const { deliveryId, orderId, now } = await queuedMessage(world, { event });
    await world.db.execute(
      sql`update deliveries set status = 'failed' where subject_id = ${orderId} and channel = 'email'`,
    );
    await expect(send(deliveryId)).rejects.toThrow(RetryLater);
    expect(await now()).toMatchObject({ status: 'queued', failure: 'senders_capped', tries: 0 });
    await world.db.execute(sql`update sender_days set day = day - 1`);
    world.forget();
    await send(deliveryId);
    expect((await now()).status).not.toBe('queued');
  });

  test('without any sender the message waits a quarter of an hour, then the mail is enough', async () => {
    const { id } = await addGatewaySender(world, 'wablas', own());
    const { deliveryId, now } = await queuedMessage(world, { event });
    await world.db.execute(sql`update senders set status = 'disabled' where id = ${id}`);
    world.forget();
    await expect(send(deliveryId)).rejects.toThrow(RetryLater);
    await world.db.execute(
      sql`update deliveries set created_at = now() - interval '16 minutes' where id = ${deliveryId}`,
    );
    await send(deliveryId);
    expect(await now()).toMatchObject({ status: 'suppressed', failure: 'left_to_email' });
  });

  test('a warm-up grows by half each day until it reaches the cap', async () => {
    const { id } = await addGatewaySender(world, 'waha', { ...own(), dailyCap: 100, warmUpFrom: 20 });
    const takeTurn = createTakeTurn(world.db);
    const takes = async (daysAgo: number): Promise<number> => {
      await world.db.execute(sql`delete from sender_days where sender_id = ${id}`);
      await world.db.execute(sql`
        update senders set warm_up_started_on = (now() at time zone 'UTC')::date - ${daysAgo}::integer where id = ${id}`);
      const turns = await Promise.all(
        Array.from({ length: 130 }, (_, index) => takeTurn(id, `dlv_00000000000000${String(index).padStart(6, '0')}`)),
      );
      return turns.filter(Boolean).length;
    };
    const grown = [];
    for (const days of [0, 1, 2, 3, 4, 400]) grown.push(await takes(days));
    expect(grown).toEqual([20, 30, 45, 67, 100, 100]);
    await returnTurn(world.db, id, new Date());
    expect(await takeTurn(id, 'dlv_00000000000000ZZZZZZ')).toBe(true);
    expect(await takeTurn(id, 'dlv_00000000000000ZZZZZY')).toBe(false);
  });
});

test('a turn is given back to its own day: at midnight the new day keeps its cap', async () => {
  const { id } = await addGatewaySender(world, 'waha', { ...own(), dailyCap: 1 });
  const takeTurn = createTakeTurn(world.db);
  const yesterday = new Date(Date.now() - 86_400_000);
  expect(await takeTurn(id, 'dlv_00000000000000MDN001')).toBe(true);
  await returnTurn(world.db, id, yesterday);
  expect(await takeTurn(id, 'dlv_00000000000000MDN002')).toBe(false);
  await returnTurn(world.db, id, new Date());
  expect(await takeTurn(id, 'dlv_00000000000000MDN003')).toBe(true);
});

test('no sender is faster than its rate, also one whose rate is no whole number of seconds', async () => {
  const redis = openCacheRedis(world.redis.cacheUrl, silentLog);
  await until(() => redis.status === 'ready');
  const rate = createSenderRate(redis);
  for (const messagesPerSecond of [0.7, 0.67, 0.3]) {
    const sender = { id: `rate ${messagesPerSecond} ${randomUUID()}`, messagesPerSecond };
    expect(await rate.take(sender)).toBe(0);
    await pause(1050);
    expect(await rate.take(sender)).toBeGreaterThan(0);
  }
  redis.disconnect();
});

test('a slow sender spaces out its messages without using up tries', async () => {
  await addSender(world.db, { organizerId: organizer.id, phoneNumberId: '100000000000555', messagesPerSecond: 0.2 });
  const response = await fetch(`${world.sandbox.url}/control/whatsapp/senders/100000000000555`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      accessToken: 'demo-only-whatsapp-access-token',
      appSecret: 'demo-only-whatsapp-app-secret-0001',
    }),
  });
  expect(response.ok).toBe(true);
  const waits: number[] = [];
  for (let order = 0; order < 8; order += 1) {
    const { deliveryId } = await queuedMessage(world, { event });
    await send(deliveryId).catch((error: unknown) => {
      if (error instanceof RetryLater) waits.push(error.seconds);
    });
  }
  expect(waits).toHaveLength(7);
  expect(Math.max(...waits)).toBeGreaterThan(5);
});
