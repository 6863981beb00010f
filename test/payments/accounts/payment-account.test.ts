import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createPaymentAccounts } from '../../../src/payments/index.ts';
import { ownInvalidations } from '../../../src/platform/invalidation/invalidations.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import {
  type PaymentWorld,
  control,
  encryptionKey,
  openPaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { place } from '../../../testkit/payments/payment-jobs.ts';

/** Guards promise 6: keys are encrypted for their row, never shown, and may be changed without losing a callback. */

let world: PaymentWorld;
let event: TestEvent;
beforeAll(async () => {
  world = await openPaymentWorld();
  event = await createEvent(world.db);
});
afterAll(() => world.close());

const path = (of: TestEvent) => `${world.url}/v1/organizers/${of.organizer.slug}/payment-accounts/midtrans`;

function put(body: unknown, role: 'owner' | 'manager' = 'owner', of = event) {
  return fetch(path(of), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.staffToken(of, role)}` },
    body: JSON.stringify(body),
  });
}

const keys = { merchantId: 'M-1', serverKey: 'server-key-number-one', clientKey: 'client-key-number-one' };

describe('a payment account', () => {
  test('is set by owners alone and audited, and its keys are never shown', async () => {
    expect((await put(keys, 'manager')).status).toBe(403);
    const response = await put(keys);
    expect(response.status).toBe(200);
    const shown = await fetch(path(event), {
      headers: { authorization: `Bearer ${world.staffToken(event, 'owner')}` },
    });
    const texts = [await response.text(), await shown.text()];
    const rows = await rowsOf<{ text: string }>(
      world.db,
      sql`
        select credentials || coalesce((select string_agg(changes::text, '') from audit_log where organizer_id = p.organizer_id), '') as text
        from payment_accounts p where organizer_id = ${event.organizer.id}`,
    );
    expect(rows).toHaveLength(1);
    for (const text of [...texts, rows[0]?.text ?? '']) expect(text).not.toContain('key-number-one');
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ gateway: 'midtrans', merchantId: 'M-1' });
    const audit = await rowsOf<{ act: string }>(
      world.db,
      sql`select act from audit_log where organizer_id = ${event.organizer.id}`,
    );
    expect(audit).toEqual([{ act: 'payment_account.set' }]);
  });

  test('cannot be decrypted in another organiser’s row', async () => {
    const thief = await createEvent(world.db);
    await world.db.execute(sql`
      insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
      select ${thief.organizer.id}, gateway, merchant_id, credentials from payment_accounts where organizer_id = ${event.organizer.id}`);
    await expect(world.deps.accounts.bySlug('midtrans', thief.organizer.slug)).rejects.toThrow();
  });

  test('accepts both keys for a day after a change, and then the new key alone', async () => {
    await put({ ...keys, serverKey: 'server-key-number-two' });
    const at = (hours: number) =>
      createPaymentAccounts({
        db: world.db,
        clock: { now: () => new Date(Date.now() + hours * 3_600_000) },
        encryptionKey,
        invalidations: ownInvalidations(),
      }).bySlug('midtrans', event.organizer.slug);
    expect((await at(0))?.acceptedKeys).toEqual(['server-key-number-two', 'server-key-number-one']);
    expect((await at(23))?.acceptedKeys).toHaveLength(2);
    expect((await at(25))?.acceptedKeys).toEqual(['server-key-number-two']);
  });

  test('is entered again after the key that it was encrypted with has changed', async () => {
    const unreadable = await createEvent(world.db);
    await world.db.execute(sql`
      insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
      select ${unreadable.organizer.id}, gateway, merchant_id, credentials from payment_accounts where organizer_id = ${event.organizer.id}`);
    expect((await put(keys, 'owner', unreadable)).status).toBe(200);
    const account = await world.deps.accounts.bySlug('midtrans', unreadable.organizer.slug);
    expect(account?.acceptedKeys).toEqual([keys.serverKey]);
  });

  test('accepts the keys before it for a day each, however often it is changed', async () => {
    const changed = await createEvent(world.db);
    const names = ['one', 'typo', 'two', 'typo', 'three'];
    for (const name of names) await put({ ...keys, serverKey: `server-key-number-${name}` }, 'owner', changed);
    const at = (hours: number) =>
      createPaymentAccounts({
        db: world.db,
        clock: { now: () => new Date(Date.now() + hours * 3_600_000) },
        encryptionKey,
        invalidations: ownInvalidations(),
      }).bySlug('midtrans', changed.organizer.slug);
    const accepted = ['three', 'typo', 'two', 'one'].map((name) => `server-key-number-${name}`);
    expect((await at(23))?.acceptedKeys).toEqual(accepted);
    expect((await at(25))?.acceptedKeys).toEqual(accepted.slice(0, 1));
  });

  test('of another merchant is refused while a buyer may pay by the one that is set; control: not once the payment is closed', async () => {
    const sale = await createEvent(world.db);
    await put(keys, 'owner', sale);
    const placed = await place(world, sale);
    await world.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
      values (${placed.eventId}, ${placed.attemptId}, ${placed.orderId}, ${sale.organizer.id}, 1, 'midtrans', 'any', 150000, 'IDR', 'pending')`);
    const other = { merchantId: 'M-2', serverKey: 'server-key-of-another', clientKey: 'client-key-of-another' };
    const merchant = async () => (await world.deps.accounts.bySlug('midtrans', sale.organizer.slug))?.merchantId;
    const refused = await put(other, 'owner', sale);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'payment_account.payments_open' }]);
    expect(await merchant()).toBe('M-1');
    // The key identifies the account, so a mistyped merchant id can be corrected at any time.
    expect((await put({ ...keys, merchantId: 'M-1-corrected' }, 'owner', sale)).status).toBe(200);
    await world.db.execute(sql`update payment_attempts set status = 'expired' where id = ${placed.attemptId}`);
    expect((await put(other, 'owner', sale)).status).toBe(200);
  });

  test.each([
    [{ ...keys, serverKey: 'short' }],
    [{ ...keys, serverKey: 'with a space in it' }],
    [{ ...keys, merchantId: '../M' }],
    [{ ...keys, more: true }],
    [{}],
  ])('of %j is refused', async (body) => {
    expect((await put(body)).status).toBe(400);
  });
});

describe('a callback during a change of key', () => {
  test('is accepted when it is signed with the previous key', async () => {
    const placed = await place(world, event);
    await world.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
      values (${placed.eventId}, ${placed.attemptId}, ${placed.orderId}, ${event.organizer.id}, 1, 'midtrans', 'any', 150000, 'IDR', 'pending')`);
    expect(await control(world, '/reset', {})).toBeLessThan(300);
    const answers = [];
    for (const serverKey of ['server-key-number-one', 'server-key-number-two', 'server-key-number-six']) {
      const body = {
        order_id: placed.attemptId,
        transaction_id: `of ${serverKey}`,
        transaction_status: 'pending',
        status_code: '201',
        gross_amount: '150000.00',
        currency: 'IDR',
        merchant_id: 'M-1',
        payment_type: 'qris',
        signature_key: createHash('sha512').update(`${placed.attemptId}201150000.00${serverKey}`).digest('hex'),
      };
      const response = await fetch(`${world.url}/v1/callbacks/midtrans/${event.organizer.slug}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      answers.push(response.status);
      await response.body?.cancel();
    }
    expect(answers).toEqual([200, 200, 400]);
  });
});
