import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { writeAudit } from '../../src/access/index.ts';
import { accountContext } from '../../src/payments/accounts/payment-accounts.ts';
import { encrypt } from '../../src/platform/crypto.ts';
import { transaction } from '../../src/platform/database/db.ts';
import { type TestEvent, createEvent, signedInOwner } from '../../testkit/factories.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards that whatever a person changes reaches the caches of other processes within a second: each kind of change says so on the channel
 * that all processes hear, and what is heard there drops what is kept here.
 */

const channel = 'antre:invalidations';
const withinMs = 1000;
let running: TestService;
let event: TestEvent;
let another: Redis;
let listener: Redis;
const heard: string[] = [];
beforeAll(async () => {
  running = await startTestService();
  event = await createEvent(running.service.db);
  another = new Redis(running.service.config.REDIS_CACHE_URL);
  listener = another.duplicate();
  await listener.subscribe(channel);
  // Without the sender's name, which changes with each process.
  listener.on('message', (_, text) => heard.push(text.split(' ').slice(1).join(' ')));
});
afterAll(async () => {
  another.disconnect();
  listener.disconnect();
  await running.close();
});

const kinds: readonly [act: string, change: string][] = [
  ['payment_account.set', 'payment_account organizer'],
  ['sender.created', 'senders organizer'],
  ['sender.changed', 'senders organizer'],
  ['sender.disabled', 'senders organizer'],
  ['message_text.changed', 'message_texts organizer'],
  ['message_text.reset', 'message_texts organizer'],
  ['ticket_codes.changed', 'ticket_keys subject'],
  ['ticket_key.rotated', 'ticket_keys subject'],
];

test.each(kinds)(
  '%s is told to all processes after its commit, and not when it is rolled back',
  async (act, change) => {
    const { db } = running.service;
    const actor = { kind: 'staff', id: 'stf_test', organizerId: event.organizer.id } as const;
    const subjectId = randomUUID();
    const told = change.replace('organizer', event.organizer.id).replace('subject', subjectId);
    heard.length = 0;
    const rolledBack = transaction(db, async (tx) => {
      await writeAudit(tx, { actor, act, subjectId });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(heard).not.toContain(told);
    await transaction(db, (tx) => writeAudit(tx, { actor, act, subjectId }));
    await until(() => heard.includes(told), withinMs);
  },
);

test('a payment account that another process has set is used within a second; control: without word of it the old one stays', async () => {
  const { service } = running;
  const { accounts, db, config } = service;
  const { organizer } = event;
  const merchant = async () => (await accounts.bySlug('midtrans', organizer.slug))?.merchantId;
  const set = async (merchantId: string) => {
    const text = JSON.stringify({ serverKey: `key of ${merchantId}`, clientKey: 'client' });
    const credentials = encrypt(config.ENCRYPTION_KEY, text, accountContext('midtrans', organizer.id));
    await db.execute(sql`
      insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
      values (${organizer.id}, 'midtrans', ${merchantId}, ${credentials})
      on conflict (organizer_id, gateway) do update set merchant_id = excluded.merchant_id, credentials = excluded.credentials`);
  };
  await until(() => service.invalidations.lifetimeMs(60_000) === 60_000);
  await set('M-1');
  expect(await merchant()).toBe('M-1');
  await set('M-2');
  expect(await merchant()).toBe('M-1');
  await another.publish(channel, `elsewhere payment_account ${organizer.id}`);
  await until(async () => (await merchant()) === 'M-2', withinMs);
});

test('a key that another process has ended is refused within a second, and what ends here is told; control: without word it stays', async () => {
  const { service } = running;
  const { actors, db } = service;
  const actor = await signedInOwner(db, event.organizer);
  const { apiKey, key } = await createApiKey(service, {
    actor,
    name: 'a program',
    role: 'manager',
    scopes: ['orders.read'],
  });
  expect(await actors.of(key)).toBeDefined();
  await db.execute(sql`update api_keys set ended_at = now() where id = ${apiKey.id}`);
  expect(await actors.of(key)).toBeDefined();
  await another.publish(channel, `elsewhere access ${apiKey.id}`);
  await until(async () => (await actors.of(key)) === undefined, withinMs);
  actors.forget(apiKey.id);
  await until(() => heard.includes(`access ${apiKey.id}`), withinMs);
});
