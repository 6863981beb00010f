import { createHash } from 'node:crypto';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { type Placed, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import type { PaymentWorld } from '../../../testkit/payments/payment-world.ts';

type Body = Record<string, unknown>;

/** The body of a settlement of the first attempt of an order, before it is signed. */
export function settlement(placed: Placed, change: Body = {}): Body {
  return {
    order_id: placed.attemptId,
    transaction_id: `trx-${placed.attemptId}`,
    transaction_status: 'settlement',
    status_code: '200',
    gross_amount: '150000.00',
    currency: 'IDR',
    merchant_id: demoMidtransAccount.merchantId,
    payment_type: 'qris',
    ...change,
  };
}

/** Tasks about money, resolved as the organiser's manager does, and callbacks that the test signs itself. */
export function moneyTasks(world: PaymentWorld) {
  async function resolve(taskId: string | undefined, body: unknown, of: TestEvent): Promise<[number, string]> {
    const response = await fetch(`${world.url}/v1/organizers/${of.organizer.slug}/tasks/${taskId}/resolution`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.staffToken(of, 'manager')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { code?: string; kind?: string };
    return [response.status, answer.code ?? answer.kind ?? ''];
  }

  async function moneyTaskOf(placed: Placed) {
    return (await tasksOf(world, placed)).find(({ kind }) => kind === 'money_taken');
  }

  async function post(body: Body, serverKey: string, of: TestEvent): Promise<string> {
    const signed = `${String(body['order_id'])}${String(body['status_code'])}${String(body['gross_amount'])}${serverKey}`;
    const response = await fetch(`${world.url}/v1/callbacks/midtrans/${of.organizer.slug}`, {
      method: 'POST',
      body: JSON.stringify({ ...body, signature_key: createHash('sha512').update(signed).digest('hex') }),
    });
    return `${response.status} ${((await response.json()) as { status?: string }).status}`;
  }

  return { resolve, moneyTaskOf, post };
}
