import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent } from '../../../testkit/factories.ts';
import {
  control,
  createPaidEvent,
  expectCleanBooks,
  openPaymentWorld,
  type PaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { type Placed } from '../../../testkit/payments/payment-rows.ts';
import { placeReady, settle } from '../../../testkit/payments/payment-jobs.ts';

export type States = 'metadata' | 'extra_info' | 'nowhere';

/**
 * Events whose gateway adds its fee, and payments for them. Registers its setup and teardown with the calling test
 * file.
 */
export function useGatewayFees() {
  let world: PaymentWorld;
  beforeAll(async () => {
    world = await openPaymentWorld();
  });
  afterAll(async () => {
    await expectCleanBooks(world);
    await world.close();
  });

  const price = 150_000;
  const fee = 4440;
  const gross = price + fee;
  let accounts = 0;

  /** An event whose organiser's account at the gateway adds its fee to what buyers pay. */
  async function eventWithFee(
    states: States,
    { buyerPaysFee = false, added = fee, capacity = 100 } = {},
  ): Promise<TestEvent> {
    accounts += 1;
    const account = { merchantId: `M-FEE-${accounts}`, serverKey: `server-key-with-fee-${accounts}` };
    const response = await fetch(`${world.sandbox.url}/control/midtrans/accounts/${account.merchantId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ serverKey: account.serverKey, buyerFee: added, statesBuyerFee: states }),
    });
    expect(response.status).toBe(200);
    const event = await createPaidEvent(world, { account, categories: [{ capacity }] });
    await world.db.execute(
      sql`update payment_accounts set buyer_pays_fee = ${buyerPaysFee} where organizer_id = ${event.organizer.id}`,
    );
    return event;
  }

  async function paid(event: TestEvent, method: string, options = {}): Promise<Placed> {
    const placed = await placeReady(world, event, options);
    await control(world, `/payments/${placed.attemptId}/pay`, { method });
    await settle(world, placed, 2);
    return placed;
  }

  async function balancesOf({ orderId }: Placed): Promise<Record<string, number>> {
    const rows = await rowsOf<{ account: string; amount: number }>(
      world.db,
      sql`select account, sum(amount)::int as amount from ledger_entries where order_id = ${orderId} group by 1 having sum(amount) <> 0`,
    );
    return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
  }

  return {
    get world() {
      return world;
    },
    get accounts() {
      return accounts;
    },
    price,
    fee,
    gross,
    eventWithFee,
    paid,
    balancesOf,
  };
}
