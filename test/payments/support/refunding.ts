import { randomUUID } from 'node:crypto';
import type { TestEvent, TestEventOptions } from '../../../testkit/factories.ts';
import type { OrderOptions } from '../../../testkit/orders/placing.ts';
import { placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, refundsOf } from '../../../testkit/payments/payment-rows.ts';
import { type PaymentWorld, control, createPaidEvent } from '../../../testkit/payments/payment-world.ts';
import { until } from '../../../testkit/until.ts';

/** Paid orders, and refunds of them as the organiser's staff asks for them. */
export function refunding(world: PaymentWorld) {
  async function paidOrder(
    options: TestEventOptions & {
      method?: string;
      quantity?: number;
      promoCode?: string;
      lines?: (categories: TestEvent['categories']) => NonNullable<OrderOptions['lines']>;
    } = {},
  ): Promise<{ event: TestEvent; placed: Placed }> {
    const { method = 'qris', quantity = 2, promoCode, lines, ...rest } = options;
    const event = await createPaidEvent(world, rest);
    const placed = await placeReady(world, event, {
      quantity,
      ...(promoCode === undefined ? {} : { promoCode }),
      ...(lines === undefined ? {} : { lines: lines(event.categories) }),
    });
    await control(world, `/payments/${placed.attemptId}/pay`, { method });
    await settle(world, placed, 2);
    return { event, placed };
  }

  function ask(
    event: TestEvent,
    placed: Placed,
    body: unknown,
    key: string = randomUUID(),
    role: 'manager' | 'door' = 'manager',
  ) {
    return fetch(`${world.url}/v1/organizers/${event.organizer.slug}/orders/${placed.orderId}/refunds`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        authorization: `Bearer ${world.staffToken(event, role)}`,
      },
      body: JSON.stringify(body),
    });
  }

  async function done(placed: Placed, count = 1): Promise<void> {
    await until(async () => {
      await work(world, placed);
      const all = await refundsOf(world, placed);
      return all.length === count && all.every(({ status }) => status === 'done');
    });
  }

  return { paidOrder, ask, done };
}

/** Status and problem code of an answer. */
export async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code?: string }).code}`;
}
