// First, because the modules below read the registry when they are loaded.
import '../support/add-dry-run.ts';
import { globSync, readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, variables } from '../../../src/config.ts';
import { examples } from '../../../src/contract-examples.ts';
import { paymentsPerSecond } from '../../../src/payments/index.ts';
import { paymentInvariants } from '../../../src/payments/invariants.ts';
import { refusals } from '../../../src/refusals.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import {
  type PaymentWorld,
  buyerToken,
  createPaidEvent,
  openPaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, callbacksOf, orderOf, refundsOf } from '../../../testkit/payments/payment-rows.ts';
import { place, placeReady, work } from '../../../testkit/payments/payment-jobs.ts';
import { atGateway, payAtGateway, signHook } from '../support/dry-run-gateway.ts';

/**
 * Guards that a payment gateway is one folder and one entry of the registry. `support/dry-run-gateway.ts` stands for the folder,
 * `support/add-dry-run.ts` for the entry; everything else is the product as it is.
 */

let world: PaymentWorld;
let event: TestEvent;
beforeAll(async () => {
  world = await openPaymentWorld();
  event = await createEvent(world.db);
  await world.db.execute(sql`delete from payment_accounts where organizer_id = ${event.organizer.id}`);
});
afterAll(async () => {
  for (const invariant of paymentInvariants) expect(await invariant.find(world.db), invariant.name).toEqual([]);
  await world.close();
});

const keys = { merchantId: 'dry-1', apiKey: 'api-key-of-the-test', hookKey: 'hook-key-of-the-test' };

function setAccount(body: unknown): Promise<Response> {
  return fetch(`${world.url}/v1/organizers/${event.organizer.slug}/payment-accounts/dry_run`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.staffToken(event, 'owner')}` },
    body: JSON.stringify(body),
  });
}

async function callBack(placed: Placed, hookKey = keys.hookKey): Promise<number> {
  const body = JSON.stringify({ payment: placed.attemptId });
  const response = await fetch(`${world.url}/v1/hooks/of/${event.organizer.slug}/dry-run`, {
    method: 'POST',
    headers: { 'x-dry-run-signature': signHook(body, hookKey) },
    body,
  });
  await response.body?.cancel();
  return response.status;
}

describe('an added gateway', () => {
  test('has an account that the owner sets, in the gateway’s own shape', async () => {
    expect(
      (await setAccount({ merchantId: 'dry-1', serverKey: 'a key of Midtrans', clientKey: 'another' })).status,
    ).toBe(400);
    const response = await setAccount(keys);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ gateway: 'dry_run', merchantId: 'dry-1', buyerPaysFee: false });
  });

  test('takes an order from placement over its own callback to paid, and refunds it', async () => {
    const placed = await place(world, event);
    await work(world, placed);
    const [made] = await attemptsOf(world, placed);
    expect(made).toMatchObject({ gateway: 'dry_run', status: 'pending', amount: 150_000 });
    expect(made?.redirectUrl).toBe(`https://pay.dry-run.test/${placed.attemptId}`);
    expect(atGateway.calls[0]).toEqual({ call: 'create', apiKey: keys.apiKey, method: 'instant' });

    payAtGateway(placed.attemptId);
    expect(await callBack(placed, 'a key of a stranger')).toBe(400);
    expect(await callBack(placed)).toBe(200);
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1, flags: [] });
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'settled', received: 150_000, method: 'instant' },
    ]);
    expect(await callbacksOf(world, placed)).toMatchObject([{ status: 'applied' }]);

    const refund = await fetch(`${world.url}/v1/organizers/${event.organizer.slug}/orders/${placed.orderId}/refunds`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `refund-of-${placed.orderId}`,
        authorization: `Bearer ${world.staffToken(event, 'manager')}`,
      },
      body: JSON.stringify({ reason: 'a test' }),
    });
    expect(refund.status).toBe(201);
    await work(world, placed);
    expect(atGateway.calls.at(-1)?.call).toBe('refund');
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: 150_000 }]);
  });

  test('offers its ways to pay, and refuses those of other gateways', async () => {
    const placed = await placeReady(world, event);
    const choose = (method: string) =>
      fetch(`${world.url}/v1/orders/${placed.orderId}/payments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${buyerToken(placed)}` },
        body: JSON.stringify({ method }),
      });
    expect((await choose('instant')).status).toBe(202);
    expect((await choose('qris')).status).toBe(409);
    expect((await choose('made_up')).status).toBe(400);
  });

  test('does not change the gateway of organisers who have no account there', async () => {
    const other = await createPaidEvent(world);
    const placed = await placeReady(world, other);
    expect(await attemptsOf(world, placed)).toMatchObject([{ gateway: 'midtrans', status: 'pending' }]);
  });

  test('has its operations in the contract, its variables in the configuration, and bounds the rate of all', () => {
    expect(refusals).toMatchObject({
      setDryRunAccount: ['payment_account.payments_open'],
      showDryRunAccount: ['payment_account.not_found'],
    });
    expect(examples['setDryRunAccount']).toMatchObject({ merchantId: 'dry-1' });
    expect(Object.keys(variables.shape)).toContain('DRY_RUN_PAGE_URL');
    const development = {
      ...Object.fromEntries(
        readFileSync('deploy/env.example', 'utf8')
          .split('\n')
          .flatMap((line) => {
            const [, name, value] = /^([A-Z][A-Z0-9_]+)=(.+)$/.exec(line) ?? [];
            return name === undefined ? [] : [[name, value]];
          }),
      ),
      ...Object.fromEntries(
        ['JWT_SECRET', 'ORDER_TOKEN_SECRET', 'QUEUE_TOKEN_SECRET', 'HASH_SECRET', 'OPERATIONS_TOKEN'].map((name) => [
          name,
          `of-the-test-${name}`.padEnd(40, 'x'),
        ]),
      ),
      ENCRYPTION_KEY: '0f'.repeat(32),
      ENV: 'development',
    };
    expect(paymentsPerSecond(loadConfig(development))).toBe(20);
    expect(() => loadConfig({ ...development, ENV: 'production', DRY_RUN_PAGE_URL: 'http://pay.test' })).toThrow(
      ConfigError,
    );
    expect(() => loadConfig({ ...development, ENV: 'production', DRY_RUN_PAGE_URL: 'http://pay.test' })).toThrow(
      'DRY_RUN_PAGE_URL: must be https',
    );
  });
});

test('no file of the service names a gateway, except its folder and the registry', () => {
  const files = globSync('{src,workers}/**/*.ts').filter(
    (file) =>
      !file.startsWith('src/payments/gateways/midtrans/') &&
      file !== 'src/payments/gateways/registry.ts' &&
      // Generated from the routes that the registry adds.
      file !== 'src/client/api.d.ts',
  );
  expect(files.length).toBeGreaterThan(400);
  const naming = files.filter((file) => /midtrans|dry.?run/i.test(readFileSync(file, 'utf8')));
  expect(naming).toEqual([]);
  for (const file of globSync('drizzle/**/*.sql')) expect(readFileSync(file, 'utf8')).not.toContain('midtrans');
});
